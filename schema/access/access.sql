-- What is held about one holder.

-- The accounts a holder has now. Those that another holder has meanwhile are not theirs to see.
-- name: access_accounts
WITH current AS (
    SELECT account_id, account_key,
        holder_id = $holder OR coalesce(extra->>'$.account_holder.customer_account' = $holder, false)
            OR coalesce(extra->>'$.account_holder.account' = $holder, false) AS is_theirs
    FROM main.accounts)
SELECT account_id, account_key FROM current WHERE coalesce(is_theirs, false)
UNION
SELECT account_id, coalesce(account_key, account_id) FROM meta.consents LEFT JOIN current USING (account_id)
WHERE holder_id = $holder AND (account_key IS NULL OR is_theirs IS NULL)
ORDER BY ALL;

-- Whether the file has an account.
-- name: access_holds
SELECT count(*) > 0 FROM main.accounts WHERE account_id = ?;

-- Every table with a column that tells whose a row is, its columns in their order.
-- name: access_tables
SELECT c.schema_name, c.table_name, coalesce(t.comment, ''), c.column_name, coalesce(c.comment, '')
FROM duckdb_columns() c JOIN duckdb_tables() t USING (schema_name, table_name)
WHERE c.database_name = current_database() AND t.database_name = current_database() AND NOT c.internal
    AND NOT t.temporary AND c.schema_name IN ('main', 'meta', 'pii', 'ledger', 'quality', 'underwriting', 'expenses')
ORDER BY c.schema_name, c.table_name, c.column_index;

-- Runs that dealt with one of the accounts.
-- name: access_runs
SELECT to_json(r)::VARCHAR FROM meta.runs r
WHERE run_id IN (SELECT run_id FROM meta.run_accounts WHERE list_contains($accounts, account_id))
ORDER BY started_at DESC;

-- Texts of their transactions, as they were read.
-- name: access_descriptions
SELECT to_json(d)::VARCHAR FROM ledger.descriptions d
WHERE description IN (
    SELECT description FROM main.transaction_versions WHERE list_contains($accounts, account_id))
ORDER BY description;

-- What the user's own files say of their transactions.
-- name: access_overrides
SELECT to_json(o)::VARCHAR FROM meta.overrides o
WHERE transaction_id IN (
    SELECT transaction_id FROM main.transaction_versions WHERE list_contains($accounts, account_id))
ORDER BY transaction_id, observed_at;

-- name: access_decisions
SELECT to_json(d)::VARCHAR FROM meta.transfer_decisions d
WHERE EXISTS (FROM main.transaction_versions WHERE transaction_id IN (d.out_id, d.in_id)
    AND list_contains($accounts, account_id))
ORDER BY out_id, in_id, observed_at;

-- Their rows in the change feed.
-- name: access_feed
SELECT (SELECT count(*) FROM main.transaction_versions
        WHERE NOT superseded_on_arrival AND list_contains($accounts, account_id)),
    (SELECT count(*) FROM meta.removed_transactions WHERE list_contains($accounts, account_id));
