-- Copies of the journal's records in meta.

-- name: store_create
INSERT INTO meta.store (storage_version, created_by_version) VALUES (?, ?);

-- Statements that make the table of versions of a new file once more, with how its columns are compressed. To try every
-- method takes a third of the time that inserting rows takes. No two ids are equal; of texts of banks DuckDB chooses.
-- name: store_versions
WITH columns AS (
    SELECT *, CASE
            WHEN column_name = 'transaction_id' THEN ' USING COMPRESSION fsst'
            WHEN data_type = 'VARCHAR' AND column_name <> 'description' THEN ' USING COMPRESSION dictionary'
            WHEN data_type IN ('BIGINT', 'INTEGER', 'TIMESTAMP WITH TIME ZONE') THEN ' USING COMPRESSION bitpacking'
            ELSE '' END AS compression
    FROM duckdb_columns()
    WHERE database_name = current_database() AND schema_name = 'main' AND table_name = 'transaction_versions')
SELECT 'CREATE OR REPLACE TABLE main.transaction_versions (' || string_agg(column_name || ' ' || data_type
    || CASE WHEN is_nullable THEN '' ELSE ' NOT NULL' END || compression, ', ' ORDER BY column_index) || ')'
FROM columns
UNION ALL
SELECT format('COMMENT ON TABLE main.transaction_versions IS ''{}''', replace(comment, '''', ''''''))
FROM duckdb_tables()
WHERE database_name = current_database() AND schema_name = 'main' AND table_name = 'transaction_versions'
UNION ALL
SELECT format('COMMENT ON COLUMN main.transaction_versions.{} IS ''{}''', column_name, replace(comment, '''', ''''''))
FROM columns;

-- name: store_update
UPDATE meta.store
SET livemode = coalesce(livemode, $livemode), stripe_account_id = coalesce(stripe_account_id, $stripe_account_id),
    watermark = $watermark;

-- name: runs_stored
SELECT run_id, finished_at IS NOT NULL FROM meta.runs;

-- name: run_delete
DELETE FROM meta.runs WHERE run_id = ?;

-- name: run_accounts_delete
DELETE FROM meta.run_accounts WHERE run_id = ?;

-- name: run_insert
INSERT INTO meta.runs VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?);

-- All accounts of a run in one statement, as JSON: a round has thousands, and a statement for each cost more than
-- merging their rows.
-- name: run_accounts_insert
INSERT INTO meta.run_accounts
SELECT $run_id, a.account_id, a.outcome, a.reason, a.pages, a.transactions, a.error_code, a.request_id
FROM (SELECT unnest(from_json($accounts::JSON, '[{"account_id": "VARCHAR", "outcome": "VARCHAR", "reason": "VARCHAR",
    "pages": "BIGINT", "transactions": "BIGINT", "error_code": "VARCHAR", "request_id": "VARCHAR"}]')) AS a);

-- name: charges_stored
SELECT charge_key FROM meta.charges;

-- name: charges_count
SELECT count(*) FROM meta.charges;

-- All charges in one statement, for the same reason: a first sync has one of each holder at least.
-- name: charges_insert
INSERT INTO meta.charges
SELECT c.charge_key, c.kind, c.amount_micro_usd, c.account_id, c.holder_id, c.institution_name, c.month, c.charged_at,
    c.run_id
FROM (SELECT unnest(from_json($charges::JSON, '[{"charge_key": "VARCHAR", "kind": "VARCHAR",
    "amount_micro_usd": "BIGINT", "account_id": "VARCHAR", "holder_id": "VARCHAR", "institution_name": "VARCHAR",
    "month": "VARCHAR", "charged_at": "TIMESTAMPTZ", "run_id": "VARCHAR"}]')) AS c);

-- name: audits_stored
SELECT account_id, audited_at FROM meta.audits;

-- name: audit_insert
INSERT INTO meta.audits VALUES (?, ?, ?, ?, ?, ?);
