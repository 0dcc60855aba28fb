-- The merge: landed rows into the next generation, in one transaction.
-- $observed_at and $run_id are the same for every row of a round.

-- name: merge_stage_tables
CREATE TEMP TABLE staged_accounts AS FROM segment.accounts LIMIT 0;
CREATE TEMP TABLE staged_balances AS FROM segment.balances LIMIT 0;
CREATE TEMP TABLE staged_transactions AS FROM segment.transactions LIMIT 0;
CREATE TEMP TABLE staged_refreshes AS FROM segment.refreshes LIMIT 0;
CREATE TEMP TABLE staged_completions AS FROM segment.completions LIMIT 0;
CREATE TEMP TABLE staged_quarantine AS FROM segment.quarantine LIMIT 0;

-- name: merge_stage_segment
INSERT INTO staged_accounts FROM segment.accounts;
INSERT INTO staged_balances FROM segment.balances;
INSERT INTO staged_transactions FROM segment.transactions;
INSERT INTO staged_refreshes FROM segment.refreshes;
INSERT INTO staged_completions FROM segment.completions;
INSERT INTO staged_quarantine FROM segment.quarantine;

-- name: merge_livemodes
SELECT DISTINCT livemode FROM (SELECT livemode FROM staged_accounts UNION ALL SELECT livemode FROM staged_transactions);

-- name: merge_orphans
SELECT coalesce(min(account_id), '') FROM (SELECT DISTINCT account_id FROM staged_transactions UNION SELECT DISTINCT account_id FROM staged_completions)
ANTI JOIN staged_accounts USING (account_id) ANTI JOIN main.accounts USING (account_id);

-- The last reading of each id wins: greatest updated_at, then latest arrival.
-- name: merge_batch
CREATE TEMP TABLE batch AS
SELECT * FROM staged_transactions
QUALIFY row_number() OVER (PARTITION BY transaction_id ORDER BY updated_at DESC, sequence DESC) = 1;

-- name: merge_batch_range
SELECT count(*), min(transacted_at) - INTERVAL 10 DAY, max(transacted_at) + INTERVAL 10 DAY FROM batch;

-- What is stored of the batch: first where it should be, then wherever it is.
-- name: merge_stored_near
CREATE TEMP TABLE stored AS
SELECT t.* FROM main.transactions t SEMI JOIN batch b ON t.transaction_id = b.transaction_id
WHERE t.transacted_at BETWEEN ? AND ?;

-- name: merge_stored_far
INSERT INTO stored
SELECT t.* FROM main.transactions t
SEMI JOIN (SELECT transaction_id FROM batch ANTI JOIN stored USING (transaction_id)) rest ON t.transaction_id = rest.transaction_id;

-- name: merge_classify
CREATE TEMP TABLE classified AS
SELECT b.*, s.version AS stored_version, s.first_observed_at AS stored_first_observed_at, s.status AS stored_status, s.amount_minor AS stored_amount_minor,
    CASE WHEN s.transaction_id IS NULL THEN 'new'
         WHEN s.updated_at = b.updated_at AND s.amount_minor = b.amount_minor AND s.currency = b.currency AND s.description = b.description
          AND s.status = b.status AND s.transacted_at = b.transacted_at AND s.account_id = b.account_id AND s.livemode = b.livemode
          AND s.posted_at IS NOT DISTINCT FROM b.posted_at AND s.void_at IS NOT DISTINCT FROM b.void_at
          AND s.transaction_refresh_id = b.transaction_refresh_id AND s.extra::VARCHAR IS NOT DISTINCT FROM b.extra THEN 'same'
         WHEN b.updated_at < s.updated_at THEN 'older'
         ELSE 'changed' END AS kind
FROM batch b LEFT JOIN stored s USING (transaction_id);

-- An older state that is stored already (a stale answer, or a segment merged twice) says nothing new.
-- name: merge_forget_known_versions
DELETE FROM classified WHERE kind = 'same' OR (kind = 'older' AND transaction_id IN (
    SELECT c.transaction_id FROM classified c JOIN main.transaction_versions v USING (transaction_id)
    WHERE c.kind = 'older' AND v.updated_at = c.updated_at AND v.amount_minor = c.amount_minor AND v.currency = c.currency
      AND v.description = c.description AND v.status = c.status AND v.transacted_at = c.transacted_at
      AND v.posted_at IS NOT DISTINCT FROM c.posted_at AND v.void_at IS NOT DISTINCT FROM c.void_at
      AND v.transaction_refresh_id = c.transaction_refresh_id AND v.extra::VARCHAR IS NOT DISTINCT FROM c.extra));

-- name: merge_numbered
CREATE TEMP TABLE numbered AS
SELECT c.transaction_id, c.account_id, c.amount_minor, c.currency, c.description, c.status, c.transacted_at, c.posted_at, c.void_at,
    c.updated_at, c.transaction_refresh_id, (coalesce(last.version, 0) + 1)::INTEGER AS version,
    coalesce(c.stored_first_observed_at, $observed_at) AS first_observed_at, $observed_at AS observed_at, $run_id AS run_id,
    c.livemode, c.extra::JSON AS extra, c.kind = 'older' AS superseded_on_arrival, c.kind
FROM classified c LEFT JOIN (
    SELECT v.transaction_id, max(v.version) AS version FROM main.transaction_versions v
    SEMI JOIN (SELECT transaction_id FROM classified WHERE kind <> 'new') k ON v.transaction_id = k.transaction_id
    GROUP BY v.transaction_id) last USING (transaction_id);

-- name: merge_add_versions
INSERT INTO main.transaction_versions
SELECT * EXCLUDE (kind) FROM numbered ORDER BY account_id, transacted_at, transaction_id;

-- name: merge_replaced_range
SELECT count(*), min(s.transacted_at), max(s.transacted_at)
FROM stored s SEMI JOIN (SELECT transaction_id FROM numbered WHERE kind = 'changed') c USING (transaction_id);

-- name: merge_delete_replaced
DELETE FROM main.transactions
WHERE transacted_at BETWEEN ? AND ? AND transaction_id IN (SELECT transaction_id FROM numbered WHERE kind = 'changed');

-- name: merge_add_current
INSERT INTO main.transactions
SELECT * EXCLUDE (kind, superseded_on_arrival) FROM numbered WHERE kind <> 'older' ORDER BY account_id, transacted_at, transaction_id;

-- name: merge_touched_twice
SELECT count(*) - count(DISTINCT t.transaction_id), count(DISTINCT t.transaction_id) - (SELECT count(*) FROM numbered WHERE kind <> 'older')
FROM main.transactions t SEMI JOIN (SELECT transaction_id FROM numbered WHERE kind <> 'older') n ON t.transaction_id = n.transaction_id;

-- name: merge_transaction_counts
SELECT count(*) FILTER (n.kind = 'new'), count(*) FILTER (n.kind = 'changed'), count(*) FILTER (n.kind = 'older'),
    count(*) FILTER (n.kind = 'changed' AND c.stored_status = 'pending' AND n.status = 'posted'),
    count(*) FILTER (n.kind = 'changed' AND c.stored_status = 'pending' AND n.status = 'posted' AND c.stored_amount_minor <> n.amount_minor),
    count(*) FILTER (n.kind = 'changed' AND c.stored_status <> 'void' AND n.status = 'void'),
    count(*) FILTER (n.kind = 'new' AND n.transacted_at < a.complete_through_at - INTERVAL 2 DAY)
FROM numbered n JOIN classified c USING (transaction_id) LEFT JOIN main.accounts a ON a.account_id = n.account_id;

-- name: merge_audit_differences
SELECT account_id, count(*) FILTER (kind = 'new'), count(*) FILTER (kind = 'changed') FROM numbered
WHERE transaction_id NOT IN (SELECT unnest($fetched::VARCHAR[])) GROUP BY account_id;
