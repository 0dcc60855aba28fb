-- model: underwriting.balance_values
-- about: Attributes of balances, before it is judged how far they may be relied on: statistics of end-of-day balances
--   over the complete days of a span, of accounts, and of holders on days when all accounts that live are known
-- order: holder_id, holder_type, account_key, currency, window_name, attribute
-- lake: none
-- part: holder_id
-- scope: holder_type, holder_id
-- touched by ledger.daily_balances (account_key, currency, day, end_of_day_minor, basis): SELECT holder_type, holder_id
--   FROM ledger.cash_accounts SEMI JOIN changed USING (account_key)
-- touched by ledger.daily_entries (account_key, currency, day, is_plausible, outflow_minor): SELECT holder_type,
--   holder_id FROM ledger.cash_accounts SEMI JOIN changed USING (account_key)
-- input ledger.daily_balances: SELECT b.* FROM ledger.daily_balances b SEMI JOIN (SELECT account_key
--   FROM ledger.cash_accounts SEMI JOIN touched USING (holder_type, holder_id)) a USING (account_key)
-- input ledger.daily_entries: SELECT e.* FROM ledger.daily_entries e SEMI JOIN (SELECT account_key
--   FROM ledger.cash_accounts SEMI JOIN touched USING (holder_type, holder_id)) a USING (account_key)
-- input underwriting.windows: FROM underwriting.windows
-- input underwriting.attributes: FROM underwriting.attributes
-- column holder_type: VARCHAR NOT NULL. Kind of holder: customer or account
-- column holder_id: VARCHAR NOT NULL. Whose balances they are
-- column account_key: VARCHAR NOT NULL. Cash account; empty for the holder as a whole
-- column currency: VARCHAR NOT NULL. Lower-case ISO 4217 currency
-- column window_name: VARCHAR NOT NULL. Span of days, see underwriting.windows; now: as of the newest data
-- column attribute: VARCHAR NOT NULL. Name, see underwriting.attributes
-- column value_integer: BIGINT. Money in minor units, a count, or days; null where value_double or value_date is set
-- column value_double: DOUBLE. A ratio, slope or deviation
-- column value_date: DATE. A date
-- column age_days: INTEGER. Of a value of now: days since what it says was observed
-- column known_days: BIGINT. Days of the span whose balance is known
WITH
-- the spans that attributes of balances are asked for over
windows AS (
    FROM underwriting.windows WHERE window_name NOT IN ('7d', '10d', '28d', '3m', '6m', '12m')),
-- a number stands for a subject until the end: rows are sorted and grouped by it, not by four texts. A holder's only
-- account has the same balances where it has them on the same days: they are looked at once
subjects AS MATERIALIZED (
    SELECT * EXCLUDE (n), CASE WHEN count(*) FILTER (account_key <> '') OVER w = 1 AND min(n) OVER w = max(n) OVER w
            THEN max(subject) FILTER (account_key <> '') OVER w ELSE subject END AS same_as
    FROM (
        SELECT row_number() OVER ()::INTEGER AS subject, *, meta.units(100, currency) AS low_minor
        FROM (
            SELECT a.holder_type, a.holder_id, a.account_key, a.currency, coalesce(b.n, 0) AS n
            FROM ledger.cash_accounts a LEFT JOIN (SELECT account_key, currency, count(*) AS n
                FROM ledger.daily_balances GROUP BY ALL) b USING (account_key, currency)
            UNION ALL
            SELECT holder_type, holder_id, '', currency, count(*) FROM ledger.holder_daily_balances GROUP BY ALL))
    WINDOW w AS (PARTITION BY holder_type, holder_id, currency)),
days AS (
    SELECT s.subject, b.day, b.end_of_day_minor, e.outflow_minor, b.end_of_day_minor < s.low_minor AS is_low
    FROM ledger.daily_balances b JOIN subjects s USING (account_key, currency)
    LEFT JOIN (SELECT s.subject, e.day, e.outflow_minor
        FROM (FROM ledger.daily_entries WHERE is_plausible) e JOIN subjects s USING (account_key, currency)) e
        USING (subject, day)
    UNION ALL
    SELECT s.subject, h.day, h.end_of_day_minor, NULL, h.end_of_day_minor < s.low_minor
    FROM ledger.holder_daily_balances h
    JOIN (FROM subjects WHERE account_key = '' AND same_as = subject) s USING (holder_type, holder_id, currency)),
-- beside each day the balance before it, where that day is known too
followed AS (
    SELECT *, CASE WHEN lag(day) OVER w = day - 1 THEN lag(end_of_day_minor) OVER w END AS before_minor
    FROM days WHERE end_of_day_minor IS NOT NULL
    WINDOW w AS (PARTITION BY subject ORDER BY day)),
-- spans overlap: what lies between two borders of any of them, or the middle of one, is summed once; the day of a piece
-- is counted from its first, and from that of the span when pieces are put together
borders AS (
    SELECT unnest([first_day, first_day + ((days + 1) // 2)::INTEGER, last_day + 1]) AS piece
    FROM windows),
pieces AS (
    SELECT d.day, max(b.piece) AS piece
    FROM (SELECT unnest(generate_series(min(first_day)::TIMESTAMP, max(last_day)::TIMESTAMP, INTERVAL 1 DAY))::DATE
            AS day FROM windows) d
    JOIN borders b ON b.piece <= d.day GROUP BY d.day),
window_pieces AS (
    SELECT b.piece, w.window_name, (b.piece - w.first_day)::HUGEINT AS before,
        2 * (b.piece - w.first_day) >= w.days AS is_late
    FROM (SELECT DISTINCT piece FROM borders) b
    JOIN windows w ON b.piece BETWEEN w.first_day AND w.last_day),
summed AS (
    SELECT f.subject, p.piece, count(*) AS n, sum(f.end_of_day_minor) AS ys,
        meta.sum_of_squares(f.end_of_day_minor) AS squares, min(f.end_of_day_minor) AS lowest,
        max(f.end_of_day_minor) AS highest, count(*) FILTER (f.end_of_day_minor < 0) AS negative,
        count(*) FILTER (f.end_of_day_minor < 0 OR f.before_minor::HUGEINT - coalesce(f.outflow_minor, 0) < 0)
            AS intraday,
        count(*) FILTER (f.end_of_day_minor < 0 AND (f.before_minor IS NULL OR f.before_minor >= 0)) AS begun,
        count(*) FILTER (f.end_of_day_minor < 0 AND f.before_minor < 0 AND f.day = p.piece) AS went_on,
        count(*) FILTER (f.is_low) AS low, sum((f.day - p.piece)::HUGEINT) AS xs,
        sum((f.day - p.piece)::HUGEINT * (f.day - p.piece)) AS xx,
        sum((f.day - p.piece)::HUGEINT * f.end_of_day_minor) AS xy
    FROM followed f JOIN pieces p USING (day) GROUP BY ALL),
spans AS (
    SELECT s.subject, w.window_name, sum(s.n)::BIGINT AS known_days,
        sum(s.ys) AS total,
        CASE WHEN count(s.squares) = count(*) THEN sum(s.squares) END AS squares,
        min(s.lowest) AS lowest, max(s.highest) AS highest,
        sum(s.negative)::BIGINT AS negative, sum(s.intraday)::BIGINT AS intraday,
        (sum(s.begun) + coalesce(sum(s.went_on) FILTER (w.before = 0), 0))::BIGINT AS episodes,
        sum(s.low)::BIGINT AS low, sum(s.ys) FILTER (w.is_late) AS late_total,
        coalesce(sum(s.n) FILTER (w.is_late), 0)::BIGINT AS late_days, sum(s.xs + w.before * s.n) AS xs,
        sum(s.xx + 2 * w.before * s.xs + w.before * w.before * s.n) AS xx, sum(s.xy + w.before * s.ys) AS xy
    FROM summed s JOIN window_pieces w USING (piece) GROUP BY ALL),
-- what cannot be put together from pieces
ranks AS (
    SELECT f.subject, w.window_name,
        quantile_disc(f.end_of_day_minor, [0.1, 0.5, 0.9]) AS quantiles
    FROM followed f JOIN pieces p USING (day) JOIN window_pieces w USING (piece) GROUP BY ALL),
-- runs of days below zero that follow one another
runs AS (
    SELECT subject, min(day) AS first_day, max(day) AS last_day
    FROM (SELECT *, day - (row_number() OVER (PARTITION BY subject ORDER BY day))::INTEGER AS run
        FROM followed WHERE end_of_day_minor < 0)
    GROUP BY subject, run),
longest AS (
    SELECT r.subject, w.window_name,
        max(least(r.last_day, w.last_day) - greatest(r.first_day, w.first_day) + 1)::BIGINT AS run_days
    FROM runs r JOIN windows w ON r.first_day <= w.last_day AND r.last_day >= w.first_day GROUP BY ALL),
-- the newest balance that was observed, of a holder the sum on the newest day that all accounts are known
observed AS (
    SELECT a.holder_type, a.holder_id, b.account_key, b.currency, max_by(b.end_of_day_minor, b.day) AS minor,
        max(b.day) AS day
    FROM (FROM ledger.daily_balances WHERE basis IN ('observed', 'anchor_intraday')) b
    JOIN ledger.cash_accounts a USING (account_key, currency) GROUP BY ALL
    UNION ALL
    SELECT holder_type, holder_id, '', currency, max_by(end_of_day_minor, day), max(day)
    FROM ledger.holder_daily_balances GROUP BY ALL),
today AS (SELECT last_day + 1 AS today FROM windows WHERE window_name = '30d'),
points AS (
    SELECT o.holder_type, o.holder_id, o.account_key, o.currency, unnest([
            {attribute: 'balance_current_minor', value_integer: o.minor, age_days: (t.today - o.day)::INTEGER},
            {attribute: 'balance_age_days', value_integer: (t.today - o.day)::BIGINT, age_days: NULL},
            {attribute: 'balance_days_since_negative', value_integer: (t.today - r.last_day)::BIGINT,
                age_days: NULL}], recursive := true)
    FROM observed o CROSS JOIN today t
    JOIN subjects USING (holder_type, holder_id, account_key, currency)
    LEFT JOIN (SELECT subject AS same_as, max(last_day) AS last_day FROM runs GROUP BY ALL) r USING (same_as)),
integers AS (
    UNPIVOT (
        SELECT c.holder_type, c.holder_id, c.account_key, c.currency, s.window_name, s.known_days,
            meta.mean_minor(s.known_days, s.total) AS balance_daily_avg_minor, s.lowest AS balance_daily_min_minor,
            s.highest AS balance_daily_max_minor, q.quantiles[1] AS balance_daily_p10_minor,
            q.quantiles[2] AS balance_daily_p50_minor, q.quantiles[3] AS balance_daily_p90_minor,
            s.negative AS balance_negative_days, s.low AS balance_low_days,
            s.episodes AS balance_negative_episode_count, coalesce(l.run_days, 0) AS balance_negative_run_max_days,
            CASE WHEN c.account_key <> '' THEN s.intraday END AS balance_negative_days_intraday
        FROM spans s JOIN ranks q USING (subject, window_name) LEFT JOIN longest l USING (subject, window_name)
        JOIN subjects c ON c.same_as = s.subject)
    ON COLUMNS('^balance_') INTO NAME attribute VALUE value_integer),
doubles AS (
    UNPIVOT (
        SELECT holder_type, holder_id, account_key, currency, window_name, known_days,
            meta.sd(known_days, total, squares) AS balance_daily_sd,
            CASE WHEN known_days >= 2 THEN (known_days * xy - xs * total)::DOUBLE
                / nullif(known_days * xx - xs * xs, 0)::DOUBLE + 0.0 END AS balance_trend_slope,
            CASE WHEN late_days > 0 AND known_days > late_days
                THEN (late_total::DOUBLE / late_days - (total - late_total)::DOUBLE / (known_days - late_days))
                    / nullif(meta.sd(known_days, total, squares), 0) + 0.0 END AS balance_trend_halves
        FROM spans s JOIN subjects c ON c.same_as = s.subject)
    ON COLUMNS('^balance_') INTO NAME attribute VALUE value_double)
FROM (
    SELECT holder_type, holder_id, account_key, currency, window_name, attribute, value_integer,
        NULL::DOUBLE AS value_double, NULL::DATE AS value_date, NULL::INTEGER AS age_days, known_days
    FROM integers
    UNION ALL
    SELECT holder_type, holder_id, account_key, currency, window_name, attribute, NULL, value_double, NULL, NULL,
        known_days
    FROM doubles
    UNION ALL
    SELECT holder_type, holder_id, account_key, currency, 'now', attribute, value_integer, NULL, NULL, age_days, NULL
    FROM points WHERE value_integer IS NOT NULL)
SEMI JOIN (SELECT attribute, unnest(windows) AS window_name FROM underwriting.attributes) USING (attribute, window_name)
