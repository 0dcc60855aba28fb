-- What the operator's page reads: each question once for all holders.

-- name: portfolio_states
SELECT value_state, count(*) FROM underwriting.attribute_values WHERE account_key = '' GROUP BY value_state
ORDER BY value_state;

-- name: portfolio_holders
WITH today AS (SELECT value::DATE AS today FROM meta.parameters WHERE name = 'as_of_date'),
closed AS (SELECT DISTINCT account_key FROM ledger.cash_accounts WHERE closed_date IS NOT NULL),
accounts AS (
    SELECT a.holder_type, a.holder_id, count(*) AS accounts, count(*) FILTER (a.status = 'active') AS active,
        bool_or(q.coverage_end IS NULL) FILTER (is_living) AS has_unread,
        min(q.coverage_end) FILTER (is_living) AS read_up_to,
        min(q.coverage_end - q.coverage_start + 1) FILTER (is_living) AS days_held,
        array_to_string(list_sort(list_distinct(flatten(list(q.failed_gates)))), ', ') AS failed_gates
    FROM (SELECT l.*, c.account_key IS NULL AS is_living FROM ledger.accounts l LEFT JOIN closed c USING (account_key))
        a
    JOIN quality.coverage q USING (account_key)
    WHERE a.holder_id IS NOT NULL AND a.holder_type IS NOT NULL GROUP BY a.holder_type, a.holder_id),
numbers AS (
    SELECT holder_type, holder_id, count(*) FILTER (value_state = 'OK') AS ok,
        count(*) FILTER (value_state = 'PARTIAL') AS partial,
        count(*) FILTER (value_state IN ('NOT_COVERED', 'STALE', 'UNRECONCILED')) AS unusable,
        max(value_double) FILTER (attribute = 'flow_unknown_share' AND window_name = '90d') AS unknown_share
    FROM underwriting.attribute_values WHERE account_key = '' GROUP BY holder_type, holder_id),
missing AS (SELECT holder_type, holder_id, count(*) AS missing FROM quality.missing_accounts GROUP BY ALL)
SELECT a.holder_type, a.holder_id, a.accounts, a.active,
    CASE WHEN has_unread THEN '' ELSE coalesce(read_up_to::VARCHAR, '') END,
    CASE WHEN NOT coalesce(has_unread, false) THEN t.today - read_up_to END,
    CASE WHEN NOT coalesce(has_unread, false) THEN days_held END, coalesce(n.ok, 0), coalesce(n.partial, 0),
    coalesce(n.unusable, 0), n.unknown_share, coalesce(a.failed_gates, ''), coalesce(m.missing, 0)
FROM accounts a CROSS JOIN today t
LEFT JOIN numbers n USING (holder_type, holder_id) LEFT JOIN missing m USING (holder_type, holder_id)
ORDER BY a.holder_id, a.holder_type;
