-- What attributes say, and the rows they say it from, to be compared with another instant.

-- name: diff_values
SELECT holder_id, account_key, currency, attribute, window_name, value_integer::VARCHAR, value_double::VARCHAR,
    value_date::VARCHAR, value_text, value_state
FROM underwriting.attribute_values WHERE $holder = '' OR holder_id = $holder
ORDER BY holder_id, account_key, currency, attribute, window_name, holder_type;

-- name: diff_lines
SELECT account_key, currency, attribute, window_name, part, evidence, of_account_key,
    coalesce(transaction_id, ''), coalesce(version, 0), day::VARCHAR, sum(counted)::BIGINT, any_value(amount_minor),
    coalesce(any_value(category), any_value(proof), '')
FROM underwriting.lineage($holder)
GROUP BY account_key, currency, attribute, window_name, part, evidence, of_account_key, transaction_id, version, day;

-- name: diff_spans
SELECT window_name, first_day::VARCHAR, last_day::VARCHAR FROM underwriting.windows;

-- name: diff_versions
SELECT transaction_id, version FROM main.transactions;

-- When a run merged: what it stored has the instant.
-- name: run_merged
SELECT max(observed_at) FROM (
    SELECT observed_at FROM main.transaction_versions WHERE run_id = $run
    UNION ALL SELECT observed_at FROM main.account_versions WHERE run_id = $run
    UNION ALL SELECT observed_at FROM main.balances WHERE run_id = $run
    UNION ALL SELECT observed_at FROM main.transaction_label_versions WHERE run_id = $run
    UNION ALL SELECT observed_at FROM main.account_links WHERE run_id = $run
    UNION ALL SELECT observed_at FROM meta.rules WHERE run_id = $run
    UNION ALL SELECT observed_at FROM meta.policies WHERE run_id = $run
    UNION ALL SELECT observed_at FROM meta.loan_requests WHERE run_id = $run
    UNION ALL SELECT observed_at FROM meta.overrides WHERE run_id = $run);

-- A run that stored nothing changed nothing: what was known when it ended.
-- name: run_ended
SELECT coalesce(finished_at, started_at) FROM meta.runs WHERE run_id = $run;
