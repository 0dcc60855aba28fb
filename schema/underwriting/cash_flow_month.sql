-- model: underwriting.cash_flow_month
-- about: A holder's month over cash accounts, everything posted, nothing removed; columns that need own transfers, income and debt service are not here yet
-- order: holder_type, holder_id, currency, month
-- column holder_type: VARCHAR NOT NULL. Kind of holder: customer or account
-- column holder_id: VARCHAR NOT NULL. Whose month it is
-- column currency: VARCHAR NOT NULL. Lower-case ISO 4217 currency
-- column month: VARCHAR NOT NULL. Calendar month of posted_date, YYYY-MM
-- column is_partial: BOOLEAN NOT NULL. True when part of the month is not covered; such a month enters no average or trend
-- column covered_days: BIGINT NOT NULL. Days of the month between the holder's first and last covered day
-- column inflow_gross_minor: BIGINT NOT NULL. Sum of money in, own transfers and refunds included, minor units
-- column outflow_gross_minor: BIGINT NOT NULL. Sum of money out as a positive number, own transfers included, minor units
-- column inflow_count: BIGINT NOT NULL. Posted rows in
-- column outflow_count: BIGINT NOT NULL. Posted rows out
-- column nsf_overdraft_fee_count: BIGINT NOT NULL. Fees for missing funds, by their text; several banks charge none
-- column nsf_overdraft_fee_minor: BIGINT NOT NULL. Sum of those fees, minor units
-- column opening_balance_minor: BIGINT. Balance before the month, minor units; null when that day is not covered
-- column closing_balance_minor: BIGINT. Balance at the end of the month, minor units; null in a month that is not over
-- column average_balance_minor: BIGINT. Mean of the end-of-day balances, rounded half away from zero, minor units; null without balances
-- column minimum_balance_minor: BIGINT. Lowest end-of-day balance, minor units; null without balances
-- column balance_days: BIGINT NOT NULL. Days with a balance of all cash accounts
-- column negative_days: BIGINT. Days that ended below zero; null without balances
WITH cash AS (
    SELECT * FROM ledger.accounts WHERE category = 'cash' AND holder_id IS NOT NULL AND holder_type IS NOT NULL AND coverage_start IS NOT NULL AND coverage_end >= coverage_start),
flows AS (
    SELECT t.* FROM ledger.transactions t SEMI JOIN cash USING (account_key)
    WHERE t.status = 'posted' AND t.suppressed_by IS NULL AND t.amount_minor <> 0),
weights AS (
    SELECT c.holder_type, c.holder_id, f.currency, c.account_key, c.coverage_start, c.coverage_end, sum(abs(f.amount_minor))::HUGEINT AS moved
    FROM cash c JOIN flows f USING (account_key) GROUP BY ALL),
-- coverage of a holder: the accounts that carry nine tenths of the flow, all of them
coverage AS (
    SELECT holder_type, holder_id, currency, max(coverage_start) AS first_day, min(coverage_end) AS last_day
    FROM (SELECT *, sum(moved) OVER w - moved AS before_it, sum(moved) OVER (PARTITION BY holder_type, holder_id, currency) AS total
          FROM weights WINDOW w AS (PARTITION BY holder_type, holder_id, currency ORDER BY moved DESC, account_key))
    WHERE 10 * before_it < 9 * total GROUP BY ALL HAVING max(coverage_start) <= min(coverage_end)),
months AS (
    SELECT *, unnest(generate_series(date_trunc('month', first_day)::DATE, last_day, INTERVAL 1 MONTH))::DATE AS month_start FROM coverage),
bounded AS (
    SELECT *, last_day(month_start) AS month_end, strftime(month_start, '%Y-%m') AS month FROM (SELECT * RENAME (last_day AS last_covered) FROM months)),
sums AS (
    SELECT holder_type, holder_id, currency, strftime(posted_date, '%Y-%m') AS month,
        coalesce(sum(amount_minor) FILTER (amount_minor > 0), 0)::BIGINT AS inflow, coalesce(-sum(amount_minor) FILTER (amount_minor < 0), 0)::BIGINT AS outflow,
        count(*) FILTER (amount_minor > 0) AS inflows, count(*) FILTER (amount_minor < 0) AS outflows,
        count(*) FILTER (ledger.is_nsf_overdraft_fee(normal, amount_minor)) AS fees,
        coalesce(-sum(amount_minor) FILTER (ledger.is_nsf_overdraft_fee(normal, amount_minor)), 0)::BIGINT AS fee_minor
    FROM flows GROUP BY ALL),
balances AS (
    SELECT holder_type, holder_id, currency, strftime(day, '%Y-%m') AS month, count(*) AS n, sum(end_of_day_minor)::HUGEINT AS total,
        min(end_of_day_minor) AS lowest, count(*) FILTER (end_of_day_minor < 0) AS negative
    FROM ledger.holder_daily_balances GROUP BY ALL)
SELECT m.holder_type, m.holder_id, m.currency, m.month, m.first_day > m.month_start OR m.last_covered < m.month_end AS is_partial,
    (least(m.month_end, m.last_covered) - greatest(m.month_start, m.first_day) + 1)::BIGINT AS covered_days,
    coalesce(s.inflow, 0) AS inflow_gross_minor, coalesce(s.outflow, 0) AS outflow_gross_minor, coalesce(s.inflows, 0) AS inflow_count,
    coalesce(s.outflows, 0) AS outflow_count, coalesce(s.fees, 0) AS nsf_overdraft_fee_count, coalesce(s.fee_minor, 0) AS nsf_overdraft_fee_minor,
    CASE WHEN m.first_day < m.month_start THEN o.end_of_day_minor END AS opening_balance_minor,
    CASE WHEN m.last_covered >= m.month_end THEN c.end_of_day_minor END AS closing_balance_minor,
    CASE WHEN b.n > 0 THEN meta.mean_minor(b.n, b.total) END AS average_balance_minor, b.lowest AS minimum_balance_minor,
    coalesce(b.n, 0) AS balance_days, b.negative AS negative_days
FROM bounded m
LEFT JOIN sums s USING (holder_type, holder_id, currency, month)
LEFT JOIN balances b USING (holder_type, holder_id, currency, month)
LEFT JOIN ledger.holder_daily_balances o ON o.holder_type = m.holder_type AND o.holder_id = m.holder_id AND o.currency = m.currency AND o.day = m.month_start - 1
LEFT JOIN ledger.holder_daily_balances c ON c.holder_type = m.holder_type AND c.holder_id = m.holder_id AND c.currency = m.currency AND c.day = m.month_end
