-- Everything that is known of one transaction, and why it is counted as it is.

-- name: current
SELECT count(*) = 1 FROM duckdb_tables()
WHERE database_name = current_database() AND schema_name = 'ledger' AND table_name = 'user_labels';

-- name: transaction
SELECT to_json(x)::VARCHAR FROM (
    SELECT t.transaction_id, t.account_id, t.account_key, a.institution_name, t.holder_id, m.description,
        t.amount_minor, t.currency, t.status, t.transacted_date::VARCHAR AS transacted_date,
        t.posted_date::VARCHAR AS posted_date,
        (SELECT count(*) FROM main.transaction_versions WHERE transaction_id = $id) AS versions,
        t.merchant_key, l.merchant_name, t.spending_class, t.suppressed_by, t.possible_duplicate_of, t.counter_id,
        l.category, c.label AS category_label, l.rule_id, l.rule_version, l.rule_strength, l.treatment,
        l.spend_category, l.include_in_spend, l.spend_state, d.own_kind, x.says_refund, x.is_income,
        r.is_refund, r.seller_key, u.rule_id AS user_rule_id, u.label_rule_id, u.note, u.hint_category,
        u.include_in_spend AS wanted
    FROM (FROM ledger.transactions WHERE transaction_id = $id) t JOIN main.transactions m USING (transaction_id)
    JOIN ledger.dated_transactions d USING (transaction_id) JOIN ledger.labels l USING (transaction_id)
    JOIN ledger.descriptions x ON x.description = m.description JOIN ledger.categories c ON c.code = l.category
    JOIN main.accounts a ON a.account_id = t.account_id LEFT JOIN ledger.refunds r USING (transaction_id)
    LEFT JOIN ledger.user_labels u USING (transaction_id)) x;

-- name: rules
SELECT r.rule_id, r.version, coalesce(r.category, ''), ledger.rule_fits(r, d, c.flow)
FROM (FROM ledger.dated_transactions WHERE transaction_id = $id) d JOIN ledger.text_rules t USING (description)
JOIN meta.rules r USING (rule_id) LEFT JOIN ledger.categories c ON c.code = r.category
WHERE r.removed_at IS NULL ORDER BY r.position;

-- name: rule_count
SELECT count(*) FROM meta.rules WHERE removed_at IS NULL;

-- Other rows that it belongs to, each with what they are to it.
-- name: parts
SELECT what, o.transaction_id, o.account_key, o.transacted_date::VARCHAR, o.amount_minor, o.currency
FROM (
    SELECT 1 AS nth, 'the other half of the movement between own accounts' AS what, counter_id AS id
    FROM ledger.transactions WHERE transaction_id = $id
    UNION ALL SELECT 2, 'the row that counts in its place', suppressed_by FROM ledger.transactions
    WHERE transaction_id = $id
    UNION ALL SELECT 3, 'a row that it counts in the place of', transaction_id FROM ledger.transactions
    WHERE suppressed_by = $id
    UNION ALL SELECT 4, 'perhaps the same movement, of an account that may be this one linked again',
        possible_duplicate_of FROM ledger.transactions WHERE transaction_id = $id
    UNION ALL SELECT 5, 'confirmed as the other half of a transfer by you',
        CASE out_id WHEN $id THEN in_id ELSE out_id END
    FROM meta.transfer_decisions WHERE removed_at IS NULL AND decision = 'confirmed' AND $id IN (out_id, in_id)
    UNION ALL SELECT 6, 'rejected as the other half of a transfer by you',
        CASE out_id WHEN $id THEN in_id ELSE out_id END
    FROM meta.transfer_decisions WHERE removed_at IS NULL AND decision = 'rejected' AND $id IN (out_id, in_id))
JOIN ledger.transactions o ON o.transaction_id = id
ORDER BY nth, o.transaction_id;

-- name: stream
SELECT s.stream_id, s.kind, s.cadence, s.status, s.payment_count, coalesce(s.next_due_date::VARCHAR, '')
FROM ledger.stream_members m JOIN ledger.streams s USING (stream_id) WHERE m.transaction_id = $id ORDER BY 1;
