-- What the user's own files would change: the models of the program over the lines of the files, in temporary tables
-- beside the published file, which is opened to be read alone.

-- name: current
SELECT count(*) = 1 FROM duckdb_tables()
WHERE database_name = current_database() AND schema_name = 'ledger' AND table_name = 'user_labels';

-- Loan requests of holders without a held account in the currency.
-- name: strangers
SELECT r.holder_id, r.currency
FROM (SELECT unnest(from_json(CAST($rows AS JSON), '[{"holder_id": "VARCHAR", "currency": "VARCHAR"}]'),
    max_depth := 2)) r
ANTI JOIN (FROM underwriting.subjects WHERE account_key = '') USING (holder_id, currency) ORDER BY ALL;

-- What underwriting.loan_values would find nothing to ease for.
-- name: not_refinanced
SELECT r.holder_id, r.currency, r.refinances, CASE WHEN count(o.stream_id) = 0
        THEN 'the holder has no such obligation in ' || r.currency
    WHEN bool_or(o.status IN ('active', 'missed')) THEN 'it is an advance, which is in no monthly obligation'
    ELSE 'it is paid no longer (' || string_agg(DISTINCT o.status, ', ' ORDER BY o.status) || ')' END
FROM (SELECT unnest(from_json(CAST($rows AS JSON),
    '[{"holder_id": "VARCHAR", "currency": "VARCHAR", "refinances": "VARCHAR"}]'), max_depth := 2)) r
SEMI JOIN (FROM underwriting.subjects WHERE account_key = '') s USING (holder_id, currency)
LEFT JOIN ledger.obligations o ON o.holder_id = r.holder_id AND o.currency = r.currency
    AND r.refinances IN (o.stream_id, o.counterparty_id)
WHERE r.refinances IS NOT NULL
GROUP BY r.holder_id, r.currency, r.refinances
HAVING NOT coalesce(bool_or(o.status IN ('active', 'missed') AND NOT ledger.is_advance_class(o.class)), false)
ORDER BY ALL;

-- name: policy_attributes
SELECT attribute, unit, to_json(windows)::VARCHAR FROM underwriting.attributes WHERE of_holders ORDER BY attribute;

-- name: wanted_rules
CREATE TEMP TABLE wanted_rules AS
SELECT unnest(from_json(CAST($rows AS JSON), '[{"rule_id": "VARCHAR", "version": "VARCHAR", "position": "INTEGER",
    "merchant": "VARCHAR", "words": "VARCHAR", "pattern": "VARCHAR", "account_id": "VARCHAR", "holder_id": "VARCHAR",
    "direction": "VARCHAR", "currency": "VARCHAR", "min_minor": "BIGINT", "max_minor": "BIGINT", "category": "VARCHAR",
    "name": "VARCHAR", "treatment": "VARCHAR"}]'), max_depth := 2), NULL::TIMESTAMPTZ AS removed_at;

-- name: wanted_overrides
CREATE TEMP TABLE wanted_overrides AS
SELECT unnest(from_json(CAST($rows AS JSON), '[{"transaction_id": "VARCHAR", "version": "VARCHAR",
    "category": "VARCHAR", "name": "VARCHAR", "note": "VARCHAR", "include_in_spend": "BOOLEAN"}]'), max_depth := 2),
    NULL::TIMESTAMPTZ AS removed_at;

-- name: wanted_pairs
CREATE TEMP TABLE wanted_pairs AS
SELECT unnest(from_json(CAST($rows AS JSON), '[{"out_id": "VARCHAR", "in_id": "VARCHAR",
    "decision": "VARCHAR"}]'), max_depth := 2);

-- Transactions of which the files say something, or said it when the file was made, and legs of pairs that change; with
-- them refunds and their purchases, as a refund counts where its purchase does.
-- name: said
CREATE TEMP TABLE said AS
WITH told AS (FROM (SELECT transaction_id FROM wanted_labels)
    UNION ALL SELECT transaction_id FROM ledger.user_labels UNION ALL SELECT transaction_id FROM told_legs),
linked AS (
    SELECT unnest([r.refund_id, r.purchase_id]) AS transaction_id
    FROM (FROM ledger.refund_links WHERE purchase_id IS NOT NULL) r
    WHERE r.refund_id IN (FROM told) OR r.purchase_id IN (FROM told))
SELECT DISTINCT transaction_id FROM (FROM told UNION ALL FROM linked);

-- name: said_rows
CREATE TEMP VIEW said_rows AS FROM ledger.dated_transactions SEMI JOIN said USING (transaction_id);

-- Every rule that fits a transaction, in the order of the lines.
-- name: fits
CREATE TEMP TABLE fits AS
SELECT d.transaction_id, r.position, row_number() OVER (PARTITION BY d.transaction_id
        ORDER BY coalesce(d.amount_minor >= 0 AND c.flow = 'out', false), r.position) AS nth,
    concat_ws(' ', coalesce(r.category, '-'), coalesce(r.treatment, '-'), coalesce(r.name, '-')) AS says
FROM ledger.dated_transactions d JOIN wanted_texts t USING (description) JOIN wanted_rules r USING (rule_id)
LEFT JOIN ledger.categories c ON c.code = r.category
WHERE ledger.rule_fits(r, d, c.flow);

-- name: counts
SELECT r.position, (SELECT count(*) FROM wanted_texts t WHERE t.rule_id = r.rule_id),
    count(f.transaction_id), count(f.transaction_id) FILTER (f.nth = 1)
FROM wanted_rules r LEFT JOIN fits f USING (position) GROUP BY r.position, r.rule_id ORDER BY r.position;

-- A line and an earlier one that decides in its place.
-- name: conflicts
SELECT l.position, e.position, count(*), count(*) FILTER (l.says <> e.says)
FROM fits l JOIN fits e USING (transaction_id) WHERE e.nth = 1 AND l.nth > 1
GROUP BY ALL ORDER BY ALL;

-- name: not_held
SELECT transaction_id FROM wanted_overrides ANTI JOIN main.transactions USING (transaction_id)
UNION SELECT out_id FROM wanted_pairs ANTI JOIN main.transactions t ON t.transaction_id = out_id
UNION SELECT in_id FROM wanted_pairs ANTI JOIN main.transactions t ON t.transaction_id = in_id;

-- Overrides whose category is for money that goes the other way.
-- name: odd_overrides
SELECT w.transaction_id FROM wanted_overrides w JOIN ledger.transactions t USING (transaction_id)
JOIN ledger.categories c ON c.code = w.category
WHERE c.flow <> 'both' AND c.flow <> ledger.money_direction(t.amount_minor);

-- What differs, by the line that decides: a pair by its ids, an override by its transaction, a rule by its position;
-- none of them where a line is gone, or what the user said of other transactions is a hint.
-- name: changes
SELECT p.pair, CASE WHEN p.pair IS NULL AND o.transaction_id IS NOT NULL THEN o.transaction_id END AS override,
    CASE WHEN p.transaction_id IS NULL AND o.transaction_id IS NULL THEN r.position END AS position, l.category,
    n.category, l.include_in_spend, n.include_in_spend, l.spend_category, n.spend_category,
    coalesce(n.merchant_name IS DISTINCT FROM l.merchant_name, false), n.currency, count(*),
    TRY_CAST(sum(n.amount_minor) AS BIGINT)
FROM new_labels n JOIN ledger.labels l USING (transaction_id)
LEFT JOIN told_legs p ON p.transaction_id = n.transaction_id
LEFT JOIN wanted_labels w ON w.transaction_id = n.transaction_id
LEFT JOIN wanted_overrides o ON o.transaction_id = n.transaction_id
LEFT JOIN wanted_rules r ON r.rule_id = w.rule_id
WHERE (n.category, n.spend_category, n.treatment, n.spend_state) <> (l.category, l.spend_category, l.treatment,
    l.spend_state) OR n.merchant_name IS DISTINCT FROM l.merchant_name
GROUP BY ALL ORDER BY 3 NULLS LAST, 2 NULLS LAST, 1 NULLS LAST, 12 DESC, 4, 5, 6, 7, 8, 9, 10, 11;

-- Whose the transactions are that lines name, in the order of the ids.
-- name: accounts_of
SELECT t.transaction_id, t.account_id
FROM main.transactions t SEMI JOIN (SELECT unnest(from_json(CAST($ids AS JSON), '["VARCHAR"]')) AS transaction_id)
    USING (transaction_id) ORDER BY t.transaction_id;
