-- Everything that is known of one attribute of a holder, and what it was computed from.

-- name: has_lineage
SELECT count(*) > 0 FROM duckdb_functions()
WHERE database_name = current_database() AND schema_name = 'underwriting' AND function_name = 'lineage';

-- name: attribute
SELECT to_json(a)::VARCHAR FROM underwriting.attributes a WHERE attribute = $attribute;

-- name: attribute_names
SELECT attribute FROM underwriting.attributes ORDER BY attribute;

-- name: attribute_as_of
SELECT to_json({as_of_date: (SELECT value FROM meta.parameters WHERE name = 'as_of_date'),
    watermark: strftime(timezone('UTC', watermark), '%Y-%m-%dT%H:%M:%S.%fZ'),
    taxonomy_version: (SELECT value FROM meta.parameters WHERE name = 'rule_version')})::VARCHAR FROM meta.store;

-- name: attribute_accounts
SELECT DISTINCT account_key FROM underwriting.attribute_values WHERE holder_id = $holder ORDER BY account_key;

-- name: attribute_values
SELECT to_json(x)::VARCHAR FROM (
    SELECT v.currency, v.window_name, w.first_day::VARCHAR AS first_day, w.last_day::VARCHAR AS last_day,
        v.value_integer, v.value_double, v.value_date::VARCHAR AS value_date, v.value_text, v.value_state,
        v.state_reason, v.covered_days, v.lower_bound_days, v.transaction_count,
        v.coverage_start::VARCHAR AS coverage_start, v.coverage_end::VARCHAR AS coverage_end
    FROM underwriting.attribute_values v LEFT JOIN underwriting.windows w USING (window_name)
    WHERE v.holder_id = $holder AND v.account_key = $account AND v.attribute = $attribute) x
ORDER BY x.currency, x.first_day DESC, x.window_name;

-- name: attribute_lines
SELECT to_json(x)::VARCHAR FROM (
    SELECT currency, evidence, part, of_account_key, transaction_id, version, day::VARCHAR AS day, counted,
        amount_minor, category, treatment, rule_id, rule_version, proof
    FROM underwriting.lineage($holder)
    WHERE account_key = $account AND attribute = $attribute AND window_name = $window) x
ORDER BY x.currency, x.part DESC, x.day, x.of_account_key, x.transaction_id;
