-- model: underwriting.coverage_values
-- about: Attributes of what is held of an account and a holder, before they are judged: where the history begins and
--   ends, days without rows, what balances leave unexplained, which account is the main one, and what is not linked
-- order: holder_id, holder_type, account_key, currency, window_name, attribute
-- lake: none
-- part: holder_id
-- part bytes: 64
-- scope: holder_type, holder_id
-- touched by ledger.daily_entries (account_key, currency, day, is_plausible, posted_count): SELECT holder_type,
--   holder_id FROM ledger.cash_accounts SEMI JOIN changed USING (account_key)
-- touched by ledger.daily_balances (account_key, currency, day, end_of_day_minor): SELECT holder_type, holder_id
--   FROM ledger.cash_accounts SEMI JOIN changed USING (account_key)
-- touched by quality.reconciliation (account_key, currency, previous_date, anchor_date, residual_minor, class):
--   SELECT holder_type, holder_id FROM ledger.cash_accounts SEMI JOIN changed USING (account_key)
-- touched by quality.coverage (account_key, coverage_basis): SELECT holder_type, holder_id FROM ledger.cash_accounts
--   SEMI JOIN changed USING (account_key)
-- touched by ledger.streams (account_key, holder_type, holder_id, currency, kind, status):
--   SELECT holder_type, holder_id FROM changed
-- touched by quality.missing_accounts (holder_type, holder_id, currency, first_day, last_day):
--   SELECT holder_type, holder_id FROM changed
-- touched by ledger.accounts (account_key, holder_type, holder_id, category, status): SELECT holder_type, holder_id
--   FROM changed WHERE holder_type IS NOT NULL AND holder_id IS NOT NULL
-- input ledger.daily_entries: SELECT e.* FROM ledger.daily_entries e SEMI JOIN (SELECT account_key
--   FROM ledger.cash_accounts SEMI JOIN touched USING (holder_type, holder_id)) a USING (account_key)
-- input ledger.daily_balances: SELECT b.* FROM ledger.daily_balances b SEMI JOIN (SELECT account_key
--   FROM ledger.cash_accounts SEMI JOIN touched USING (holder_type, holder_id)) a USING (account_key)
-- input quality.reconciliation: FROM quality.reconciliation
-- input quality.coverage: FROM quality.coverage
-- input underwriting.windows: FROM underwriting.windows
-- column holder_type: VARCHAR NOT NULL. Kind of holder: customer or account
-- column holder_id: VARCHAR NOT NULL. Whose history it is
-- column account_key: VARCHAR NOT NULL. Cash account; empty for the holder as a whole
-- column currency: VARCHAR NOT NULL. Lower-case ISO 4217 currency
-- column window_name: VARCHAR NOT NULL. Span of days, see underwriting.windows; now: as of the newest data
-- column attribute: VARCHAR NOT NULL. Name, see underwriting.attributes
-- column value_integer: BIGINT. Money in minor units, a count, or days
-- column value_double: DOUBLE. A ratio or mean
-- column value_date: DATE. A date
-- column value_text: VARCHAR. What it is, in a word
-- column age_days: INTEGER. Of a value of now: days since the last one for which every row is held
WITH spans AS (
    SELECT window_name, first_day, last_day FROM underwriting.windows
    WHERE window_name IN ('30d', '60d', '90d', '180d', '365d')),
-- numbers stand for accounts and their spans while days are looked at: what is joined and sorted is not texts
accounts AS MATERIALIZED (
    SELECT row_number() OVER ()::INTEGER AS account, account_key, currency FROM ledger.cash_accounts),
-- of every span the part whose rows are held
held AS MATERIALIZED (
    SELECT row_number() OVER ()::INTEGER AS span, a.account, c.holder_type, c.holder_id, c.account_key, c.currency,
        c.window_name, greatest(w.first_day, c.coverage_start) AS from_day, least(w.last_day, c.coverage_end) AS to_day
    FROM (FROM underwriting.subject_windows WHERE account_key <> '') c JOIN spans w USING (window_name)
    JOIN accounts a USING (account_key, currency)
    WHERE c.coverage_start <= w.last_day AND c.coverage_end >= w.first_day),
active AS (
    SELECT account, day, lead(day) OVER (PARTITION BY account ORDER BY day) AS next_day
    FROM (FROM ledger.daily_entries WHERE posted_count > 0 AND is_plausible)
    JOIN accounts USING (account_key, currency)),
gaps AS (
    SELECT h.holder_type, h.holder_id, h.account_key, h.currency, h.window_name, g.* EXCLUDE (span)
    FROM (
        SELECT h.span, any_value(h.to_day - h.from_day + 1) AS days, count(a.day) AS active_days,
            min(a.day) AS first_active, max(a.day) AS last_active, coalesce(greatest(min(a.day) - any_value(h.from_day),
                max(least(coalesce(a.next_day, h.to_day + 1), h.to_day + 1) - a.day - 1)),
                any_value(h.to_day - h.from_day + 1)) AS longest,
            -- the first of the longest: before the first day with rows, or after the one that has it
            CASE WHEN coalesce(min(a.day) - any_value(h.from_day) = longest, true) THEN any_value(h.from_day)
                ELSE arg_max(a.day, (least(coalesce(a.next_day, h.to_day + 1), h.to_day + 1) - a.day,
                    DATE '9999-12-31' - a.day)) + 1 END AS longest_from
        FROM held h LEFT JOIN active a ON a.account = h.account AND a.day BETWEEN h.from_day AND h.to_day
        GROUP BY h.span) g
    JOIN held h USING (span)),
residuals AS (
    SELECT r.account_key, r.currency, w.window_name, sum(abs(r.residual_minor::HUGEINT)) AS total
    FROM (FROM quality.reconciliation WHERE class <> 'not_covered' AND residual_minor IS NOT NULL) r
    JOIN spans w ON r.previous_date < w.last_day AND r.anchor_date >= w.first_day GROUP BY ALL),
levels AS (
    SELECT b.account_key, b.currency, w.window_name, sum(abs(b.end_of_day_minor::HUGEINT)) AS total, count(*) AS n
    FROM (FROM ledger.daily_balances WHERE end_of_day_minor IS NOT NULL) b
    SEMI JOIN (FROM residuals WHERE total > 0) r ON r.account_key = b.account_key AND r.currency = b.currency
    JOIN spans w ON b.day BETWEEN w.first_day AND w.last_day GROUP BY ALL),
-- which account is the main one: wages arrive in it, bills leave it
moved AS (
    SELECT f.holder_type, f.holder_id, f.currency, f.account_key,
        coalesce(sum(f.in_minor) FILTER (f.treatment NOT IN ('exclude', 'contra_flow', 'contra_expense')), 0) AS inflow,
        coalesce(sum(f.out_count) FILTER (f.treatment NOT IN ('exclude', 'contra_flow')), 0) AS outflows
    FROM (FROM underwriting.flow_days WHERE is_cash) f
    JOIN (FROM spans WHERE window_name = '90d') w ON f.day BETWEEN w.first_day AND w.last_day GROUP BY ALL),
recurring AS (
    SELECT holder_type, holder_id, currency, account_key,
        bool_or(kind IN ('payroll', 'benefit', 'pension')) AS has_income,
        bool_or(kind IN ('rent', 'mortgage', 'loan', 'bill')) AS has_bill
    FROM (FROM ledger.streams WHERE status <> 'ended') GROUP BY ALL),
scored AS (
    SELECT c.holder_type, c.holder_id, c.account_key, c.currency, c.window_name,
        0.4::DOUBLE * coalesce(meta.share(m.inflow, sum(m.inflow) OVER w), 0)
            + 0.2::DOUBLE * coalesce(meta.share(m.outflows, sum(m.outflows) OVER w), 0)
            + CASE WHEN r.has_income THEN 0.3::DOUBLE ELSE 0 END
            + CASE WHEN r.has_bill THEN 0.1::DOUBLE ELSE 0 END AS score
    FROM (FROM underwriting.subject_windows WHERE account_key <> '' AND window_name = '90d') c
    LEFT JOIN moved m USING (holder_type, holder_id, currency, account_key)
    LEFT JOIN recurring r USING (holder_type, holder_id, currency, account_key)
    WINDOW w AS (PARTITION BY c.holder_type, c.holder_id, c.currency)),
ranked AS (
    SELECT *, (score >= 0.5 AND row_number() OVER (PARTITION BY holder_type, holder_id, currency
        ORDER BY score DESC, account_key) = 1)::BIGINT AS is_primary
    FROM scored),
-- money of accounts that are not linked
unlinked AS (
    SELECT f.holder_type, f.holder_id, f.currency, w.window_name, sum(f.in_minor::HUGEINT + f.out_minor) AS minor
    FROM (FROM underwriting.flow_days WHERE category IN ('xfer.own_unlinked_in', 'xfer.own_unlinked_out')) f
    JOIN spans w ON f.day BETWEEN w.first_day AND w.last_day GROUP BY ALL),
cited AS (
    SELECT m.holder_type, m.holder_id, m.currency, w.window_name, count(*) AS n
    FROM quality.missing_accounts m JOIN spans w ON m.first_day <= w.last_day AND m.last_day >= w.first_day
    GROUP BY ALL),
missing AS (
    SELECT c.holder_type, c.holder_id, c.account_key, c.currency, c.window_name, coalesce(m.n, 0) AS n,
        meta.minor(coalesce(u.minor, 0)) AS minor
    FROM (FROM underwriting.subject_windows WHERE account_key = '' AND window_name IN ('90d', '180d')) c
    LEFT JOIN unlinked u USING (holder_type, holder_id, currency, window_name)
    LEFT JOIN cited m USING (holder_type, holder_id, currency, window_name)),
integers AS (
    SELECT holder_type, holder_id, account_key, currency, window_name, unnest([
            {attribute: 'coverage_gap_max_days', value_integer: longest::BIGINT},
            {attribute: 'coverage_quiet_days', value_integer: (days - active_days)::BIGINT}], recursive := true)
    FROM gaps
    UNION ALL
    SELECT a.holder_type, a.holder_id, a.account_key, a.currency, r.window_name, 'coverage_residual_abs_minor',
        meta.minor(r.total)
    FROM residuals r JOIN ledger.cash_accounts a USING (account_key, currency)
    UNION ALL
    SELECT holder_type, holder_id, account_key, currency, window_name, unnest([
            {attribute: 'coverage_missing_account_count', value_integer: n},
            {attribute: 'coverage_missing_account_minor', value_integer: minor}], recursive := true)
    FROM missing
    UNION ALL
    SELECT holder_type, holder_id, account_key, currency, window_name, 'coverage_is_primary', is_primary FROM ranked),
doubles AS (
    SELECT holder_type, holder_id, account_key, currency, window_name, 'coverage_gap_avg_days' AS attribute,
        CASE WHEN active_days >= 2 THEN (last_active - first_active)::DOUBLE / (active_days - 1) END AS value_double
    FROM gaps
    UNION ALL
    SELECT a.holder_type, a.holder_id, a.account_key, a.currency, r.window_name, 'coverage_residual_ratio',
        CASE WHEN r.total = 0 THEN 0 WHEN l.total > 0 THEN (r.total * l.n)::DOUBLE / l.total::DOUBLE END
    FROM residuals r JOIN ledger.cash_accounts a USING (account_key, currency)
    LEFT JOIN levels l USING (account_key, currency, window_name)
    UNION ALL
    SELECT holder_type, holder_id, account_key, currency, window_name, 'coverage_primary_account_score', score
    FROM ranked),
dates AS (
    SELECT holder_type, holder_id, account_key, currency, window_name, unnest([
            {attribute: 'coverage_gap_max_start_date', value_date: longest_from},
            {attribute: 'coverage_gap_max_end_date', value_date: longest_from + longest::INTEGER - 1}],
            recursive := true)
    FROM gaps WHERE longest > 0),
seen AS (
    SELECT a.account_key, a.currency, min(d.day) AS first_row, max(d.day) FILTER (d.day <= w.last_day + 1) AS last_row
    FROM active d JOIN accounts a USING (account) CROSS JOIN (FROM spans WHERE window_name = '30d') w GROUP BY ALL),
dated AS (
    SELECT holder_type, holder_id, account_key, currency, min(first_row) AS first_row, max(last_row) AS last_row
    FROM (SELECT a.holder_type, a.holder_id, unnest([s.account_key, '']) AS account_key, s.currency, s.first_row,
            s.last_row
        FROM seen s JOIN ledger.cash_accounts a USING (account_key, currency))
    GROUP BY ALL),
points AS (
    SELECT c.holder_type, c.holder_id, c.account_key, c.currency, unnest([
            {attribute: 'coverage_account_age_observed_days', value_integer: (w.last_day + 1 - d.first_row)::BIGINT,
                value_date: NULL, value_text: NULL, age_days: NULL},
            {attribute: 'coverage_days_since_last_transaction', value_integer: (w.last_day + 1 - d.last_row)::BIGINT,
                value_date: NULL, value_text: NULL, age_days: (w.last_day - c.coverage_end)::INTEGER},
            {attribute: 'coverage_start_date', value_integer: NULL, value_date: c.coverage_start, value_text: NULL,
                age_days: NULL},
            {attribute: 'coverage_end_date', value_integer: NULL, value_date: c.coverage_end, value_text: NULL,
                age_days: NULL},
            {attribute: 'coverage_basis', value_integer: NULL, value_date: NULL, value_text: q.coverage_basis,
                age_days: NULL}], recursive := true)
    FROM (FROM underwriting.subject_windows WHERE window_name = '365d') c JOIN spans w USING (window_name)
    LEFT JOIN dated d USING (holder_type, holder_id, account_key, currency)
    LEFT JOIN quality.coverage q ON q.account_key = c.account_key),
linked AS (
    SELECT s.holder_type, s.holder_id, s.account_key, s.currency, unnest([
            {attribute: 'coverage_accounts_cash_count', value_integer: count(*) FILTER (l.category = 'cash')},
            {attribute: 'coverage_accounts_credit_count', value_integer: count(*) FILTER (l.category = 'credit')},
            {attribute: 'coverage_accounts_other_count', value_integer: count(*) FILTER (l.category IS NOT NULL
                AND l.category NOT IN ('cash', 'credit'))}], recursive := true)
    FROM (FROM underwriting.subjects WHERE NOT is_account) s
    LEFT JOIN (FROM ledger.accounts WHERE status = 'active') l USING (holder_type, holder_id)
    GROUP BY s.holder_type, s.holder_id, s.account_key, s.currency)
SELECT holder_type, holder_id, account_key, currency, window_name, attribute, value_integer,
    NULL::DOUBLE AS value_double, NULL::DATE AS value_date, NULL::VARCHAR AS value_text, NULL::INTEGER AS age_days
FROM integers
UNION ALL
SELECT holder_type, holder_id, account_key, currency, window_name, attribute, NULL, value_double, NULL, NULL, NULL
FROM doubles WHERE value_double IS NOT NULL
UNION ALL
SELECT holder_type, holder_id, account_key, currency, window_name, attribute, NULL, NULL, value_date, NULL, NULL
FROM dates
UNION ALL
SELECT holder_type, holder_id, account_key, currency, 'now', attribute, value_integer, NULL, value_date, value_text,
    age_days
FROM points
UNION ALL
SELECT holder_type, holder_id, account_key, currency, 'now', attribute, value_integer, NULL, NULL, NULL, NULL
FROM linked
