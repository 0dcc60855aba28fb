-- model: expenses.daily
-- about: What a holder spent by day, and in the month up to it, beside the month before up to the same day: every day
--   of months with spending, to the last for which rows are held or the last with spending
-- order: holder_type, holder_id, currency, day
-- part: holder_type, holder_id
-- part bytes: 256
-- scope: holder_type, holder_id, currency, from month_start
-- touched by expenses.transactions (transaction_id, holder_type, holder_id, currency, transacted_date, amount_minor,
--   include_in_spend): SELECT holder_type, holder_id, currency,
--   date_trunc('month', transacted_date)::DATE AS month_start FROM changed WHERE include_in_spend
-- touched by expenses.month_states (holder_type, holder_id, month_start, month_state, held_to, complete_before):
--   SELECT s.holder_type, s.holder_id, s.currency, c.month_start
--   FROM (SELECT DISTINCT holder_type, holder_id, currency FROM expenses.category_sums) s
--   JOIN changed c USING (holder_type, holder_id)
-- touched by expenses.category_sums: nothing, it is felt through expenses.transactions
-- input expenses.transactions: SELECT t.* FROM (FROM expenses.transactions
--   WHERE include_in_spend AND transacted_date >= ($since - INTERVAL 1 MONTH)::DATE) t
--   SEMI JOIN touched s ON s.holder_type = t.holder_type AND s.holder_id = t.holder_id AND s.currency = t.currency
--   AND t.transacted_date >= (s.month_start - INTERVAL 1 MONTH)::DATE
-- input expenses.month_states: SELECT m.* FROM (FROM expenses.month_states
--   WHERE month_start >= ($since - INTERVAL 1 MONTH)::DATE) m SEMI JOIN touched USING (holder_type, holder_id)
-- partition: day_month = strftime(day, '%Y-%m')
-- column holder_type: VARCHAR NOT NULL. Kind of holder: customer or account
-- column holder_id: VARCHAR NOT NULL. Who spent
-- column currency: VARCHAR NOT NULL. Lower-case ISO 4217 currency
-- column day: DATE NOT NULL. Civil day in the report zone
-- column net_minor: BIGINT. Spent minus given back, minor units; positive is spending; 0 on a day without; null when
--   out of range
-- column transaction_count: BIGINT NOT NULL. Posted rows, refunds included
-- column month_to_date_minor: BIGINT. Sum of net_minor from the first of the month to this day; null when out of range
-- column last_month_to_date_minor: BIGINT. The same of the month before, up to the same day of it or to its end; null
--   unless that month is complete, or unheld as this one is (expenses.month_states), or out of range
-- column is_held: BOOLEAN NOT NULL. Whether the rows of all accounts that were ever read are held for the day: up to
--   held_to of expenses.month_states, and on no day of a month that is there a gap or unreconciled, since it is not
--   known on which of its days rows are missing
-- column value_state: VARCHAR NOT NULL. in_range, or out_of_range when a sum leaves 64 bits
-- column month_start: DATE NOT NULL. First day of the month
WITH spent AS (
    SELECT holder_type, holder_id, currency, transacted_date AS day, date_trunc('month', day)::DATE AS month_start,
        -sum(amount_minor) AS net, count(*) AS n
    FROM expenses.transactions WHERE include_in_spend GROUP BY ALL),
-- numbers stand for months while days are sorted and compared
months AS MATERIALIZED (
    SELECT s.*, (row_number() OVER ())::INTEGER AS number, m.held_to,
        m.month_state NOT IN ('gap', 'unreconciled') AS is_sound,
        coalesce(m.complete_before > 0, false) AS compares,
        greatest(s.last_spent, least(m.held_to, last_day(s.month_start))) AS last_shown
    FROM (SELECT holder_type, holder_id, currency, month_start, max(day) AS last_spent FROM spent GROUP BY ALL) s
    LEFT JOIN expenses.month_states m USING (holder_type, holder_id, month_start)),
days AS (
    SELECT number, unnest(generate_series(month_start::TIMESTAMP, last_shown::TIMESTAMP, INTERVAL 1 DAY))::DATE AS day
    FROM months),
dated AS MATERIALIZED (
    SELECT number, day, coalesce(s.net, 0) AS net, coalesce(s.n, 0) AS n,
        sum(coalesce(s.net, 0)) OVER (PARTITION BY number ORDER BY day) AS to_date
    FROM days LEFT JOIN (
        SELECT m.number, p.day, p.net, p.n
        FROM spent p JOIN months m USING (holder_type, holder_id, currency, month_start)
    ) s USING (number, day)),
compared AS (
    SELECT m.*, b.number AS before FROM months m LEFT JOIN months b ON b.holder_type = m.holder_type
        AND b.holder_id = m.holder_id AND b.currency = m.currency
        AND b.month_start = (m.month_start - INTERVAL 1 MONTH)::DATE)
SELECT m.holder_type, m.holder_id, m.currency, d.day, meta.minor(d.net) AS net_minor, d.n AS transaction_count,
    meta.minor(d.to_date) AS month_to_date_minor,
    CASE WHEN m.compares THEN meta.minor(coalesce(b.to_date, 0)) END AS last_month_to_date_minor,
    coalesce(m.is_sound AND d.day <= m.held_to, false) AS is_held,
    CASE WHEN net_minor IS NULL OR month_to_date_minor IS NULL
        OR (m.compares AND last_month_to_date_minor IS NULL) THEN 'out_of_range' ELSE 'in_range' END
        AS value_state,
    m.month_start
FROM dated d JOIN compared m USING (number)
LEFT JOIN dated b ON b.number = m.before AND b.day = (d.day - INTERVAL 1 MONTH)::DATE
