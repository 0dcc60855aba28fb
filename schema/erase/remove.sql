-- The published file without the rows of accounts. What stays names keyed hashes: erased_ids has both.

-- name: erased_ids
CREATE TEMP TABLE erased_ids AS SELECT unnest($ids) AS id, unnest($hashes) AS hash;

-- name: erased_accounts
CREATE TEMP TABLE erased_accounts AS SELECT unnest($accounts) AS account_id;

-- What the change feed shows as deleted: the id of each transaction, and nothing else.
-- name: record_removed
INSERT INTO meta.removed_transactions
SELECT t.transaction_id, e.hash, CASE
    WHEN transacted_at >= TIMESTAMPTZ '0001-01-01 00:00:00Z' AND transacted_at < TIMESTAMPTZ '10000-01-01 00:00:00Z'
    THEN strftime(make_timestamp(epoch_us(transacted_at)), '%Y-%m') ELSE '__invalid__' END,
    'erasure', $observed_at, $run_id
FROM main.transaction_versions t JOIN erased_ids e ON e.id = t.account_id
WHERE t.is_current ORDER BY t.transaction_id;

-- name: remove_rows
-- What the user's own files say of them: rounds do not store it again, as the transactions are not there.
DELETE FROM meta.overrides WHERE transaction_id IN (
    SELECT transaction_id FROM main.transaction_versions WHERE account_id IN (FROM erased_accounts));
DELETE FROM meta.transfer_decisions WHERE out_id IN (
    SELECT transaction_id FROM main.transaction_versions WHERE account_id IN (FROM erased_accounts)) OR in_id IN (
    SELECT transaction_id FROM main.transaction_versions WHERE account_id IN (FROM erased_accounts));
-- A fingerprint that a request of theirs is part of would tell one who guesses what it said.
UPDATE meta.attribute_snapshots s SET loan_requests_hash = NULL FROM meta.loan_requests r
WHERE r.holder_id IN (SELECT id FROM erased_ids) AND s.observed_at >= r.observed_at
    AND (r.removed_at IS NULL OR s.observed_at < r.removed_at);
DELETE FROM meta.loan_requests WHERE holder_id IN (SELECT id FROM erased_ids);
DELETE FROM meta.rules WHERE account_id IN (FROM erased_accounts) OR holder_id IN (SELECT id FROM erased_ids);
-- What attributes said of their holders was computed from what is erased.
DELETE FROM meta.attribute_changes WHERE account_key IN (FROM erased_accounts) OR holder_id IN (
    SELECT id FROM erased_ids UNION ALL
    SELECT holder_id FROM main.account_versions WHERE account_id IN (FROM erased_accounts) AND holder_id IS NOT NULL);
DELETE FROM main.transaction_versions WHERE account_id IN (FROM erased_accounts);
DELETE FROM main.balances WHERE account_id IN (FROM erased_accounts);
DELETE FROM main.accounts WHERE account_id IN (FROM erased_accounts);
DELETE FROM main.account_versions WHERE account_id IN (FROM erased_accounts);
DELETE FROM main.refreshes WHERE account_id IN (FROM erased_accounts);
DELETE FROM main.account_links WHERE account_id IN (FROM erased_accounts);
DELETE FROM main.transaction_label_versions WHERE account_id IN (FROM erased_accounts);
DELETE FROM main.label_states WHERE account_id IN (FROM erased_accounts);
DELETE FROM pii.owners WHERE account_id IN (FROM erased_accounts);
DELETE FROM pii.ownerships WHERE account_id IN (FROM erased_accounts);

-- name: forget_ids
UPDATE meta.run_accounts r SET account_id = e.hash, request_id = NULL FROM erased_ids e WHERE r.account_id = e.id;
UPDATE meta.quarantine q SET account_id = e.hash, request_id = NULL FROM erased_ids e WHERE q.account_id = e.id;
UPDATE meta.audits a SET account_id = e.hash FROM erased_ids e WHERE a.account_id = e.id;
-- Of one that was erased before and came back, versions go on after those that the hash has.
UPDATE meta.consents c SET account_id = e.hash, session_id = NULL, stripe_consent_id = NULL,
    version = c.version + e.before
FROM (SELECT id, hash, coalesce((SELECT max(version) FROM meta.consents k WHERE k.account_id = hash), 0) AS before
      FROM erased_ids) e WHERE c.account_id = e.id;
UPDATE meta.consents c SET holder_id = e.hash FROM erased_ids e WHERE c.holder_id = e.id;
UPDATE meta.removed_transactions r SET account_id = e.hash FROM erased_ids e WHERE r.account_id = e.id;
UPDATE meta.charges c SET account_id = e.hash, charge_key = replace(charge_key, e.id, e.hash)
FROM erased_ids e WHERE c.account_id = e.id;
UPDATE meta.charges c SET holder_id = e.hash, charge_key = replace(charge_key, e.id, e.hash)
FROM erased_ids e WHERE c.holder_id = e.id;
-- A month of one that was erased before and came back is charged once, as the journal counts it.
DELETE FROM meta.charges WHERE rowid IN (
    SELECT rowid FROM meta.charges QUALIFY row_number() OVER (PARTITION BY charge_key ORDER BY rowid) > 1);

-- A consent that lasted ends: what it allowed is gone.
-- name: end_consents
INSERT INTO meta.consents (account_id, version, status, reason, holder_type, holder_id, permissions, observed_at,
    run_id)
SELECT account_id, version + 1, 'ended', 'erased', holder_type, holder_id, permissions, $observed_at, $run_id
FROM (FROM meta.consents QUALIFY row_number() OVER (PARTITION BY account_id ORDER BY version DESC) = 1)
WHERE account_id IN (SELECT hash FROM erased_ids) AND reason IS DISTINCT FROM 'erased'
ORDER BY account_id;

-- Sentences that name an id, in rows that stay.
-- name: reasons_of_runs
SELECT run_id, reason FROM meta.runs WHERE EXISTS (FROM erased_ids WHERE contains(reason, id));

-- name: reason_of_run
UPDATE meta.runs SET reason = ? WHERE run_id = ?;

-- name: reasons_of_accounts
SELECT DISTINCT reason FROM meta.run_accounts WHERE EXISTS (FROM erased_ids WHERE contains(reason, id));

-- name: reason_of_accounts
UPDATE meta.run_accounts SET reason = ? WHERE reason = ?;

-- name: reasons_of_quarantine
SELECT DISTINCT reason FROM meta.quarantine WHERE EXISTS (FROM erased_ids WHERE contains(reason, id));

-- name: reason_of_quarantine
UPDATE meta.quarantine SET reason = ? WHERE reason = ?;

-- name: evidence_of_links
SELECT DISTINCT evidence::VARCHAR FROM main.account_links
WHERE EXISTS (FROM erased_ids WHERE contains(evidence::VARCHAR, id));

-- name: evidence_of_link
UPDATE main.account_links SET evidence = ?::JSON WHERE evidence::VARCHAR = ?;

-- name: chains_of_links
UPDATE main.account_links l SET account_key = e.hash FROM erased_ids e WHERE l.account_key = e.id;

-- Ids of removed transactions whose rows in the feed are all past their grace period, and whether they are held once
-- more: their account was allowed again, and came back.
-- Most files have removed nothing: then no id of the versions is read.
-- name: removed_before
WITH due AS MATERIALIZED (
    SELECT transaction_id FROM meta.removed_transactions
    WHERE starts_with(account_id, 'erased_') AND NOT starts_with(transaction_id, 'erased_')
    GROUP BY transaction_id HAVING max(observed_at) <= $before)
SELECT d.transaction_id, h.transaction_id IS NOT NULL
FROM due d
LEFT JOIN (SELECT DISTINCT transaction_id FROM main.transaction_versions SEMI JOIN due USING (transaction_id)) h
    ON h.transaction_id = d.transaction_id;

-- name: forget_removed
UPDATE meta.removed_transactions r SET transaction_id = e.hash FROM erased_ids e WHERE r.transaction_id = e.id;

-- name: drop_ids
DROP TABLE erased_ids;

-- name: drop_accounts
DROP TABLE erased_accounts;
