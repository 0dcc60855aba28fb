-- What a holder's report reads. $1 is the kind of the holder, $2 the holder's id.

-- name: report_as_of
SELECT s.watermark, d.value, z.value FROM meta.store s
CROSS JOIN (FROM meta.parameters WHERE name = 'as_of_date') d
CROSS JOIN (FROM meta.parameters WHERE name = 'report_zone') z;

-- name: report_holders
SELECT DISTINCT holder_type, holder_id FROM ledger.accounts WHERE holder_id = $1 ORDER BY ALL;

-- name: report_accounts
SELECT a.account_key, a.institution_name, coalesce(a.last4, ''), a.category, a.subcategory, a.status,
    coalesce(q.coverage_start::VARCHAR, ''), coalesce(q.coverage_end::VARCHAR, ''),
    coalesce(q.coverage_basis, ''), q.coverage_spans, array_to_string(q.failed_gates, ', '), q.pending_count
FROM ledger.accounts a JOIN quality.coverage q USING (account_key)
WHERE a.holder_type = $1 AND a.holder_id = $2 ORDER BY a.institution_name, a.last4 NULLS LAST, a.account_key;

-- name: report_values
SELECT v.account_key, v.currency, v.attribute, a.label, a.unit, a.definition, a.gate, v.window_name, v.value_integer,
    v.value_double, coalesce(v.value_date::VARCHAR, ''), v.value_state, coalesce(v.state_reason, ''),
    v.lower_bound_days
FROM underwriting.attribute_values v JOIN underwriting.attributes a USING (attribute)
WHERE v.holder_type = $1 AND v.holder_id = $2 AND v.account_key = ''
ORDER BY v.currency, v.attribute, len(v.window_name) < 4 DESC, v.window_name;

-- name: report_months
SELECT currency, month, flow_state, is_partial, inflow_gross_minor, outflow_gross_minor, opening_balance_minor,
    closing_balance_minor, average_balance_minor, minimum_balance_minor, negative_days, nsf_overdraft_fee_count,
    balance_state, covered_flow_per_mille
FROM underwriting.cash_flow_month WHERE holder_type = $1 AND holder_id = $2 AND currency <> 'xxx'
QUALIFY row_number() OVER (PARTITION BY currency ORDER BY month DESC) <= 13
ORDER BY currency, month DESC;

-- name: report_days
SELECT h.currency, h.day::VARCHAR, h.end_of_day_minor, bool_and(b.reconciled = 'proved'),
    bool_or(b.reconciled = 'broken')
FROM ledger.holder_daily_balances h
JOIN ledger.cash_accounts a USING (holder_type, holder_id, currency)
JOIN ledger.daily_balances b ON b.account_key = a.account_key AND b.currency = h.currency AND b.day = h.day
WHERE h.holder_type = $1 AND h.holder_id = $2 AND h.end_of_day_minor IS NOT NULL
    AND h.day >= (SELECT value::DATE - 181 FROM meta.parameters WHERE name = 'as_of_date')
GROUP BY h.currency, h.day, h.end_of_day_minor ORDER BY h.currency, h.day;

-- name: report_streams
SELECT direction, kind, merchant_key, currency, cadence, status, payment_count, median_minor, monthly_minor,
    first_date::VARCHAR, last_date::VARCHAR, coalesce(next_due_date::VARCHAR, '')
FROM ledger.streams WHERE holder_type = $1 AND holder_id = $2 AND kind <> 'habit'
ORDER BY direction, status = 'ended', monthly_minor DESC, stream_id;

-- name: report_spending
SELECT m.currency, m.month, coalesce(c.label, m.category), m.net_minor, m.transaction_count
FROM expenses.category_month m LEFT JOIN ledger.categories c ON c.code = m.category
WHERE m.holder_type = $1 AND m.holder_id = $2
    AND m.month = (SELECT strftime(value::DATE - to_days(day(value::DATE)::INTEGER), '%Y-%m') FROM meta.parameters
        WHERE name = 'as_of_date') AND m.net_minor <> 0
QUALIFY row_number() OVER (PARTITION BY m.currency ORDER BY m.net_minor DESC, m.category) <= 40
ORDER BY m.currency, m.net_minor DESC, m.category;
