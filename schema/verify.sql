-- The rules of the published file. Each statement lists what breaks its rule: a name and what is wrong.

-- name: rule_transactions_once
SELECT 'transaction ' || transaction_id, 'stored ' || count(*) || ' times' FROM main.transactions GROUP BY transaction_id HAVING count(*) > 1 LIMIT 20;

-- name: rule_versions_in_order
SELECT 'transaction ' || transaction_id, 'versions are not numbered 1 to ' || count(*) FROM main.transaction_versions
GROUP BY transaction_id HAVING min(version) <> 1 OR max(version) <> count(*) OR count(DISTINCT version) <> count(*) LIMIT 20;

-- name: rule_current_is_newest_version
SELECT 'transaction ' || coalesce(t.transaction_id, v.transaction_id), 'the current row is not its newest version'
FROM main.transactions t FULL JOIN (
    SELECT * FROM main.transaction_versions WHERE NOT superseded_on_arrival
    QUALIFY row_number() OVER (PARTITION BY transaction_id ORDER BY version DESC) = 1) v ON t.transaction_id = v.transaction_id
WHERE t.transaction_id IS NULL OR v.transaction_id IS NULL OR t.version <> v.version OR t.amount_minor <> v.amount_minor OR t.status <> v.status
   OR t.updated_at <> v.updated_at OR t.observed_at <> v.observed_at OR t.transacted_at <> v.transacted_at OR t.description <> v.description LIMIT 20;

-- name: rule_rows_have_accounts
SELECT DISTINCT 'account ' || account_id, 'has rows but is not in main.accounts'
FROM (SELECT account_id FROM main.transactions UNION SELECT account_id FROM main.balances) ANTI JOIN main.accounts USING (account_id) LIMIT 20;

-- name: rule_accounts_once
SELECT 'account ' || account_id, 'stored ' || count(*) || ' times' FROM main.accounts GROUP BY account_id HAVING count(*) > 1 LIMIT 20;

-- name: rule_account_is_newest_version
SELECT 'account ' || a.account_id, 'the current row is not its newest version'
FROM main.accounts a LEFT JOIN (
    SELECT account_id, arg_max({'status': status, 'cursor': cursor_refresh_id, 'refresh': transaction_refresh_id}, observed_at) AS v
    FROM main.account_versions GROUP BY account_id) n USING (account_id)
WHERE n.v IS NULL OR n.v.status <> a.status OR n.v.cursor IS DISTINCT FROM a.cursor_refresh_id OR n.v.refresh IS DISTINCT FROM a.transaction_refresh_id LIMIT 20;

-- name: rule_cursors_are_whole
SELECT 'account ' || account_id, 'has a cursor without the instant it is complete through, or the reverse' FROM main.accounts
WHERE (cursor_refresh_id IS NULL) <> (complete_through_at IS NULL) LIMIT 20;

-- name: rule_balances_once
SELECT 'balance of ' || account_id, 'read twice at the same instant by one run' FROM main.balances
GROUP BY account_id, currency, as_of, observed_at HAVING count(*) > 1 LIMIT 20;

-- name: rule_refreshes_once
SELECT 'refresh of ' || account_id, 'the same attempt is stored ' || count(*) || ' times' FROM main.refreshes
GROUP BY account_id, feature, requested_at HAVING count(*) > 1 LIMIT 20;

-- name: rule_one_mode
SELECT 'meta.store', 'live and test data are mixed' FROM meta.store
WHERE EXISTS (SELECT 1 FROM main.accounts a WHERE a.livemode IS DISTINCT FROM meta.store.livemode)
   OR EXISTS (SELECT 1 FROM main.transactions t WHERE t.livemode IS DISTINCT FROM meta.store.livemode);

-- name: rule_nothing_beyond_watermark
SELECT 'meta.store', 'rows were observed after the watermark' FROM meta.store
WHERE (SELECT max(observed_at) FROM main.transaction_versions) > watermark OR (SELECT max(observed_at) FROM main.balances) > watermark
   OR (SELECT max(observed_at) FROM main.account_versions) > watermark;

-- name: rule_dictionary_is_whole
SELECT 'meta.dictionary', 'does not know ' || c.schema_name || '.' || c.table_name || '.' || c.column_name FROM duckdb_columns() c
LEFT JOIN meta.dictionary d ON d.schema_name = c.schema_name AND d.table_name = c.table_name AND d.column_name = c.column_name AND d.description <> ''
WHERE NOT c.internal AND c.database_name = current_database() AND d.column_name IS NULL LIMIT 20;
