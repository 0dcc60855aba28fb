-- model: underwriting.pattern_values
-- about: Attributes of how flows are spread, before it is judged how far they may be relied on: over days, weeks and
--   months, weekends, large deposits, and money to and from people
-- order: holder_id, holder_type, account_key, currency, window_name, attribute
-- lake: none
-- part: holder_id
-- part bytes: 256
-- scope: holder_type, holder_id
-- touched by ledger.labels (transaction_id, holder_type, holder_id, currency, posted_date, amount_minor, merchant_key,
--   is_cash, is_flow, category, treatment): SELECT holder_type, holder_id FROM changed WHERE is_flow AND is_cash
-- input underwriting.attributes: FROM underwriting.attributes
-- input underwriting.windows: FROM underwriting.windows
-- personal: nothing from ledger.labels.merchant_key, people are counted, and equal ones looked for
-- column holder_type: VARCHAR NOT NULL. Kind of holder: customer or account
-- column holder_id: VARCHAR NOT NULL. Whose flows they are
-- column account_key: VARCHAR NOT NULL. Cash account; empty for the holder as a whole
-- column currency: VARCHAR NOT NULL. Lower-case ISO 4217 currency
-- column window_name: VARCHAR NOT NULL. Span of days, see underwriting.windows
-- column attribute: VARCHAR NOT NULL. Name, see underwriting.attributes
-- column value_integer: BIGINT. Money in minor units, or a count; null where value_double is set, or undefined
-- column value_double: DOUBLE. A ratio or deviation
WITH held AS (
    SELECT s.holder_type, s.holder_id, s.account_key, s.currency, s.window_name, w.first_day, w.last_day, w.days
    FROM underwriting.subject_windows s JOIN underwriting.windows w USING (window_name)
    WHERE s.window_name IN ('30d', '60d', '90d', '180d', '365d', '6m')),
rows_of AS (
    SELECT l.holder_type, l.holder_id, l.currency, l.posted_date AS day, l.amount_minor, l.treatment,
        l.category = 'income.payroll' AS is_wage, CASE WHEN l.category IN ('xfer.p2p_in', 'xfer.p2p_out')
            THEN ledger.person_id(l.holder_type, l.holder_id, l.merchant_key) END AS person
    FROM ledger.labels l WHERE l.is_flow AND l.is_cash AND l.treatment <> 'exclude'
        AND (l.amount_minor > meta.units(5000, l.currency) OR l.category IN ('xfer.p2p_in', 'xfer.p2p_out'))),
-- money that went to a person and the same amount that came from them within a week, before or after
returned AS (
    SELECT o.holder_type, o.holder_id, o.currency, o.day, o.amount_minor
    FROM (FROM rows_of WHERE amount_minor < 0) o
    SEMI JOIN (FROM rows_of WHERE amount_minor > 0) i ON i.holder_type = o.holder_type
        AND i.holder_id = o.holder_id AND i.currency = o.currency AND i.person = o.person
        AND i.amount_minor = -o.amount_minor::HUGEINT AND i.day BETWEEN o.day - 7 AND o.day + 7),
limits AS (
    SELECT holder_type, holder_id, currency, max(greatest(meta.units(5000, currency), value_integer // 2)) AS minor
    FROM underwriting.income_values WHERE attribute = 'income_monthly_minor' AND window_name = '90d' GROUP BY ALL),
counted AS (
    SELECT h.holder_type, h.holder_id, h.currency, h.window_name,
        count(DISTINCT r.person) AS people,
        count(*) FILTER (r.is_large) AS large, sum(r.amount_minor) FILTER (r.is_large) AS large_minor
    FROM (FROM held WHERE account_key = '') h
    JOIN (SELECT r.*, r.amount_minor > coalesce(m.minor, meta.units(5000, r.currency)) AND NOT r.is_wage
            AND r.treatment NOT IN ('exclude', 'contra_flow', 'contra_expense') AS is_large
        FROM rows_of r LEFT JOIN limits m USING (holder_type, holder_id, currency)) r
        ON r.holder_type = h.holder_type AND r.holder_id = h.holder_id AND r.currency = h.currency
        AND r.day BETWEEN h.first_day AND h.last_day
    GROUP BY ALL),
round_trips AS (
    SELECT h.holder_type, h.holder_id, h.currency, h.window_name, -sum(r.amount_minor) AS minor
    FROM (FROM held WHERE account_key = '') h JOIN returned r ON r.holder_type = h.holder_type
        AND r.holder_id = h.holder_id AND r.currency = h.currency AND r.day BETWEEN h.first_day AND h.last_day
    GROUP BY ALL),
days AS (
    SELECT holder_type, holder_id, currency, day,
        coalesce(sum(ledger.flow_in(treatment, is_cash, in_minor, out_minor)), 0) AS money_in,
        coalesce(sum(ledger.flow_out(treatment, is_cash, in_minor, out_minor)), 0) AS money_out,
        money_in - money_out AS net,
        coalesce(sum(out_minor) FILTER (category = 'xfer.cash_withdrawal'), 0) AS cash
    FROM underwriting.flow_days GROUP BY ALL),
spread AS (
    SELECT h.holder_type, h.holder_id, h.currency, h.window_name, sum(d.net) AS net,
        meta.sum_of_squares(d.net) AS squares, sum(d.money_out) AS money_out, sum(d.money_in) AS money_in,
        sum(d.money_in) FILTER (d.day >= h.first_day + to_months(3)) AS late_in
    FROM (FROM held WHERE account_key = '' AND window_name IN ('90d', '6m')) h
    JOIN days d ON d.holder_type = h.holder_type AND d.holder_id = h.holder_id AND d.currency = h.currency
        AND d.day BETWEEN h.first_day AND h.last_day
    GROUP BY ALL),
-- the last twelve whole weeks
weeks AS (
    SELECT holder_type, holder_id, currency, sum(cash) AS cash, meta.sum_of_squares(cash) AS squares
    FROM (
        SELECT d.holder_type, d.holder_id, d.currency, (w.last_day - d.day) // 7 AS week, sum(d.cash) AS cash
        FROM days d JOIN underwriting.windows w ON w.window_name = '90d' AND d.day BETWEEN w.last_day - 83
            AND w.last_day
        GROUP BY ALL)
    GROUP BY ALL),
-- spans overlap: what lies between two borders of any of them is counted once
borders AS (SELECT first_day AS piece FROM underwriting.windows UNION SELECT last_day + 1 FROM underwriting.windows),
pieces AS (
    SELECT d.day, max(b.piece) AS piece
    FROM (SELECT DISTINCT day FROM underwriting.flow_days) d JOIN borders b ON b.piece <= d.day GROUP BY d.day),
moved AS (
    SELECT f.account_key, f.currency, p.piece, sum(f.in_count + f.out_count) FILTER (isodow(f.day) >= 6) AS n,
        sum(f.in_count + f.out_count) AS total
    FROM (FROM underwriting.flow_days WHERE is_cash) f JOIN pieces p USING (day) GROUP BY ALL),
weekends AS (
    SELECT h.holder_type, h.holder_id, h.account_key, h.currency, h.window_name, sum(m.n) AS n, sum(m.total) AS total
    FROM (FROM held WHERE account_key <> '') h JOIN borders b ON b.piece BETWEEN h.first_day AND h.last_day
    JOIN moved m ON m.account_key = h.account_key AND m.currency = h.currency AND m.piece = b.piece
    GROUP BY ALL),
listed AS (
    SELECT h.holder_type, h.holder_id, h.account_key, h.currency, h.window_name, unnest([
            {attribute: 'flow_cash_withdrawal_cv', i: NULL, d: CASE WHEN w.cash > 0
                THEN meta.sd(12, w.cash, w.squares) * 12 / w.cash::DOUBLE END},
            {attribute: 'flow_daily_volatility_ratio', i: NULL, d: CASE WHEN s.money_out > 0
                THEN meta.sd(h.days, s.net, s.squares) * h.days / s.money_out::DOUBLE END},
            {attribute: 'flow_in_trend_ratio', i: NULL, d: CASE WHEN s.money_in > coalesce(s.late_in, 0)
                THEN (2 * coalesce(s.late_in, 0) - s.money_in)::DOUBLE
                    / (s.money_in - coalesce(s.late_in, 0))::DOUBLE END},
            {attribute: 'flow_large_deposit_count', i: coalesce(c.large, 0), d: NULL},
            {attribute: 'flow_large_deposit_minor', i: coalesce(c.large_minor, 0), d: NULL},
            {attribute: 'flow_p2p_counterparty_count', i: coalesce(c.people, 0), d: NULL},
            {attribute: 'flow_p2p_roundtrip_minor', i: coalesce(t.minor, 0), d: NULL}]) AS value
    FROM (FROM held WHERE account_key = '') h
    LEFT JOIN counted c USING (holder_type, holder_id, currency, window_name)
    LEFT JOIN round_trips t USING (holder_type, holder_id, currency, window_name)
    LEFT JOIN spread s USING (holder_type, holder_id, currency, window_name)
    LEFT JOIN weeks w USING (holder_type, holder_id, currency)
    UNION ALL
    SELECT holder_type, holder_id, account_key, currency, window_name,
        {attribute: 'flow_weekend_post_share', i: NULL, d: meta.share(coalesce(n, 0), total)}
    FROM weekends)
SELECT l.holder_type, l.holder_id, l.account_key, l.currency, l.window_name, l.value.attribute AS attribute,
    meta.minor(l.value.i) AS value_integer, l.value.d::DOUBLE + 0.0 AS value_double
FROM listed l
SEMI JOIN (SELECT attribute, unnest(windows) AS window_name FROM underwriting.attributes) a
    ON a.attribute = l.value.attribute AND a.window_name = l.window_name
