-- dataset: changes/transactions
-- table: main.transaction_versions
-- key: transaction_id, _observed_at
-- order: transacted_at, account_id, transaction_id, version
-- partition: observed_date
-- column observed_date: VARCHAR NOT NULL. UTC date of _observed_at, YYYY-MM-DD; the partition
-- column _op: VARCHAR NOT NULL. upsert: take this row, a void one too; delete: erased, or past its retention
-- column _run_id: VARCHAR NOT NULL. Run that made the change
-- column _observed_at: TIMESTAMPTZ NOT NULL. When the change was merged; a loader ignores an older one than it has
SELECT transaction_id, account_id, amount_minor, currency, description, status, transacted_at, posted_at, void_at,
    updated_at, transaction_refresh_id, version, first_observed_at, observed_at, run_id, livemode, extra,
    strftime(timezone('UTC', observed_at), '%Y-%m-%d') AS observed_date, 'upsert' AS _op,
    run_id AS _run_id, observed_at AS _observed_at
FROM main.transaction_versions WHERE NOT superseded_on_arrival
