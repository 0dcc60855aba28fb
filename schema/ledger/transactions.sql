-- model: ledger.transactions
-- about: Every transaction with its civil dates and normalised text; what must not count is named in status and suppressed_by
-- order: account_key, posted_date, transaction_id
-- partition: posted_month = strftime(posted_date, '%Y-%m')
-- column transaction_id: VARCHAR NOT NULL. Stripe's id of the transaction
-- column account_id: VARCHAR NOT NULL. Account it belongs to
-- column account_key: VARCHAR NOT NULL. First id of the chain of relinked accounts
-- column holder_type: VARCHAR. Kind of holder: customer or account
-- column holder_id: VARCHAR. Whose account it is
-- column category: VARCHAR NOT NULL. Category of the account: cash, credit, investment or other
-- column posted_date: DATE NOT NULL. Civil date it posted, in the report zone; the transacted date while it is pending
-- column posted_at: TIMESTAMPTZ. Instant it posted, or happened where no posting is stated; null where the bank gives only the date
-- column voided_date: DATE. Civil date a row that had posted was voided: its amount was in the balance from posted_date until then; null for all others
-- column voided_at: TIMESTAMPTZ. Instant of that; null where the bank gives only the date, and for all others
-- column transacted_date: DATE NOT NULL. Civil date it happened, in the report zone
-- column instant_state: VARCHAR NOT NULL. plausible; posted_implausible, transacted_implausible or implausible (both): before ledger.accounts.plausible_from or over two days after the watermark. A row that is posted_implausible or implausible is in no coverage and no balance of a day; it counts in every sum all the same
-- column amount_minor: BIGINT NOT NULL. Amount in minor units of currency; negative leaves the account
-- column currency: VARCHAR NOT NULL. Lower-case ISO 4217 currency
-- column status: VARCHAR NOT NULL. pending, posted or void; only posted rows count
-- column normal: VARCHAR NOT NULL. The bank's text in capitals with single spaces
-- column merchant_key: VARCHAR NOT NULL. What is left of the text when rails, stores and references are cut off; groups one merchant's rows
-- column rail: VARCHAR. How the money moved: card, ach, atm, check, wire, zelle, p2p_app, internal, fee; null when the text does not say
-- column processor: VARCHAR. Who processed a card payment: square, toast, paypal, …; null when the text does not say
-- column suppressed_by: VARCHAR. The row that counts instead: the posted one that replaced this pending one under a new id, or the same one of the account linked again; null when it counts by its status
WITH texts AS MATERIALIZED (
    SELECT description, ledger.normal(description) AS normal, ledger.merchant_key(description) AS merchant_key
    FROM (SELECT DISTINCT description FROM main.transactions)),
labelled AS MATERIALIZED (
    SELECT *, ledger.rail(normal) AS rail, ledger.processor(normal) AS processor FROM texts),
dated AS MATERIALIZED (
    SELECT t.transaction_id, t.account_id, a.account_key, l.holder_type, l.holder_id, l.category,
        coalesce(t.posted_at, t.transacted_at) AS posting_at, CASE WHEN t.posted_at IS NULL THEN l.date_basis ELSE l.posted_date_basis END AS posting_basis,
        ledger.civil_date(posting_at, posting_basis, meta.parameter('report_zone')) AS posted_date,
        ledger.civil_date(t.transacted_at, l.date_basis, meta.parameter('report_zone')) AS transacted_date,
        CASE WHEN NOT ledger.is_date(posting_at, posting_basis) THEN posting_at END AS posted_at,
        posting_at BETWEEN l.plausible_from AND s.watermark + INTERVAL 2 DAY AS is_posted_plausible,
        t.transacted_at BETWEEN l.plausible_from AND s.watermark + INTERVAL 2 DAY AS is_transacted_plausible,
        t.amount_minor, t.currency, t.status, x.normal, x.merchant_key, x.rail, x.processor
    FROM main.transactions t JOIN main.accounts a USING (account_id) JOIN ledger.accounts l ON l.account_key = a.account_key
    JOIN labelled x USING (description) CROSS JOIN meta.store s),
-- rows that were in the balance until they were voided: a bank that takes the posting date back with the void has sent it before
voids AS (
    SELECT v.transaction_id, v.posted_at, ledger.civil_date(v.posted_at, l.posted_date_basis, meta.parameter('report_zone')) AS posted_date,
        ledger.is_date(v.posted_at, l.posted_date_basis) AS is_posted_by_date, v.voided_at, ledger.is_date(v.voided_at, l.posted_date_basis) AS is_voided_by_date,
        ledger.civil_date(v.voided_at, l.posted_date_basis, meta.parameter('report_zone')) AS voided_date
    FROM (SELECT t.transaction_id, t.account_id, coalesce(t.posted_at, p.posted_at) AS posted_at,
              CASE WHEN t.void_at <= s.watermark + INTERVAL 2 DAY THEN t.void_at ELSE least(t.updated_at, s.watermark) END AS voided_at
          FROM main.transactions t CROSS JOIN meta.store s
          LEFT JOIN (SELECT transaction_id, max(posted_at) AS posted_at FROM main.transaction_versions WHERE status = 'posted' GROUP BY ALL) p USING (transaction_id)
          WHERE t.status = 'void') v
    JOIN main.accounts a USING (account_id) JOIN ledger.accounts l ON l.account_key = a.account_key
    WHERE v.posted_at < v.voided_at),
was_pending AS (SELECT DISTINCT transaction_id FROM main.transaction_versions WHERE status = 'pending'),
twins AS (
    SELECT p.transaction_id AS pending_id, q.transaction_id AS posted_id, abs(q.amount_minor::HUGEINT - p.amount_minor) AS difference, q.posted_date
    FROM dated p JOIN (SELECT * FROM dated WHERE status = 'posted') q
      ON p.account_key = q.account_key AND p.currency = q.currency AND p.merchant_key = q.merchant_key
     AND q.posted_date BETWEEN p.transacted_date AND p.transacted_date + 7
    ANTI JOIN was_pending w ON w.transaction_id = q.transaction_id
    WHERE p.status = 'pending' AND p.merchant_key <> ''
      AND (q.amount_minor = p.amount_minor
        OR (p.amount_minor < 0 AND q.amount_minor < p.amount_minor AND 10 * q.amount_minor::HUGEINT >= 13 * p.amount_minor::HUGEINT)
        OR p.amount_minor IN (-1, -100, -12500, -17500))),
best AS (
    SELECT pending_id, posted_id FROM twins
    QUALIFY row_number() OVER (PARTITION BY pending_id ORDER BY difference, posted_date, posted_id) = 1
        AND row_number() OVER (PARTITION BY posted_id ORDER BY difference, posted_date, pending_id) = 1),
chained AS (
    SELECT d.transaction_id, d.account_id, d.account_key, d.amount_minor, d.currency, d.status, d.transacted_date, d.normal, a.created_at,
        row_number() OVER (PARTITION BY d.account_id, d.amount_minor, d.currency, d.transacted_date, d.normal ORDER BY d.status = 'pending', d.transaction_id) AS nth
    FROM dated d JOIN main.accounts a USING (account_id)
    WHERE d.status <> 'void' AND d.account_key IN (SELECT account_key FROM main.accounts GROUP BY account_key HAVING count(*) > 1)),
relinked AS (
    SELECT o.transaction_id AS older_id, arg_max(n.transaction_id, (n.created_at, n.account_id)) AS newer_id
    FROM chained o JOIN chained n ON n.account_key = o.account_key AND n.amount_minor = o.amount_minor AND n.currency = o.currency
     AND n.transacted_date = o.transacted_date AND n.normal = o.normal AND n.nth = o.nth AND (n.created_at, n.account_id) > (o.created_at, o.account_id)
    WHERE n.status = 'posted' OR o.status = 'pending'
    GROUP BY o.transaction_id)
SELECT d.transaction_id, d.account_id, d.account_key, d.holder_type, d.holder_id, d.category, coalesce(v.posted_date, d.posted_date) AS posted_date,
    CASE WHEN v.transaction_id IS NULL THEN d.posted_at WHEN NOT v.is_posted_by_date THEN v.posted_at END AS posted_at,
    v.voided_date, CASE WHEN NOT v.is_voided_by_date THEN v.voided_at END AS voided_at, d.transacted_date,
    CASE WHEN d.is_posted_plausible AND d.is_transacted_plausible THEN 'plausible' WHEN d.is_transacted_plausible THEN 'posted_implausible'
         WHEN d.is_posted_plausible THEN 'transacted_implausible' ELSE 'implausible' END AS instant_state,
    d.amount_minor, d.currency, d.status, d.normal, d.merchant_key, d.rail, d.processor, coalesce(b.posted_id, r.newer_id) AS suppressed_by
FROM dated d LEFT JOIN best b ON b.pending_id = d.transaction_id LEFT JOIN relinked r ON r.older_id = d.transaction_id
LEFT JOIN voids v ON v.transaction_id = d.transaction_id
