-- model: ledger.distress_events
-- about: Want of money on a cash account: fees for overdrafts and returned items, debits that were returned and debits
--   presented again; what is at most five days after another is one event
-- order: account_key, first_day, event
-- scope: account_key, currency
-- touched by ledger.dated_transactions (transaction_id, account_key, category, currency, posted_date, transacted_date,
--   amount_minor, status, bank_kind): SELECT account_key, currency FROM changed
--   WHERE bank_kind IN ('distress_fee', 'representment')
-- touched by ledger.same_movements: SELECT account_key, currency FROM ledger.dated_transactions SEMI JOIN changed
--   USING (transaction_id) WHERE bank_kind IN ('distress_fee', 'representment')
-- input ledger.dated_transactions: SELECT d.* FROM (FROM ledger.dated_transactions
--   WHERE bank_kind IN ('distress_fee', 'representment')) d SEMI JOIN touched USING (account_key, currency)
-- input ledger.same_movements: FROM ledger.same_movements
-- partition: first_month = strftime(first_day, '%Y-%m')
-- column account_key: VARCHAR NOT NULL. Account it happened on
-- column event: VARCHAR NOT NULL. The event: the first of transaction_ids, the same however long the event grows
-- column currency: VARCHAR NOT NULL. Lower-case ISO 4217 currency
-- column first_day: DATE NOT NULL. Civil date its first row posted
-- column last_day: DATE NOT NULL. Civil date its last row posted
-- column signals: VARCHAR[] NOT NULL. What it shows: fee, representment, returned_item
-- column transaction_ids: VARCHAR[] NOT NULL. Its rows, in their order: fees, credits of returned debits, debits
--   presented again
-- column fee_count: BIGINT NOT NULL. Fees in it, also those that were given back
-- column fee_minor: BIGINT. What they cost, minor units; null when out of range
-- column returned_count: BIGINT NOT NULL. Debits that were returned
-- column representment_count: BIGINT NOT NULL. Debits that were presented again
-- column reversed_count: BIGINT NOT NULL. Fees in it that were given back within sixty days
-- column reversed_minor: BIGINT. What was given back, minor units; null when out of range
-- column reversal_ids: VARCHAR[] NOT NULL. Rows that gave them back
-- column is_reversed: BOOLEAN NOT NULL. Whether it is only fees and all of them were given back: a net count leaves it
--   out
-- column value_state: VARCHAR NOT NULL. complete, or out_of_range where a sum leaves 64 bits
-- column first_transacted_date: DATE NOT NULL. The earliest civil date on which one of its rows happened
WITH signals AS (
    SELECT d.transaction_id, d.account_key, d.currency, d.posted_date AS day, d.transacted_date,
        CASE d.bank_kind WHEN 'distress_fee' THEN 'fee' ELSE 'representment' END AS signal,
        -d.amount_minor::HUGEINT AS minor
    FROM (FROM ledger.dated_transactions WHERE bank_kind IN ('distress_fee', 'representment')
        AND status = 'posted' AND category = 'cash') d
    ANTI JOIN (FROM ledger.same_movements WHERE is_linked) s ON s.transaction_id = d.transaction_id
    UNION ALL
    SELECT reversal_id, account_key, currency, posted_date, transacted_date, 'returned_item', size_minor::HUGEINT
    FROM ledger.reversals WHERE kind = 'returned_item'),
begun AS (
    SELECT *, CASE WHEN day - lag(day) OVER days <= 5 THEN 0 ELSE 1 END AS begins FROM signals
    WINDOW days AS (PARTITION BY account_key, currency ORDER BY day, transaction_id)),
chained AS (
    SELECT *, sum(begins) OVER (PARTITION BY account_key, currency ORDER BY day, transaction_id) AS nth FROM begun)
SELECT c.account_key, arg_min(c.transaction_id, (c.day, c.transaction_id)) AS event, c.currency,
    min(c.day) AS first_day, max(c.day) AS last_day, list(DISTINCT c.signal ORDER BY c.signal) AS signals,
    list(c.transaction_id ORDER BY c.day, c.transaction_id) AS transaction_ids,
    count(*) FILTER (c.signal = 'fee') AS fee_count,
    meta.minor(coalesce(sum(c.minor) FILTER (c.signal = 'fee'), 0)) AS fee_minor,
    count(*) FILTER (c.signal = 'returned_item') AS returned_count,
    count(*) FILTER (c.signal = 'representment') AS representment_count,
    count(r.reversal_id) AS reversed_count,
    meta.minor(coalesce(sum(c.minor) FILTER (r.reversal_id IS NOT NULL), 0)) AS reversed_minor,
    coalesce(list(r.reversal_id ORDER BY r.reversal_id) FILTER (r.reversal_id IS NOT NULL), []) AS reversal_ids,
    count(r.reversal_id) = count(*) AS is_reversed,
    CASE WHEN meta.minor(coalesce(sum(c.minor) FILTER (c.signal = 'fee'), 0)) IS NULL THEN 'out_of_range'
        ELSE 'complete' END AS value_state,
    min(c.transacted_date) AS first_transacted_date
FROM chained c
LEFT JOIN (FROM ledger.reversals WHERE kind = 'fee_reversal') r ON r.reversed_id = c.transaction_id
GROUP BY c.account_key, c.currency, c.nth
