-- To look for a table in duckdb_tables(), or for a column in duckdb_columns(), costs DuckDB all there are.

-- name: columns_named
SELECT count(*) FILTER (name = $column) FROM pragma_table_info($table);
