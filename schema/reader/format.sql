-- What every file of ours has.

-- name: is_ours
SELECT count(*) FROM duckdb_tables() WHERE NOT internal AND schema_name = 'meta' AND table_name = 'migrations';

-- name: store_info
SELECT storage_version, livemode, stripe_account_id, created_by_version, watermark FROM meta.store;
