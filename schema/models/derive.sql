-- The derived part of the file.

-- name: derived_schemas
CREATE SCHEMA IF NOT EXISTS ledger;
CREATE SCHEMA IF NOT EXISTS quality;
CREATE SCHEMA IF NOT EXISTS underwriting;
CREATE SCHEMA IF NOT EXISTS expenses;

-- name: schemas_made
SELECT count(*) = 4 FROM duckdb_schemas()
WHERE database_name = current_database() AND schema_name IN ('ledger', 'quality', 'underwriting', 'expenses');

-- name: derived_tables
SELECT schema_name || '.' || table_name, false, coalesce(comment, ''), estimated_size FROM duckdb_tables()
WHERE NOT internal AND NOT temporary AND database_name = current_database()
    AND schema_name IN ('ledger', 'quality', 'underwriting', 'expenses')
UNION ALL
SELECT schema_name || '.' || view_name, true, coalesce(comment, ''), 0 FROM duckdb_views()
WHERE NOT internal AND NOT temporary AND database_name = current_database()
    AND schema_name IN ('ledger', 'quality', 'underwriting', 'expenses')
    AND view_name <> 'attribute_history' -- which a migration makes
ORDER BY ALL;

-- ledger.civil_date and ledger.balance_date, for the rows of a whole table: where the clock of the report zone is known
-- they do not ask DuckDB's library of time zones, which takes ten times as long.
-- name: quick_dates
CREATE OR REPLACE TEMP MACRO civil_date(instant, basis, zone) AS
    CASE WHEN zone = $zone AND $known
        THEN make_timestamp(epoch_us(instant) + CASE WHEN ledger.is_date(instant, basis) THEN 0 ELSE $ahead END)::DATE
        ELSE ledger.civil_date(instant, basis, zone) END;
CREATE OR REPLACE TEMP MACRO balance_date(as_of, posted_date_basis, zone) AS temp.civil_date(as_of,
    CASE posted_date_basis WHEN 'utc_date' THEN 'row_by_row' ELSE 'local_time' END, zone);

-- name: parameters
SELECT name, value FROM meta.parameters;

-- name: dictionary_tables
SELECT schema_name, table_name, 'TABLE', coalesce(comment, '') FROM duckdb_tables()
WHERE NOT internal AND NOT temporary AND database_name = current_database()
UNION ALL
SELECT schema_name, view_name, 'VIEW', coalesce(comment, '') FROM duckdb_views()
WHERE NOT internal AND NOT temporary AND database_name = current_database()
ORDER BY ALL;

-- Table macros that explain themselves; the others are only parts of something.
-- name: dictionary_macros
SELECT schema_name, function_name, 'TABLE MACRO (' || list_aggregate(parameters, 'string_agg', ', ') || ')', comment
FROM duckdb_functions()
WHERE NOT internal AND database_name = current_database() AND function_type = 'table_macro' AND comment IS NOT NULL
ORDER BY ALL;

-- The same, as the dictionary has them: to list DuckDB's functions costs as much as a table of a small round.
-- name: dictionary_macros_kept
SELECT schema_name, table_name, data_type, description FROM meta.dictionary
WHERE starts_with(data_type, 'TABLE MACRO ') ORDER BY ALL;

-- The type of a closed list by its name, as the list may be long.
-- A view does not say which of its columns are never null; those of main.transactions and main.transaction_labels are
-- columns of their tables of versions.
-- name: dictionary_columns
SELECT c.schema_name, c.table_name, c.column_name, c.column_index, coalesce(l.name, c.data_type),
    coalesce(t.is_nullable, c.is_nullable), coalesce(c.comment, '')
FROM duckdb_columns() c
LEFT JOIN (
    SELECT schema_name || '.' || type_name AS name,
        'ENUM(' || array_to_string(list_transform(labels, lambda l: '''' || l || ''''), ', ') || ')' AS list
    FROM duckdb_types() WHERE logical_type = 'ENUM' AND database_name = current_database()
    ) l ON l.list = c.data_type AND starts_with(c.data_type, 'ENUM(')
LEFT JOIN duckdb_columns() t ON t.database_name = current_database() AND t.schema_name = 'main'
    AND t.column_name = c.column_name AND c.schema_name = 'main' AND (c.table_name, t.table_name) IN (
        ('transactions', 'transaction_versions'), ('transaction_labels', 'transaction_label_versions'))
WHERE NOT c.internal AND c.database_name = current_database()
ORDER BY c.schema_name, c.table_name, c.column_index;

-- Types of closed lists as DuckDB writes them out: a table has the values, not the name.
-- name: types
SELECT schema_name || '.' || type_name,
    'ENUM(' || array_to_string(list_transform(labels, lambda l: '''' || l || ''''), ', ') || ')'
FROM duckdb_types()
WHERE logical_type = 'ENUM' AND database_name = current_database()
    AND schema_name IN ('ledger', 'quality', 'underwriting', 'expenses');

-- name: table_columns
SELECT schema_name || '.' || table_name, column_name, data_type, NOT is_nullable, coalesce(comment, '')
FROM duckdb_columns()
WHERE NOT internal AND database_name = current_database() ORDER BY schema_name, table_name, column_index;

-- What the file was migrated by, and how many versions of transactions it has.
-- name: migrations
SELECT coalesce(string_agg(checksum, ' ' ORDER BY number), ''), (SELECT count(*) FROM main.transaction_versions)
FROM meta.migrations;

-- What of the rules in force depends on texts, in their order; those that came since an instant have true.
-- name: text_rules
SELECT rule_id, merchant, words, pattern, observed_at > $since FROM meta.rules WHERE removed_at IS NULL
ORDER BY position;
