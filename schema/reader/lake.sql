-- What the lake asks of the file. Its datasets are in lake/.

-- name: lake_dictionary
SELECT schema_name || '.' || table_name, column_name, data_type, is_nullable, field_id, description
FROM meta.dictionary;

-- A version that arrived or was replaced since then touches its month: the months of every
-- version of every transaction seen since, so that a row that moved leaves its old month too; and the months of those
-- that were removed.
-- name: lake_touched_transactions
SELECT DISTINCT CASE
    WHEN transacted_at >= TIMESTAMPTZ '0001-01-01 00:00:00Z' AND transacted_at < TIMESTAMPTZ '10000-01-01 00:00:00Z'
    THEN strftime(make_timestamp(epoch_us(transacted_at)), '%Y-%m') -- which never asks the library of time zones
    ELSE '__invalid__' END
FROM main.transaction_versions
SEMI JOIN (SELECT transaction_id FROM main.transaction_versions WHERE observed_at > CAST($1 AS TIMESTAMPTZ)) seen
    USING (transaction_id)
UNION
SELECT transacted_month FROM meta.removed_transactions WHERE observed_at > CAST($1 AS TIMESTAMPTZ)
ORDER BY ALL;
