-- Removing what is past its retention or was erased: a transaction with all its versions, and balances.

-- name: remove_due
SELECT EXISTS (FROM main.transaction_versions WHERE is_current AND transacted_at < $transactions),
    EXISTS (FROM main.balances WHERE as_of < $balances);

-- name: remove_planned
WITH gone AS (SELECT transaction_id FROM main.transaction_versions WHERE is_current AND transacted_at < $transactions)
SELECT (SELECT count(*) FROM gone),
    (SELECT count(*) FROM main.transaction_versions SEMI JOIN gone USING (transaction_id)),
    (SELECT count(*) FROM main.balances WHERE as_of < $balances);

-- Migration 0007 added them.
-- name: horizons_exist
SELECT count(*) > 0 FROM meta.migrations WHERE number = 7;

-- name: horizons_stored
SELECT transactions_since, balances_since FROM meta.store;

-- A transaction that landed, is past its retention and is not held does not come back.
-- It counts once, as often as it landed.
-- name: count_late_transactions
SELECT count(*) FROM batch ANTI JOIN places USING (transaction_id) WHERE transacted_at < $before;

-- name: drop_late_transactions
CREATE OR REPLACE TEMP VIEW staged_transactions AS
FROM landed_transactions ANTI JOIN dropped_transactions USING (sequence);
INSERT INTO dropped_transactions SELECT sequence FROM landed_transactions WHERE transaction_id IN (
    SELECT transaction_id FROM batch ANTI JOIN places USING (transaction_id) WHERE transacted_at < $before);

-- name: count_late_balances
SELECT count(*) FROM (SELECT DISTINCT account_id, currency, as_of FROM staged_balances WHERE as_of < $before);

-- name: drop_late_balances
DELETE FROM staged_balances WHERE as_of < $before;

-- name: remove_begin
CREATE OR REPLACE TEMP TABLE gone_transactions (transaction_id VARCHAR, account_id VARCHAR, transacted_month VARCHAR);
CREATE OR REPLACE TEMP TABLE gone_balances AS FROM main.balances LIMIT 0;

-- name: remove_transactions_before
INSERT INTO gone_transactions
SELECT transaction_id, account_id, CASE
    WHEN transacted_at >= TIMESTAMPTZ '0001-01-01 00:00:00Z' AND transacted_at < TIMESTAMPTZ '10000-01-01 00:00:00Z'
    THEN strftime(make_timestamp(epoch_us(transacted_at)), '%Y-%m') ELSE '__invalid__' END
FROM main.transaction_versions WHERE is_current AND transacted_at < $before;

-- name: remove_balances_before
INSERT INTO gone_balances FROM main.balances WHERE as_of < $before;

-- name: remove_counts
SELECT (SELECT count(*) FROM gone_transactions), (SELECT count(*) FROM gone_balances),
    10 * (SELECT count(*) FROM gone_transactions) > (SELECT count(*) FROM main.transactions);

-- name: remove_versions
DELETE FROM main.transaction_versions WHERE transaction_id IN (SELECT transaction_id FROM gone_transactions);

-- What the user's own files say of them goes with them.
-- name: remove_overrides
DELETE FROM meta.overrides WHERE transaction_id IN (SELECT transaction_id FROM gone_transactions);
DELETE FROM meta.transfer_decisions WHERE out_id IN (SELECT transaction_id FROM gone_transactions)
    OR in_id IN (SELECT transaction_id FROM gone_transactions);

-- name: remove_labels
DELETE FROM main.transaction_label_versions WHERE transaction_id IN (SELECT transaction_id FROM gone_transactions);

-- name: remove_balances
DELETE FROM main.balances
WHERE (account_id, currency, as_of, observed_at) IN (
    SELECT (account_id, currency, as_of, observed_at) FROM gone_balances);

-- name: remove_record
INSERT INTO meta.removed_transactions
SELECT transaction_id, account_id, transacted_month, $reason, $observed_at, $run_id FROM gone_transactions
ORDER BY transaction_id;

-- name: remove_horizons
UPDATE meta.store SET transactions_since = $transactions, balances_since = $balances;

-- name: merge_temporary
SELECT CASE WHEN type = 'VIEW' THEN 'VIEW' ELSE 'TABLE' END, name
FROM (SELECT 'TABLE' AS type, table_name AS name FROM duckdb_tables() WHERE temporary
      UNION ALL SELECT 'VIEW', view_name FROM duckdb_views() WHERE temporary AND NOT internal)
WHERE NOT starts_with(name, 'gone_') ORDER BY type DESC, name;
