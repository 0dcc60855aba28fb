-- What every file of ours has.

-- name: store_info
SELECT storage_version, livemode, stripe_account_id, created_by_version, watermark FROM meta.store;
