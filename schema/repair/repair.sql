-- What a published file knows that a journal may have lost.

-- name: repair_runs
SELECT run_id, started_at, finished_at, outcome, reason, exit_code, accounts_listed, accounts_fetched, accounts_failed,
    transactions_new, transactions_changed,
    reads, writes, cost_micro_usd, program_version
FROM meta.runs ORDER BY started_at, run_id;

-- name: repair_run_accounts
SELECT run_id, account_id, outcome, reason, pages, transactions, error_code, request_id
FROM meta.run_accounts
ORDER BY run_id, account_id;

-- name: repair_charges
SELECT charge_key, kind, amount_micro_usd, account_id, holder_id, institution_name, month, charged_at, run_id
FROM meta.charges
ORDER BY charged_at, charge_key;

-- name: repair_audits
SELECT account_id, audited_at, listed, missing, different, run_id FROM meta.audits ORDER BY audited_at, account_id;

-- name: repair_erasures
SELECT erasure_id, subject_hash, requested_at, completed_at, coalesce(reason, ''), row_counts::VARCHAR,
    coalesce(previous_hash, ''), receipt_hash
FROM meta.erasures WHERE completed_at IS NOT NULL ORDER BY completed_at;
