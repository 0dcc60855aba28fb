-- What the conditions of a policy say of the holders that are asked about.

-- name: policy_attributes
SELECT attribute, unit, to_json(windows)::VARCHAR FROM underwriting.attributes WHERE of_holders ORDER BY attribute;

-- name: stage_conditions
CREATE OR REPLACE TEMP TABLE conditions AS
SELECT unnest(from_json(CAST($1 AS JSON), '[{"position": "INTEGER", "attribute": "VARCHAR", "window_name": "VARCHAR",
    "comparison": "VARCHAR", "threshold_integer": "BIGINT", "threshold_double": "DOUBLE", "threshold_date": "DATE",
    "currency": "VARCHAR", "reason_code": "VARCHAR"}]'), max_depth := 2);

-- A condition is met or not only by a number that is OK or PARTIAL; what has not happened in so many days decides where
-- that is beyond the threshold.
-- name: reasons
WITH mine AS (
    SELECT k.number, v.* FROM (FROM underwriting.attribute_values SEMI JOIN conditions USING (attribute, window_name)
        WHERE account_key = '') v
    JOIN asked k USING (holder_type, holder_id)),
subjects AS (
    SELECT k.number, s.currency FROM underwriting.subjects s JOIN asked k USING (holder_type, holder_id)
    WHERE s.account_key = ''),
wanted AS (
    SELECT k.number, c.* EXCLUDE (currency), coalesce(nullif(c.currency, ''), s.currency, '') AS currency
    FROM asked k CROSS JOIN conditions c
    LEFT JOIN subjects s ON s.number = k.number AND c.currency = ''),
compared AS (
    SELECT w.*, v.value_state, v.state_reason, v.lower_bound_days,
        v.value_integer IS NOT NULL OR v.value_double IS NOT NULL OR v.value_date IS NOT NULL AS has_value,
        CASE w.comparison
            WHEN '<' THEN coalesce(v.value_integer < w.threshold_integer, v.value_double < w.threshold_double,
                v.value_date < w.threshold_date)
            WHEN '<=' THEN coalesce(v.value_integer <= w.threshold_integer, v.value_double <= w.threshold_double,
                v.value_date <= w.threshold_date)
            WHEN '>' THEN coalesce(v.value_integer > w.threshold_integer, v.value_double > w.threshold_double,
                v.value_date > w.threshold_date)
            WHEN '>=' THEN coalesce(v.value_integer >= w.threshold_integer, v.value_double >= w.threshold_double,
                v.value_date >= w.threshold_date)
            WHEN '=' THEN coalesce(v.value_integer = w.threshold_integer, v.value_double = w.threshold_double,
                v.value_date = w.threshold_date)
            ELSE coalesce(v.value_integer <> w.threshold_integer, v.value_double <> w.threshold_double,
                v.value_date <> w.threshold_date) END AS is_met
    FROM wanted w LEFT JOIN mine v USING (number, currency, attribute, window_name)),
judged AS (
    SELECT *, CASE WHEN value_state IN ('OK', 'PARTIAL') THEN is_met
        WHEN lower_bound_days > threshold_integer THEN comparison IN ('>', '>=', '!=') END AS holds
    FROM compared)
SELECT number, position, currency, attribute, window_name,
    CASE holds WHEN true THEN 'holds' WHEN false THEN 'does_not_hold' ELSE 'cannot_be_said' END,
    coalesce(value_state, 'NO_DATA'),
    CASE WHEN holds IS NULL AND value_state IS NULL THEN 'no account in this currency is shared'
        WHEN holds IS NOT NULL AND value_state NOT IN ('OK', 'PARTIAL') THEN format('not in {} days', lower_bound_days)
        ELSE coalesce(state_reason, '') END
FROM judged ORDER BY number, position, currency;
