-- What a comparison with a rebuild finds, of the rows of a table that were computed and those that are stored.

-- Rows that are the same have the same sum of hashes: nearly every table ends here, at a third of what the question
-- for its differences costs.
-- name: same
SELECT (SELECT (count(*), sum(hash(t))) FROM stored t) IS NOT DISTINCT FROM
    (SELECT (count(*), sum(hash(t))) FROM fresh t);

-- Of a view what follows its name: DuckDB writes all of it the same way.
-- name: same_view
SELECT count(*) = 2 AND count(DISTINCT substr(sql, strpos(sql, ' AS '))) = 1 FROM duckdb_views()
WHERE database_name = current_database() AND schema_name = $1 AND view_name = $2
    OR temporary AND view_name = 'fresh_view';

-- name: differences
SELECT scope_key, row_key, CASE WHEN NOT is_computed THEN 'is in no rebuild' WHEN NOT is_stored THEN 'is missing'
    ELSE 'differs from a rebuild' END
FROM (SELECT scope_key, row_key, bool_or(is_stored) AS is_stored, bool_or(NOT is_stored) AS is_computed
    FROM (SELECT %[1]s AS scope_key, %[2]s AS row_key, true AS is_stored FROM (FROM stored EXCEPT ALL FROM fresh)
        UNION ALL
        SELECT %[1]s, %[2]s, false FROM (FROM fresh EXCEPT ALL FROM stored))
    GROUP BY ALL)
ORDER BY ALL LIMIT 20;
