-- Rules of Stripe's labels, for files that have their tables.

-- name: labels_rule_current_is_newest_version
SELECT DISTINCT 'transaction ' || transaction_id, 'the current labels are not their newest version'
FROM main.transaction_label_versions l
LEFT JOIN (SELECT transaction_id, max(version) AS version FROM main.transaction_label_versions
           WHERE version > 1 GROUP BY transaction_id) last USING (transaction_id)
WHERE l.is_current IS DISTINCT FROM (l.version >= coalesce(last.version, 1))
LIMIT 20;

-- name: labels_rule_once
SELECT 'transaction ' || transaction_id, 'has ' || count(*) || ' current labels'
FROM main.transaction_labels GROUP BY transaction_id HAVING count(*) > 1 LIMIT 20;

-- name: labels_rule_have_transactions
SELECT 'transaction ' || transaction_id, 'has labels and is not in main.transactions, or is of another account'
FROM main.transaction_labels l
ANTI JOIN main.transactions t ON t.transaction_id = l.transaction_id AND t.account_id = l.account_id LIMIT 20;

-- name: labels_rule_states_once
SELECT 'account ' || account_id, 'has ' || count(*) || ' states of labels for ' || taxonomy
FROM main.label_states GROUP BY account_id, taxonomy HAVING count(*) > 1
UNION ALL
SELECT DISTINCT 'account ' || account_id, 'has a state of labels but is not in main.accounts'
FROM main.label_states ANTI JOIN main.accounts USING (account_id) LIMIT 20;

-- name: labels_rule_not_beyond_watermark
SELECT 'meta.store', 'labels were observed after the watermark' FROM meta.store
WHERE (SELECT max(observed_at) FROM main.transaction_label_versions) > watermark
    OR (SELECT max(observed_at) FROM main.label_states) > watermark;
