-- What verify holds spending to, where this very program derived it. Each statement lists what breaks its rule.

-- Every row has a class of the closed list, and the class that its status, account and amount ask for.
-- name: derived_rule_spending_classes
SELECT 'transaction ' || transaction_id, 'has the class ' || spending_class || ' in ledger.transactions'
FROM ledger.transactions WHERE spending_class IS DISTINCT FROM CASE
    WHEN status <> 'posted' THEN 'not_posted' WHEN suppressed_by IS NOT NULL THEN 'counted_elsewhere'
    WHEN category NOT IN ('cash', 'credit') THEN 'other_account' WHEN amount_minor = 0 THEN 'zero'
    WHEN holder_type IS NULL OR holder_id IS NULL THEN 'no_holder'
    WHEN amount_minor < 0
        AND spending_class IN ('spending', 'own_transfer', 'card_payment', 'card_payment_elsewhere', 'reversed')
            THEN spending_class
    WHEN amount_minor > 0
        AND spending_class IN ('refund', 'other_inflow', 'own_transfer', 'card_payment', 'card_payment_elsewhere',
            'reversed')
            THEN spending_class
    ELSE 'one of its sign' END LIMIT 20;

-- Every row of main is in the ledger, and what counts as spending is in merchant_month: rows and money.
-- name: derived_rule_spending_is_somewhere
WITH spent AS (
    SELECT holder_type, holder_id, currency, strftime(transacted_date, '%Y-%m') AS month, merchant_key, count(*) AS n,
        -sum(amount_minor) AS net
    FROM expenses.transactions WHERE include_in_spend GROUP BY ALL)
SELECT 'holder ' || holder_id || ' ' || currency || ' ' || month, 'expenses.merchant_month does not hold what was spent'
FROM spent s FULL JOIN expenses.merchant_month m USING (holder_type, holder_id, currency, month, merchant_key)
WHERE coalesce(s.n, 0) <> coalesce(m.transaction_count, 0)
   OR (coalesce(m.value_state, '') <> 'out_of_range' AND coalesce(s.net, 0) <> coalesce(m.net_minor, 0))
UNION ALL
SELECT 'ledger.transactions', 'has not the posted rows of main.transactions'
FROM (SELECT count(*) AS n, sum(amount_minor) AS net FROM ledger.transactions WHERE spending_class <> 'not_posted') l,
     (SELECT count(*) AS n, sum(amount_minor) AS net FROM main.transactions WHERE status = 'posted') m
WHERE l.n <> m.n OR l.net IS DISTINCT FROM m.net LIMIT 20;

-- A row that counts in another's place is there, and the two halves of a transfer name each other.
-- name: derived_rule_spending_pairs
SELECT 'transaction ' || l.transaction_id,
    'is suppressed by ' || l.suppressed_by || ', which ledger.transactions has not'
FROM ledger.transactions l
ANTI JOIN ledger.transactions o ON o.transaction_id = l.suppressed_by
WHERE l.suppressed_by IS NOT NULL
UNION ALL
SELECT 'transaction ' || l.transaction_id, 'is half of a transfer whose other half is not ' || l.counter_id
FROM ledger.transactions l
LEFT JOIN ledger.transactions o ON o.transaction_id = l.counter_id AND o.counter_id = l.transaction_id
    AND o.amount_minor::HUGEINT = -l.amount_minor::HUGEINT AND o.account_key <> l.account_key
    AND (o.spending_class = l.spending_class OR CASE WHEN l.amount_minor < 0 -- what is paid on a loan is spending
        THEN l.spending_class IN ('spending', 'reversed') AND o.spending_class = 'own_transfer'
        ELSE l.spending_class = 'own_transfer' AND o.spending_class IN ('spending', 'reversed') END)
WHERE l.counter_id IS NOT NULL AND o.transaction_id IS NULL LIMIT 20;

-- The legs of every pair that is decided name each other and the pair, each leg is of one pair, and no other row names
-- one.
-- name: derived_rule_spending_transfers
WITH legs AS (
    SELECT transfer_id, unnest([out_id, in_id]) AS transaction_id, unnest([in_id, out_id]) AS counter_id
    FROM ledger.transfers WHERE status IN ('AUTO', 'CONFIRMED'))
SELECT 'transfer ' || coalesce(g.transfer_id, l.transfer_id), CASE WHEN g.transfer_id IS NULL
    THEN 'is named by transaction ' || l.transaction_id || ' and not decided in ledger.transfers'
    ELSE 'has a leg, ' || g.transaction_id || ', that does not name it' END
FROM legs g FULL JOIN (SELECT transaction_id, transfer_id FROM ledger.labels WHERE transfer_id IS NOT NULL) l
    ON l.transaction_id = g.transaction_id AND l.transfer_id = g.transfer_id
LEFT JOIN ledger.transactions t ON t.transaction_id = g.transaction_id
WHERE g.transfer_id IS NULL OR l.transfer_id IS NULL OR t.counter_id IS DISTINCT FROM g.counter_id
UNION ALL
SELECT 'transaction ' || transaction_id, 'is a leg of several transfers in ledger.transfers'
FROM legs GROUP BY transaction_id HAVING count(*) > 1 LIMIT 20;

-- What a bank took back is a pair of equal amounts of one account; no purchase is given back more than once over.
-- name: derived_rule_given_back
SELECT 'transaction ' || r.reversal_id, 'takes back ' || r.reversed_id || ', which is not its other half'
FROM ledger.reversals r
LEFT JOIN ledger.transactions c ON c.transaction_id = r.reversal_id
LEFT JOIN ledger.transactions d ON d.transaction_id = r.reversed_id AND d.account_key = c.account_key
    AND d.currency = c.currency AND d.amount_minor::HUGEINT = -c.amount_minor::HUGEINT
WHERE d.transaction_id IS NULL OR (c.amount_minor > 0) = (r.kind IN ('returned_deposit', 'taken_back'))
UNION ALL
SELECT 'transaction ' || reversed_id, 'is taken back twice' FROM ledger.reversals GROUP BY reversed_id
HAVING count(*) > 1
UNION ALL
SELECT 'transaction ' || l.purchase_id, 'is given back with more than it cost, or by another account or merchant'
FROM ledger.refund_links l LEFT JOIN ledger.transactions t ON t.transaction_id = l.purchase_id
WHERE l.purchase_id IS NOT NULL
GROUP BY l.purchase_id HAVING sum(l.amount_minor) > max(-t.amount_minor::HUGEINT) OR count(t.amount_minor) <> count(*)
    OR bool_or(t.account_key <> l.account_key OR t.currency <> l.currency OR t.merchant_key <> l.merchant_key) LIMIT 20;

-- Every transaction has one label, of a category there is, and counts only where its class allows it.
-- name: derived_rule_labels
SELECT 'transaction ' || t.transaction_id, CASE WHEN l.transaction_id IS NULL THEN 'has no label in ledger.labels'
    ELSE 'is labelled ' || l.category || ', ' || l.spend_state || ', with the class ' || l.spending_class END
FROM main.transactions t LEFT JOIN ledger.labels l USING (transaction_id)
LEFT JOIN ledger.categories c ON c.code = l.category
LEFT JOIN ledger.user_labels u ON u.transaction_id = t.transaction_id -- the user's own lines may count more
WHERE c.code IS NULL OR l.include_in_spend <> (l.spend_state = 'counted')
   OR (l.include_in_spend AND l.spending_class NOT IN ('spending', 'refund', 'card_payment_elsewhere')
       AND (u.transaction_id IS NULL OR l.spending_class IN ('not_posted', 'counted_elsewhere', 'other_account', 'zero',
           'no_holder')))
UNION ALL
SELECT 'transaction ' || transaction_id, 'has several labels in ledger.labels'
FROM ledger.labels GROUP BY transaction_id HAVING count(*) > 1 LIMIT 20;

-- What counts by category, and what does not count by its reason, is what was posted: rows and money of every holder,
-- month and currency.
-- name: derived_rule_categories_are_complete
WITH compared AS (
    SELECT holder_type, holder_id, currency, strftime(transacted_date, '%Y-%m') AS month, count(*) AS n,
        sum(amount_minor) AS net, false AS is_vague
    FROM ledger.transactions WHERE status = 'posted' GROUP BY ALL
    UNION ALL
    SELECT holder_type, holder_id, currency, strftime(transacted_date, '%Y-%m'), -count(*), -sum(amount_minor), false
    FROM expenses.transactions WHERE status = 'posted' AND NOT include_in_spend GROUP BY ALL
    UNION ALL
    SELECT holder_type, holder_id, currency, month, -transaction_count, net_minor::HUGEINT, net_minor IS NULL
    FROM expenses.category_month)
SELECT 'holder ' || coalesce(holder_id, 'unknown') || ' ' || currency || ' ' || month,
    'expenses.category_month, with what does not count, is not what was posted'
FROM compared GROUP BY holder_type, holder_id, currency, month
HAVING sum(n) <> 0 OR (NOT bool_or(is_vague) AND sum(net) <> 0) LIMIT 20;
