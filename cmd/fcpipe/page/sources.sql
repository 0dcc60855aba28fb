-- What reports read from tables for which others may be taken: each statement names its columns in the order in which
-- they are read, whatever table they come from.

-- name: income_streams
SELECT k.number, s.kind, CASE WHEN g.gate IN ('block', 'collapse') THEN '' ELSE s.merchant_key END, s.currency,
    s.cadence, s.status, s.maturity, s.payment_count, s.missed_count, s.median_minor, s.minimum_minor,
    s.maximum_minor, s.monthly_minor, s.first_date::VARCHAR, s.last_date::VARCHAR,
    coalesce(s.next_due_date::VARCHAR, ''), false, coalesce(g.gate, 'open'), s.stream_id
FROM ledger.streams s JOIN asked k USING (holder_type, holder_id)
LEFT JOIN ledger.categories g ON g.code = s.category
WHERE s.direction = 'in' AND s.kind IN ('payroll', 'benefit', 'pension', 'interest', 'income', 'person')
ORDER BY k.number, s.currency, s.status = 'ended', s.monthly_minor DESC, s.stream_id;

-- name: obligations
SELECT k.number, s.kind, CASE WHEN g.gate IN ('block', 'collapse') THEN '' ELSE s.merchant_key END, s.currency,
    s.cadence, s.status, s.maturity, s.payment_count, s.missed_count, s.median_minor, s.minimum_minor,
    s.maximum_minor, s.monthly_minor, s.first_date::VARCHAR, s.last_date::VARCHAR,
    coalesce(s.next_due_date::VARCHAR, ''),
    s.first_date > p.value::DATE - 90 AND coalesce(q.coverage_start < s.first_date - 45, false),
    coalesce(g.gate, 'open'), s.stream_id
FROM ledger.streams s JOIN asked k USING (holder_type, holder_id)
JOIN quality.coverage q USING (account_key)
JOIN meta.parameters p ON p.name = 'as_of_date'
LEFT JOIN ledger.categories g ON g.code = s.category
WHERE s.direction = 'out' AND s.kind IN ('rent', 'mortgage', 'loan', 'card', 'instalments', 'advance', 'bill')
ORDER BY k.number, s.currency, s.status = 'ended', s.kind = 'bill', s.monthly_minor DESC, s.stream_id;

-- name: other_recurring
SELECT k.number, s.kind, CASE WHEN g.gate IN ('block', 'collapse') THEN '' ELSE s.merchant_key END, s.currency,
    s.cadence, s.status, s.maturity, s.payment_count, s.missed_count, s.median_minor, s.minimum_minor,
    s.maximum_minor, s.monthly_minor, s.first_date::VARCHAR, s.last_date::VARCHAR,
    coalesce(s.next_due_date::VARCHAR, ''), false, coalesce(g.gate, 'open'), s.stream_id
FROM ledger.streams s JOIN asked k USING (holder_type, holder_id)
LEFT JOIN ledger.categories g ON g.code = s.category
WHERE s.kind NOT IN ('habit', 'transfer', 'reversal') AND CASE s.direction
    WHEN 'in' THEN s.kind NOT IN ('payroll', 'benefit', 'pension', 'interest', 'income', 'person')
    ELSE s.kind NOT IN ('rent', 'mortgage', 'loan', 'card', 'instalments', 'advance', 'bill') END
ORDER BY k.number, s.currency, s.status = 'ended', s.monthly_minor DESC, s.stream_id;

-- Due dates of what comes in: half a year back, six weeks on.
-- name: paydays
SELECT k.number, e.currency, coalesce(e.payment_date, e.due_date)::VARCHAR AS day, e.due_date::VARCHAR, e.state,
    e.merchant_key, coalesce(e.paid_minor, e.expected_minor), coalesce(e.met_by, '')
FROM ledger.expected_payments e JOIN asked k USING (holder_type, holder_id)
JOIN ledger.streams s USING (stream_id)
JOIN meta.parameters p ON p.name = 'as_of_date'
WHERE s.direction = 'in' AND s.kind IN ('payroll', 'benefit', 'pension', 'income')
    AND e.due_date BETWEEN date_trunc('month', p.value::DATE) - INTERVAL 6 MONTH AND p.value::DATE + 45
    AND (e.state <> 'due' OR e.due_date >= p.value::DATE - 31)
ORDER BY k.number, e.currency, day, e.stream_id, e.due_date;

-- name: distress_events
SELECT k.number, e.account_key, e.currency, e.first_day::VARCHAR, e.last_day::VARCHAR, to_json(e.signals)::VARCHAR,
    e.fee_count, e.fee_minor, e.returned_count, e.representment_count, e.reversed_minor, e.is_reversed,
    to_json(list_concat(e.transaction_ids, e.reversal_ids))::VARCHAR
FROM ledger.distress_events e JOIN ledger.accounts a USING (account_key) JOIN asked k USING (holder_type, holder_id)
ORDER BY k.number, e.currency, e.first_day DESC, e.event;

-- name: distress_rows
WITH mine AS (SELECT k.number, a.account_key FROM ledger.accounts a JOIN asked k USING (holder_type, holder_id)),
cited AS (
    SELECT m.number, unnest(list_concat(e.transaction_ids, e.reversal_ids)) AS transaction_id
    FROM ledger.distress_events e JOIN mine m USING (account_key))
SELECT c.number, t.transaction_id, t.account_key, t.currency, t.posted_date::VARCHAR, t.amount_minor, t.normal
FROM (FROM ledger.transactions SEMI JOIN mine USING (account_key)) t
JOIN (SELECT DISTINCT * FROM cited) c USING (transaction_id)
ORDER BY c.number, t.posted_date DESC, t.transaction_id;

-- What a person should look at.
-- name: flags
WITH found AS (
    SELECT holder_type, holder_id, 'account_not_shared' AS code,
        format('{} {}{} seems to be in use and is not shared: texts of transfers and payments name it',
            CASE kind WHEN 'card' THEN 'A card' ELSE 'An account' END,
            coalesce('of ' || institution, 'of an unnamed bank'), coalesce(' ending in ' || last4, '')) AS words,
        currency, transaction_count AS rows, coalesce(in_minor, 0)::HUGEINT + coalesce(out_minor, 0) AS minor,
        first_day, last_day
    FROM quality.missing_accounts
    UNION ALL
    SELECT holder_type, holder_id, 'possible_duplicates',
        'Rows that may count twice: an account may be another one linked again',
        currency, sum(possible_duplicate_count)::BIGINT, sum(possible_duplicate_minor),
        min(month || '-01')::DATE, max(month || '-01')::DATE
    FROM underwriting.cash_flow_month WHERE possible_duplicate_count > 0 GROUP BY ALL)
SELECT k.number, f.code, f.words, f.currency, f.rows, meta.minor(f.minor), f.first_day::VARCHAR, f.last_day::VARCHAR
FROM found f JOIN asked k USING (holder_type, holder_id)
ORDER BY k.number, f.currency, f.rows DESC, f.code, f.words;
