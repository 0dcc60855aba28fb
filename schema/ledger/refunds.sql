-- model: ledger.refunds
-- about: Money in that may be a refund: by its words, or of a merchant the holder bought from for as much
-- order: transaction_id
-- lake: none
-- scope: transaction_id
-- since: transacted_date
-- touched by ledger.dated_transactions (transaction_id, account_key, holder_type, holder_id, category, currency,
--   transacted_date, amount_minor, status, description, merchant_key, own_kind, says_taken_back, says_refund_surely,
--   bank_kind): SELECT transaction_id, transacted_date FROM changed WHERE amount_minor > 0
--   UNION ALL SELECT r.transaction_id, r.transacted_date FROM (SELECT *, unnest([whole_key, refund_key, other_key,
--   before_key]) AS merchant_key FROM ledger.refunds) r SEMI JOIN (FROM changed
--   WHERE amount_minor < 0 AND status = 'posted') USING (holder_type, holder_id, currency, merchant_key)
-- touched by ledger.own_transfers (transaction_id, kind, transacted_date): SELECT transaction_id, transacted_date
--   FROM changed UNION ALL SELECT r.transaction_id, r.transacted_date FROM (SELECT *, unnest([whole_key, refund_key,
--   other_key, before_key]) AS merchant_key FROM ledger.refunds) r SEMI JOIN (FROM ledger.dated_transactions
--   SEMI JOIN changed USING (transaction_id) WHERE amount_minor < 0) USING (holder_type, holder_id, currency,
--   merchant_key)
-- touched by ledger.same_movements: SELECT d.transaction_id, d.transacted_date FROM ledger.dated_transactions d
--   SEMI JOIN changed USING (transaction_id) UNION ALL SELECT r.transaction_id, r.transacted_date FROM (SELECT *,
--   unnest([whole_key, refund_key, other_key, before_key]) AS merchant_key FROM ledger.refunds) r
--   SEMI JOIN (FROM ledger.dated_transactions SEMI JOIN changed USING (transaction_id) WHERE amount_minor < 0)
--   USING (holder_type, holder_id, currency, merchant_key)
-- touched by ledger.descriptions: nothing, a text says the same for ever
-- touched by ledger.reversed_refunds: SELECT r.transaction_id, r.transacted_date FROM (SELECT transaction_id,
--   transacted_date, holder_type, holder_id, currency, unnest([whole_key, refund_key, other_key, before_key])
--   AS merchant_key FROM ledger.refunds) r SEMI JOIN changed USING (holder_type, holder_id, currency, merchant_key)
-- input ledger.dated_transactions: SELECT d.* FROM (FROM ledger.dated_transactions WHERE transacted_date >= $since
--   AND amount_minor > 0) d SEMI JOIN touched USING (transaction_id)
--   UNION ALL FROM ledger.dated_transactions WHERE amount_minor < 0
-- input ledger.same_movements: FROM ledger.same_movements
-- input ledger.own_transfers: FROM ledger.own_transfers
-- input ledger.reversed_refunds: FROM ledger.reversed_refunds
-- personal: whole_key, seller_key from ledger.descriptions.merchant_key
-- personal: refund_key from ledger.descriptions.refund_key
-- personal: other_key from ledger.descriptions.other_key
-- personal: before_key from ledger.descriptions.before_key
-- personal: nothing from ledger.dated_transactions.merchant_key, equal merchants are looked for
-- personal: nothing from ledger.reversed_refunds.merchant_key, equal merchants are looked for
-- column transaction_id: VARCHAR NOT NULL. The row
-- column account_key: VARCHAR NOT NULL. First id of the chain of relinked accounts
-- column holder_type: VARCHAR NOT NULL. Kind of holder: customer or account
-- column holder_id: VARCHAR NOT NULL. Whose row it is
-- column currency: VARCHAR NOT NULL. Lower-case ISO 4217 currency
-- column whole_key: VARCHAR NOT NULL. The merchant in the whole text
-- column refund_key: VARCHAR NOT NULL. Without the words of a refund
-- column other_key: VARCHAR NOT NULL. Without words that may say a refund
-- column before_key: VARCHAR. In what stands before such a word; null without one
-- column is_refund: BOOLEAN NOT NULL. Whether it is one
-- column says_refund: BOOLEAN NOT NULL. Whether words in its text say so
-- column is_of_bank: BOOLEAN NOT NULL. Whether the bank itself gives back: a fee, or a debit that was returned
-- column seller_key: VARCHAR NOT NULL. Whose
-- column transacted_date: DATE NOT NULL. Civil date it happened
WITH credits AS MATERIALIZED (
    SELECT d.transaction_id, d.account_key, d.transacted_date, d.holder_type, d.holder_id, d.currency, d.amount_minor,
        x.merchant_key AS whole_key,
        x.refund_key, x.other_key, x.before_key, x.rail,
        coalesce(d.bank_kind IN ('fee_reversal', 'returned_item'), false) AS is_of_bank,
        x.says_refund OR (x.category_in = 'adj.refund' AND x.strength_in <> 'weak') IS TRUE AS says_refund,
        -- a card has no pay: what a merchant that is known sends it is a refund, and what it sends by ACH is none
        d.category = 'credit' AS is_card,
        (x.category_in = 'adj.refund' AND (d.category = 'credit' OR x.rail = 'card')) IS TRUE AS is_of_shop
    FROM (FROM ledger.dated_transactions WHERE amount_minor > 0 AND status = 'posted') d
    JOIN ledger.descriptions x USING (description)
    LEFT JOIN (FROM ledger.same_movements WHERE is_linked) s ON s.transaction_id = d.transaction_id
    LEFT JOIN ledger.own_transfers o ON o.transaction_id = d.transaction_id
    WHERE NOT x.is_income
      AND (coalesce(x.strength_in, 'weak') = 'weak' OR starts_with(x.category_in, 'adj.') OR x.says_refund)
      AND ledger.movement_class(ledger.left_out(d.status, s.same_as_id, d.category, d.amount_minor, d.holder_type,
          d.holder_id), o.kind, d.own_kind, d.category, d.amount_minor, d.says_taken_back) IS NULL),
wanted AS MATERIALIZED (
    SELECT DISTINCT holder_type, holder_id, currency,
        unnest([whole_key, refund_key, other_key, before_key]) AS merchant_key
    FROM credits),
paid AS MATERIALIZED (
    SELECT d.* FROM (FROM ledger.dated_transactions WHERE amount_minor < 0 AND status = 'posted') d
    SEMI JOIN wanted USING (holder_type, holder_id, currency, merchant_key)
    WHERE NOT d.says_refund_surely),
bought AS MATERIALIZED (
    SELECT d.holder_type, d.holder_id, d.currency, d.merchant_key, -d.amount_minor::HUGEINT AS amount_minor
    FROM paid d
    LEFT JOIN (FROM ledger.same_movements WHERE is_linked) s ON s.transaction_id = d.transaction_id
    LEFT JOIN ledger.own_transfers o ON o.transaction_id = d.transaction_id
    WHERE ledger.movement_class(ledger.left_out(d.status, s.same_as_id, d.category, d.amount_minor, d.holder_type,
        d.holder_id), o.kind, d.own_kind, d.category, d.amount_minor, d.says_taken_back) = 'spending'
    UNION
    SELECT b.holder_type, b.holder_id, b.currency, b.merchant_key, -b.amount_minor::HUGEINT
    FROM ledger.reversed_refunds b SEMI JOIN wanted USING (holder_type, holder_id, currency, merchant_key)),
sellers AS MATERIALIZED (
    SELECT holder_type, holder_id, currency, merchant_key, max(amount_minor) AS largest FROM bought GROUP BY ALL)
SELECT c.transaction_id, c.account_key, c.holder_type, c.holder_id, c.currency, c.whole_key, c.refund_key, c.other_key,
    c.before_key,
    c.says_refund OR f.largest IS NOT NULL OR (c.is_of_shop AND (c.is_card OR NOT ledger.also_pays(c.whole_key)))
        OR (coalesce(w.largest, o.largest) >= c.amount_minor
        AND NOT coalesce(c.rail IN ('zelle', 'p2p_app', 'wire', 'check', 'atm'), false)
        AND (b.amount_minor IS NOT NULL OR c.is_card OR NOT ledger.also_pays(c.whole_key))) IS TRUE AS is_refund,
    c.says_refund, c.is_of_bank,
    CASE WHEN w.largest IS NOT NULL THEN c.whole_key WHEN c.says_refund AND r.largest IS NOT NULL THEN c.refund_key
        WHEN o.largest IS NOT NULL THEN c.other_key WHEN f.largest IS NOT NULL THEN c.before_key
        WHEN c.says_refund THEN c.refund_key ELSE c.whole_key END AS seller_key,
    c.transacted_date
FROM credits c
LEFT JOIN sellers w ON w.holder_type = c.holder_type AND w.holder_id = c.holder_id AND w.currency = c.currency
    AND w.merchant_key = c.whole_key
LEFT JOIN sellers r ON r.holder_type = c.holder_type AND r.holder_id = c.holder_id AND r.currency = c.currency
    AND r.merchant_key = c.refund_key
LEFT JOIN sellers o ON o.holder_type = c.holder_type AND o.holder_id = c.holder_id AND o.currency = c.currency
    AND o.merchant_key = c.other_key
LEFT JOIN sellers f ON f.holder_type = c.holder_type AND f.holder_id = c.holder_id AND f.currency = c.currency
    AND f.merchant_key = c.before_key
LEFT JOIN bought b ON b.holder_type = c.holder_type AND b.holder_id = c.holder_id AND b.currency = c.currency
    AND b.merchant_key = CASE WHEN w.largest IS NULL THEN c.other_key ELSE c.whole_key END
    AND b.amount_minor = c.amount_minor
