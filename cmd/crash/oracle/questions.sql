-- What the oracle asks of a published file.

-- name: transactions
SELECT transaction_id, account_id, amount_minor, currency, description, status, epoch(posted_at)::BIGINT,
    epoch(void_at)::BIGINT, epoch(transacted_at)::BIGINT, transaction_refresh_id, epoch(updated_at)::BIGINT
FROM main.transactions

-- name: cursors
SELECT account_id, coalesce(cursor_refresh_id, '') FROM main.accounts

-- name: states
SELECT transaction_id, status, transaction_refresh_id, amount_minor FROM main.transactions

-- name: balances
SELECT account_id, currency, balance_type, current_minor, available_minor, used_minor, epoch(as_of)::BIGINT
FROM main.balances
QUALIFY row_number() OVER (PARTITION BY account_id, currency ORDER BY as_of DESC, observed_at DESC) = 1

-- name: fingerprint
SELECT
    coalesce(bit_xor(hash(transaction_id, amount_minor, currency, description, status, posted_at, void_at,
        transacted_at, updated_at, version)), 0),
    count(*),
    (SELECT watermark FROM meta.store)
FROM main.transactions

-- name: watermark
SELECT watermark FROM meta.store

-- name: history
SELECT
    (SELECT count(*) || ' versions of transactions ' || coalesce(bit_xor(hash(v)), 0)
        FROM (SELECT * EXCLUDE (is_current) FROM main.transaction_versions) v WHERE v.observed_at <= until),
    (SELECT count(*) || ' versions of accounts ' || coalesce(bit_xor(hash(v)), 0)
        FROM main.account_versions v WHERE v.observed_at <= until),
    (SELECT count(*) || ' balances ' || coalesce(bit_xor(hash(b)), 0)
        FROM main.balances b WHERE b.observed_at <= until)
FROM (SELECT '%s'::TIMESTAMPTZ AS until)

-- name: receipts
SELECT erasure_id FROM meta.erasures WHERE completed_at IS NOT NULL;
