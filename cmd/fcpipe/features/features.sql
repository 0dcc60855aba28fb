-- Attributes as they were known, each row with what it was computed from.

-- name: view
CREATE VIEW main.features AS
SELECT $as_of$::TIMESTAMPTZ AS as_of, $as_of_date$::DATE AS as_of_date, $watermark$::TIMESTAMPTZ AS watermark,
    $report_zone$ AS report_zone, $definition$ AS definition_version, $taxonomy$ AS taxonomy_version,
    $rules$ AS rules_hash, $overrides$ AS overrides_hash, $requests$ AS loan_requests_hash,
    $backfilled$::BOOLEAN AS is_backfilled, nullif($rescored$, '')::BOOLEAN AS is_rescored,
    v.holder_type, v.holder_id, v.account_key, v.currency, v.attribute, v.window_name, v.value_integer, v.value_double,
    v.value_date, v.value_text, v.value_state, v.state_reason, v.covered_days, v.lower_bound_days, v.transaction_count,
    v.coverage_start, v.coverage_end
FROM underwriting.attribute_values v WHERE $holder$ = '' OR v.holder_id = $holder$
ORDER BY v.holder_id, v.holder_type, v.account_key, v.currency, v.attribute, v.window_name;

-- name: columns
SELECT column_name, data_type FROM duckdb_columns()
WHERE database_name = current_database() AND schema_name = 'main' AND table_name = 'features' ORDER BY column_index;

-- name: rows
SELECT COLUMNS(*)::VARCHAR FROM main.features;

-- name: parquet
COPY (FROM main.features) TO $path$ (FORMAT parquet, COMPRESSION zstd);
