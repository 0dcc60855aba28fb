-- The rules of the published file. Each statement lists what breaks its rule: a name and what is wrong.
-- rule_… are checked always, deep_rule_… by verify --deep and by every test, marked_rule_… of files in which versions
-- are marked as current, unmarked_rule_… by verify --deep of files in which they are not.

-- name: rule_transactions_once
SELECT 'transaction ' || transaction_id, 'stored ' || count(*) || ' times'
FROM main.transactions
GROUP BY transaction_id
HAVING count(*) > 1
LIMIT 20;

-- name: rule_counts
SELECT 'main.transactions', 'has ' || rows || ' rows, main.transaction_versions knows ' || firsts || ' transactions'
FROM (SELECT (SELECT count(*) FROM main.transactions) AS rows,
    (SELECT count(*) FROM main.transaction_versions WHERE version = 1) AS firsts)
WHERE rows <> firsts;

-- The mark of being current is computed again from the versions: of a transaction the last one has it that was not
-- superseded on arrival. With rule_transactions_once and rule_counts, each transaction has it once. Few have a second
-- version, so these few are looked up for every row.
-- name: marked_rule_current_is_newest_version
SELECT DISTINCT 'transaction ' || transaction_id, 'the current row is not its newest version'
FROM main.transaction_versions v
LEFT JOIN (SELECT transaction_id, max(version) AS version FROM main.transaction_versions
           WHERE version > 1 AND NOT superseded_on_arrival GROUP BY transaction_id) last USING (transaction_id)
WHERE v.is_current IS DISTINCT FROM (NOT v.superseded_on_arrival AND v.version >= coalesce(last.version, 1))
LIMIT 20;

-- name: rule_rows_have_accounts
SELECT DISTINCT 'account ' || account_id, 'has rows but is not in main.accounts'
FROM (SELECT account_id FROM main.transactions UNION SELECT account_id FROM main.balances)
ANTI JOIN main.accounts USING (account_id)
LIMIT 20;

-- name: rule_accounts_once
SELECT 'account ' || account_id, 'stored ' || count(*) || ' times'
FROM main.accounts
GROUP BY account_id
HAVING count(*) > 1
LIMIT 20;

-- name: rule_cursors_are_whole
SELECT 'account ' || account_id, 'has a cursor without the instant it is complete through, or the reverse'
FROM main.accounts
WHERE (cursor_refresh_id IS NULL) <> (complete_through_at IS NULL) LIMIT 20;

-- A cursor is a refresh that succeeded, and rows are complete up to when it was attempted. What Stripe
-- says of a refresh may be gone before it is read again, so only what is stored is compared. An
-- attempt that lies in the future, or before there were any, is taken to be of when it was first seen.
-- name: rule_cursors_succeeded
SELECT 'account ' || a.account_id, 'has a cursor that is no succeeded refresh of the instant it is complete through'
FROM main.accounts a
JOIN main.refreshes r ON r.account_id = a.account_id AND r.feature = 'transactions'
    AND r.refresh_id = a.cursor_refresh_id
GROUP BY a.account_id HAVING count(*) FILTER (r.status = 'succeeded' AND (r.requested_at = a.complete_through_at
    OR epoch(r.requested_at) > epoch(r.settled_at) + 172800 AND a.complete_through_at < r.requested_at
    OR r.requested_at < TIMESTAMPTZ '2000-01-01 00:00:00+00')) = 0 LIMIT 20;

-- name: rule_balances_once
SELECT 'balance of ' || account_id, 'read twice at the same instant by one run' FROM main.balances
GROUP BY account_id, currency, as_of, observed_at HAVING count(*) > 1 LIMIT 20;

-- name: rule_refreshes_once
SELECT 'refresh of ' || account_id, 'the same attempt is stored ' || count(*) || ' times' FROM main.refreshes
GROUP BY account_id, feature, requested_at HAVING count(*) > 1 LIMIT 20;

-- name: rule_runs_once
SELECT 'run ' || run_id, 'stored ' || count(*) || ' times in meta.runs'
FROM meta.runs
GROUP BY run_id
HAVING count(*) > 1
LIMIT 20;

-- name: rule_charges_once
SELECT 'charge ' || charge_key, 'counted ' || count(*) || ' times'
FROM meta.charges
GROUP BY charge_key
HAVING count(*) > 1
LIMIT 20;

-- name: rule_store_is_one_row
SELECT 'meta.store', 'has ' || count(*) || ' rows' FROM meta.store HAVING count(*) <> 1;

-- name: rule_one_mode
SELECT 'meta.store', 'live and test data are mixed' FROM meta.store
WHERE EXISTS (SELECT 1 FROM main.accounts a WHERE a.livemode IS DISTINCT FROM meta.store.livemode)
   OR EXISTS (SELECT 1 FROM main.transactions t WHERE t.livemode IS DISTINCT FROM meta.store.livemode);

-- name: rule_dictionary_is_whole
SELECT 'meta.dictionary', 'does not know ' || c.schema_name || '.' || c.table_name || '.' || c.column_name
FROM duckdb_columns() c
LEFT JOIN meta.dictionary d ON d.schema_name = c.schema_name AND d.table_name = c.table_name
    AND d.column_name = c.column_name AND d.description <> ''
WHERE NOT c.internal AND c.database_name = current_database() AND d.column_name IS NULL LIMIT 20;

-- name: rule_dictionary_is_true
SELECT 'meta.dictionary',
    'describes ' || d.schema_name || '.' || d.table_name || '.' || d.column_name || ' ' || d.data_type
    || ', which the file has not'
FROM meta.dictionary d
LEFT JOIN ( -- it names the type of a closed list, which the table writes out
    SELECT schema_name || '.' || type_name AS name,
        'ENUM(' || array_to_string(list_transform(labels, lambda l: '''' || l || ''''), ', ') || ')' AS list
    FROM duckdb_types() WHERE logical_type = 'ENUM' AND database_name = current_database()) l ON l.name = d.data_type
LEFT JOIN duckdb_columns() c ON c.database_name = current_database() AND d.schema_name = c.schema_name
    AND d.table_name = c.table_name AND d.column_name = c.column_name AND coalesce(l.list, d.data_type) = c.data_type
WHERE d.column_name <> '' AND c.column_name IS NULL LIMIT 20;

-- name: deep_rule_versions_in_order
SELECT 'transaction ' || transaction_id, 'versions are not numbered 1 to ' || count(*) FROM main.transaction_versions
GROUP BY transaction_id
HAVING min(version) <> 1 OR max(version) <> count(*) OR count(DISTINCT version) <> count(*)
LIMIT 20;

-- name: deep_rule_versions_observed_in_order
SELECT DISTINCT 'transaction ' || transaction_id, 'a version was observed before the one it follows' FROM (
    SELECT transaction_id, observed_at < lag(observed_at) OVER (PARTITION BY transaction_id ORDER BY version) AS early
    FROM main.transaction_versions)
WHERE early LIMIT 20;

-- name: deep_rule_first_observed
SELECT DISTINCT 'transaction ' || transaction_id, 'was first observed at another instant than its first version' FROM (
    SELECT transaction_id, first_observed_at <> min(observed_at) OVER (PARTITION BY transaction_id) AS wrong
    FROM main.transaction_versions)
WHERE wrong LIMIT 20;

-- A version is superseded on arrival when it was updated before the one that was current then. An update
-- that lies more than two days after it was observed precedes every other.
-- name: deep_rule_superseded_on_arrival
SELECT DISTINCT 'transaction ' || transaction_id,
    'a version is marked as superseded on arrival and was not, or the reverse'
FROM (
    SELECT transaction_id, superseded_on_arrival <> coalesce(updated_at < last_value(
            CASE WHEN superseded_on_arrival THEN NULL WHEN updated_at <= observed_at + INTERVAL 2 DAY THEN updated_at
                 ELSE '-infinity'::TIMESTAMPTZ END IGNORE NULLS)
        OVER (PARTITION BY transaction_id ORDER BY version ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING),
        false) AS wrong
    FROM main.transaction_versions)
WHERE wrong LIMIT 20;

-- Files of versions before migration 0005 have a table of current rows.
-- name: unmarked_rule_current_is_newest_version
WITH newest AS (
    SELECT * EXCLUDE (superseded_on_arrival) FROM main.transaction_versions WHERE NOT superseded_on_arrival
    QUALIFY row_number() OVER (PARTITION BY transaction_id ORDER BY version DESC) = 1)
SELECT DISTINCT 'transaction ' || transaction_id, 'the current row is not its newest version' FROM (
    (FROM main.transactions EXCEPT FROM newest) UNION ALL (FROM newest EXCEPT FROM main.transactions)) LIMIT 20;

-- name: deep_rule_account_versions_once
SELECT 'account ' || account_id, 'has two versions of one instant'
FROM main.account_versions
GROUP BY account_id, observed_at
HAVING count(*) > 1
LIMIT 20;

-- name: deep_rule_account_is_newest_version
WITH newest AS (
    SELECT * EXCLUDE (observed_at, run_id) FROM main.account_versions
    QUALIFY row_number() OVER (PARTITION BY account_id ORDER BY observed_at DESC) = 1)
SELECT DISTINCT 'account ' || account_id, 'the current row is not its newest version' FROM (
    SELECT *, count(*) AS times
    FROM (SELECT * EXCLUDE (first_seen_at, last_seen_at) FROM main.accounts UNION ALL FROM newest) GROUP BY ALL)
WHERE times <> 2 LIMIT 20;

-- name: deep_rule_coverage_never_shrinks
SELECT DISTINCT 'account ' || account_id, 'was complete through a later instant before' FROM (
    SELECT account_id, complete_through_at
        < lag(complete_through_at) OVER (PARTITION BY account_id ORDER BY observed_at) AS back
    FROM main.account_versions)
WHERE back LIMIT 20;

-- Every row of a round carries its one instant, and no two rounds share one.
-- name: deep_rule_one_instant_per_run
WITH observed AS (
    SELECT DISTINCT run_id, observed_at FROM main.transaction_versions
    UNION SELECT DISTINCT run_id, observed_at FROM main.account_versions
    UNION SELECT DISTINCT run_id, observed_at FROM main.balances)
SELECT 'run ' || run_id, 'stored rows of ' || count(*) || ' instants' FROM observed GROUP BY run_id HAVING count(*) > 1
UNION ALL SELECT 'instant ' || observed_at, 'is that of ' || count(*) || ' runs'
FROM observed
GROUP BY observed_at
HAVING count(*) > 1
LIMIT 20;

-- name: deep_rule_runs_are_known
SELECT 'run ' || run_id, 'stored rows but is not in meta.runs' FROM (
    SELECT run_id FROM main.transaction_versions
    UNION SELECT run_id FROM main.account_versions
    UNION SELECT run_id FROM main.balances
    UNION SELECT run_id FROM main.refreshes UNION SELECT run_id FROM meta.run_accounts)
    ANTI JOIN meta.runs USING (run_id)
    LIMIT 20;

-- name: observed_tables
SELECT schema_name, table_name FROM duckdb_columns()
WHERE NOT internal AND database_name = current_database() AND column_name = 'observed_at'
    AND schema_name IN ('main', 'meta', 'pii')
ORDER BY ALL;

-- name: all_tables
SELECT schema_name, table_name
FROM duckdb_tables()
WHERE NOT internal AND database_name = current_database()
ORDER BY ALL;

-- name: ledger_runs
SELECT run_id, finished_at, outcome, exit_code, reads, writes, cost_micro_usd FROM meta.runs ORDER BY run_id;

-- name: ledger_run_accounts
SELECT run_id, count(*) FROM meta.run_accounts GROUP BY run_id;

-- name: ledger_charges
SELECT charge_key, amount_micro_usd FROM meta.charges ORDER BY charge_key;

-- name: runs_count
SELECT count(*) FROM meta.runs;

-- Receipts in the order of their chain.
-- name: erasures
SELECT erasure_id, subject_hash, requested_at, completed_at, coalesce(reason, ''), row_counts::VARCHAR,
    coalesce(previous_hash, ''), receipt_hash
FROM meta.erasures WHERE completed_at IS NOT NULL ORDER BY completed_at;

-- name: id_columns
SELECT schema_name, table_name, column_name
FROM duckdb_columns() JOIN duckdb_tables() USING (database_name, schema_name, table_name)
WHERE column_name IN ('account_id', 'account_key', 'holder_id') AND data_type = 'VARCHAR'
ORDER BY ALL;
