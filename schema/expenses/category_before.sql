-- model: expenses.category_before
-- about: What a holder spent by category in the months before one for which rows are held: of each category with
--   expenses.category_sums in the twelve months before it. What expenses.category_month holds a month against, before
--   it is asked which of them are complete; a month's own spending is not in it, so that a day changes hardly any row
-- order: holder_type, holder_id, currency, month_start, category
-- lake: none
-- part: holder_type, holder_id
-- scope: holder_type, holder_id, currency, category, from month_start
-- touched by expenses.category_sums (holder_type, holder_id, currency, category, month_start, net_minor):
--   SELECT c.holder_type, c.holder_id, c.currency, c.category, (c.month_start + INTERVAL 1 MONTH)::DATE AS month_start
--   FROM changed c JOIN (SELECT holder_type, holder_id, max(month_start) AS newest
--   FROM (SELECT holder_type, holder_id, month_start FROM expenses.month_states
--   UNION ALL SELECT holder_type, holder_id, month_start FROM expenses.category_before)
--   GROUP BY ALL) m USING (holder_type, holder_id) WHERE c.month_start < m.newest
-- touched by expenses.month_states (holder_type, holder_id, month_start): SELECT s.holder_type, s.holder_id,
--   s.currency, s.category, c.month_start FROM (SELECT holder_type, holder_id, currency, category
--   FROM expenses.category_sums UNION SELECT holder_type, holder_id, currency, category
--   FROM expenses.category_before) s JOIN changed c USING (holder_type, holder_id)
-- input expenses.category_sums: SELECT s.* FROM (FROM expenses.category_sums
--   WHERE month_start >= ($since - INTERVAL 12 MONTH)::DATE) s
--   SEMI JOIN touched USING (holder_type, holder_id, currency, category)
-- input expenses.month_states: SELECT m.* FROM (FROM expenses.month_states WHERE month_start >= $since) m
--   SEMI JOIN touched USING (holder_type, holder_id)
-- column holder_type: VARCHAR NOT NULL. Kind of holder: customer or account
-- column holder_id: VARCHAR NOT NULL. Who spent
-- column currency: VARCHAR NOT NULL. Lower-case ISO 4217 currency
-- column month_start: DATE NOT NULL. First day of the month that the others are before
-- column category: ledger.category NOT NULL. expenses.transactions.spend_category, a code of ledger.categories
-- column previous_minor: BIGINT. expenses.category_sums.net_minor of the month before, 0 without a row; null when out
--   of range
-- column average_3_minor: BIGINT. Mean net_minor of the three months before, rounded half away from zero; null when out
--   of range
-- column average_6_minor: BIGINT. The same of the six months before
-- column year_ago_minor: BIGINT. net_minor of the same month a year before; null when out of range
WITH series AS MATERIALIZED (
    SELECT s.*, (row_number() OVER ())::INTEGER AS number, m.oldest, m.newest
    FROM (SELECT holder_type, holder_id, currency, category,
            list({month: 12 * year(month_start) + month(month_start) - 1, net: net_minor}) AS sums
        FROM expenses.category_sums GROUP BY ALL) s
    -- months follow one another, so the first and the last tell of all
    JOIN (SELECT holder_type, holder_id, min(12 * year(month_start) + month(month_start) - 1) AS oldest,
            max(12 * year(month_start) + month(month_start) - 1) AS newest
        FROM expenses.month_states GROUP BY ALL) m USING (holder_type, holder_id)),
spent AS (
    SELECT number, s.month + back AS month, back, s.net
    FROM (SELECT number, s,
            unnest(range(greatest(oldest - s.month, 1), least(newest - s.month, 12) + 1)) AS back
        FROM (SELECT number, oldest, newest, unnest(sums) AS s FROM series))),
summed AS (
    SELECT number, month, coalesce(max(net) FILTER (back = 1), 0) AS net_1,
        coalesce(sum(net) FILTER (back <= 3), 0) AS net_3, coalesce(sum(net) FILTER (back <= 6), 0) AS net_6,
        coalesce(max(net) FILTER (back = 12), 0) AS net_12,
        coalesce(min(back) FILTER (net IS NULL), 13) AS lost, coalesce(max(back) FILTER (net IS NULL), 0) AS last_lost
    FROM spent GROUP BY ALL)
SELECT n.holder_type, n.holder_id, n.currency, make_date(month // 12, month % 12 + 1, 1) AS month_start, n.category,
    CASE WHEN lost > 1 THEN net_1 END AS previous_minor,
    CASE WHEN lost > 3 THEN meta.mean_minor(3, net_3) END AS average_3_minor,
    CASE WHEN lost > 6 THEN meta.mean_minor(6, net_6) END AS average_6_minor,
    CASE WHEN last_lost < 12 THEN net_12 END AS year_ago_minor
FROM summed JOIN series n USING (number)
