-- model: expenses.category_sums
-- about: What a holder spent in a month, by category: the rows of expenses.transactions with include_in_spend, all of
--   them; of categories and months with such rows, or with purchases that were given back in later ones
-- order: holder_type, holder_id, currency, month_start, category
-- lake: none
-- scope: holder_type, holder_id, currency, category, month_start
-- since: month_start
-- touched by expenses.transactions (transaction_id, holder_type, holder_id, currency, spend_category, transacted_date,
--   amount_minor, include_in_spend, possible_duplicate_of, accrual_date): SELECT holder_type, holder_id, currency,
--   spend_category AS category, date_trunc('month', unnest([transacted_date, accrual_date]))::DATE AS month_start
--   FROM changed WHERE include_in_spend
-- input expenses.transactions: SELECT t.* FROM (FROM expenses.transactions WHERE transacted_date >= $since) t
--   SEMI JOIN touched s ON s.holder_type = t.holder_type AND s.holder_id = t.holder_id AND s.currency = t.currency
--   AND s.category = t.spend_category AND s.month_start = date_trunc('month', t.transacted_date)::DATE
--   UNION ALL SELECT t.* FROM (FROM expenses.transactions WHERE transacted_date >= $since
--   AND accrual_date < date_trunc('month', transacted_date)) t
--   SEMI JOIN touched s ON s.holder_type = t.holder_type AND s.holder_id = t.holder_id AND s.currency = t.currency
--   AND s.category = t.spend_category AND s.month_start = date_trunc('month', t.accrual_date)::DATE
--   ANTI JOIN touched r ON r.holder_type = t.holder_type AND r.holder_id = t.holder_id AND r.currency = t.currency
--   AND r.category = t.spend_category AND r.month_start = date_trunc('month', t.transacted_date)::DATE
-- column holder_type: VARCHAR NOT NULL. Kind of holder: customer or account
-- column holder_id: VARCHAR NOT NULL. Who spent
-- column currency: VARCHAR NOT NULL. Lower-case ISO 4217 currency
-- column month_start: DATE NOT NULL. First day of the calendar month of transacted_date
-- column category: ledger.category NOT NULL. expenses.transactions.spend_category, a code of ledger.categories
-- column gross_minor: BIGINT. Spent, minor units; null when out of range
-- column refund_minor: BIGINT. Given back, minor units; null when out of range
-- column net_minor: BIGINT. Spent minus given back, minor units; null when out of range
-- column transaction_count: BIGINT NOT NULL. Posted rows, refunds included
-- column first_day: DATE. First of them; null without any
-- column last_day: DATE. Last of them; null without any
-- column possible_duplicate_count: BIGINT NOT NULL. Rows of transaction_count that may count twice
-- column possible_duplicate_minor: BIGINT. What they add to net_minor, minor units; null when out of range
-- column net_accrual_minor: BIGINT. Spent minus what was given back of it whenever it came, minor units; null when out
--   of range
WITH counted AS NOT MATERIALIZED (
    SELECT *, date_trunc('month', transacted_date)::DATE AS month_start FROM expenses.transactions
    WHERE include_in_spend),
spent AS (
    SELECT holder_type, holder_id, currency, month_start,
        spend_category AS category, coalesce(-sum(amount_minor) FILTER (amount_minor < 0), 0) AS gross,
        coalesce(sum(amount_minor) FILTER (amount_minor > 0), 0) AS refunds, count(*) AS transaction_count,
        min(transacted_date) AS first_day, max(transacted_date) AS last_day,
        count(*) FILTER (possible_duplicate_of IS NOT NULL) AS possible_duplicate_count,
        coalesce(-sum(amount_minor) FILTER (possible_duplicate_of IS NOT NULL), 0) AS possible_duplicate,
        coalesce(sum(amount_minor) FILTER (accrual_date < month_start), 0) AS of_earlier
    FROM counted GROUP BY ALL),
-- what later months gave back of purchases of this one
given_back AS (
    SELECT holder_type, holder_id, currency, date_trunc('month', accrual_date)::DATE AS month_start,
        spend_category AS category, sum(amount_minor) AS later
    FROM counted WHERE accrual_date < transacted_date AND accrual_date < month_start GROUP BY ALL)
SELECT holder_type, holder_id, currency, month_start, category, meta.minor(coalesce(gross, 0)) AS gross_minor,
    meta.minor(coalesce(refunds, 0)) AS refund_minor, meta.minor(coalesce(gross - refunds, 0)) AS net_minor,
    coalesce(transaction_count, 0) AS transaction_count, first_day, last_day,
    coalesce(possible_duplicate_count, 0) AS possible_duplicate_count,
    meta.minor(coalesce(possible_duplicate, 0)) AS possible_duplicate_minor,
    meta.minor(coalesce(gross - refunds + of_earlier, 0) - coalesce(later, 0)) AS net_accrual_minor
FROM spent FULL JOIN given_back USING (holder_type, holder_id, currency, month_start, category)
