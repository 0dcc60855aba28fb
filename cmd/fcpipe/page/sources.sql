-- What recurs, what happened, and what a person should look at. Columns stand in the order in which they are read.

-- name: income_streams
SELECT k.number, i.class, i.merchant_key, i.currency, i.cadence, i.status, i.tier, i.payment_count,
    coalesce(s.missed_count, 0), i.median_minor, s.minimum_minor, s.maximum_minor, i.monthly_minor,
    i.first_date::VARCHAR, i.last_date::VARCHAR, coalesce(i.next_date::VARCHAR, ''), false,
    CASE WHEN i.class IN ('benefit', 'pension', 'support') THEN 'protected' ELSE 'open' END, i.income_stream_id
FROM ledger.income_streams i JOIN asked k USING (holder_type, holder_id)
LEFT JOIN (SELECT s.* FROM ledger.streams s SEMI JOIN asked USING (holder_type, holder_id)) s
    ON s.stream_id = i.income_stream_id
QUALIFY row_number() OVER (PARTITION BY k.number, i.currency ORDER BY i.tier, i.total_minor DESC NULLS LAST,
    i.income_stream_id) <= 30
ORDER BY k.number, i.currency, i.status = 'ended', i.tier, i.monthly_minor DESC NULLS LAST, i.income_stream_id;

-- A class of what must not be named is not named either.
-- name: obligations
SELECT k.number, CASE WHEN g.gate IN ('block', 'collapse') THEN 'not_shown' ELSE o.class END,
    CASE WHEN g.gate IN ('block', 'collapse') THEN '' ELSE o.merchant_key END, o.currency, o.cadence, o.status,
    CASE o.strength WHEN 'pattern' THEN 'pattern' ELSE '' END, o.payment_count, o.missed_count, o.median_minor,
    s.minimum_minor, s.maximum_minor, o.monthly_minor, o.first_date::VARCHAR, o.last_date::VARCHAR,
    coalesce(o.next_date::VARCHAR, ''),
    o.first_date > p.value::DATE - 90 AND coalesce(q.coverage_start < o.first_date - 45, false),
    coalesce(g.gate, 'open'), o.stream_id
FROM ledger.obligations o JOIN asked k USING (holder_type, holder_id)
JOIN (SELECT s.* FROM ledger.streams s SEMI JOIN asked USING (holder_type, holder_id)) s USING (stream_id)
JOIN quality.coverage q ON q.account_key = o.account_key
JOIN meta.parameters p ON p.name = 'as_of_date'
LEFT JOIN ledger.categories g ON g.code = s.category
ORDER BY k.number, o.currency, o.status IN ('ended', 'paid_off'), o.class IN ('utilities', 'insurance'),
    o.monthly_minor DESC, o.stream_id;

-- name: other_recurring
SELECT k.number, CASE WHEN g.gate IN ('block', 'collapse') THEN 'not_shown' ELSE s.kind END,
    CASE WHEN g.gate IN ('block', 'collapse') THEN '' ELSE s.merchant_key END, s.currency, s.cadence, s.status, '',
    s.payment_count, s.missed_count, s.median_minor, s.minimum_minor, s.maximum_minor, s.monthly_minor,
    s.first_date::VARCHAR, s.last_date::VARCHAR, coalesce(s.next_due_date::VARCHAR, ''), false,
    coalesce(g.gate, 'open'), s.stream_id
FROM ledger.streams s JOIN asked k USING (holder_type, holder_id)
ANTI JOIN (SELECT income_stream_id AS stream_id FROM ledger.income_streams UNION ALL
    SELECT stream_id FROM ledger.obligations) known USING (stream_id)
LEFT JOIN ledger.categories g ON g.code = s.category
WHERE s.kind NOT IN ('habit', 'transfer', 'reversal') AND s.direction = 'out'
ORDER BY k.number, s.currency, s.status = 'ended', s.monthly_minor DESC, s.stream_id;

-- Due dates of what comes in: half a year back, six weeks on.
-- name: paydays
SELECT k.number, e.currency, coalesce(e.payment_date, e.due_date)::VARCHAR AS day, e.due_date::VARCHAR, e.state,
    e.merchant_key, coalesce(e.paid_minor, e.expected_minor), coalesce(e.met_by, '')
FROM ledger.expected_payments e JOIN asked k USING (holder_type, holder_id)
JOIN (SELECT i.income_stream_id AS stream_id FROM ledger.income_streams i
    SEMI JOIN asked USING (holder_type, holder_id) WHERE i.class <> 'interest') s USING (stream_id)
JOIN meta.parameters p ON p.name = 'as_of_date'
WHERE e.due_date BETWEEN date_trunc('month', p.value::DATE) - INTERVAL 6 MONTH AND p.value::DATE + 45
    AND (e.state <> 'due' OR e.due_date >= p.value::DATE - 31)
ORDER BY k.number, e.currency, day, e.stream_id, e.due_date;

-- name: distress_events
SELECT k.number, e.account_key, e.currency, e.first_day::VARCHAR, e.last_day::VARCHAR, to_json(e.signals)::VARCHAR,
    e.fee_count, e.fee_minor, e.returned_count, e.representment_count, e.reversed_minor, e.is_reversed,
    to_json(list_concat(e.transaction_ids, e.reversal_ids))::VARCHAR
FROM ledger.distress_events e JOIN ledger.accounts a USING (account_key) JOIN asked k USING (holder_type, holder_id)
ORDER BY k.number, e.currency, e.first_day DESC, e.event;

-- The rows of an event are of its account.
-- name: distress_rows
WITH mine AS (SELECT k.number, a.account_key FROM ledger.accounts a JOIN asked k USING (holder_type, holder_id)),
cited AS (
    SELECT DISTINCT m.number, m.account_key, unnest(list_concat(e.transaction_ids, e.reversal_ids)) AS transaction_id
    FROM ledger.distress_events e JOIN mine m USING (account_key))
SELECT c.number, t.transaction_id, t.account_key, t.currency, t.posted_date::VARCHAR, t.amount_minor, t.normal
FROM ledger.transactions t JOIN cited c USING (account_key, transaction_id)
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
    FROM underwriting.cash_flow_month WHERE possible_duplicate_count > 0 GROUP BY ALL
    UNION ALL
    SELECT holder_type, holder_id, lower(flag), reason, currency, row_count, amount_minor, first_day, last_day
    FROM underwriting.integrity_flags)
SELECT k.number, f.code, f.words, f.currency, f.rows, meta.minor(f.minor), f.first_day::VARCHAR, f.last_day::VARCHAR
FROM found f JOIN asked k USING (holder_type, holder_id)
ORDER BY k.number, f.currency, f.rows DESC, f.code, f.words;

-- What became true in the last 90 days.
-- name: changes
SELECT k.number, e.event_date::VARCHAR, lower(e.kind), e.currency, e.account_key, e.amount_minor
FROM underwriting.monitoring_events e JOIN asked k USING (holder_type, holder_id)
ORDER BY k.number, e.event_date DESC, e.kind, e.account_key, e.currency, e.subject;
