-- dataset: changes/transactions
-- table: main.transaction_versions
-- key: transaction_id, _observed_at
-- order: transacted_at, account_id, transaction_id, version
-- partition: observed_date
-- column amount_minor: BIGINT. Amount in minor units of currency; negative leaves the account; null of a delete
-- column currency: VARCHAR. Lower-case ISO 4217 currency of the amount; null of a delete
-- column description: VARCHAR. Text of the bank, as it came; null of a delete
-- column status: VARCHAR. pending, posted or void; null of a delete
-- column transacted_at: TIMESTAMPTZ. When it happened; null of a delete
-- column updated_at: TIMESTAMPTZ. When Stripe last changed the row; null of a delete
-- column transaction_refresh_id: VARCHAR. Refresh that last created or changed the row; null of a delete
-- column version: INTEGER. Number of the version, counted from 1 in order of observation; null of a delete
-- column first_observed_at: TIMESTAMPTZ. When fcpipe first stored the transaction; null of a delete
-- column livemode: BOOLEAN. True for real banks, false for test data; null of a delete
-- column observed_date: VARCHAR NOT NULL. UTC date of _observed_at, YYYY-MM-DD; the partition
-- column _op: VARCHAR NOT NULL. upsert: take this row, a void one too; delete: erased, or past its retention
-- column _run_id: VARCHAR NOT NULL. Run that made the change
-- column _observed_at: TIMESTAMPTZ NOT NULL. When the change was merged; a loader ignores an older one than it has
SELECT transaction_id, account_id, amount_minor, currency, description, status, transacted_at, posted_at, void_at,
    updated_at, transaction_refresh_id, version, first_observed_at, observed_at, run_id, livemode, extra,
    strftime(make_timestamp(epoch_us(observed_at)), '%Y-%m-%d') AS observed_date, 'upsert' AS _op,
    run_id AS _run_id, observed_at AS _observed_at
FROM main.transaction_versions WHERE NOT superseded_on_arrival
UNION ALL
SELECT transaction_id, account_id, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, observed_at,
    run_id, NULL, NULL, strftime(make_timestamp(epoch_us(observed_at)), '%Y-%m-%d'), 'delete', run_id, observed_at
FROM meta.removed_transactions
