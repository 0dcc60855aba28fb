-- What an operator wants to know of the published file.

-- name: status_accounts
SELECT status, count(*), min(complete_through_at), max(complete_through_at) FROM main.accounts GROUP BY status ORDER BY status;

-- name: status_sizes
SELECT (SELECT count(*) FROM main.transactions), (SELECT count(*) FROM main.transaction_versions), (SELECT count(*) FROM main.balances);

-- Accounts that need a person, each with its first reason.
-- name: status_attention
WITH newest AS (SELECT watermark FROM meta.store),
refused AS (SELECT account_id, count(*) AS n, max(observed_at) AS at FROM meta.quarantine GROUP BY account_id)
SELECT a.account_id, a.institution_name,
    CASE WHEN a.status = 'inactive' THEN 'inactive: the holder has to link it again'
         WHEN a.status = 'disconnected' THEN 'disconnected by its holder'
         WHEN r.n > 0 THEN r.n || ' rows refused, see meta.quarantine'
         WHEN NOT list_contains(a.permissions, 'transactions') THEN 'transactions were not shared'
         WHEN a.transaction_refresh_status = 'failed' THEN 'the last refresh of transactions failed'
         WHEN NOT list_contains(a.permissions, 'balances') THEN 'balances were not shared'
         WHEN a.balance_refresh_status = 'failed' THEN 'the last refresh of the balance failed'
         WHEN a.complete_through_at < newest.watermark - to_seconds($stale_seconds) THEN 'stale: not refreshed for twice its interval' END AS reason,
    CASE WHEN r.n > 0 THEN r.at WHEN a.transaction_refresh_status = 'failed' THEN a.transaction_refresh_attempted_at
         WHEN a.balance_refresh_status = 'failed' AND a.status = 'active' THEN a.balance_refresh_attempted_at ELSE a.complete_through_at END AS since
FROM main.accounts a CROSS JOIN newest LEFT JOIN refused r USING (account_id)
WHERE reason IS NOT NULL ORDER BY reason, a.account_id;
