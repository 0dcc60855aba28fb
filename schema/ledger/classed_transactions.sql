-- model: ledger.classed_transactions
-- about: Every transaction with its civil dates, what its text says and what kind of movement it is, as
--   ledger.transactions shows it; and the bank's own text, by which later tables know the row
-- order: account_key, posted_date, transaction_id
-- lake: none
-- scope: transaction_id
-- since: transacted_date
-- part: transacted_date of ledger.dated_transactions
-- part bytes: 512
-- part input ledger.descriptions: SELECT d.* FROM ledger.descriptions d SEMI JOIN ledger.dated_transactions
--   USING (description)
-- touched by main.accounts: nothing, ledger.accounts has what this model reads of them
-- touched by main.transactions (transaction_id, transacted_at, posted_at, void_at, updated_at, account_id, status):
--   SELECT transaction_id, ledger.earliest_date(transacted_at) AS transacted_date FROM changed WHERE status = 'void'
-- touched by main.transaction_versions: SELECT transaction_id, ledger.earliest_date(transacted_at) AS transacted_date
--   FROM main.transactions SEMI JOIN (FROM changed WHERE NOT is_current AND observed_at > $watermark)
--   USING (transaction_id) WHERE status = 'void'
-- touched by ledger.descriptions: nothing, a text says the same for ever
-- touched by ledger.accounts (account_key, account_ids, posted_date_basis):
--   SELECT transaction_id, transacted_date FROM ledger.dated_transactions SEMI JOIN changed USING (account_key)
--   WHERE status = 'void'
-- touched by ledger.same_movements: SELECT d.transaction_id, d.transacted_date FROM ledger.dated_transactions d
--   SEMI JOIN changed USING (transaction_id)
-- touched by ledger.reversed_refunds: SELECT d.transaction_id, d.transacted_date FROM ledger.dated_transactions d
--   SEMI JOIN changed USING (transaction_id)
-- touched by ledger.reversals: SELECT unnest([reversal_id, reversed_id]) AS transaction_id, transacted_date
--   FROM changed
-- touched by meta.store: SELECT transaction_id, ledger.earliest_date(transacted_at) AS transacted_date
--   FROM (FROM main.transactions WHERE status = 'void' AND void_at > $watermark + INTERVAL 2 DAY
--   UNION ALL FROM main.transactions WHERE status = 'void' AND updated_at > $watermark)
-- input main.transactions: SELECT t.* FROM main.transactions t JOIN touched USING (transaction_id)
--   WHERE t.status = 'void' AND t.transacted_at >= ledger.earliest_instant($since)
-- input main.transaction_versions: WITH earlier AS MATERIALIZED (SELECT transaction_id, status, posted_at, is_current
--   FROM main.transaction_versions WHERE status = 'posted' AND NOT is_current)
--   SELECT e.* FROM earlier e JOIN touched USING (transaction_id)
-- personal: description from ledger.dated_transactions.description
-- personal: normal from ledger.descriptions.normal
-- personal: merchant_key from ledger.descriptions.merchant_key
-- personal: merchant_key from ledger.refunds.seller_key
-- personal: merchant_key from ledger.reversed_refunds.merchant_key
-- personal: merchant_key from ledger.dated_transactions.merchant_key
-- personal: nothing from main.transactions.description, only the times of its rows are read
-- personal: nothing from main.transaction_versions.description, only the times of its rows are read
-- personal: nothing from ledger.pending_matches.merchant_key, only the ids in it are read
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
-- column spending_class: VARCHAR NOT NULL. What kind of movement the row is; whether it counts as spending its category
--   decides too, see ledger.labels.spend_state. What may count: spending; refund (by its words, or a credit of a
--   merchant the holder buys from); card_payment_elsewhere (its text says a card payment, no linked card shows it).
--   What does not: own_transfer; reversed (a debit or fee that the bank took back, and the row that gives it back:
--   ledger.reversals); card_payment (a card of the holder that is linked); other_inflow (pay, interest, people, loans);
--   zero; no_holder; other_account (neither cash nor credit); not_posted; counted_elsewhere (suppressed_by)
-- column counter_id: VARCHAR. The other half of an own transfer or card payment, in another account of the holder; null
--   when none was found
-- column description: VARCHAR NOT NULL. The text as the bank sent it
-- column says_taken_back: BOOLEAN NOT NULL. Of its text, see ledger.descriptions
WITH
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
          FROM (FROM main.transactions WHERE status = 'void') t CROSS JOIN meta.store s
          LEFT JOIN (SELECT transaction_id, max(posted_at) AS posted_at
              FROM main.transaction_versions
              WHERE status = 'posted' AND NOT is_current -- the void one is
              GROUP BY ALL) p
              USING (transaction_id)) v
    JOIN main.accounts a USING (account_id) JOIN ledger.accounts l ON l.account_key = a.account_key
    WHERE v.posted_at < v.voided_at),
counted AS (
    SELECT d.*, coalesce(m.posted_id, s.same_as_id) AS suppressed_by, p.same_as_id AS possible_duplicate_of,
        ledger.left_out(d.status, coalesce(m.posted_id, s.same_as_id), d.category, d.amount_minor, d.holder_type,
            d.holder_id) AS left_out
    FROM ledger.dated_transactions d
    LEFT JOIN ledger.pending_matches m ON m.transaction_id = d.transaction_id
    LEFT JOIN (FROM ledger.same_movements WHERE is_linked) s ON s.transaction_id = d.transaction_id
    LEFT JOIN (FROM ledger.same_movements WHERE NOT is_linked) p ON p.transaction_id = d.transaction_id),
classed AS (
    SELECT c.*, o.counter_id, ledger.movement_class(c.left_out, o.kind, c.own_kind, c.category, c.amount_minor,
        c.says_taken_back) AS class
    FROM counted c LEFT JOIN ledger.own_transfers o ON o.transaction_id = c.transaction_id)
SELECT c.transaction_id, c.account_id, c.account_key, c.holder_type, c.holder_id, c.category,
    coalesce(v.posted_date, c.posted_date) AS posted_date,
    CASE WHEN v.transaction_id IS NULL THEN c.posted_at WHEN NOT v.is_posted_by_date THEN v.posted_at END AS posted_at,
    v.voided_date, CASE WHEN NOT v.is_voided_by_date THEN v.voided_at END AS voided_at, c.transacted_date,
    CASE WHEN c.is_posted_plausible AND c.is_transacted_plausible THEN 'plausible'
        WHEN c.is_transacted_plausible THEN 'posted_implausible'
         WHEN c.is_posted_plausible THEN 'transacted_implausible' ELSE 'implausible' END AS instant_state,
    c.amount_minor, c.currency, c.status, x.normal,
    CASE WHEN r.is_refund THEN r.seller_key ELSE coalesce(b.merchant_key, c.merchant_key) END AS merchant_key,
    x.rail, x.processor, c.suppressed_by, c.possible_duplicate_of,
    CASE WHEN t.transaction_id IS NOT NULL AND coalesce(c.class, 'spending') IN ('spending', 'card_payment_elsewhere')
        THEN 'reversed' ELSE coalesce(c.class, CASE WHEN r.is_refund THEN 'refund' ELSE 'other_inflow' END) END
        AS spending_class, c.counter_id, x.description, c.says_taken_back
FROM classed c
JOIN ledger.descriptions x USING (description)
LEFT JOIN ledger.refunds r ON r.transaction_id = c.transaction_id
LEFT JOIN ledger.reversed_refunds b ON b.transaction_id = c.transaction_id
LEFT JOIN voids v ON v.transaction_id = c.transaction_id
LEFT JOIN (SELECT unnest([reversal_id, reversed_id]) AS transaction_id FROM ledger.reversals) t
    ON t.transaction_id = c.transaction_id
