-- model: expenses.not_spent_month
-- about: What a holder's posted rows of a month are that are no spending, by reason and category: with
--   expenses.category_month, all that was posted
-- order: holder_type, holder_id, currency, month, reason, category
-- scope: holder_type, holder_id, currency, month_start
-- since: month_start
-- touched by expenses.transactions (transaction_id, holder_type, holder_id, currency, category, transacted_date,
--   amount_minor, status, include_in_spend, spend_state): SELECT holder_type, holder_id, currency,
--   date_trunc('month', transacted_date)::DATE AS month_start FROM changed
--   WHERE status = 'posted' AND NOT include_in_spend AND holder_type IS NOT NULL AND holder_id IS NOT NULL
-- input expenses.transactions: SELECT t.* FROM (FROM expenses.transactions WHERE transacted_date >= $since) t
--   SEMI JOIN touched s ON s.holder_type = t.holder_type AND s.holder_id = t.holder_id AND s.currency = t.currency
--   AND s.month_start = date_trunc('month', t.transacted_date)::DATE
-- column holder_type: VARCHAR NOT NULL. Kind of holder: customer or account
-- column holder_id: VARCHAR NOT NULL. Whose rows they are
-- column currency: VARCHAR NOT NULL. Lower-case ISO 4217 currency
-- column month: VARCHAR NOT NULL. Calendar month of transacted_date, YYYY-MM
-- column reason: ledger.spend_state NOT NULL. Why they are no spending, see expenses.transactions.spend_state
-- column category: ledger.category NOT NULL. What they are, a code of ledger.categories
-- column in_minor: BIGINT. Money in, minor units; null when out of range
-- column out_minor: BIGINT. Money out, without sign, minor units; null when out of range
-- column transaction_count: BIGINT NOT NULL. Posted rows
-- column value_state: VARCHAR NOT NULL. in_range, or out_of_range when a sum leaves 64 bits
-- column month_start: DATE NOT NULL. First day of the month
WITH sums AS (
    SELECT holder_type, holder_id, currency, date_trunc('month', transacted_date)::DATE AS month_start,
        spend_state AS reason, category, meta.minor(coalesce(sum(amount_minor) FILTER (amount_minor > 0), 0))
            AS in_minor,
        meta.minor(coalesce(-sum(amount_minor) FILTER (amount_minor < 0), 0)) AS out_minor,
        count(*) AS transaction_count
    FROM expenses.transactions
    WHERE status = 'posted' AND NOT include_in_spend AND holder_type IS NOT NULL AND holder_id IS NOT NULL GROUP BY ALL)
SELECT holder_type, holder_id, currency, strftime(month_start, '%Y-%m') AS month, reason, category, in_minor, out_minor,
    transaction_count,
    CASE WHEN in_minor IS NULL OR out_minor IS NULL THEN 'out_of_range' ELSE 'in_range' END AS value_state, month_start
FROM sums
