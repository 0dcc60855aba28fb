-- model: underwriting.reasons
-- about: What the conditions of the policy that analytics.policy names say of every holder: each holds, does not hold,
--   or cannot be said, with the number and what it was computed from. A condition is no decision, and the order of
--   reasons is that of the policy
-- order: holder_id, holder_type, position, currency
-- part: holder_id
-- scope: holder_type, holder_id
-- touched by meta.policies: SELECT holder_type, holder_id FROM underwriting.subjects WHERE EXISTS (FROM changed)
-- touched by underwriting.attribute_values: SELECT holder_type, holder_id FROM changed
--   SEMI JOIN (FROM meta.policies WHERE removed_at IS NULL) USING (attribute, window_name)
-- input meta.policies: FROM meta.policies
-- input underwriting.attributes: FROM underwriting.attributes
-- input underwriting.windows: FROM underwriting.windows
-- column holder_type: VARCHAR NOT NULL. Kind of holder: customer or account
-- column holder_id: VARCHAR NOT NULL. Holder that the reason is about
-- column position: INTEGER NOT NULL. The condition, by its place in the policy, from 1
-- column currency: VARCHAR NOT NULL. Lower-case ISO 4217 currency of the number: that of the condition, else each of
--   the holder's
-- column reason_code: VARCHAR NOT NULL. Code of the reason, of the policy
-- column attribute: VARCHAR NOT NULL. The number that is looked at, see underwriting.attributes
-- column window_name: VARCHAR NOT NULL. Its span, see underwriting.windows
-- column comparison: VARCHAR NOT NULL. <, <=, >, >=, = or !=
-- column threshold: VARCHAR NOT NULL. What it is compared with, as the policy has it: money as 1000.00
-- column value_integer: BIGINT. The number where it is money in minor units, a count or days; null where it is not
--   known
-- column value_double: DOUBLE. The number where it is a ratio
-- column value_date: DATE. The number where it is a date
-- column value_state: VARCHAR NOT NULL. How far the number may be relied on, see underwriting.attribute_values
-- column state_reason: VARCHAR. Why it is not OK, or how what has not happened decides; null when it is OK
-- column lower_bound_days: INTEGER. Of days since what never happened: it has not in so many days; else null
-- column outcome: VARCHAR NOT NULL. holds; does_not_hold; cannot_be_said: the number is neither OK nor PARTIAL, and no
--   lower bound decides. PARTIAL decides as far as days are held
-- column reason_text: VARCHAR. The reason as a sentence for whom it concerns, with its numbers; null unless it holds
-- column evidence: VARCHAR. What the number was computed from: days and rows; underwriting.lineage(holder_id) has each
--   of them. Null where there is no number
WITH conditions AS (FROM meta.policies WHERE removed_at IS NULL),
holders AS (SELECT holder_type, holder_id, currency FROM underwriting.subjects WHERE account_key = ''),
wanted AS (
    SELECT h.holder_type, h.holder_id, c.* REPLACE (h.currency AS currency)
    FROM holders h JOIN conditions c ON c.currency IS NULL
    UNION ALL
    SELECT h.holder_type, h.holder_id, c.*
    FROM (SELECT DISTINCT holder_type, holder_id FROM holders) h JOIN conditions c ON c.currency IS NOT NULL),
compared AS (
    SELECT w.*, v.value_integer, v.value_double, v.value_date, v.value_state, v.state_reason, v.lower_bound_days,
        v.covered_days, v.transaction_count, v.coverage_start, v.coverage_end,
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
            WHEN '!=' THEN coalesce(v.value_integer <> w.threshold_integer, v.value_double <> w.threshold_double,
                v.value_date <> w.threshold_date) END AS is_met
    FROM wanted w LEFT JOIN (FROM underwriting.attribute_values WHERE account_key = '') v
        USING (holder_type, holder_id, currency, attribute, window_name)),
-- by a number that is OK or PARTIAL; what has not happened in so many days decides where they are beyond the threshold
judged AS (
    SELECT *, CASE WHEN value_state IN ('OK', 'PARTIAL') THEN is_met
        WHEN lower_bound_days > threshold_integer THEN comparison IN ('>', '>=', '!=') END AS is_true
    FROM compared),
shown AS (
    SELECT j.*, a.attribute IS NOT NULL AS is_known, w.first_day, w.last_day, rtrim(j.window_name, 'dm') AS span,
        CASE WHEN j.value_integer IS NOT NULL AND a.unit = 'minor' THEN meta.money(j.value_integer, j.currency)
            WHEN j.value_integer IS NOT NULL THEN j.value_integer::VARCHAR
            WHEN a.unit = 'minor_per_day' THEN meta.money(meta.minor(round(j.value_double)), j.currency) || ' a day'
            WHEN ends_with(j.attribute, '_sd') THEN meta.money(meta.minor(round(j.value_double)), j.currency)
            WHEN j.value_double IS NOT NULL THEN printf('%.2f', j.value_double)
            WHEN j.value_date IS NOT NULL THEN j.value_date::VARCHAR
            WHEN j.lower_bound_days IS NOT NULL THEN format('more than {}', j.lower_bound_days) ELSE '–' END AS number
    FROM judged j
    LEFT JOIN (SELECT attribute, unit, unnest(windows) AS window_name FROM underwriting.attributes WHERE of_holders) a
        USING (attribute, window_name)
    LEFT JOIN underwriting.windows w USING (window_name)),
filled AS (
    SELECT *, replace(replace(replace(replace(reason_text, '{n}', number), '{w}', replace(span, '_', ' to ')), '{m}',
        span), '{rest}', coalesce((TRY_CAST(span AS BIGINT) - value_integer)::VARCHAR, '')) AS sentence
    FROM shown)
SELECT holder_type, holder_id, position, currency, reason_code, attribute, window_name, comparison, threshold,
    value_integer, value_double, value_date, coalesce(value_state, 'NO_DATA') AS value_state,
    CASE WHEN is_true IS NOT NULL AND value_state NOT IN ('OK', 'PARTIAL') THEN format('not in {} days',
            lower_bound_days)
        WHEN value_state IS NULL AND NOT is_known THEN 'this version of fcpipe does not compute it'
        WHEN value_state IS NULL THEN 'no account in this currency is shared' ELSE state_reason END AS state_reason,
    lower_bound_days, CASE is_true WHEN true THEN 'holds' WHEN false THEN 'does_not_hold' ELSE 'cannot_be_said' END
        AS outcome,
    CASE WHEN is_true THEN CASE WHEN number = '1' THEN regexp_replace(sentence, '\b1 (\w+)s\b', '1 \1', 'g')
        ELSE sentence END END AS reason_text,
    CASE WHEN value_state IS NULL OR coverage_start IS NULL THEN NULL
        WHEN first_day IS NULL THEN format('held from {} to {}', coverage_start, coverage_end)
        ELSE format('{} to {}: {} days held, {} rows', first_day, last_day, covered_days, transaction_count) END
        AS evidence
FROM filled
