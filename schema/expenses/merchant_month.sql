-- model: expenses.merchant_month
-- about: What a holder spent at a merchant in a month, refunds deducted: the rows whose
--   ledger.transactions.spending_class is spending or refund, all of them
-- order: holder_type, holder_id, currency, month, merchant_key
-- scope: holder_type, holder_id, currency, merchant_key
-- touched by ledger.transactions (transaction_id, holder_type, holder_id, currency, merchant_key, transacted_date,
--   amount_minor, spending_class, possible_duplicate_of): SELECT holder_type, holder_id, currency, merchant_key
--   FROM changed WHERE spending_class IN ('spending', 'refund')
-- column holder_type: VARCHAR NOT NULL. Kind of holder: customer or account
-- column holder_id: VARCHAR NOT NULL. Who spent
-- column currency: VARCHAR NOT NULL. Lower-case ISO 4217 currency
-- column month: VARCHAR NOT NULL. Calendar month of transacted_date, YYYY-MM
-- column merchant_key: VARCHAR NOT NULL. Normalised merchant
-- column net_minor: BIGINT. Spent minus refunded, minor units; positive is spending, negative a month of refunds; null
--   when out of range
-- column transaction_count: BIGINT NOT NULL. Posted rows, refunds included
-- column first_seen: DATE NOT NULL. First purchase or refund at this merchant in all history held
-- column last_seen: DATE NOT NULL. Last one in this month
-- column is_new: BOOLEAN NOT NULL. True in the month of first_seen
-- column value_state: VARCHAR NOT NULL. in_range, or out_of_range when a sum leaves 64 bits
-- column refund_minor: BIGINT. Refunds that net_minor deducts, minor units; null when out of range
-- column possible_duplicate_count: BIGINT NOT NULL. Rows of transaction_count that may count twice: the account may be
--   another one linked again, see quality.possible_relinks
-- column possible_duplicate_minor: BIGINT. What they add to net_minor, minor units; null when out of range
WITH months AS (
    SELECT holder_type, holder_id, currency, strftime(transacted_date, '%Y-%m') AS month, merchant_key,
        -sum(amount_minor) AS net, count(*) AS transaction_count,
        min(transacted_date) AS first_day, max(transacted_date) AS last_seen,
        coalesce(sum(amount_minor) FILTER (spending_class = 'refund'), 0) AS refunds,
        count(*) FILTER (possible_duplicate_of IS NOT NULL) AS possible_duplicate_count,
        coalesce(-sum(amount_minor) FILTER (possible_duplicate_of IS NOT NULL), 0) AS possible_duplicates
    FROM ledger.transactions WHERE spending_class IN ('spending', 'refund') GROUP BY ALL),
sums AS (
    SELECT *, min(first_day) OVER (PARTITION BY holder_type, holder_id, currency, merchant_key) AS first_seen
    FROM months)
SELECT holder_type, holder_id, currency, month, merchant_key, meta.minor(net) AS net_minor, transaction_count,
    first_seen,
    last_seen, strftime(first_seen, '%Y-%m') = month AS is_new,
    CASE WHEN meta.minor(net) IS NULL OR meta.minor(refunds) IS NULL OR meta.minor(possible_duplicates) IS NULL
         THEN 'out_of_range' ELSE 'in_range' END AS value_state,
    meta.minor(refunds) AS refund_minor, possible_duplicate_count,
    meta.minor(possible_duplicates) AS possible_duplicate_minor
FROM sums
