-- model: expenses.merchant_month
-- about: What a holder spent at a merchant in a month, refunds deducted; rows whose text says own transfer or card payment are left out, transfers without such text still count
-- order: holder_type, holder_id, currency, month, merchant_key
-- column holder_type: VARCHAR NOT NULL. Kind of holder: customer or account
-- column holder_id: VARCHAR NOT NULL. Who spent
-- column currency: VARCHAR NOT NULL. Lower-case ISO 4217 currency
-- column month: VARCHAR NOT NULL. Calendar month of transacted_date, YYYY-MM
-- column merchant_key: VARCHAR NOT NULL. Normalised merchant
-- column net_minor: BIGINT. Spent minus refunded, minor units; positive is spending; null when out of range
-- column transaction_count: BIGINT NOT NULL. Posted rows, refunds included
-- column first_seen: DATE NOT NULL. First purchase or refund at this merchant in all history held
-- column last_seen: DATE NOT NULL. Last one in this month
-- column is_new: BOOLEAN NOT NULL. True in the month of first_seen
-- column value_state: VARCHAR NOT NULL. in_range, or out_of_range when the sum leaves 64 bits
WITH spending AS (
    SELECT * FROM ledger.transactions
    WHERE status = 'posted' AND suppressed_by IS NULL AND amount_minor <> 0 AND merchant_key <> '' AND category IN ('cash', 'credit')
      AND holder_id IS NOT NULL AND holder_type IS NOT NULL
      AND NOT ledger.is_transfer_text(normal) AND ledger.transfer_words(normal) = 0),
-- money from somebody who is never paid is income, not a refund
sellers AS (SELECT DISTINCT holder_type, holder_id, currency, merchant_key FROM spending WHERE amount_minor < 0),
bought AS (
    SELECT s.*, strftime(s.transacted_date, '%Y-%m') AS month,
        min(s.transacted_date) OVER (PARTITION BY s.holder_type, s.holder_id, s.currency, s.merchant_key) AS first_seen
    FROM spending s SEMI JOIN sellers USING (holder_type, holder_id, currency, merchant_key))
SELECT holder_type, holder_id, currency, month, merchant_key, meta.minor(-sum(amount_minor)) AS net_minor, count(*) AS transaction_count,
    first_seen, max(transacted_date) AS last_seen, strftime(first_seen, '%Y-%m') = month AS is_new,
    CASE WHEN net_minor IS NULL THEN 'out_of_range' ELSE 'in_range' END AS value_state
FROM bought GROUP BY ALL
