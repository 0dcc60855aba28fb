-- model: ledger.user_hints
-- about: What a holder's other transactions with a merchant are, where the user gave at least two of them one category
-- order: holder_type, holder_id, merchant_key, direction
-- part: holder_type, holder_id
-- lake: none
-- scope: holder_type, holder_id, merchant_key
-- touched by meta.overrides (transaction_id, category): SELECT d.holder_type, d.holder_id, d.merchant_key
--   FROM ledger.dated_transactions d SEMI JOIN changed USING (transaction_id)
-- touched by ledger.dated_transactions (transaction_id, holder_type, holder_id, merchant_key, amount_minor):
--   SELECT holder_type, holder_id, merchant_key FROM changed SEMI JOIN meta.overrides USING (transaction_id)
--   UNION ALL SELECT holder_type, holder_id, merchant_key FROM changed SEMI JOIN ledger.user_hints
--   USING (holder_type, holder_id, merchant_key)
-- input meta.overrides: FROM meta.overrides
-- input ledger.dated_transactions: SELECT d.* FROM ledger.dated_transactions d SEMI JOIN meta.overrides
--   USING (transaction_id) SEMI JOIN touched USING (holder_type, holder_id, merchant_key)
-- personal: merchant_key from ledger.dated_transactions.merchant_key
-- column holder_type: VARCHAR NOT NULL. Kind of holder: customer or account
-- column holder_id: VARCHAR NOT NULL. Whose transactions they are
-- column merchant_key: VARCHAR NOT NULL. The merchant
-- column direction: VARCHAR NOT NULL. in or out: which way the money goes
-- column category: VARCHAR NOT NULL. The category that all of the user's own lines give
-- column lines: BIGINT NOT NULL. How many there are
SELECT d.holder_type, d.holder_id, d.merchant_key, ledger.money_direction(d.amount_minor) AS direction,
    min(o.category) AS category, count(*) AS lines
FROM ledger.dated_transactions d JOIN meta.overrides o USING (transaction_id)
WHERE o.removed_at IS NULL AND o.category IS NOT NULL AND d.holder_type IS NOT NULL AND d.holder_id IS NOT NULL
    AND d.merchant_key <> '(NO TEXT)'
GROUP BY ALL HAVING count(*) >= 2 AND min(o.category) = max(o.category)
