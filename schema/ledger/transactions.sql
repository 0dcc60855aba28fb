-- model: ledger.transactions
-- about: Every transaction with its civil dates and normalised text; what must not count is named in status and
--   suppressed_by
-- order: account_key, posted_date, transaction_id
-- partition: posted_month = strftime(posted_date, '%Y-%m')
-- column transaction_id: VARCHAR NOT NULL. Stripe's id of the transaction
-- column account_id: VARCHAR NOT NULL. Account it belongs to
-- column account_key: VARCHAR NOT NULL. First id of the chain of relinked accounts
-- column holder_type: VARCHAR. Kind of holder: customer or account
-- column holder_id: VARCHAR. Whose account it is
-- column category: VARCHAR NOT NULL. Category of the account: cash, credit, investment or other
-- column posted_date: DATE NOT NULL. Civil date it posted, in the report zone; the transacted date while it is pending
-- column posted_at: TIMESTAMPTZ. Instant it posted, or happened where no posting is stated; null where the bank gives
--   only the date
-- column voided_date: DATE. Civil date a row that had posted was voided: its amount was in the balance from posted_date
--   until then; null for all others
-- column voided_at: TIMESTAMPTZ. Instant of that; null where the bank gives only the date, and for all others
-- column transacted_date: DATE NOT NULL. Civil date it happened, in the report zone
-- column instant_state: VARCHAR NOT NULL. plausible; posted_implausible, transacted_implausible or implausible (both):
--   before ledger.accounts.plausible_from or over two days after the watermark. A row that is posted_implausible or
--   implausible is in no coverage and no balance of a day; it counts in every sum all the same
-- column amount_minor: BIGINT NOT NULL. Amount in minor units of currency; negative leaves the account
-- column currency: VARCHAR NOT NULL. Lower-case ISO 4217 currency
-- column status: VARCHAR NOT NULL. pending, posted or void; only posted rows count
-- column normal: VARCHAR NOT NULL. The bank's text in capitals with single spaces
-- column merchant_key: VARCHAR NOT NULL. What is left of the text when rails, stores, references and accents are cut
--   off, and of a refund's text the refund words too; groups one merchant's rows. A text of signs is its own key, no
--   text is (NO TEXT)
-- column rail: VARCHAR. How the money moved: card, ach, atm, check, wire, zelle, p2p_app, internal, fee; null when the
--   text does not say
-- column processor: VARCHAR. Who processed a card payment: square, toast, paypal, …; null when the text does not say
-- column suppressed_by: VARCHAR. The row that counts instead: the posted one that replaced this pending one under a new
--   id, or the same one of another connection of the account; null when it counts by its status
-- column possible_duplicate_of: VARCHAR. The same movement in an account that may be this one linked again, see
--   quality.possible_relinks: both count until a person decides; null in general
-- column spending_class: VARCHAR NOT NULL. Why the row is in expenses.merchant_month or not. In it: spending; refund
--   (by its words, or a credit of a merchant the holder buys from). Not in it: own_transfer; card_payment (a card of
--   the holder that is linked); card_payment_elsewhere (its text says a card payment, no linked card shows it);
--   other_inflow (pay, interest, people, loans); zero; no_holder; other_account (neither cash nor credit); not_posted;
--   counted_elsewhere (suppressed_by)
-- column counter_id: VARCHAR. The other half of an own transfer or card payment, in another account of the holder; null
--   when none was found
WITH RECURSIVE spellings AS MATERIALIZED (
    SELECT description, ledger.normal(description) AS normal FROM (SELECT DISTINCT description FROM main.transactions)),
texts AS MATERIALIZED (SELECT *, ledger.without_accents(normal) AS folded FROM spellings),
labelled AS MATERIALIZED (
    SELECT *, ledger.rail(normal, own) AS rail, ledger.processor(normal) AS processor
    FROM (SELECT *, ledger.key_of(folded) AS merchant_key, ledger.own_text(folded) AS own FROM texts)),
dated AS MATERIALIZED (
    SELECT t.transaction_id, t.account_id, a.account_key, l.holder_type, l.holder_id, l.category,
        coalesce(t.posted_at, t.transacted_at) AS posting_at,
        CASE WHEN t.posted_at IS NULL THEN l.date_basis ELSE l.posted_date_basis END AS posting_basis,
        ledger.civil_date(posting_at, posting_basis, meta.parameter('report_zone')) AS posted_date,
        ledger.civil_date(t.transacted_at, l.date_basis, meta.parameter('report_zone')) AS transacted_date,
        CASE WHEN NOT ledger.is_date(posting_at, posting_basis) THEN posting_at END AS posted_at,
        posting_at BETWEEN l.plausible_from AND s.plausible_until AS is_posted_plausible,
        t.transacted_at BETWEEN l.plausible_from AND s.plausible_until AS is_transacted_plausible,
        t.amount_minor, t.currency, t.status, x.normal, x.merchant_key, x.rail, x.processor, x.folded, x.own
    FROM main.transactions t
    JOIN main.accounts a USING (account_id)
    JOIN ledger.accounts l ON l.account_key = a.account_key
    JOIN labelled x USING (description)
    CROSS JOIN (SELECT watermark + INTERVAL 2 DAY AS plausible_until FROM meta.store) s),
-- rows that were in the balance until they were voided: a bank that takes the posting date back with the void has sent
-- it before
voids AS (
    SELECT v.transaction_id, v.posted_at,
        ledger.civil_date(v.posted_at, l.posted_date_basis, meta.parameter('report_zone')) AS posted_date,
        ledger.is_date(v.posted_at, l.posted_date_basis) AS is_posted_by_date, v.voided_at,
        ledger.is_date(v.voided_at, l.posted_date_basis) AS is_voided_by_date,
        ledger.civil_date(v.voided_at, l.posted_date_basis, meta.parameter('report_zone')) AS voided_date
    FROM (SELECT t.transaction_id, t.account_id, coalesce(t.posted_at, p.posted_at) AS posted_at,
              CASE WHEN t.void_at <= s.watermark + INTERVAL 2 DAY THEN t.void_at
                  ELSE least(t.updated_at, s.watermark) END AS voided_at
          FROM main.transactions t CROSS JOIN meta.store s
          LEFT JOIN (SELECT transaction_id, max(posted_at) AS posted_at
              FROM main.transaction_versions
              WHERE status = 'posted'
              GROUP BY ALL) p
              USING (transaction_id)
          WHERE t.status = 'void') v
    JOIN main.accounts a USING (account_id) JOIN ledger.accounts l ON l.account_key = a.account_key
    WHERE v.posted_at < v.voided_at),
was_pending AS (SELECT DISTINCT transaction_id FROM main.transaction_versions WHERE status = 'pending'),
twins AS (
    SELECT p.transaction_id AS pending_id, q.transaction_id AS posted_id,
        abs(q.amount_minor::HUGEINT - p.amount_minor) AS difference, q.posted_date
    FROM dated p JOIN (SELECT * FROM dated WHERE status = 'posted') q
      ON p.account_key = q.account_key AND p.currency = q.currency AND p.merchant_key = q.merchant_key
     AND q.posted_date BETWEEN p.transacted_date AND p.transacted_date + 7
    ANTI JOIN was_pending w ON w.transaction_id = q.transaction_id
    WHERE p.status = 'pending' AND p.merchant_key <> '(NO TEXT)'
      AND (q.amount_minor = p.amount_minor
        OR (p.amount_minor < 0 AND q.amount_minor < p.amount_minor
        AND 10 * q.amount_minor::HUGEINT >= 13 * p.amount_minor::HUGEINT)
        OR p.amount_minor IN (-1, -100, -12500, -17500))),
best AS (
    SELECT pending_id, posted_id FROM twins
    QUALIFY row_number() OVER (PARTITION BY pending_id ORDER BY difference, posted_date, posted_id) = 1
        AND row_number() OVER (PARTITION BY posted_id ORDER BY difference, posted_date, pending_id) = 1),
counted AS MATERIALIZED (
    SELECT d.*, coalesce(b.posted_id, s.same_as_id) AS suppressed_by, p.same_as_id AS possible_duplicate_of,
        CASE WHEN d.status <> 'posted' THEN 'not_posted'
            WHEN coalesce(b.posted_id, s.same_as_id) IS NOT NULL THEN 'counted_elsewhere'
             WHEN d.category NOT IN ('cash', 'credit') THEN 'other_account' WHEN d.amount_minor = 0 THEN 'zero'
             WHEN d.holder_type IS NULL OR d.holder_id IS NULL THEN 'no_holder' END AS left_out
    FROM dated d LEFT JOIN best b ON b.pending_id = d.transaction_id
    LEFT JOIN ledger.same_movements s ON s.transaction_id = d.transaction_id AND s.is_linked
    LEFT JOIN ledger.same_movements p ON p.transaction_id = d.transaction_id AND NOT p.is_linked),
-- Both halves of a movement between the holder's accounts: equal amount, up to a day before and five days
-- after. First payments of cards, then transfers. A text with a name in it needs one without at the other end.
halves AS (
    SELECT transaction_id, account_key, holder_type, holder_id, category, currency,
        abs(amount_minor::HUGEINT) AS amount, posted_date, own,
        amount_minor < 0 AS is_out
    FROM counted WHERE left_out IS NULL AND own IS NOT NULL
      AND (category = 'cash' AND (amount_minor < 0 OR own IN ('transfer', 'named_transfer'))
        OR category = 'credit' AND amount_minor > 0 AND own <> 'named_transfer')
    WINDOW same AS (PARTITION BY holder_type, holder_id, currency, abs(amount_minor::HUGEINT)
                    ORDER BY posted_date - DATE '1970-01-01' RANGE BETWEEN 5 PRECEDING AND 5 FOLLOWING)
    QUALIFY min(amount_minor) OVER same < 0 AND max(amount_minor) OVER same > 0
        AND min(account_key) OVER same <> max(account_key) OVER same),
pairing AS (
    SELECT 0 AS step, *, NULL::VARCHAR AS other_id FROM halves
    UNION ALL
    SELECT step + 1, * EXCLUDE (step, day, takes_part, nth, other_id),
        CASE WHEN NOT takes_part OR min(account_key) OVER pair = max(account_key) OVER pair
            OR max(own) OVER pair = 'named_transfer'
             THEN NULL WHEN is_out THEN max(transaction_id) FILTER (NOT is_out) OVER pair
             ELSE max(transaction_id) FILTER (is_out) OVER pair END
    FROM (
        SELECT *, row_number() OVER (
            PARTITION BY holder_type, holder_id, currency, amount, is_out, day, takes_part
            ORDER BY own = 'named_transfer', CASE WHEN is_out THEN account_key END, account_key DESC,
                transaction_id) AS nth
        FROM (
            SELECT *, posted_date + CASE WHEN is_out THEN [0, 1, 2, 3, -1, 4, 5][step % 7 + 1] ELSE 0 END AS day,
                CASE WHEN step >= 7 THEN category = 'cash' AND own IN ('transfer', 'named_transfer')
                     ELSE (is_out OR category = 'credit') AND own <> 'named_transfer' END AS takes_part
            FROM pairing WHERE other_id IS NULL AND step < 14))
    WINDOW pair AS (PARTITION BY holder_type, holder_id, currency, amount, day, takes_part, nth)),
paired AS (SELECT transaction_id, other_id, step <= 7 AS is_card FROM pairing WHERE other_id IS NOT NULL),
halved AS MATERIALIZED (
    SELECT c.* EXCLUDE (left_out), p.other_id AS counter_id,
        CASE WHEN left_out IS NOT NULL THEN left_out
             WHEN p.is_card THEN 'card_payment'
             WHEN p.other_id IS NOT NULL
             OR (own = 'transfer' AND (category = 'cash' OR amount_minor < 0)) THEN 'own_transfer'
             WHEN category = 'cash' AND own = 'card' THEN 'card_payment_elsewhere'
             WHEN category = 'credit' AND own IN ('card', 'payment', 'transfer')
                 AND (amount_minor > 0 OR ledger.says_taken_back(normal)) THEN 'card_payment'
             WHEN amount_minor < 0 THEN 'spending' END AS class
    FROM counted c LEFT JOIN paired p USING (transaction_id)),
-- A refund that was taken back goes out with the refund's text: it is of the merchant too, where the holder
-- buys from it without those words. REFUND CENTER is a shop.
paid_out AS (SELECT * FROM halved WHERE class = 'spending'),
worded AS MATERIALIZED (
    SELECT folded, ledger.key_of(refunded) AS refund_key
    FROM (SELECT folded, ledger.without_refund(folded) AS refunded
          FROM (SELECT DISTINCT folded FROM paid_out
                WHERE regexp_matches(folded, '\b' || ledger.sure_refund_words() || '\b'))
          WHERE ledger.says_refund(folded))),
taken_back AS (
    SELECT m.transaction_id, w.refund_key
    FROM paid_out m JOIN worded w USING (folded) SEMI JOIN (SELECT * FROM paid_out ANTI JOIN worded USING (folded)) o
      ON o.holder_type = m.holder_type AND o.holder_id = m.holder_id AND o.currency = m.currency
     AND o.merchant_key = w.refund_key),
moved AS MATERIALIZED (
    SELECT m.* REPLACE (coalesce(t.refund_key, m.merchant_key) AS merchant_key)
    FROM halved m LEFT JOIN taken_back t USING (transaction_id)),
-- Money in: a refund by its words, or of a merchant the holder bought from for as much.
sellers AS MATERIALIZED (
    SELECT holder_type, holder_id, currency, merchant_key, -min(amount_minor)::HUGEINT AS largest
    FROM moved
    WHERE class = 'spending'
    GROUP BY ALL),
bought AS (
    SELECT DISTINCT holder_type, holder_id, currency, merchant_key, -amount_minor::HUGEINT AS amount_minor
    FROM moved WHERE class = 'spending'),
credits AS MATERIALIZED (
    SELECT folded, merchant_key AS whole_key, ledger.says_refund(folded) AS says_refund,
        ledger.is_income_text(folded) AS is_income,
        ledger.without_refund(folded) AS refunded, ledger.before_refund(folded) AS before
    FROM (SELECT DISTINCT folded, merchant_key FROM moved WHERE class IS NULL)),
shorter AS MATERIALIZED (SELECT *, ledger.without_other_refund(refunded) AS otherwise FROM credits WHERE NOT is_income),
keys AS MATERIALIZED (
    SELECT text, ledger.key_of(text) AS key
    FROM (SELECT refunded AS text FROM shorter UNION SELECT otherwise FROM shorter
          UNION SELECT before FROM shorter WHERE before <> '')),
given_back AS (
    SELECT s.*, r.key AS refund_key, o.key AS other_key, b.key AS before_key
    FROM shorter s JOIN keys r ON r.text = s.refunded JOIN keys o ON o.text = s.otherwise
    LEFT JOIN keys b ON b.text = s.before),
refunds AS (
    SELECT m.transaction_id,
        CASE WHEN w.largest IS NOT NULL THEN whole_key WHEN says_refund AND r.largest IS NOT NULL THEN refund_key
            WHEN o.largest IS NOT NULL THEN other_key WHEN f.largest IS NOT NULL THEN before_key
            WHEN says_refund THEN refund_key ELSE whole_key END AS seller_key,
        says_refund OR f.largest IS NOT NULL OR (coalesce(w.largest, o.largest) >= m.amount_minor
            AND NOT coalesce(m.rail IN ('zelle', 'p2p_app', 'wire', 'check', 'atm'), false)
            AND (b.amount_minor IS NOT NULL OR NOT ledger.also_pays(m.merchant_key))) AS is_refund
    FROM moved m JOIN given_back g USING (folded)
    LEFT JOIN sellers w ON w.holder_type = m.holder_type AND w.holder_id = m.holder_id AND w.currency = m.currency
      AND w.merchant_key = g.whole_key
    LEFT JOIN sellers r ON r.holder_type = m.holder_type AND r.holder_id = m.holder_id AND r.currency = m.currency
      AND r.merchant_key = g.refund_key
    LEFT JOIN sellers o ON o.holder_type = m.holder_type AND o.holder_id = m.holder_id AND o.currency = m.currency
      AND o.merchant_key = g.other_key
    LEFT JOIN sellers f ON f.holder_type = m.holder_type AND f.holder_id = m.holder_id AND f.currency = m.currency
      AND f.merchant_key = g.before_key
    LEFT JOIN bought b ON b.holder_type = m.holder_type AND b.holder_id = m.holder_id AND b.currency = m.currency
      AND b.merchant_key = CASE WHEN w.largest IS NULL THEN g.other_key ELSE g.whole_key END
      AND b.amount_minor = m.amount_minor
    WHERE m.class IS NULL)
SELECT m.transaction_id, m.account_id, m.account_key, m.holder_type, m.holder_id, m.category,
    coalesce(v.posted_date, m.posted_date) AS posted_date,
    CASE WHEN v.transaction_id IS NULL THEN m.posted_at WHEN NOT v.is_posted_by_date THEN v.posted_at END AS posted_at,
    v.voided_date, CASE WHEN NOT v.is_voided_by_date THEN v.voided_at END AS voided_at, m.transacted_date,
    CASE WHEN m.is_posted_plausible AND m.is_transacted_plausible THEN 'plausible'
        WHEN m.is_transacted_plausible THEN 'posted_implausible'
         WHEN m.is_posted_plausible THEN 'transacted_implausible' ELSE 'implausible' END AS instant_state,
    m.amount_minor, m.currency, m.status, m.normal,
    CASE WHEN r.is_refund THEN r.seller_key ELSE m.merchant_key END AS merchant_key,
    m.rail, m.processor, m.suppressed_by, m.possible_duplicate_of,
    coalesce(m.class, CASE WHEN r.is_refund THEN 'refund' ELSE 'other_inflow' END) AS spending_class, m.counter_id
FROM moved m LEFT JOIN refunds r USING (transaction_id) LEFT JOIN voids v ON v.transaction_id = m.transaction_id
