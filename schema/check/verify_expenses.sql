-- What verify holds the months of expenses to, where this very program derived them: nothing that was posted is lost
-- between the tables. Each statement lists what breaks its rule.

-- What counts by category, and what does not count by its reason, is what was posted: rows and money of every holder,
-- month and currency.
-- name: derived_rule_months_of_expenses_are_complete
WITH compared AS (
    SELECT holder_type, holder_id, currency, strftime(transacted_date, '%Y-%m') AS month, count(*) AS n,
        sum(amount_minor) AS net, false AS is_vague
    FROM ledger.transactions WHERE status = 'posted' AND holder_type IS NOT NULL AND holder_id IS NOT NULL GROUP BY ALL
    UNION ALL
    SELECT holder_type, holder_id, currency, month, -transaction_count, net_minor::HUGEINT, net_minor IS NULL
    FROM expenses.category_month
    UNION ALL
    SELECT holder_type, holder_id, currency, month, -transaction_count, out_minor::HUGEINT - in_minor,
        value_state = 'out_of_range'
    FROM expenses.not_spent_month)
SELECT 'holder ' || holder_id || ' ' || currency || ' ' || month,
    'expenses.category_month, with expenses.not_spent_month, is not what was posted'
FROM compared GROUP BY holder_type, holder_id, currency, month
HAVING sum(n) <> 0 OR (NOT bool_or(is_vague) AND sum(net) <> 0) LIMIT 20;

-- A refund counts once in either view: summed over all months, cash and accrual are the same for every category.
-- name: derived_rule_views_of_expenses_agree
SELECT 'holder ' || holder_id || ' ' || currency || ' ' || category,
    'the months of expenses.category_month differ in sum between net_minor and net_accrual_minor'
FROM expenses.category_month GROUP BY holder_type, holder_id, currency, category
HAVING count(net_minor) = count(*) AND count(net_accrual_minor) = count(*)
    AND sum(net_minor) <> sum(net_accrual_minor) LIMIT 20;

-- name: derived_rule_income_statements_are_complete
WITH compared AS (
    SELECT holder_type, holder_id, currency, strftime(transacted_date, '%Y-%m') AS month, count(*) AS n,
        sum(amount_minor) AS net, coalesce(-sum(amount_minor) FILTER (include_in_spend), 0) AS spending, false
            AS is_vague
    FROM expenses.transactions WHERE status = 'posted' AND holder_type IS NOT NULL AND holder_id IS NOT NULL
    GROUP BY ALL
    UNION ALL
    SELECT holder_type, holder_id, currency, month, -transaction_count,
        -(income_minor::HUGEINT + other_income_minor - spending_minor - saved_minor + financing_minor
            + unresolved_in_minor - unresolved_out_minor + moved_minor + not_counted_minor),
        -(essential_minor::HUGEINT + discretionary_minor + neither_minor + unknown_minor + debt_service_minor
            + fee_minor - other_refund_minor), value_state = 'out_of_range'
    FROM expenses.income_statement_month)
SELECT 'holder ' || holder_id || ' ' || currency || ' ' || month,
    'the lines of expenses.income_statement_month are not what was posted'
FROM compared GROUP BY holder_type, holder_id, currency, month
HAVING sum(n) <> 0 OR (NOT bool_or(is_vague) AND (sum(net) <> 0 OR sum(spending) <> 0))
UNION ALL
SELECT 'holder ' || holder_id || ' ' || currency || ' ' || month,
    'a total of expenses.income_statement_month is not the sum of its lines'
FROM expenses.income_statement_month
WHERE spending_minor <> essential_minor::HUGEINT + discretionary_minor + neither_minor + unknown_minor
        + debt_service_minor + fee_minor - other_refund_minor
    OR left_minor <> income_minor::HUGEINT + other_income_minor - spending_minor
    OR net_minor <> left_minor::HUGEINT - saved_minor + financing_minor + unresolved_in_minor - unresolved_out_minor
        + moved_minor + not_counted_minor LIMIT 20;

-- name: derived_rule_days_of_expenses_are_complete
WITH compared AS (
    SELECT holder_type, holder_id, currency, month, transaction_count AS n, net_minor::HUGEINT AS net,
        net_minor IS NULL AS is_vague
    FROM expenses.category_month
    UNION ALL
    SELECT holder_type, holder_id, currency, strftime(day, '%Y-%m'), -transaction_count, -net_minor::HUGEINT,
        net_minor IS NULL
    FROM expenses.daily)
SELECT 'holder ' || holder_id || ' ' || currency || ' ' || month,
    'the days of expenses.daily are not the month of expenses.category_month'
FROM compared GROUP BY holder_type, holder_id, currency, month
HAVING sum(n) <> 0 OR (NOT bool_or(is_vague) AND sum(net) <> 0) LIMIT 20;
