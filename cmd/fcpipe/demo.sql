-- question: What came in and went out, month by month, for one holder?
SELECT month, is_partial, inflow_gross_minor AS "in", outflow_gross_minor AS "out", closing_balance_minor AS closing,
    negative_days
FROM underwriting.cash_flow_month
WHERE holder_id = (
    SELECT holder_id FROM ledger.transactions GROUP BY holder_id ORDER BY count(*) DESC, holder_id LIMIT 1)
ORDER BY month;

-- question: How did the balance of one account move in the last days, and is it proved?
SELECT day, end_of_day_minor AS balance, basis, reconciled
FROM ledger.daily_balances
WHERE account_key = (
    SELECT account_key FROM ledger.daily_balances WHERE reconciled = 'proved'
    GROUP BY account_key ORDER BY count(*) DESC, account_key LIMIT 1)
ORDER BY day DESC LIMIT 8;

-- question: What became of rows that were pending when first seen?
SELECT CASE WHEN t.status = 'posted' AND t.amount_minor <> v.amount_minor THEN 'posted with another amount'
        ELSE t.status END AS now,
    count(*) AS rows, sum(t.amount_minor::HUGEINT - v.amount_minor) AS amount_changed_by
FROM main.transaction_versions v JOIN main.transactions t USING (transaction_id)
WHERE v.version = 1 AND v.status = 'pending'
GROUP BY ALL ORDER BY rows DESC;
