-- Accounts that are disconnected, since when the file knows it, with their chain.
-- name: disconnected_accounts
WITH other AS (
    SELECT account_id, max(observed_at) AS observed_at
    FROM main.account_versions WHERE status <> 'disconnected' GROUP BY account_id)
SELECT a.account_id, a.account_key, min(v.observed_at)
FROM main.accounts a
JOIN main.account_versions v ON v.account_id = a.account_id AND v.status = 'disconnected'
LEFT JOIN other o ON o.account_id = a.account_id
WHERE a.status = 'disconnected' AND (o.observed_at IS NULL OR v.observed_at > o.observed_at)
GROUP BY a.account_id, a.account_key;

-- name: connected_chains
SELECT DISTINCT account_key FROM main.accounts WHERE status <> 'disconnected';
