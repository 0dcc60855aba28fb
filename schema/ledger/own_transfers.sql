-- model: ledger.own_transfers
-- about: Both halves of movements between a holder's accounts: equal amounts, up to a day before and five days after;
--   first payments of cards, then transfers. A text with a name in it needs one without at the other end
-- order: transaction_id
-- lake: none
-- scope: holder_type, holder_id, currency, size_minor
-- touched by ledger.dated_transactions (transaction_id, account_key, holder_type, holder_id, category, currency,
--   posted_date, transacted_date, amount_minor, status, own_kind): SELECT holder_type, holder_id, currency,
--   ledger.size(amount_minor) AS size_minor FROM changed WHERE own_kind IS NOT NULL AND status = 'posted'
-- touched by ledger.same_movements: SELECT holder_type, holder_id, currency, ledger.size(amount_minor) AS size_minor
--   FROM ledger.dated_transactions SEMI JOIN changed USING (transaction_id)
-- widened: SELECT * FROM touched SEMI JOIN ledger.own_transfers USING (holder_type, holder_id, currency, size_minor)
--   UNION SELECT t.holder_type, t.holder_id, t.currency, t.size_minor FROM (SELECT *, TRY_CAST(unnest([size_minor,
--   -size_minor]) AS BIGINT) AS amount_minor FROM touched) t JOIN (FROM ledger.dated_transactions
--   WHERE own_kind IS NOT NULL AND status = 'posted') d USING (amount_minor, holder_type, holder_id, currency)
--   GROUP BY ALL HAVING min(amount_minor) < 0 AND max(amount_minor) > 0 AND min(account_key) <> max(account_key)
-- input ledger.dated_transactions: SELECT d.* FROM (FROM ledger.dated_transactions
--   WHERE own_kind IS NOT NULL AND status = 'posted') d SEMI JOIN (SELECT holder_type, holder_id, currency,
--   TRY_CAST(unnest([size_minor, -size_minor]) AS BIGINT) AS amount_minor FROM touched)
--   USING (amount_minor, holder_type, holder_id, currency)
-- column transaction_id: VARCHAR NOT NULL. One half
-- column counter_id: VARCHAR NOT NULL. The other
-- column is_card: BOOLEAN NOT NULL. Whether it pays a card
-- column holder_type: VARCHAR NOT NULL. Kind of holder: customer or account
-- column holder_id: VARCHAR NOT NULL. Whose accounts they are
-- column currency: VARCHAR NOT NULL. Lower-case ISO 4217 currency
-- column size_minor: DECIMAL(19,0) NOT NULL. Amount without its sign, minor units
-- column transacted_date: DATE NOT NULL. Civil date the half happened
WITH RECURSIVE halves AS (
    SELECT d.transaction_id, d.account_key, d.holder_type, d.holder_id, d.category, d.currency, d.amount_minor,
        ledger.size(d.amount_minor) AS size_minor, d.posted_date, d.transacted_date, d.own_kind AS own,
        d.amount_minor < 0 AS is_out
    FROM ledger.dated_transactions d
    LEFT JOIN (FROM ledger.same_movements WHERE is_linked) s USING (transaction_id)
    WHERE d.own_kind IS NOT NULL
      AND ledger.left_out(d.status, s.same_as_id, d.category, d.amount_minor, d.holder_type, d.holder_id) IS NULL
      AND (d.category = 'cash' AND (d.amount_minor < 0 OR d.own_kind IN ('transfer', 'named_transfer'))
        OR d.category = 'credit' AND d.amount_minor > 0 AND d.own_kind <> 'named_transfer')
    WINDOW same AS (PARTITION BY d.holder_type, d.holder_id, d.currency, ledger.size(d.amount_minor)
                    ORDER BY d.posted_date - DATE '1970-01-01' RANGE BETWEEN 5 PRECEDING AND 5 FOLLOWING)
    QUALIFY min(d.amount_minor) OVER same < 0 AND max(d.amount_minor) OVER same > 0
        AND min(d.account_key) OVER same <> max(d.account_key) OVER same),
pairing AS (
    SELECT 0 AS step, * EXCLUDE (amount_minor), NULL::VARCHAR AS other_id FROM halves
    UNION ALL
    SELECT step + 1, * EXCLUDE (step, day, takes_part, nth, other_id),
        CASE WHEN NOT takes_part OR min(account_key) OVER pair = max(account_key) OVER pair
            OR max(own) OVER pair = 'named_transfer'
             THEN NULL WHEN is_out THEN max(transaction_id) FILTER (NOT is_out) OVER pair
             ELSE max(transaction_id) FILTER (is_out) OVER pair END
    FROM (
        SELECT *, row_number() OVER (
            PARTITION BY holder_type, holder_id, currency, size_minor, is_out, day, takes_part
            ORDER BY own = 'named_transfer', CASE WHEN is_out THEN account_key END, account_key DESC,
                transaction_id) AS nth
        FROM (
            SELECT *, posted_date + CASE WHEN is_out THEN [0, 1, 2, 3, -1, 4, 5][step % 7 + 1] ELSE 0 END AS day,
                CASE WHEN step >= 7 THEN category = 'cash' AND own IN ('transfer', 'named_transfer')
                     ELSE (is_out OR category = 'credit') AND own <> 'named_transfer' END AS takes_part
            FROM pairing WHERE other_id IS NULL AND step < 14))
    WINDOW pair AS (PARTITION BY holder_type, holder_id, currency, size_minor, day, takes_part, nth))
SELECT transaction_id, other_id AS counter_id, step <= 7 AS is_card, holder_type, holder_id, currency, size_minor,
    transacted_date
FROM pairing WHERE other_id IS NOT NULL
