-- What verify holds derived tables to, where this very program derived them. Each statement lists what breaks its rule.

-- name: derived_rule_transactions_whole
SELECT 'ledger.transactions', 'has ' || l.n || ' rows, main.transactions ' || m.n
FROM (SELECT count(*) AS n, count(DISTINCT transaction_id) AS ids FROM ledger.transactions) l,
    (SELECT count(*) AS n FROM main.transactions) m
WHERE l.n <> m.n OR l.ids <> m.n;

-- name: derived_rule_holders_present
SELECT 'holder ' || holder_id, 'has accounts and no row in underwriting.cash_flow_month' FROM main.accounts
ANTI JOIN underwriting.cash_flow_month USING (holder_type, holder_id)
WHERE holder_type IS NOT NULL AND holder_id IS NOT NULL
LIMIT 20;

-- Every posted row of cash is in a month of its holder: the counts of each month, and its sums where they fit.
-- name: derived_rule_months_whole
WITH posted AS (
    SELECT holder_type, holder_id, currency, strftime(posted_date, '%Y-%m') AS month,
        coalesce(sum(amount_minor) FILTER (amount_minor > 0), 0) AS inflow,
        coalesce(-sum(amount_minor) FILTER (amount_minor < 0), 0) AS outflow,
        count(*) FILTER (amount_minor > 0) AS inflows, count(*) FILTER (amount_minor < 0) AS outflows
    FROM ledger.transactions
    WHERE status = 'posted' AND suppressed_by IS NULL AND amount_minor <> 0 AND category = 'cash'
        AND holder_type IS NOT NULL AND holder_id IS NOT NULL
    GROUP BY ALL)
SELECT 'holder ' || holder_id || ' ' || currency || ' ' || month,
    'underwriting.cash_flow_month does not hold the rows posted in this month'
FROM posted r FULL JOIN underwriting.cash_flow_month m USING (holder_type, holder_id, currency, month)
WHERE coalesce(r.inflows, 0) <> coalesce(m.inflow_count, 0) OR coalesce(r.outflows, 0) <> coalesce(m.outflow_count, 0)
   OR (coalesce(m.flow_state, '') <> 'out_of_range'
   AND (coalesce(r.inflow, 0) <> coalesce(m.inflow_gross_minor, 0)
   OR coalesce(r.outflow, 0) <> coalesce(m.outflow_gross_minor, 0)))
LIMIT 20;

-- name: derived_rule_balances_and_flows_agree
SELECT 'holder ' || holder_id || ' ' || currency || ' ' || month,
    'closing less opening balance is not inflow less outflow'
FROM underwriting.cash_flow_month
WHERE closing_balance_minor::HUGEINT - opening_balance_minor <> inflow_gross_minor::HUGEINT - outflow_gross_minor
LIMIT 20;

-- name: derived_rule_nulls_have_reasons
SELECT 'holder ' || holder_id || ' ' || currency || ' ' || month,
    'a flow or balance is null without a reason, or there in spite of one'
FROM underwriting.cash_flow_month
WHERE (inflow_gross_minor IS NULL)
    <> (flow_state IN ('not_covered', 'not_shared', 'no_cash_account')
        OR (flow_state = 'out_of_range' AND inflow_gross_minor IS NULL))
   OR (balance_state IN ('known', 'unheld', 'voided')
       AND (opening_balance_minor IS NULL OR closing_balance_minor IS NULL))
   OR (is_partial AND flow_state IN ('complete', 'unheld'))
   OR (NOT is_partial AND flow_state NOT IN ('complete', 'unheld', 'out_of_range'))
   LIMIT 20;

-- A day is one on which the balance was read, or one whose rows are held.
-- name: derived_rule_days_are_held
SELECT 'account ' || b.account_key || ' ' || b.day,
    'has a balance in ledger.daily_balances, its rows are not held and no balance was read'
FROM ledger.daily_balances b
LEFT JOIN ledger.coverage c ON c.account_key = b.account_key AND b.day BETWEEN c.first_day AND c.last_day
LEFT JOIN ledger.anchors a ON a.account_key = b.account_key AND a.currency = b.currency AND a.anchor_date = b.day
WHERE c.account_key IS NULL AND a.account_key IS NULL LIMIT 20;

-- name: derived_rule_coverage_is_past
SELECT 'account ' || account_key, 'is covered beyond the watermark, or before it can have rows'
FROM ledger.coverage
JOIN ledger.accounts USING (account_key)
CROSS JOIN meta.store
WHERE through_at > watermark OR first_day < plausible_from::DATE - 1 LIMIT 20;

-- name: derived_rule_verdicts_are_founded
SELECT 'account ' || account_key || ' ' || anchor_date, 'is called ' || class || ' in quality.reconciliation'
FROM quality.reconciliation
WHERE (class = 'proved' AND residual_minor IS DISTINCT FROM 0)
    OR (class NOT IN ('proved', 'doubtful', 'not_covered', 'out_of_range') AND residual_minor = 0)
LIMIT 20;
