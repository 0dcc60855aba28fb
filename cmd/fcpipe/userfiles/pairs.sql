-- What lines of overrides.csv that decide of pairs would change: ledger.transfers is derived again where they differ
-- from those that are stored, among the rows of the holder and amount, and what follows of it for the legs.

-- As a round stores them: lines whose transactions are both held.
-- name: wanted_decisions
CREATE TEMP TABLE wanted_decisions AS
SELECT *, NULL::TIMESTAMPTZ AS removed_at FROM wanted_pairs
WHERE out_id IN (SELECT transaction_id FROM main.transactions)
    AND in_id IN (SELECT transaction_id FROM main.transactions);

-- Pairs of which another thing is said than before, with the scopes of ledger.transfers in which that is felt; key is
-- null where the line is gone.
-- name: told_pairs
CREATE TEMP TABLE told_pairs AS
WITH differing AS (
    SELECT coalesce(w.out_id, s.out_id) AS out_id, coalesce(w.in_id, s.in_id) AS in_id,
        CASE WHEN w.out_id IS NOT NULL THEN w.out_id || ' ' || w.in_id END AS key
    FROM wanted_decisions w FULL JOIN (FROM meta.transfer_decisions WHERE removed_at IS NULL) s
        ON s.out_id = w.out_id AND s.in_id = w.in_id
    WHERE s.decision IS DISTINCT FROM w.decision)
SELECT d.*, t.holder_type, t.holder_id, t.currency, ledger.size(t.amount_minor) AS size_minor
FROM (SELECT *, unnest([out_id, in_id]) AS transaction_id FROM differing) d
JOIN ledger.dated_transactions t USING (transaction_id);

-- name: told_movements
CREATE TEMP TABLE told_movements AS
FROM (FROM ledger.dated_transactions WHERE status = 'posted') d
SEMI JOIN (SELECT holder_type, holder_id, currency, TRY_CAST(unnest([size_minor, -size_minor]) AS BIGINT)
    AS amount_minor FROM told_pairs) USING (amount_minor, holder_type, holder_id, currency);

-- name: new_transfers
CREATE TEMP TABLE new_transfers AS
FROM ledger.transfers ANTI JOIN told_pairs USING (holder_type, holder_id, currency, size_minor)
UNION ALL BY NAME FROM told_transfers;

-- Transactions whose other half is another one then, each with a line that says so: of its own pair, else of one of its
-- holder and amount.
-- name: told_legs
CREATE TEMP TABLE told_legs AS
WITH changed AS (
    SELECT coalesce(n.transaction_id, o.transaction_id) AS transaction_id
    FROM new_own n FULL JOIN ledger.own_transfers o USING (transaction_id)
    WHERE n.counter_id IS DISTINCT FROM o.counter_id)
SELECT c.transaction_id, coalesce(
    any_value(p.key ORDER BY p.key) FILTER (c.transaction_id IN (p.out_id, p.in_id)), min(p.key)) AS pair
FROM changed c JOIN ledger.dated_transactions d USING (transaction_id)
JOIN told_pairs p ON p.holder_type = d.holder_type AND p.holder_id = d.holder_id AND p.currency = d.currency
    AND p.size_minor = ledger.size(d.amount_minor)
GROUP BY c.transaction_id;

-- What refunds among these rows are told by: the rows, and what their holders paid.
-- name: leg_inputs
CREATE TEMP VIEW leg_inputs AS
FROM ledger.dated_transactions SEMI JOIN told_legs USING (transaction_id) WHERE amount_minor > 0
UNION ALL FROM ledger.dated_transactions SEMI JOIN told_pairs USING (holder_type, holder_id) WHERE amount_minor < 0;

-- name: said_refunds
CREATE TEMP VIEW said_refunds AS
FROM ledger.refunds ANTI JOIN told_legs USING (transaction_id) UNION ALL BY NAME FROM leg_refunds;

-- Pairs whose halves are both held and are no transfer, and why.
-- name: odd_pairs
WITH halves AS (
    SELECT p.out_id, p.in_id, list_filter([
        CASE WHEN o.account_key = i.account_key THEN 'both are of one account' END,
        CASE WHEN o.amount_minor < 0 AND i.amount_minor < 0 THEN 'both leave'
            WHEN o.amount_minor > 0 AND i.amount_minor > 0 THEN 'both arrive'
            WHEN o.amount_minor > 0 AND i.amount_minor < 0 THEN 'out_id arrives and in_id leaves, swap them'
            WHEN o.amount_minor = 0 OR i.amount_minor = 0 THEN 'one moves no money' END,
        CASE WHEN o.currency <> i.currency THEN 'currencies differ'
            WHEN ledger.size(o.amount_minor) <> ledger.size(i.amount_minor) THEN 'amounts differ, '
                || meta.money(o.amount_minor, o.currency) || ' and ' || meta.money(i.amount_minor, i.currency) END,
        CASE WHEN o.holder_id IS NULL OR i.holder_id IS NULL THEN 'the holder of one of their accounts is not known'
            WHEN (o.holder_type, o.holder_id) <> (i.holder_type, i.holder_id) THEN 'holders differ' END,
        CASE WHEN 'void' IN (o.status, i.status) THEN 'one is void'
            WHEN 'pending' IN (o.status, i.status) THEN 'one is pending'
            WHEN coalesce(o.suppressed_by, i.suppressed_by) IS NOT NULL THEN 'another row, '
                || coalesce(o.suppressed_by, i.suppressed_by) || ', counts in the place of one'
            WHEN NOT (o.category IN ('cash', 'credit') AND i.category IN ('cash', 'credit'))
                THEN 'an account is neither cash nor credit' END], lambda e: e IS NOT NULL) AS why
    FROM wanted_pairs p JOIN ledger.transactions o ON o.transaction_id = p.out_id
    JOIN ledger.transactions i ON i.transaction_id = p.in_id)
SELECT out_id, in_id, array_to_string(why, ', ') FROM halves WHERE len(why) > 0 ORDER BY ALL;

-- Pairs that become what they were not, each with the line that says so, as above.
-- name: pairs
WITH changed AS (
    SELECT coalesce(n.out_id, o.out_id) AS out_id, coalesce(n.in_id, o.in_id) AS in_id,
        coalesce(o.status, '') AS before, coalesce(n.status, '') AS afterwards,
        coalesce(n.currency, o.currency) AS currency, coalesce(n.size_minor, o.size_minor) AS size_minor,
        coalesce(n.holder_type, o.holder_type) AS holder_type, coalesce(n.holder_id, o.holder_id) AS holder_id
    FROM new_transfers n FULL JOIN ledger.transfers o ON o.transfer_id = n.transfer_id
    WHERE n.status IS DISTINCT FROM o.status)
SELECT coalesce(any_value(p.key ORDER BY p.key) FILTER (p.out_id = c.out_id AND p.in_id = c.in_id), min(p.key)),
    c.out_id, c.in_id, c.before, c.afterwards, c.currency, TRY_CAST(c.size_minor AS BIGINT)
FROM changed c
JOIN told_pairs p USING (holder_type, holder_id, currency, size_minor)
GROUP BY ALL ORDER BY 1 NULLS LAST, 2, 3;
