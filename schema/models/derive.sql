-- The derived part of the file.

-- name: derived_schemas
CREATE SCHEMA IF NOT EXISTS ledger;
CREATE SCHEMA IF NOT EXISTS quality;
CREATE SCHEMA IF NOT EXISTS underwriting;
CREATE SCHEMA IF NOT EXISTS expenses;

-- name: derived_tables
SELECT schema_name || '.' || table_name FROM duckdb_tables()
WHERE NOT internal AND NOT temporary AND database_name = current_database()
    AND schema_name IN ('ledger', 'quality', 'underwriting', 'expenses')
ORDER BY ALL;

-- name: parameters
SELECT name, value FROM meta.parameters;

-- name: dictionary_tables
SELECT schema_name, table_name, coalesce(comment, '') FROM duckdb_tables()
WHERE NOT internal AND NOT temporary AND database_name = current_database() ORDER BY ALL;

-- Table macros that explain themselves; the others are only parts of something.
-- name: dictionary_macros
SELECT schema_name, function_name, list_aggregate(parameters, 'string_agg', ', '), comment FROM duckdb_functions()
WHERE NOT internal AND database_name = current_database() AND function_type = 'table_macro' AND comment IS NOT NULL
ORDER BY ALL;

-- name: dictionary_columns
SELECT schema_name, table_name, column_name, column_index, data_type, is_nullable, coalesce(comment, '')
FROM duckdb_columns()
WHERE NOT internal AND database_name = current_database() ORDER BY schema_name, table_name, column_index;

-- name: table_columns
SELECT schema_name || '.' || table_name, column_name FROM duckdb_columns()
WHERE NOT internal AND database_name = current_database() ORDER BY schema_name, table_name, column_index;

-- name: migrations
SELECT coalesce(string_agg(checksum, ' ' ORDER BY number), '') FROM meta.migrations;
