-- Rules of the history of attributes, for files that have its tables: it is only ever appended to.

-- name: history_rule_snapshots_numbered
SELECT 'snapshot ' || coalesce(snapshot_id::VARCHAR, 'without a number'),
    CASE WHEN n IS DISTINCT FROM snapshot_id THEN 'is number ' || n || ' of meta.attribute_snapshots'
        ELSE 'knows less than the one before it' END
FROM (SELECT snapshot_id, observed_at, row_number() OVER w AS n, lag(observed_at) OVER w AS observed_before
    FROM meta.attribute_snapshots WINDOW w AS (ORDER BY snapshot_id))
WHERE n IS DISTINCT FROM snapshot_id OR observed_at < observed_before LIMIT 20;

-- name: history_rule_snapshots_once
SELECT 'day ' || as_of_date, 'was recorded ' || count(*) || ' times by the same models'
FROM meta.attribute_snapshots GROUP BY as_of_date, definition_version HAVING count(*) > 1 LIMIT 20;

-- name: history_rule_not_beyond_watermark
SELECT 'snapshot ' || snapshot_id, 'was recorded from what was observed after the watermark'
FROM meta.attribute_snapshots CROSS JOIN meta.store WHERE observed_at > watermark LIMIT 20;

-- name: history_rule_changes_of_snapshots
SELECT 'snapshot ' || snapshot_id, 'has values in meta.attribute_changes and is not in meta.attribute_snapshots'
FROM (SELECT DISTINCT snapshot_id FROM meta.attribute_changes)
ANTI JOIN meta.attribute_snapshots USING (snapshot_id) LIMIT 20;

-- name: history_rule_newest_values_once
SELECT 'holder ' || holder_id, attribute || ' ' || window_name || ' was recorded ' || count(*) || ' times in snapshot '
    || snapshot_id
FROM meta.attribute_changes WHERE snapshot_id = (SELECT max(snapshot_id) FROM meta.attribute_snapshots)
GROUP BY snapshot_id, holder_type, holder_id, account_key, currency, attribute, window_name HAVING count(*) > 1
LIMIT 20;

-- What attributes say is what the newest snapshot says, where nothing was observed since. An erasure removes what was
-- recorded of a holder, so a holder without recorded values is not compared.
-- name: derived_rule_history_is_todays
WITH newest AS (
    SELECT s.* FROM meta.attribute_snapshots s JOIN meta.store m ON s.observed_at = m.watermark
    WHERE s.snapshot_id = (SELECT max(snapshot_id) FROM meta.attribute_snapshots)
        AND s.as_of_date::VARCHAR = (SELECT value FROM meta.parameters WHERE name = 'as_of_date')
        AND s.report_zone = (SELECT value FROM meta.parameters WHERE name = 'report_zone')
        AND s.taxonomy_version = (SELECT value FROM meta.parameters WHERE name = 'rule_version')),
recorded AS (
    SELECT c.* FROM (FROM meta.attribute_changes WHERE snapshot_id >= (SELECT (snapshot_id - 1) // 30 * 30 + 1
        FROM newest)) c
    QUALIFY row_number() OVER (PARTITION BY holder_type, holder_id, account_key, currency, attribute, window_name
        ORDER BY snapshot_id DESC) = 1)
SELECT 'holder ' || r.holder_id, r.attribute || ' ' || r.window_name || ' of today is not what '
    || 'underwriting.attribute_history says of today'
FROM recorded r LEFT JOIN underwriting.attribute_values v
    USING (holder_type, holder_id, account_key, currency, attribute, window_name)
WHERE r.value_state IS DISTINCT FROM v.value_state OR r.value_integer IS DISTINCT FROM v.value_integer
    OR r.value_double IS DISTINCT FROM v.value_double OR r.value_date IS DISTINCT FROM v.value_date
    OR r.value_text IS DISTINCT FROM v.value_text
LIMIT 20;
