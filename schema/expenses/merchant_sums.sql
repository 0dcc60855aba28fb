-- model: expenses.merchant_sums
-- about: What a holder spent at a merchant in a month, before it is known when it did so first
-- order: holder_type, holder_id, currency, month_start, merchant_key
-- lake: none
-- scope: holder_type, holder_id, currency, merchant_key, month_start
-- since: month_start
-- touched by expenses.transactions (transaction_id, holder_type, holder_id, currency, merchant_key, transacted_date,
--   amount_minor, include_in_spend, possible_duplicate_of): SELECT holder_type, holder_id, currency, merchant_key,
--   date_trunc('month', transacted_date)::DATE AS month_start FROM changed WHERE include_in_spend
-- input expenses.transactions: SELECT t.* FROM (FROM expenses.transactions WHERE transacted_date >= $since) t
--   SEMI JOIN touched s ON s.holder_type = t.holder_type AND s.holder_id = t.holder_id AND s.currency = t.currency
--   AND s.merchant_key = t.merchant_key AND s.month_start = date_trunc('month', t.transacted_date)::DATE
-- personal: merchant_key from expenses.transactions.merchant_key
-- column holder_type: VARCHAR NOT NULL. Kind of holder: customer or account
-- column holder_id: VARCHAR NOT NULL. Who spent
-- column currency: VARCHAR NOT NULL. Lower-case ISO 4217 currency
-- column month_start: DATE NOT NULL. First day of the calendar month of transacted_date
-- column merchant_key: VARCHAR NOT NULL. Normalised merchant
-- column net_minor: BIGINT. Spent minus refunded, minor units; null when out of range
-- column transaction_count: BIGINT NOT NULL. Posted rows, refunds included
-- column first_day: DATE NOT NULL. First purchase or refund in the month
-- column last_seen: DATE NOT NULL. Last one
-- column refund_minor: BIGINT. Refunds that net_minor deducts, minor units; null when out of range
-- column possible_duplicate_count: BIGINT NOT NULL. Rows of transaction_count that may count twice
-- column possible_duplicate_minor: BIGINT. What they add to net_minor, minor units; null when out of range
SELECT holder_type, holder_id, currency, date_trunc('month', transacted_date)::DATE AS month_start, merchant_key,
    meta.minor(-sum(amount_minor)) AS net_minor, count(*) AS transaction_count,
    min(transacted_date) AS first_day, max(transacted_date) AS last_seen,
    meta.minor(coalesce(sum(amount_minor) FILTER (amount_minor > 0), 0)) AS refund_minor,
    count(*) FILTER (possible_duplicate_of IS NOT NULL) AS possible_duplicate_count,
    meta.minor(coalesce(-sum(amount_minor) FILTER (possible_duplicate_of IS NOT NULL), 0)) AS possible_duplicate_minor
FROM expenses.transactions WHERE include_in_spend GROUP BY ALL
