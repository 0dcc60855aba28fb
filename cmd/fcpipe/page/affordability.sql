-- The loan that is asked for, what balances would have borne, numbers by their names in published lists, and the months
-- of a business.

-- name: loan_requests
WITH named AS (
    SELECT o.holder_id, o.currency, unnest([o.stream_id, o.counterparty_id]) AS id,
        CASE WHEN coalesce(g.gate, 'open') NOT IN ('block', 'collapse') THEN o.merchant_key END AS merchant_key
    FROM ledger.obligations o SEMI JOIN asked USING (holder_type, holder_id)
    JOIN (SELECT s.* FROM ledger.streams s SEMI JOIN asked USING (holder_type, holder_id)) s USING (stream_id)
    LEFT JOIN ledger.categories g ON g.code = s.category)
SELECT k.number, q.currency, q.payment_minor, q.cadence, coalesce(q.first_due::VARCHAR, ''), q.payments, q.amount_minor,
    coalesce(q.refinances, ''), coalesce(string_agg(DISTINCT n.merchant_key, ', ' ORDER BY n.merchant_key), ''),
    count(n.id) > 0, coalesce(q.purpose, ''), timezone(z.value, q.observed_at)::DATE::VARCHAR
FROM meta.loan_requests q JOIN asked k USING (holder_id) JOIN meta.parameters z ON z.name = 'report_zone'
LEFT JOIN named n ON n.holder_id = q.holder_id AND n.currency = q.currency AND n.id = q.refinances
WHERE q.removed_at IS NULL
GROUP BY k.number, z.value, q.holder_id, q.currency, q.payment_minor, q.cadence, q.first_due, q.payments,
    q.amount_minor, q.refinances, q.purpose, q.observed_at
ORDER BY k.number, q.currency;

-- name: affordability
SELECT k.number, a.currency, a.measure, a.cadence, a.buffer_minor, a.window_name, a.value_minor, a.value_days,
    coalesce(a.value_date::VARCHAR, ''), a.value_state, coalesce(a.state_reason, '')
FROM underwriting.affordability a JOIN asked k USING (holder_type, holder_id)
LEFT JOIN underwriting.windows w USING (window_name)
ORDER BY k.number, a.currency, list_position(['payment_max', 'next30_low', 'runway_base'], a.measure) NULLS LAST,
    a.measure, w.days NULLS LAST, list_position(['weekly', 'biweekly', 'monthly'], a.cadence), a.buffer_minor;

-- In the order of the lists.
-- name: characteristics
SELECT k.number, d.account_key, d.currency, d.source, d.characteristic, d.value_integer, d.value_double,
    coalesce(d.value_date::VARCHAR, ''), d.value_state, coalesce(d.state_reason, ''), d.lower_bound_days
FROM underwriting.deposit_characteristics d JOIN asked k USING (holder_type, holder_id)
ORDER BY k.number, d.account_key, d.currency, d.source, list_position(['num_accounts', 'num_checking_accounts',
        'num_savings_accounts', 'num_money_market_accounts', 'tot_current_balances', 'avg_daily_balance_over_1_month',
        'avg_daily_balance_over_3_months', 'avg_daily_balance_over_6_months', 'avg_daily_balance_over_12_months',
        'tot_number_days_with_negative_balance_over_1_month', 'tot_number_days_with_negative_balance_over_3_months',
        'tot_number_days_with_negative_balance_over_6_months', 'tot_number_days_with_negative_balance_over_12_months',
        'days_with_tx_over_1_month', 'days_with_tx_over_3_months', 'days_with_tx_over_6_months',
        'days_with_tx_over_12_months'], d.characteristic) NULLS LAST, d.characteristic;

-- name: business_months
SELECT k.number, m.currency, m.month, m.revenue_minor, m.processor_minor, m.marketplace_minor, m.invoice_minor,
    m.cash_minor, m.check_minor, m.wire_minor, m.person_minor, m.refunded_minor, m.deposit_days, m.payroll_minor,
    m.payroll_count, m.operating_out_minor, m.debt_service_minor, m.owner_in_minor, m.owner_out_minor, m.value_state
FROM underwriting.business_revenue_month m JOIN asked k USING (holder_type, holder_id)
QUALIFY row_number() OVER (PARTITION BY k.number, m.currency ORDER BY m.month DESC) <= 13
ORDER BY k.number, m.currency, m.month DESC;
