-- Files and segments of versions before migration 0003 have no tables of owners.

-- name: owners_exist
SELECT count(*) > 0
FROM duckdb_tables()
WHERE NOT internal AND NOT temporary AND database_name = coalesce(nullif($1, ''), current_database())
    AND table_name = 'ownerships';

-- Those of versions before 0009 have none of labels.
-- name: labels_exist
SELECT count(*) > 0
FROM duckdb_tables()
WHERE NOT internal AND NOT temporary AND database_name = coalesce(nullif($1, ''), current_database())
    AND table_name = 'label_states';
