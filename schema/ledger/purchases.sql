-- model: ledger.purchases
-- about: What a holder bought from a merchant, by amount; rows whose text says a refund are in ledger.reversed_refunds
-- order: holder_type, holder_id, currency, merchant_key, amount_minor
-- lake: none
-- scope: holder_type, holder_id, currency, merchant_key, amount_minor
-- touched by ledger.dated_transactions (transaction_id, holder_type, holder_id, category, currency, amount_minor,
--   status, merchant_key, own_kind, says_taken_back, says_refund_surely): SELECT holder_type, holder_id, currency,
--   merchant_key, amount_minor FROM changed WHERE amount_minor < 0 AND status = 'posted'
-- touched by ledger.own_transfers (transaction_id, is_card): SELECT holder_type, holder_id, currency, merchant_key,
--   amount_minor FROM ledger.dated_transactions SEMI JOIN changed USING (transaction_id) WHERE amount_minor < 0
-- touched by ledger.same_movements: SELECT holder_type, holder_id, currency, merchant_key, amount_minor
--   FROM ledger.dated_transactions SEMI JOIN changed USING (transaction_id) WHERE amount_minor < 0
-- column holder_type: VARCHAR NOT NULL. Kind of holder: customer or account
-- column holder_id: VARCHAR NOT NULL. Who bought
-- column currency: VARCHAR NOT NULL. Lower-case ISO 4217 currency
-- column merchant_key: VARCHAR NOT NULL. From whom
-- column amount_minor: BIGINT NOT NULL. For how much, minor units; negative
SELECT DISTINCT d.holder_type, d.holder_id, d.currency, d.merchant_key, d.amount_minor
FROM (FROM ledger.dated_transactions WHERE amount_minor < 0 AND status = 'posted') d
LEFT JOIN (FROM ledger.same_movements WHERE is_linked) s ON s.transaction_id = d.transaction_id
LEFT JOIN ledger.own_transfers o ON o.transaction_id = d.transaction_id
WHERE NOT d.says_refund_surely
  AND ledger.movement_class(ledger.left_out(d.status, s.same_as_id, d.category, d.amount_minor, d.holder_type,
      d.holder_id), o.is_card, d.own_kind, d.category, d.amount_minor, d.says_taken_back) = 'spending'
