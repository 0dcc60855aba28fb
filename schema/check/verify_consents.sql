-- Rules of consents, and of what retention or an erasure removed.

-- name: kept_rule_consents_numbered
SELECT 'consents of ' || account_id, 'are not numbered 1 to ' || count(*) FROM meta.consents
GROUP BY account_id HAVING min(version) <> 1 OR max(version) <> count(*) OR count(DISTINCT version) <> count(*)
LIMIT 20;

-- name: kept_rule_consents_have_reasons
SELECT 'consent for ' || account_id, 'ended without a reason, or has one and lasts' FROM meta.consents
WHERE (status = 'ended') <> (reason IS NOT NULL) LIMIT 20;

-- name: kept_rule_accounts_have_consents
SELECT 'account ' || account_id, 'is held without a consent' FROM main.accounts
ANTI JOIN meta.consents USING (account_id) LIMIT 20;

-- name: kept_rule_transactions_within_retention
SELECT 'transaction ' || transaction_id, 'is of before ' || transactions_since::VARCHAR || ', the horizon of retention'
FROM main.transactions JOIN meta.store ON transacted_at < transactions_since LIMIT 20;

-- name: kept_rule_balances_within_retention
SELECT 'balance of ' || account_id, 'is of before ' || balances_since::VARCHAR || ', the horizon of retention'
FROM main.balances JOIN meta.store ON as_of < balances_since LIMIT 20;

-- A transaction may come again later, dated otherwise; no version of before its removal may be left.
-- name: kept_rule_removed_is_gone
SELECT DISTINCT 'transaction ' || transaction_id, 'was removed and has a version of before'
FROM main.transaction_versions v JOIN meta.removed_transactions r USING (transaction_id)
WHERE v.observed_at <= r.observed_at LIMIT 20;
