-- What is held of accounts, and what has to be found and removed.

-- Every account there is anything of, its holder and its chain.
-- name: held_accounts
SELECT account_id, coalesce(max(holder_id), ''), coalesce(max(account_key), account_id),
    coalesce(bool_or(status <> 'disconnected'), false)
FROM (SELECT account_id, holder_id, account_key, status FROM main.accounts
      UNION ALL SELECT account_id, holder_id, account_key, NULL FROM main.account_versions
      UNION ALL SELECT account_id, holder_id, NULL, NULL FROM meta.consents
      UNION ALL SELECT account_id, NULL, NULL, NULL FROM (
          SELECT account_id FROM main.transaction_versions UNION SELECT account_id FROM main.balances
          UNION SELECT account_id FROM main.transaction_label_versions UNION SELECT account_id FROM main.label_states
          UNION SELECT account_id FROM main.refreshes UNION SELECT account_id FROM meta.quarantine
          UNION SELECT account_id FROM meta.run_accounts UNION SELECT account_id FROM meta.audits
          UNION SELECT account_id FROM pii.owners UNION SELECT account_id FROM pii.ownerships))
WHERE account_id <> '' AND NOT starts_with(account_id, 'erased_')
GROUP BY account_id;

-- name: accounts_of_segment
SELECT account_id, coalesce(max(holder_id), '') FROM accounts GROUP BY account_id;

-- name: count_rows
SELECT 'accounts', count(*) FROM main.accounts WHERE list_contains($accounts, account_id)
UNION ALL SELECT 'account_versions', count(*) FROM main.account_versions WHERE list_contains($accounts, account_id)
UNION ALL SELECT 'transactions', count(DISTINCT transaction_id) FROM main.transaction_versions
    WHERE list_contains($accounts, account_id)
UNION ALL SELECT 'transaction_versions', count(*) FROM main.transaction_versions
    WHERE list_contains($accounts, account_id)
UNION ALL SELECT 'balances', count(*) FROM main.balances WHERE list_contains($accounts, account_id)
UNION ALL SELECT 'refreshes', count(*) FROM main.refreshes WHERE list_contains($accounts, account_id)
UNION ALL SELECT 'account_links', count(*) FROM main.account_links WHERE list_contains($accounts, account_id)
UNION ALL SELECT 'transaction_label_versions', count(*) FROM main.transaction_label_versions
    WHERE list_contains($accounts, account_id)
UNION ALL SELECT 'label_states', count(*) FROM main.label_states WHERE list_contains($accounts, account_id)
UNION ALL SELECT 'owners', count(*) FROM pii.owners WHERE list_contains($accounts, account_id)
UNION ALL SELECT 'ownerships', count(*) FROM pii.ownerships WHERE list_contains($accounts, account_id);

-- name: find_ids
SELECT transaction_refresh_id FROM main.account_versions WHERE list_contains($accounts, account_id)
UNION SELECT cursor_refresh_id FROM main.account_versions WHERE list_contains($accounts, account_id)
UNION SELECT transaction_refresh_id FROM main.transaction_versions WHERE list_contains($accounts, account_id)
UNION SELECT refresh_id FROM main.refreshes WHERE list_contains($accounts, account_id)
UNION SELECT through_refresh_id FROM main.label_states WHERE list_contains($accounts, account_id)
UNION SELECT ownership_id FROM pii.ownerships WHERE list_contains($accounts, account_id)
UNION SELECT ownership_id FROM pii.owners WHERE list_contains($accounts, account_id)
UNION SELECT owner_id FROM pii.owners WHERE list_contains($accounts, account_id)
UNION SELECT session_id FROM meta.consents c WHERE list_contains($accounts, account_id)
    AND NOT EXISTS (FROM meta.consents o WHERE o.session_id = c.session_id
                    AND NOT list_contains($accounts, o.account_id));

-- name: find_rows
SELECT transaction_id FROM main.transaction_versions WHERE list_contains($accounts, account_id)
UNION SELECT transaction_id FROM meta.removed_transactions WHERE list_contains($accounts, account_id);

-- Texts that no other account has.
-- name: find_texts
WITH texts AS (
    SELECT account_id, description AS text FROM main.transaction_versions
    UNION ALL SELECT account_id, display_name FROM main.account_versions
    UNION ALL SELECT account_id, extra::VARCHAR FROM main.account_versions
    UNION ALL SELECT account_id, extra::VARCHAR FROM main.transaction_versions
    UNION ALL SELECT account_id, merchant_name FROM main.transaction_label_versions
    UNION ALL SELECT account_id, extra::VARCHAR FROM main.transaction_label_versions
    UNION ALL SELECT account_id, name FROM pii.owners
    UNION ALL SELECT account_id, email FROM pii.owners
    UNION ALL SELECT account_id, phone FROM pii.owners
    UNION ALL SELECT account_id, raw_address FROM pii.owners
    UNION ALL SELECT account_id, extra::VARCHAR FROM pii.owners)
SELECT text FROM texts WHERE text IS NOT NULL
GROUP BY text HAVING bool_and(list_contains($accounts, account_id));

-- name: landed_ids
SELECT transaction_refresh_id FROM accounts WHERE list_contains($accounts, account_id)
UNION SELECT transaction_refresh_id FROM transactions WHERE list_contains($accounts, account_id)
UNION SELECT refresh_id FROM refreshes WHERE list_contains($accounts, account_id)
UNION SELECT cursor_refresh_id FROM completions WHERE list_contains($accounts, account_id);

-- name: landed_rows
SELECT DISTINCT transaction_id FROM transactions WHERE list_contains($accounts, account_id);

-- name: landed_texts
SELECT description FROM transactions WHERE list_contains($accounts, account_id)
UNION SELECT display_name FROM accounts WHERE list_contains($accounts, account_id)
UNION SELECT extra::VARCHAR FROM accounts WHERE list_contains($accounts, account_id)
UNION SELECT extra::VARCHAR FROM transactions WHERE list_contains($accounts, account_id);

-- name: landed_owners
SELECT name FROM owners WHERE list_contains($accounts, account_id)
UNION SELECT email FROM owners WHERE list_contains($accounts, account_id)
UNION SELECT phone FROM owners WHERE list_contains($accounts, account_id)
UNION SELECT raw_address FROM owners WHERE list_contains($accounts, account_id)
UNION SELECT extra::VARCHAR FROM owners WHERE list_contains($accounts, account_id);

-- name: landed_owner_ids
SELECT owner_id FROM owners WHERE list_contains($accounts, account_id)
UNION SELECT ownership_id FROM owners WHERE list_contains($accounts, account_id)
UNION SELECT ownership_id FROM ownerships WHERE list_contains($accounts, account_id);

-- name: landed_labels
SELECT merchant_name FROM labels WHERE list_contains($accounts, account_id)
UNION SELECT extra FROM labels WHERE list_contains($accounts, account_id);

-- name: landed_label_ids
SELECT after_refresh_id FROM label_states WHERE list_contains($accounts, account_id)
UNION SELECT through_refresh_id FROM label_states WHERE list_contains($accounts, account_id)
UNION SELECT transaction_id FROM labels WHERE list_contains($accounts, account_id);

-- name: landed_counts
SELECT (SELECT count(*) FROM accounts WHERE list_contains($accounts, account_id))
    + (SELECT count(*) FROM transactions WHERE list_contains($accounts, account_id))
    + (SELECT count(*) FROM balances WHERE list_contains($accounts, account_id))
    + (SELECT count(*) FROM refreshes WHERE list_contains($accounts, account_id));

-- name: unnamed_quarantine
SELECT count(*) > 0 FROM meta.quarantine WHERE list_contains($accounts, account_id);

-- name: landed_quarantine
SELECT count(*) > 0 FROM quarantine WHERE list_contains($accounts, account_id);
