-- model: expenses.usual_purchases
-- about: What 95 of 100 purchases of the three months before cost a holder at most, where these are complete and have
--   twenty: what expenses.anomalies holds the first purchase at a merchant against. Amounts over 15 digits do not count
-- order: holder_type, holder_id, currency, month_start
-- lake: none
-- part: holder_type, holder_id
-- part bytes: 128
-- scope: holder_type, holder_id, currency, month_start
-- since: month_start
-- touched by expenses.transactions (transaction_id, holder_type, holder_id, currency, transacted_date, amount_minor,
--   include_in_spend, possible_duplicate_of): SELECT c.* FROM (SELECT DISTINCT holder_type, holder_id, currency,
--   (date_trunc('month', transacted_date) + to_months(unnest([1, 2, 3])))::DATE AS month_start
--   FROM changed WHERE include_in_spend AND amount_minor < 0) c
--   SEMI JOIN (FROM expenses.month_states WHERE complete_before >= 3) USING (holder_type, holder_id, month_start)
-- touched by expenses.month_states (holder_type, holder_id, month_start, complete_before): SELECT s.holder_type,
--   s.holder_id, s.currency, c.month_start
--   FROM (SELECT holder_type, holder_id, currency FROM expenses.category_sums
--   UNION SELECT holder_type, holder_id, currency FROM expenses.usual_purchases) s
--   JOIN (FROM changed WHERE complete_before >= 3) c USING (holder_type, holder_id)
-- touched by expenses.category_sums: nothing, it is felt through expenses.transactions
-- input expenses.transactions: SELECT t.* FROM (FROM expenses.transactions
--   WHERE include_in_spend AND transacted_date >= ($since - INTERVAL 3 MONTH)::DATE) t
--   SEMI JOIN touched USING (holder_type, holder_id, currency)
-- input expenses.month_states: SELECT m.* FROM (FROM expenses.month_states WHERE month_start >= $since) m
--   SEMI JOIN touched USING (holder_type, holder_id, month_start)
-- column holder_type: VARCHAR NOT NULL. Kind of holder: customer or account
-- column holder_id: VARCHAR NOT NULL. Who spent
-- column currency: VARCHAR NOT NULL. Lower-case ISO 4217 currency
-- column month_start: DATE NOT NULL. First day of the month that the others are before
-- column usual_minor: BIGINT NOT NULL. What 95 of 100 purchases were at most, without sign, minor units
-- column purchase_count: BIGINT NOT NULL. Purchases of the three months
WITH paid AS (
    SELECT holder_type, holder_id, currency, date_trunc('month', transacted_date)::DATE AS month_start,
        list(-amount_minor) AS minors
    FROM expenses.transactions
    WHERE include_in_spend AND amount_minor BETWEEN -1000000000000000 AND -1 AND possible_duplicate_of IS NULL
    GROUP BY ALL),
before AS (
    SELECT m.holder_type, m.holder_id, p.currency, m.month_start, flatten(list(p.minors)) AS minors,
        sum(len(p.minors))::BIGINT AS n
    FROM (SELECT *, unnest([1, 2, 3]) AS back FROM expenses.month_states WHERE complete_before >= 3) m
    JOIN paid p ON p.holder_type = m.holder_type AND p.holder_id = m.holder_id
        AND p.month_start = (m.month_start - to_months(m.back))::DATE
    GROUP BY ALL)
SELECT holder_type, holder_id, currency, month_start, list_sort(minors)[n - n // 20] AS usual_minor,
    n AS purchase_count
FROM before WHERE n >= 20
