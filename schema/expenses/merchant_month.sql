-- model: expenses.merchant_month
-- about: What a holder spent at a merchant in a month, refunds deducted: the rows of expenses.transactions with
--   include_in_spend, all of them
-- order: holder_type, holder_id, currency, month, merchant_key
-- part: holder_type, holder_id
-- part bytes: 512
-- scope: holder_type, holder_id, currency, merchant_key, month
-- touched by expenses.merchant_sums: SELECT holder_type, holder_id, currency, merchant_key,
--   strftime(month_start, '%Y-%m') AS month FROM changed UNION ALL
--   SELECT m.holder_type, m.holder_id, m.currency, m.merchant_key, m.month FROM expenses.merchant_month m
--   JOIN (SELECT holder_type, holder_id, currency, merchant_key, min(first_day) AS first_day
--   FROM expenses.merchant_sums SEMI JOIN changed USING (holder_type, holder_id, currency, merchant_key)
--   GROUP BY ALL) s USING (holder_type, holder_id, currency, merchant_key) WHERE m.first_seen <> s.first_day
-- input expenses.merchant_sums: SELECT s.* FROM expenses.merchant_sums s
--   SEMI JOIN touched USING (holder_type, holder_id, currency, merchant_key)
-- personal: merchant_key from expenses.merchant_sums.merchant_key
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
SELECT holder_type, holder_id, currency, strftime(month_start, '%Y-%m') AS month, merchant_key, net_minor,
    transaction_count, f.first_seen, last_seen,
    date_trunc('month', f.first_seen)::DATE = month_start AS is_new,
    CASE WHEN net_minor IS NULL OR refund_minor IS NULL OR possible_duplicate_minor IS NULL
         THEN 'out_of_range' ELSE 'in_range' END AS value_state,
    refund_minor, possible_duplicate_count, possible_duplicate_minor
FROM expenses.merchant_sums
-- a window would sort what is only hashed
JOIN (SELECT holder_type, holder_id, currency, merchant_key, min(first_day) AS first_seen FROM expenses.merchant_sums
    GROUP BY ALL) f USING (holder_type, holder_id, currency, merchant_key)
