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
    (SELECT value FROM meta.parameters WHERE name = 'report_zone'),
    (SELECT coalesce(left(md5(string_agg(concat_ws(chr(31), holder_id, currency, version), chr(30)
        ORDER BY holder_id, currency)), 16), 'none') FROM meta.loan_requests WHERE removed_at IS NULL)
FROM meta.store;

-- Holders with which parts begin that have some so many values, those of the last holder whole; in their order.
-- name: history_parts
SELECT min(holder_id) FROM (
    SELECT holder_id, (sum(n) OVER (ORDER BY holder_id) - n) // $part_values AS part
    FROM (SELECT holder_id, count(*) AS n FROM underwriting.attribute_values GROUP BY holder_id))
GROUP BY part ORDER BY part;

-- Values of a part of the holders that are not those of the snapshot before, and keys that no longer have one. Every
-- thirtieth snapshot has all values, so that what came before it need not be read to tell what differs. Rows are
-- compared by two hashes, one of the key and one of the key in another order with its value: keys whose first ones meet
-- differ in the other, and are recorded although they did not change. Texts are recorded: the hash of a value of
-- a list is not that of its text.
-- name: history_changes
INSERT INTO meta.attribute_changes
WITH newest AS (SELECT max(snapshot_id) AS snapshot_id FROM meta.attribute_snapshots),
held AS (
    SELECT *, hash(holder_type, holder_id, account_key, currency, attribute, window_name) AS k,
        CASE WHEN value_state IS NULL THEN 0 ELSE hash(window_name, attribute, currency, account_key, holder_id,
            holder_type, value_integer, value_double, value_date, value_text, value_state) END AS v
    FROM meta.attribute_changes
    WHERE snapshot_id >= (SELECT (snapshot_id - 2) // 30 * 30 + 1 FROM newest)
        AND holder_id >= $from AND (holder_id < $before OR $before = '')),
known AS (SELECT k, max_by(v, snapshot_id) AS was FROM held GROUP BY k HAVING was <> 0),
now AS (
    SELECT holder_type, holder_id, account_key, currency, attribute, window_name, value_integer, value_double,
        value_date, value_text, value_state,
        hash(holder_type, holder_id, account_key, currency, attribute, window_name) AS k,
        hash(window_name, attribute, currency, account_key, holder_id, holder_type, value_integer, value_double,
            value_date, value_text, value_state) AS v
    FROM (SELECT * REPLACE (attribute::VARCHAR AS attribute, window_name::VARCHAR AS window_name,
            value_state::VARCHAR AS value_state)
        FROM underwriting.attribute_values WHERE holder_id >= $from AND (holder_id < $before OR $before = ''))),
differs AS (
    SELECT * FROM now FULL JOIN known USING (k)
    WHERE v IS DISTINCT FROM was OR (SELECT snapshot_id % 30 = 1 FROM newest))
SELECT (SELECT snapshot_id FROM newest) AS snapshot_id, holder_type, holder_id, account_key, currency, attribute,
    window_name, value_integer, value_double, value_date, value_state, value_text
FROM differs WHERE v IS NOT NULL
UNION ALL
SELECT DISTINCT (SELECT snapshot_id FROM newest), holder_type, holder_id, account_key, currency, attribute, window_name,
    NULL::BIGINT, NULL::DOUBLE, NULL::DATE, NULL::VARCHAR, NULL::VARCHAR
FROM held SEMI JOIN (FROM differs WHERE v IS NULL) USING (k)
ORDER BY holder_id, holder_type, account_key, currency, attribute, window_name;
