-- The published file without the rows of accounts. What stays names keyed hashes: erased_ids has both.

-- name: erased_ids
CREATE TEMP TABLE erased_ids AS SELECT unnest($ids) AS id, unnest($hashes) AS hash;

-- name: erased_accounts
CREATE TEMP TABLE erased_accounts AS SELECT unnest($accounts) AS account_id;

-- name: remove_rows
DELETE FROM main.transaction_versions WHERE account_id IN (FROM erased_accounts);
DELETE FROM main.balances WHERE account_id IN (FROM erased_accounts);
DELETE FROM main.accounts WHERE account_id IN (FROM erased_accounts);
DELETE FROM main.account_versions WHERE account_id IN (FROM erased_accounts);
DELETE FROM main.refreshes WHERE account_id IN (FROM erased_accounts);
DELETE FROM main.account_links WHERE account_id IN (FROM erased_accounts);
DELETE FROM pii.owners WHERE account_id IN (FROM erased_accounts);
DELETE FROM pii.ownerships WHERE account_id IN (FROM erased_accounts);

-- name: forget_ids
UPDATE meta.run_accounts r SET account_id = e.hash, request_id = NULL FROM erased_ids e WHERE r.account_id = e.id;
UPDATE meta.quarantine q SET account_id = e.hash, request_id = NULL FROM erased_ids e WHERE q.account_id = e.id;
UPDATE meta.audits a SET account_id = e.hash FROM erased_ids e WHERE a.account_id = e.id;
UPDATE meta.consents c SET account_id = e.hash, session_id = NULL, stripe_consent_id = NULL
FROM erased_ids e WHERE c.account_id = e.id;
UPDATE meta.consents c SET holder_id = e.hash FROM erased_ids e WHERE c.holder_id = e.id;
UPDATE meta.charges c SET account_id = e.hash, charge_key = replace(charge_key, e.id, e.hash)
FROM erased_ids e WHERE c.account_id = e.id;
UPDATE meta.charges c SET holder_id = e.hash, charge_key = replace(charge_key, e.id, e.hash)
FROM erased_ids e WHERE c.holder_id = e.id;

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

-- name: drop_erased_ids
DROP TABLE erased_ids;
DROP TABLE erased_accounts;
