-- model: ledger.reversed_refunds
-- about: Money out whose text says a refund: a refund that was taken back is of the merchant it came from, where the
--   holder buys from it without those words. REFUND CENTER is a shop
-- order: transaction_id
-- lake: none
-- scope: all
-- touched by ledger.dated_transactions (transaction_id, holder_type, holder_id, category, currency, amount_minor,
--   status, description, merchant_key, own_kind, says_taken_back, says_refund_surely): SELECT 1 FROM changed WHERE
--   amount_minor < 0 AND says_refund_surely UNION ALL SELECT 1 FROM changed SEMI JOIN ledger.reversed_refunds
--   USING (holder_type, holder_id, currency) WHERE amount_minor < 0 AND status = 'posted'
-- touched by ledger.descriptions: nothing, a text says the same for ever
-- personal: merchant_key from ledger.dated_transactions.merchant_key
-- personal: nothing from ledger.descriptions.refund_key, equal merchants are looked for
-- column transaction_id: VARCHAR NOT NULL. The row
-- column holder_type: VARCHAR NOT NULL. Kind of holder: customer or account
-- column holder_id: VARCHAR NOT NULL. Whose row it is
-- column currency: VARCHAR NOT NULL. Lower-case ISO 4217 currency
-- column merchant_key: VARCHAR NOT NULL. The merchant
-- column amount_minor: BIGINT NOT NULL. For how much, minor units; negative
WITH worded AS (
    SELECT d.transaction_id, d.holder_type, d.holder_id, d.currency, d.merchant_key, d.amount_minor, d.description
    FROM (FROM ledger.dated_transactions WHERE says_refund_surely AND amount_minor < 0 AND status = 'posted') d
    LEFT JOIN (FROM ledger.same_movements WHERE is_linked) s ON s.transaction_id = d.transaction_id
    LEFT JOIN ledger.own_transfers o ON o.transaction_id = d.transaction_id
    WHERE ledger.movement_class(ledger.left_out(d.status, s.same_as_id, d.category, d.amount_minor, d.holder_type,
        d.holder_id), o.kind, d.own_kind, d.category, d.amount_minor, d.says_taken_back) = 'spending'),
keyed AS (SELECT w.*, x.refund_key FROM worded w JOIN ledger.descriptions x USING (description)),
paid AS MATERIALIZED (
    SELECT d.* FROM (FROM ledger.dated_transactions WHERE amount_minor < 0 AND status = 'posted') d
    SEMI JOIN keyed k ON k.holder_type = d.holder_type AND k.holder_id = d.holder_id AND k.currency = d.currency
        AND k.refund_key = d.merchant_key
    WHERE NOT d.says_refund_surely),
bought AS (
    SELECT DISTINCT p.holder_type, p.holder_id, p.currency, p.merchant_key FROM paid p
    LEFT JOIN (FROM ledger.same_movements WHERE is_linked) s ON s.transaction_id = p.transaction_id
    LEFT JOIN ledger.own_transfers o ON o.transaction_id = p.transaction_id
    WHERE ledger.movement_class(ledger.left_out(p.status, s.same_as_id, p.category, p.amount_minor, p.holder_type,
        p.holder_id), o.kind, p.own_kind, p.category, p.amount_minor, p.says_taken_back) = 'spending')
SELECT k.transaction_id, k.holder_type, k.holder_id, k.currency,
    coalesce(b.merchant_key, k.merchant_key) AS merchant_key, k.amount_minor
FROM keyed k LEFT JOIN bought b ON b.holder_type = k.holder_type AND b.holder_id = k.holder_id
    AND b.currency = k.currency AND b.merchant_key = k.refund_key
