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
