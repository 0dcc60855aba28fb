-- Texts that the published file has of others: a text of an erased account may be a part of one.

-- name: text_columns
SELECT schema_name, table_name, column_name
FROM duckdb_columns() JOIN duckdb_tables() USING (database_name, schema_name, table_name)
WHERE data_type IN ('VARCHAR', 'JSON') AND database_name = current_database()
ORDER BY ALL;

-- name: searched_texts
CREATE OR REPLACE TEMP TABLE searched AS SELECT unnest($texts) AS text;

-- name: texts_of_macros
SELECT DISTINCT text FROM searched
WHERE EXISTS (FROM duckdb_functions() WHERE contains(macro_definition, text))
    OR EXISTS (FROM duckdb_columns() WHERE contains(comment, text))
    OR EXISTS (FROM duckdb_tables() WHERE contains(comment, text))
    OR EXISTS (FROM duckdb_views() WHERE contains(sql, text) OR contains(comment, text));

-- name: runs_that_removed
SELECT DISTINCT run_id FROM meta.removed_transactions;

-- The rows of a Parquet file, each as one text: what stands between two columns is in none.
-- name: parquet_rows
SELECT concat_ws(chr(31), *COLUMNS(*)) FROM read_parquet(?, hive_partitioning = false);
