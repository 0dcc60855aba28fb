-- model: expenses.category_month
-- about: What a holder spent in a month, by category: the rows of expenses.transactions with include_in_spend, all of
--   them. Sums start with the history that is held: the first month is often a part of one
-- order: holder_type, holder_id, currency, month, category
-- scope: holder_type, holder_id, currency, category, month
-- since: first_day
-- touched by expenses.transactions (transaction_id, holder_type, holder_id, currency, spend_category, transacted_date,
--   amount_minor, include_in_spend, possible_duplicate_of): SELECT holder_type, holder_id, currency, spend_category AS
--   category, strftime(transacted_date, '%Y-%m') AS month, date_trunc('month', transacted_date)::DATE AS first_day
--   FROM changed WHERE include_in_spend
-- input expenses.transactions: SELECT t.* FROM (FROM expenses.transactions WHERE transacted_date >= $since) t
--   SEMI JOIN touched s ON s.holder_type = t.holder_type AND s.holder_id = t.holder_id AND s.currency = t.currency
--   AND s.category = t.spend_category AND s.month = strftime(t.transacted_date, '%Y-%m')
-- column holder_type: VARCHAR NOT NULL. Kind of holder: customer or account
-- column holder_id: VARCHAR NOT NULL. Who spent
-- column currency: VARCHAR NOT NULL. Lower-case ISO 4217 currency
-- column month: VARCHAR NOT NULL. Calendar month of transacted_date, YYYY-MM
-- column category: VARCHAR NOT NULL. expenses.transactions.spend_category, a code of ledger.categories
-- column gross_minor: BIGINT. Spent, minor units; null when out of range
-- column refund_minor: BIGINT. Given back, minor units; null when out of range
-- column net_minor: BIGINT. Spent minus given back, minor units; positive is spending; null when out of range
-- column transaction_count: BIGINT NOT NULL. Posted rows, refunds included
-- column first_day: DATE NOT NULL. First of them
-- column last_day: DATE NOT NULL. Last of them
-- column value_state: VARCHAR NOT NULL. in_range, or out_of_range when a sum leaves 64 bits
-- column possible_duplicate_count: BIGINT NOT NULL. Rows of transaction_count that may count twice: the account may be
--   another one linked again, see quality.possible_relinks
-- column possible_duplicate_minor: BIGINT. What they add to net_minor, minor units; null when out of range
WITH sums AS (
    SELECT holder_type, holder_id, currency, strftime(transacted_date, '%Y-%m') AS month, spend_category AS category,
        meta.minor(coalesce(-sum(amount_minor) FILTER (amount_minor < 0), 0)) AS gross_minor,
        meta.minor(coalesce(sum(amount_minor) FILTER (amount_minor > 0), 0)) AS refund_minor,
        meta.minor(-sum(amount_minor)) AS net_minor, count(*) AS transaction_count, min(transacted_date) AS first_day,
        max(transacted_date) AS last_day, count(*) FILTER (possible_duplicate_of IS NOT NULL)
            AS possible_duplicate_count,
        meta.minor(coalesce(-sum(amount_minor) FILTER (possible_duplicate_of IS NOT NULL), 0))
            AS possible_duplicate_minor
    FROM expenses.transactions WHERE include_in_spend GROUP BY ALL)
SELECT holder_type, holder_id, currency, month, category, gross_minor, refund_minor, net_minor, transaction_count,
    first_day, last_day, CASE WHEN gross_minor IS NULL OR refund_minor IS NULL OR net_minor IS NULL
        OR possible_duplicate_minor IS NULL THEN 'out_of_range' ELSE 'in_range' END AS value_state,
    possible_duplicate_count, possible_duplicate_minor
FROM sums
