-- What reports read. asked has the holders, each with the number of its report.

-- name: holder_kinds
SELECT DISTINCT holder_type, holder_id FROM ledger.accounts WHERE holder_id = $1 AND holder_type IS NOT NULL
ORDER BY holder_type;

-- name: ask
CREATE OR REPLACE TEMP TABLE asked AS
SELECT unnest($1::VARCHAR[]) AS holder_type, unnest($2::VARCHAR[]) AS holder_id,
    unnest(range(len($1::VARCHAR[])))::INTEGER AS number;

-- name: as_of
SELECT s.watermark, d.value, z.value, m.value FROM meta.store s
CROSS JOIN (FROM meta.parameters WHERE name = 'as_of_date') d
CROSS JOIN (FROM meta.parameters WHERE name = 'report_zone') z
CROSS JOIN (FROM meta.parameters WHERE name = 'models') m;

-- name: accounts
SELECT k.number, a.account_key, a.institution_name, coalesce(a.last4, ''), a.category, a.subcategory, a.status,
    coalesce(q.coverage_start::VARCHAR, ''), coalesce(q.coverage_end::VARCHAR, ''), coalesce(q.coverage_basis, ''),
    q.coverage_spans, array_to_string(q.failed_gates, ', '),
    concat_ws(', ', CASE q.sign_gate WHEN 'warning' THEN 'sign' END,
        CASE q.residual_gate WHEN 'warning' THEN 'residual' END,
        CASE q.currency_gate WHEN 'warning' THEN 'currency' END, CASE q.feed_gate WHEN 'warning' THEN 'feed' END),
    q.pending_count, coalesce(c.closed_date::VARCHAR, ''), a.shares_transactions
FROM ledger.accounts a JOIN quality.coverage q USING (account_key) JOIN asked k USING (holder_type, holder_id)
LEFT JOIN (SELECT account_key, max(closed_date) AS closed_date FROM ledger.cash_accounts GROUP BY account_key) c
    USING (account_key)
ORDER BY k.number, a.category <> 'cash', a.institution_name, a.last4 NULLS LAST, a.account_key;

-- Of accounts that are not cash no balance of a day is derived: what the bank says last is shown instead.
-- name: stated
SELECT k.number, b.account_key, b.currency, b.current_minor, b.balance_date::VARCHAR
FROM ledger.stated_balances b JOIN asked k USING (holder_type, holder_id)
WHERE b.category <> 'cash' AND b.current_minor IS NOT NULL
ORDER BY k.number, b.account_key, b.currency;

-- A number may be a word; a file of an earlier version has no column for that.
-- name: values
SELECT k.number, v.account_key, v.currency, v.attribute, a.label, a.unit, a.definition, a.gate, v.window_name,
    v.value_integer, v.value_double, coalesce(v.value_date::VARCHAR, ''), v.value_state, coalesce(v.state_reason, ''),
    v.covered_days, v.lower_bound_days, v.transaction_count,
    CASE WHEN a.unit = 'text' THEN coalesce(to_json(v) ->> '$.value_text', '') ELSE '' END
FROM underwriting.attribute_values v JOIN asked k USING (holder_type, holder_id)
JOIN underwriting.attributes a USING (attribute)
LEFT JOIN underwriting.windows w USING (window_name)
ORDER BY k.number, v.account_key, v.currency, v.attribute, contains(v.window_name, '_'), w.days NULLS FIRST,
    v.window_name;

-- name: months
SELECT k.number, m.currency, m.month, m.flow_state, m.is_partial, m.inflow_gross_minor, m.outflow_gross_minor,
    m.opening_balance_minor, m.closing_balance_minor, m.average_balance_minor, m.minimum_balance_minor,
    m.negative_days, m.nsf_overdraft_fee_count, m.balance_state, m.covered_flow_per_mille, s.income_minor,
    s.spending_minor, s.debt_service_minor, i.qualified_minor, meta.minor(i.t3_minor::HUGEINT + i.t4_minor)
FROM underwriting.cash_flow_month m JOIN asked k USING (holder_type, holder_id)
LEFT JOIN expenses.income_statement_month s USING (holder_type, holder_id, currency, month)
LEFT JOIN underwriting.income_month i USING (holder_type, holder_id, currency, month)
WHERE m.currency <> 'xxx'
QUALIFY row_number() OVER (PARTITION BY k.number, m.currency ORDER BY m.month DESC) <= 13
ORDER BY k.number, m.currency, m.month DESC;

-- name: days
SELECT k.number, h.currency, h.day::VARCHAR, h.end_of_day_minor, bool_and(b.reconciled = 'proved'),
    bool_or(b.reconciled = 'broken')
FROM ledger.holder_daily_balances h
JOIN asked k USING (holder_type, holder_id)
JOIN (SELECT a.* FROM ledger.cash_accounts a SEMI JOIN asked USING (holder_type, holder_id)) a
    USING (holder_type, holder_id, currency)
JOIN ledger.daily_balances b ON b.account_key = a.account_key AND b.currency = h.currency AND b.day = h.day
WHERE h.end_of_day_minor IS NOT NULL
    AND h.day >= (SELECT value::DATE - 181 FROM meta.parameters WHERE name = 'as_of_date')
GROUP BY k.number, h.currency, h.day, h.end_of_day_minor ORDER BY k.number, h.currency, h.day;

-- Deposits and payments that are no part of what recurs, and not between the holder's own accounts: the ten largest
-- of each. Rows lie by date, not by account, so the texts of the few that are shown are looked up by date and account:
-- else those of everybody would be read. Categories stand in expenses.transactions beside the account, too.
-- name: large_rows
WITH parameters AS (SELECT value::DATE AS today FROM meta.parameters WHERE name = 'as_of_date'),
mine AS (SELECT k.number, a.account_key FROM ledger.accounts a JOIN asked k USING (holder_type, holder_id)
    WHERE a.category = 'cash'),
streams AS (SELECT stream_id FROM ledger.streams SEMI JOIN asked USING (holder_type, holder_id)),
members AS (SELECT m.transaction_id FROM ledger.stream_members m SEMI JOIN streams USING (stream_id)),
largest AS MATERIALIZED (
    SELECT m.number, t.transaction_id, t.account_key, t.currency, t.posted_date, t.transacted_date, t.amount_minor
    FROM (FROM ledger.transactions SEMI JOIN mine USING (account_key)) t
    JOIN mine m USING (account_key)
    ANTI JOIN members USING (transaction_id)
    WHERE t.status = 'posted' AND t.suppressed_by IS NULL AND t.amount_minor <> 0
        AND t.posted_date BETWEEN (SELECT today - 90 FROM parameters) AND (SELECT today - 1 FROM parameters)
        AND t.spending_class NOT IN ('own_transfer', 'card_payment', 'reversed', 'refund', 'counted_elsewhere')
    QUALIFY row_number() OVER (PARTITION BY m.number, t.currency, t.amount_minor < 0
        ORDER BY abs(t.amount_minor::HUGEINT) DESC, t.transaction_id) <= 10),
texts AS (
    SELECT transaction_id, normal FROM ledger.transactions
    SEMI JOIN largest USING (account_key, transacted_date, transaction_id)),
gates AS (
    SELECT e.transaction_id, c.gate
    FROM (FROM expenses.transactions SEMI JOIN mine USING (account_key)) e
    SEMI JOIN largest USING (transaction_id, transacted_date)
    JOIN ledger.categories c ON c.code = e.category)
SELECT r.number, r.transaction_id, r.account_key, r.currency, r.posted_date::VARCHAR, r.amount_minor,
    CASE WHEN g.gate IN ('block', 'collapse') THEN '' ELSE t.normal END
FROM largest r JOIN gates g USING (transaction_id) JOIN texts t USING (transaction_id)
ORDER BY r.number, r.currency, r.amount_minor < 0, abs(r.amount_minor::HUGEINT) DESC, r.transaction_id;

-- What must not be named is folded into what is essential and what is not, or stands without a category.
-- name: spending
WITH months AS (
    SELECT strftime(date_trunc('month', value::DATE) - to_months(n), '%Y-%m') AS month
    FROM meta.parameters CROSS JOIN (VALUES (1), (2), (3)) n (n) WHERE name = 'as_of_date'),
rows AS (
    SELECT k.number, m.currency, m.month, m.net_minor,
        CASE c.gate WHEN 'block' THEN 'Not shown by category'
            WHEN 'collapse' THEN CASE c.need WHEN 'E' THEN 'Other essential' ELSE 'Other discretionary' END
            ELSE coalesce(c.label, m.category) END AS label,
        CASE WHEN c.gate = 'block' THEN '' ELSE coalesce(c.need, '') END AS need
    FROM expenses.category_month m JOIN asked k USING (holder_type, holder_id)
    SEMI JOIN months USING (month)
    LEFT JOIN ledger.categories c ON c.code = m.category),
sums AS (
    SELECT number, currency, label, need, month, CASE WHEN count(*) = count(net_minor) THEN
        meta.minor(sum(net_minor)) END AS net_minor
    FROM rows GROUP BY ALL),
shown AS (
    SELECT number, currency, label, need, sum(net_minor::HUGEINT) AS total
    FROM sums GROUP BY number, currency, label, need
    HAVING total IS NULL OR total <> 0
    QUALIFY row_number() OVER (PARTITION BY number, currency ORDER BY total DESC NULLS FIRST, label) <= 30)
SELECT s.number, s.currency, s.label, s.need, m.month, CASE WHEN x.month IS NULL THEN 0 ELSE x.net_minor END
FROM shown s CROSS JOIN months m LEFT JOIN sums x USING (number, currency, label, need, month)
ORDER BY s.number, s.currency, s.total DESC NULLS FIRST, s.label, m.month;
