-- What attributes say today, recorded once a day and definition version beside the file's data.

-- name: history_tables
SELECT count(*) = 2 FROM duckdb_tables()
WHERE database_name = current_database() AND (schema_name, table_name) IN (
    ('underwriting', 'attribute_values'), ('meta', 'attribute_snapshots'));

-- name: history_recorded
SELECT EXISTS (FROM meta.attribute_snapshots WHERE as_of_date = $as_of_date::DATE AND definition_version = $definition);

-- name: history_snapshot
INSERT INTO meta.attribute_snapshots
SELECT coalesce((SELECT max(snapshot_id) FROM meta.attribute_snapshots), 0) + 1, $as_of_date::DATE, watermark,
    $definition, (SELECT value FROM meta.parameters WHERE name = 'rule_version'),
    (SELECT coalesce(left(md5(string_agg(concat_ws(chr(31), rule_id, version, position), chr(30)
        ORDER BY position, rule_id, version)), 16), 'none') FROM meta.rules WHERE removed_at IS NULL),
    (SELECT value FROM meta.parameters WHERE name = 'report_zone')
FROM meta.store;

-- Values that are not those of the snapshot before, and keys that have none any more.
-- name: history_changes
INSERT INTO meta.attribute_changes
WITH last AS (
    SELECT holder_type, holder_id, account_key, currency, attribute, window_name,
        max_by({value_integer: value_integer, value_double: value_double, value_date: value_date,
            value_state: value_state}, snapshot_id) AS v
    FROM meta.attribute_changes GROUP BY ALL),
known AS (FROM last WHERE v.value_state IS NOT NULL),
now AS (
    SELECT holder_type, holder_id, account_key, currency, attribute, window_name, value_integer, value_double,
        value_date, value_state
    FROM underwriting.attribute_values)
SELECT (SELECT max(snapshot_id) FROM meta.attribute_snapshots), holder_type, holder_id, account_key, currency,
    attribute, window_name, value_integer, value_double, value_date, value_state
FROM now FULL JOIN known k USING (holder_type, holder_id, account_key, currency, attribute, window_name)
WHERE value_state IS DISTINCT FROM k.v.value_state OR value_integer IS DISTINCT FROM k.v.value_integer
    OR value_double IS DISTINCT FROM k.v.value_double OR value_date IS DISTINCT FROM k.v.value_date
ORDER BY holder_id, holder_type, account_key, currency, attribute, window_name;
