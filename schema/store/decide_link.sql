-- Links that a person decides: an account joins the chain of another one, or leaves its chain.

-- name: decide_accounts
WITH held AS (SELECT account_id, currency FROM main.balances UNION SELECT account_id, currency FROM main.transactions),
latest AS (
    SELECT account_id, action, account_key
    FROM main.account_links
    QUALIFY row_number() OVER (PARTITION BY account_id ORDER BY observed_at DESC) = 1)
SELECT a.account_id, a.account_key, a.holder_type, a.holder_id, a.livemode, a.created_at,
    to_json(list(h.currency ORDER BY h.currency) FILTER (h.currency IS NOT NULL))::VARCHAR, coalesce(l.action, ''),
    coalesce(l.account_key, '')
FROM main.accounts a LEFT JOIN held h USING (account_id) LEFT JOIN latest l USING (account_id)
GROUP BY ALL;

-- name: decide_record
INSERT INTO main.account_links VALUES ($account_id, $account_key, $action, $evidence::JSON, $observed_at, $run_id);

-- name: decide_move
UPDATE main.accounts SET account_key = $account_key WHERE list_contains($moved, account_id);

-- name: decide_versions
INSERT INTO main.account_versions
SELECT * EXCLUDE (first_seen_at, last_seen_at), $observed_at, $run_id
FROM main.accounts
WHERE list_contains($moved, account_id)
ORDER BY account_id;
