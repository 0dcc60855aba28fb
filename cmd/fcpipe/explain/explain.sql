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

-- Every rule of the user's own in force, and whether it fits: its text first, then what else it states.
-- name: rules
SELECT r.rule_id, r.version, coalesce(r.category, ''), t.rule_id IS NOT NULL, ledger.rule_fits(r, d, c.flow),
    array_to_string(list_filter([
        CASE WHEN r.account_id NOT IN (d.account_id, d.account_key) THEN 'account' END,
        CASE WHEN r.holder_id IS DISTINCT FROM d.holder_id AND r.holder_id IS NOT NULL THEN 'holder' END,
        CASE WHEN r.direction <> ledger.money_direction(d.amount_minor) THEN 'direction' END,
        CASE WHEN r.currency <> d.currency THEN 'currency' END,
        CASE WHEN NOT ledger.size(d.amount_minor) BETWEEN coalesce(r.min_minor, 0)
            AND coalesce(r.max_minor, 9223372036854775808) THEN 'amount' END], lambda e: e IS NOT NULL), ', ')
FROM (FROM ledger.dated_transactions WHERE transaction_id = $id) d
JOIN (FROM meta.rules WHERE removed_at IS NULL) r ON true
LEFT JOIN ledger.text_rules t ON t.description = d.description AND t.rule_id = r.rule_id
LEFT JOIN ledger.categories c ON c.code = r.category
ORDER BY r.position;

-- What it belongs to, each row as JSON.
-- name: transfers
SELECT to_json(x)::VARCHAR FROM (
    SELECT t.transfer_id, t.kind, t.status, t.score, t.evidence, t.lag_days,
        CASE t.out_id WHEN $id THEN 'out' ELSE 'in' END AS leg, struct_pack(transaction_id := o.transaction_id,
        account_key := o.account_key, transacted_date := o.transacted_date::VARCHAR, amount_minor := o.amount_minor,
        currency := o.currency) AS other
    FROM ledger.transfers t JOIN ledger.transactions o
        ON o.transaction_id = CASE t.out_id WHEN $id THEN t.in_id ELSE t.out_id END
    WHERE $id IN (t.out_id, t.in_id)) x
ORDER BY x.status = 'REJECTED', x.transfer_id;

-- name: refunds
SELECT to_json(x)::VARCHAR FROM (
    SELECT CASE r.refund_id WHEN $id THEN 'refund' ELSE 'purchase' END AS role, r.kind, r.candidate_count, r.lag_days,
        CASE WHEN o.transaction_id IS NOT NULL THEN struct_pack(transaction_id := o.transaction_id,
            account_key := o.account_key, transacted_date := o.transacted_date::VARCHAR,
            amount_minor := o.amount_minor, currency := o.currency) END AS other
    FROM ledger.refund_links r LEFT JOIN ledger.transactions o
        ON o.transaction_id = CASE r.refund_id WHEN $id THEN r.purchase_id ELSE r.refund_id END
    WHERE $id = r.refund_id OR $id = r.purchase_id) x
ORDER BY x.other.transacted_date, x.other.transaction_id;

-- name: reversals
SELECT to_json(x)::VARCHAR FROM (
    SELECT CASE r.reversal_id WHEN $id THEN 'reversal' ELSE 'reversed' END AS role, r.kind, r.lag_days,
        struct_pack(transaction_id := o.transaction_id, account_key := o.account_key,
        transacted_date := o.transacted_date::VARCHAR, amount_minor := o.amount_minor, currency := o.currency) AS other
    FROM ledger.reversals r JOIN ledger.transactions o
        ON o.transaction_id = CASE r.reversal_id WHEN $id THEN r.reversed_id ELSE r.reversal_id END
    WHERE $id IN (r.reversal_id, r.reversed_id)) x
ORDER BY x.other.transaction_id;

-- name: distress
SELECT to_json(x)::VARCHAR FROM (
    SELECT event, first_day::VARCHAR AS first_day, last_day::VARCHAR AS last_day, signals,
        len(transaction_ids) AS row_count, fee_count, is_reversed
    FROM ledger.distress_events WHERE list_contains(transaction_ids, $id)) x
ORDER BY x.event;

-- name: streams
SELECT to_json(x)::VARCHAR FROM (
    SELECT s.stream_id, s.kind, s.cadence, s.status, s.payment_count,
        coalesce(s.next_due_date::VARCHAR, '') AS next_due_date
    FROM (FROM ledger.stream_members WHERE transaction_id = $id) JOIN ledger.streams s USING (stream_id)) x
ORDER BY x.stream_id;

-- Rows that stand for it, or that it stands for, and decisions on pairs that are no transfers all the same.
-- name: parts
SELECT to_json(x)::VARCHAR FROM (
    SELECT nth, what, o.transaction_id, o.account_key, o.transacted_date::VARCHAR AS transacted_date, o.amount_minor,
        o.currency
    FROM (
        SELECT 1 AS nth, CASE WHEN m.posted_id IS NOT NULL
                THEN 'the posted row that took the place of this pending one, and counts'
                ELSE 'the row of the newer connection of this account that counts in its place' END AS what,
            t.suppressed_by AS id
        FROM ledger.transactions t LEFT JOIN ledger.pending_matches m ON m.transaction_id = t.transaction_id
        WHERE t.transaction_id = $id
        UNION ALL SELECT 2, 'a row that it counts in the place of', transaction_id FROM ledger.transactions
        WHERE suppressed_by = $id
        UNION ALL SELECT 3, 'perhaps the same movement, of an account that may be this one linked again',
            possible_duplicate_of FROM ledger.transactions WHERE transaction_id = $id
        UNION ALL SELECT 4, 'a pair that overrides.csv ' || CASE decision WHEN 'confirmed' THEN 'confirms' ELSE
            'rejects' END || ', which can be no pair: "fcpipe rules check" says why',
            CASE out_id WHEN $id THEN in_id ELSE out_id END
        FROM (FROM meta.transfer_decisions ANTI JOIN ledger.transfers USING (out_id, in_id))
        WHERE removed_at IS NULL AND $id IN (out_id, in_id))
    JOIN ledger.transactions o ON o.transaction_id = id) x
ORDER BY x.nth, x.transaction_id;

-- name: stripe_labels
SELECT to_json(x)::VARCHAR FROM ledger.stripe_labels x WHERE transaction_id = $id;
