-- What the bench asks of the published file.

-- Months of which a row is new or changed since an instant, as the lake's months are cut.
-- name: touched_months
SELECT DISTINCT strftime(timezone('UTC', transacted_at), '%Y-%m') FROM main.transaction_versions
WHERE observed_at > CAST(? AS TIMESTAMPTZ) AND year(timezone('UTC', transacted_at)) BETWEEN 1 AND 9999
ORDER BY ALL;

-- name: duckdb_version
SELECT version();

-- name: distinct_texts
SELECT count(DISTINCT description), count(*) FROM main.transactions;

-- What the case query asks.
-- name: one_row
SELECT * FROM main.transactions LIMIT 1;

-- Whose page the case report writes: the holder with the most accounts.
-- name: one_holder
SELECT holder_id FROM ledger.accounts WHERE holder_id IS NOT NULL
GROUP BY holder_id ORDER BY count(*) DESC, holder_id LIMIT 1;
