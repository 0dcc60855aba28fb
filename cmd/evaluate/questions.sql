-- What evaluate asks of a published file. A statement whose model is not built yet is not asked: above its name stands
-- which columns it needs.

-- name: columns
SELECT table_schema || '.' || table_name || '.' || column_name FROM information_schema.columns

-- name: rows
-- needs ledger.transactions: transaction_id account_id amount_minor merchant_key spending_class counter_id category
-- needs ledger.transactions: rail
SELECT transaction_id, account_id, amount_minor, merchant_key, spending_class, coalesce(counter_id, ''),
    category = 'credit', coalesce(rail, '')
FROM ledger.transactions WHERE status = 'posted' AND suppressed_by IS NULL

-- name: labels
-- needs ledger.labels: transaction_id category include_in_spend
SELECT transaction_id, category, include_in_spend FROM ledger.labels

-- Pairs of legs that are decided; those that are only suggested to a person are no claim.
-- name: transfers
-- needs ledger.transfers: out_id in_id status
SELECT out_id, in_id FROM ledger.transfers WHERE status IN ('AUTO', 'CONFIRMED')

-- name: refund_links
-- needs ledger.refund_links: refund_id purchase_id
SELECT refund_id, purchase_id FROM ledger.refund_links WHERE purchase_id IS NOT NULL

-- name: streams
-- needs ledger.stream_members: stream_id transaction_id
-- needs ledger.streams: stream_id kind
SELECT m.stream_id::VARCHAR, coalesce(s.kind, ''), m.transaction_id
FROM ledger.stream_members m JOIN ledger.streams s USING (stream_id)

-- name: distress_events
-- needs ledger.distress_events: account_key event transaction_ids
SELECT account_key || ' ' || event, unnest(transaction_ids) FROM ledger.distress_events

-- What states are held to: the day of the newest data, attributes, days of balances, labels and what codes mean.
-- name: watermark
SELECT watermark FROM meta.store

-- name: attribute_values
SELECT holder_id, account_key, currency, attribute, window_name, value_integer, value_double, value_state,
    coalesce(state_reason, '')
FROM underwriting.attribute_values WHERE value_state <> 'NOT_APPLICABLE'

-- name: daily_balances
SELECT account_key, currency, day, coalesce(end_of_day_minor, 0), reconciled FROM ledger.daily_balances

-- name: first_balances
SELECT account_key, min(anchor_date) FROM ledger.anchors GROUP BY account_key

-- What came back was neither paid nor received, so its category counts nothing.
-- name: treatments
SELECT l.transaction_id, CASE WHEN ledger.came_back(t.spending_class, l.treatment, l.reversal_of_id)
        THEN 'adj.balance_correction' ELSE l.category END,
    l.treatment, coalesce(l.need, 'N'), coalesce(l.gate, 'open')
FROM ledger.labels l JOIN ledger.transactions t USING (transaction_id)

-- name: codes
SELECT code, treatment, coalesce(need, 'N'), coalesce(gate, 'open') FROM ledger.categories

-- Months of income that were to come, by how many complete months were known before: whether they lie in the range of
-- these, as underwriting.income_summary has it. Holders without income in the months known are left out: a range from
-- zero to zero says nothing.
-- name: income_intervals
-- needs underwriting.income_month: holder_type holder_id currency month is_partial qualified_minor
WITH months AS (
    SELECT *, row_number() OVER (PARTITION BY holder_type, holder_id, currency ORDER BY month) AS nth
    FROM underwriting.income_month WHERE NOT is_partial AND qualified_minor IS NOT NULL),
tried AS (
    SELECT m.holder_type, m.holder_id, m.currency, m.nth, m.qualified_minor, count(*) AS known,
        min(e.qualified_minor) AS low, max(e.qualified_minor) AS high
    FROM months m JOIN months e ON e.holder_type = m.holder_type AND e.holder_id = m.holder_id
        AND e.currency = m.currency AND e.nth < m.nth AND e.nth >= m.nth - 12
    GROUP BY ALL HAVING count(*) >= 3 AND max(e.qualified_minor) > 0)
SELECT known, count(*), count(*) FILTER (qualified_minor BETWEEN low AND high) FROM tried GROUP BY known
