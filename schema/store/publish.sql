-- What publish checks of the file it is about to show.

-- What the merge wrote, and what the file must show again: every row of a round carries its one instant.
-- name: publish_read_back
WITH touched AS (
    SELECT CASE WHEN is_current THEN 'transactions' ELSE 'versions' END AS kind, count(*) AS rows,
        bit_xor(hash(transaction_id, version, amount_minor)) AS hashes
    FROM main.transaction_versions
    WHERE observed_at = $observed_at
    GROUP BY is_current
    UNION ALL
    SELECT 'labels', count(*), bit_xor(hash(transaction_id, version, merchant_name))
    FROM main.transaction_label_versions
    WHERE observed_at = $observed_at
    UNION ALL
    SELECT 'accounts', count(*), bit_xor(hash(account_id, cursor_refresh_id))
    FROM main.account_versions
    WHERE observed_at = $observed_at
    UNION ALL
    SELECT 'balances', count(*), bit_xor(hash(account_id, currency, as_of, current_minor))
    FROM main.balances
    WHERE observed_at = $observed_at)
SELECT (SELECT count(*) FROM main.transactions), (SELECT coalesce(epoch_us(watermark), 0) FROM meta.store),
    (SELECT string_agg(kind || ' ' || rows || ' ' || coalesce(hashes, 0), ', ' ORDER BY kind) FROM touched);

-- name: publish_described
SELECT count(*) FROM meta.dictionary;
