-- The merge of accounts, their cursors, balances, refreshes and refused rows.

-- The cursor that completions lead to from the stored one. A completion that starts after another cursor landed for a
-- file that is gone: its rows are merged, the cursor stays.
-- name: merge_completed
CREATE TEMP TABLE completed AS
WITH led AS (
    SELECT account_id, list_reduce(
        list_prepend({'after_id': NULL::VARCHAR, 'cursor_id': any_value(s.cursor_refresh_id),
            'through_at': any_value(s.complete_through_at)},
            list({'after_id': c.after_refresh_id, 'cursor_id': c.cursor_refresh_id, 'through_at': c.complete_through_at}
                ORDER BY c.sequence)),
        lambda held, next: CASE WHEN next.after_id IS NULL OR next.after_id = held.cursor_id THEN next
            ELSE held END) AS last
    FROM staged_completions c
    LEFT JOIN main.accounts s USING (account_id)
    WHERE c.cursor_refresh_id IS NOT NULL
    GROUP BY account_id)
SELECT account_id, last.cursor_id AS cursor_refresh_id, last.through_at AS complete_through_at FROM led;

-- name: merge_nothing_completed
CREATE TEMP TABLE completed (account_id VARCHAR, cursor_refresh_id VARCHAR, complete_through_at TIMESTAMPTZ);

-- The account as this round read it, with its cursor.
-- name: merge_account_next
CREATE TEMP TABLE account_next AS
WITH read AS (
    SELECT * EXCLUDE (sequence, extra), extra::JSON AS extra FROM staged_accounts
    QUALIFY row_number() OVER (PARTITION BY account_id ORDER BY sequence DESC) = 1),
latest AS (
    FROM read UNION ALL BY NAME
    SELECT * EXCLUDE (account_key, cursor_refresh_id, complete_through_at, first_seen_at, last_seen_at)
    FROM main.accounts SEMI JOIN completed USING (account_id) ANTI JOIN read USING (account_id))
SELECT l.account_id, coalesce(s.account_key, l.account_id) AS account_key, l.stripe_account_id, l.holder_type,
    l.holder_id, l.institution_name,
    l.display_name, l.last4, l.category, l.subcategory, l.status, l.permissions, l.subscriptions, l.livemode,
    l.created_at,
    l.balance_refresh_status, l.balance_refresh_attempted_at, l.balance_next_refresh_at,
    l.ownership_refresh_status, l.ownership_refresh_attempted_at, l.ownership_next_refresh_at,
    l.transaction_refresh_status, l.transaction_refresh_attempted_at, l.transaction_next_refresh_at,
    l.transaction_refresh_id,
    coalesce(c.cursor_refresh_id, s.cursor_refresh_id) AS cursor_refresh_id,
    CASE WHEN c.cursor_refresh_id IS NOT NULL THEN c.complete_through_at
        ELSE s.complete_through_at END AS complete_through_at,
    l.extra
FROM latest l LEFT JOIN completed c USING (account_id) LEFT JOIN main.accounts s USING (account_id);

-- name: merge_account_changed
CREATE TEMP TABLE account_changed AS
FROM account_next EXCEPT SELECT * EXCLUDE (first_seen_at, last_seen_at) FROM main.accounts;

-- name: merge_account_counts
SELECT count(*) FILTER (s.account_id IS NULL), count(*) FILTER (s.account_id IS NOT NULL),
    count(*) FILTER (c.status = 'inactive' AND s.status = 'active')
FROM account_changed c LEFT JOIN main.accounts s USING (account_id);

-- name: merge_account_versions
INSERT INTO main.account_versions
SELECT *, $observed_at, $run_id FROM account_changed ORDER BY account_id;

-- name: merge_account_first_seen
CREATE TEMP TABLE account_first_seen AS
SELECT account_id, first_seen_at FROM main.accounts SEMI JOIN account_changed USING (account_id);

-- name: merge_account_delete
DELETE FROM main.accounts WHERE account_id IN (SELECT account_id FROM account_changed);

-- name: merge_account_insert
INSERT INTO main.accounts
SELECT c.* EXCLUDE (extra), coalesce(f.first_seen_at, $observed_at), $observed_at, c.extra
FROM account_changed c LEFT JOIN account_first_seen f USING (account_id) ORDER BY c.account_id;

-- name: merge_accounts_seen
UPDATE main.accounts
SET last_seen_at = $observed_at
WHERE list_contains($seen, account_id) AND last_seen_at <> $observed_at;

-- name: merge_balance_batch
CREATE TEMP TABLE balance_batch AS
WITH read AS (
    SELECT * EXCLUDE (sequence) FROM staged_balances
    QUALIFY row_number() OVER (PARTITION BY account_id, currency, as_of ORDER BY sequence DESC) = 1),
known AS (
    SELECT account_id, currency, balance_type, current_minor, available_minor, used_minor, as_of
    FROM main.balances
    SEMI JOIN read USING (account_id, currency, as_of)
    QUALIFY row_number() OVER (PARTITION BY account_id, currency, as_of ORDER BY observed_at DESC) = 1)
FROM read EXCEPT FROM known;

-- name: merge_balance_insert
INSERT INTO main.balances SELECT *, $observed_at, $run_id FROM balance_batch ORDER BY account_id, currency, as_of;

-- name: merge_balance_count
SELECT count(*) FROM balance_batch;

-- An attempt that has settled is never pending again, whatever a replica that lags says of it.
-- name: merge_refresh_batch
CREATE TEMP TABLE refresh_batch AS
WITH read AS (
    SELECT * FROM staged_refreshes
    QUALIFY row_number() OVER (PARTITION BY account_id, feature, requested_at
        ORDER BY status = 'pending', sequence DESC)
        = 1),
known AS (SELECT * FROM main.refreshes SEMI JOIN read USING (account_id, feature, requested_at)),
joined AS (
    SELECT r.feature, r.account_id, r.stripe_account_id, r.refresh_id, r.requested_at,
        coalesce(k.requested_by, r.requested_by) AS requested_by, r.status,
        coalesce(k.settled_at, r.settled_at) AS settled_at,
        coalesce(r.idempotency_key, k.idempotency_key) AS idempotency_key,
        coalesce(r.request_id, k.request_id) AS request_id, coalesce(k.run_id, $run_id) AS run_id
    FROM read r LEFT JOIN known k USING (account_id, feature, requested_at)
    WHERE r.status <> 'pending' OR coalesce(k.status, 'pending') = 'pending')
FROM joined EXCEPT FROM known;

-- name: merge_refresh_delete
DELETE
FROM main.refreshes
WHERE (account_id, feature, requested_at) IN (SELECT (account_id, feature, requested_at) FROM refresh_batch);

-- name: merge_refresh_insert
INSERT INTO main.refreshes FROM refresh_batch ORDER BY account_id, feature, requested_at;

-- name: merge_refresh_counts
SELECT count(*), count(*) FILTER (status = 'failed') FROM refresh_batch;

-- A refusal that repeats itself while its account is tried again and again is one row; it is another one when what was
-- refused has been read whole in between: rows by a cursor that moved, owners by a whole snapshot, an account and its
-- parts by being listed.
-- name: merge_quarantine_batch
CREATE TEMP TABLE quarantine_batch AS
WITH whole AS (
    SELECT account_id, 'transaction' AS object, min(observed_at) AS whole_at
    FROM main.account_versions
    SEMI JOIN main.accounts USING (account_id, cursor_refresh_id)
    GROUP BY account_id
    UNION ALL
    SELECT account_id, 'owner', max(observed_at) FROM pii.ownerships GROUP BY account_id
    UNION ALL
    SELECT account_id, 'account', last_seen_at FROM main.accounts),
standing AS (
    SELECT q.*
    FROM meta.quarantine q
    LEFT JOIN whole w ON w.account_id = q.account_id
        AND w.object = CASE WHEN q.object IN ('transaction', 'owner') THEN q.object ELSE 'account' END
    WHERE q.observed_at >= coalesce(whole_at, '-infinity'))
SELECT DISTINCT ON (account_id, object, page, position, field, reason) account_id, object, page, position, field,
    reason, request_id
FROM staged_quarantine ANTI JOIN standing USING (account_id, object, page, position, field, reason)
ORDER BY account_id, object, page, position, field, reason, sequence;

-- name: merge_quarantine_insert
INSERT INTO meta.quarantine SELECT *, $observed_at, $run_id FROM quarantine_batch;

-- name: merge_quarantine_count
SELECT count(*) FROM quarantine_batch;
