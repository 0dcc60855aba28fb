-- Rows of accounts that are erased: they landed before their erasure, and do not come into the file.

-- name: staged_accounts_named
SELECT account_id, coalesce(max(holder_id), '')
FROM (SELECT account_id, holder_id FROM staged_accounts
      UNION ALL SELECT account_id, NULL FROM (
          SELECT account_id FROM staged_labels UNION SELECT account_id FROM staged_label_states UNION
          SELECT account_id FROM staged_transactions UNION SELECT account_id FROM staged_balances
          UNION SELECT account_id FROM staged_refreshes UNION SELECT account_id FROM staged_completions
          UNION SELECT account_id FROM staged_quarantine UNION SELECT account_id FROM staged_owners
          UNION SELECT account_id FROM staged_ownerships))
GROUP BY account_id;

-- name: staged_erased_accounts
CREATE TEMP TABLE staged_erased AS SELECT unnest($erased) AS account_id;

-- name: staged_drop_erased
DELETE FROM staged_accounts WHERE account_id IN (FROM staged_erased);
INSERT INTO dropped_transactions SELECT sequence FROM landed_transactions WHERE account_id IN (FROM staged_erased);
CREATE OR REPLACE TEMP VIEW staged_transactions AS
FROM landed_transactions ANTI JOIN dropped_transactions USING (sequence);
DELETE FROM staged_balances WHERE account_id IN (FROM staged_erased);
DELETE FROM staged_refreshes WHERE account_id IN (FROM staged_erased);
DELETE FROM staged_completions WHERE account_id IN (FROM staged_erased);
DELETE FROM staged_quarantine WHERE account_id IN (FROM staged_erased);
DELETE FROM staged_owners WHERE account_id IN (FROM staged_erased);
DELETE FROM staged_labels WHERE account_id IN (FROM staged_erased);
DELETE FROM staged_label_states WHERE account_id IN (FROM staged_erased);
DELETE FROM staged_ownerships WHERE account_id IN (FROM staged_erased);

-- name: erasures_stored
SELECT erasure_id FROM meta.erasures WHERE completed_at IS NOT NULL;

-- name: erasure_insert
INSERT INTO meta.erasures VALUES (?, ?, ?, ?, ?, ?::JSON, ?, ?);
