-- What the conditions of a policy say of the holders that are asked about: the SELECT of underwriting.reasons over the
-- conditions of the policy, instead of those that the file has.

-- name: stage_conditions
CREATE OR REPLACE TEMP TABLE conditions AS
SELECT * REPLACE (nullif(currency, '') AS currency), NULL::TIMESTAMPTZ AS removed_at FROM (
    SELECT unnest(from_json(CAST($1 AS JSON), '[{"position": "INTEGER", "attribute": "VARCHAR",
        "window_name": "VARCHAR", "comparison": "VARCHAR", "threshold": "VARCHAR", "threshold_integer": "BIGINT",
        "threshold_double": "DOUBLE", "threshold_date": "DATE", "currency": "VARCHAR", "reason_code": "VARCHAR",
        "reason_text": "VARCHAR"}]'), max_depth := 2));

-- name: stage_subjects
CREATE OR REPLACE TEMP TABLE asked_subjects AS
FROM underwriting.subjects SEMI JOIN asked USING (holder_type, holder_id);

-- name: stage_values
CREATE OR REPLACE TEMP TABLE asked_values AS
FROM underwriting.attribute_values SEMI JOIN conditions USING (attribute, window_name)
SEMI JOIN asked USING (holder_type, holder_id);

-- name: stage_reasons
CREATE OR REPLACE TEMP TABLE reasons AS ($reasons$);

-- name: reasons
SELECT k.number, r.position, r.currency, r.attribute, r.window_name, r.outcome, r.value_state,
    coalesce(r.state_reason, ''), coalesce(r.reason_text, '')
FROM reasons r JOIN asked k USING (holder_type, holder_id) ORDER BY k.number, r.position, r.currency;
