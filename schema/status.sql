-- What an operator wants to know of the published file.

-- name: status_accounts
SELECT status, count(*), min(complete_through_at), max(complete_through_at) FROM main.accounts GROUP BY status ORDER BY status;

-- name: status_sizes
SELECT (SELECT count(*) FROM main.transactions), (SELECT count(*) FROM main.transaction_versions), (SELECT count(*) FROM main.balances);

-- Accounts to look at, each with its first reason. Refused rows count until the account was complete again.
-- An account that failed before it was ever stored has no row in main.accounts.
-- name: status_attention
WITH undecided AS (SELECT account_id, action = 'ambiguous' AS is_ambiguous FROM main.account_links
    QUALIFY row_number() OVER (PARTITION BY account_id ORDER BY observed_at DESC) = 1),
failed AS (SELECT key AS account_id, value::VARCHAR AS failure FROM json_each($failed)),
known AS (SELECT a.account_id, a.institution_name, a.status, a.permissions, a.transaction_refresh_status, a.transaction_refresh_attempted_at,
        a.balance_refresh_status, a.balance_refresh_attempted_at, a.complete_through_at, coalesce(a.complete_through_at, a.first_seen_at) AS held_since,
        count(q.account_id) AS refused, max(q.observed_at) AS refused_at
    FROM main.accounts a LEFT JOIN meta.quarantine q ON q.account_id = a.account_id AND q.observed_at > coalesce(a.complete_through_at, '-infinity')
    GROUP BY ALL)
SELECT coalesce(a.account_id, f.account_id), coalesce(a.institution_name, ''),
    CASE WHEN f.failure IS NOT NULL THEN 'the last run: ' || json_extract_string(f.failure, '$')
         WHEN a.status = 'inactive' THEN 'inactive: the holder has to link it again'
         WHEN a.status = 'disconnected' THEN 'disconnected by its holder'
         WHEN a.refused > 0 THEN a.refused || ' rows refused, see meta.quarantine'
         WHEN u.is_ambiguous THEN 'may be an earlier account linked again, see main.account_links'
         WHEN NOT list_contains(a.permissions, 'transactions') THEN 'transactions were not shared'
         WHEN a.transaction_refresh_status = 'failed' THEN 'the last refresh of transactions failed'
         WHEN NOT list_contains(a.permissions, 'balances') THEN 'balances were not shared'
         WHEN a.balance_refresh_status = 'failed' THEN 'the last refresh of the balance failed'
         WHEN a.held_since < $stale THEN 'stale: not complete for twice its interval' END AS reason,
    CASE WHEN f.failure IS NOT NULL THEN a.complete_through_at WHEN a.refused > 0 THEN a.refused_at
         WHEN a.transaction_refresh_status = 'failed' THEN a.transaction_refresh_attempted_at
         WHEN a.balance_refresh_status = 'failed' AND a.status = 'active' THEN a.balance_refresh_attempted_at ELSE a.complete_through_at END AS since
FROM known a FULL JOIN failed f USING (account_id) LEFT JOIN undecided u ON u.account_id = a.account_id
WHERE reason IS NOT NULL ORDER BY 3, 1;
