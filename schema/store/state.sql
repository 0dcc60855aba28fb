-- What a plan needs to know of the published file.

-- name: state_accounts
SELECT account_id, stripe_account_id, holder_type, holder_id, institution_name, display_name, last4, category,
    subcategory, status,
    to_json(permissions)::VARCHAR, to_json(subscriptions)::VARCHAR, livemode, created_at,
    balance_refresh_status, balance_refresh_attempted_at, balance_next_refresh_at,
    ownership_refresh_status, ownership_refresh_attempted_at, ownership_next_refresh_at,
    transaction_refresh_status, transaction_refresh_attempted_at, transaction_next_refresh_at, transaction_refresh_id,
    extra::VARCHAR,
    account_key, cursor_refresh_id, complete_through_at, first_seen_at
FROM main.accounts;

-- To number all balances takes DuckDB twice as long, as it does for attempts.
-- name: state_balances
SELECT account_id, currency, balance_type, current_minor, available_minor, used_minor, as_of
FROM main.balances
WHERE rowid IN (SELECT arg_max(rowid, (as_of, observed_at)) FROM main.balances GROUP BY account_id, currency);

-- An attempt that lies in the future is not later than when it was seen settled.
-- name: state_refreshes
SELECT feature, account_id, stripe_account_id, refresh_id, requested_at, requested_by, status, settled_at,
    idempotency_key, request_id
FROM main.refreshes
WHERE rowid IN (
    SELECT arg_max(rowid, (least(requested_at, settled_at), requested_at))
    FROM main.refreshes
    GROUP BY account_id, feature
);

-- Refreshes that failed since one succeeded. Of most accounts none failed.
-- name: state_failures
WITH failed AS (SELECT account_id, feature, requested_at FROM main.refreshes WHERE status = 'failed'),
succeeded AS (SELECT account_id, feature, max(requested_at) AS last_at
    FROM main.refreshes SEMI JOIN failed USING (account_id, feature)
    WHERE status = 'succeeded'
    GROUP BY ALL)
SELECT account_id, feature, count(*) FROM failed LEFT JOIN succeeded USING (account_id, feature)
WHERE requested_at > coalesce(last_at, '-infinity') GROUP BY ALL;

-- name: landed_accounts
SELECT account_id, stripe_account_id, holder_type, holder_id, institution_name, display_name, last4, category,
    subcategory, status,
    to_json(permissions)::VARCHAR, to_json(subscriptions)::VARCHAR, livemode, created_at,
    balance_refresh_status, balance_refresh_attempted_at, balance_next_refresh_at,
    ownership_refresh_status, ownership_refresh_attempted_at, ownership_next_refresh_at,
    transaction_refresh_status, transaction_refresh_attempted_at, transaction_next_refresh_at, transaction_refresh_id,
    extra,
    account_id, NULL, NULL, created_at
FROM accounts ORDER BY sequence;

-- name: landed_balances
SELECT account_id, currency, balance_type, current_minor, available_minor, used_minor, as_of
FROM balances
ORDER BY sequence;

-- name: landed_refreshes
SELECT feature, account_id, stripe_account_id, refresh_id, requested_at, requested_by, status, settled_at,
    idempotency_key, request_id
FROM refreshes ORDER BY sequence;

-- name: landed_completions
SELECT account_id, after_refresh_id, cursor_refresh_id, complete_through_at
FROM completions
WHERE cursor_refresh_id IS NOT NULL
ORDER BY sequence;

-- name: state_tallies
SELECT account_id, count(*) FROM main.transactions GROUP BY account_id;
