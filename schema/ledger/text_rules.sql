-- model: ledger.text_rules
-- about: Which rules of the user's own each distinct text fits, by its words and merchants, before it is asked whose
--   transaction it is of
-- order: description, rule_id
-- lake: none
-- scope: description
-- touched by ledger.descriptions: SELECT description FROM changed
-- touched by meta.rules (rule_id, merchant, words, pattern): SELECT description FROM ledger.text_rules
--   SEMI JOIN changed USING (rule_id) UNION ALL SELECT description FROM ledger.descriptions d
--   CROSS JOIN (SELECT 1 FROM changed SEMI JOIN kept."added_meta.rules" USING (rule_id) LIMIT 1)
--   WHERE match_new_rules(ledger.rule_text(normal, merchant_key, merchant_name, refund_key, refund_name, other_key)
--   ).rules IS NOT NULL
-- input meta.rules: FROM meta.rules
-- personal: description from ledger.descriptions.description
-- personal: nothing from ledger.descriptions.normal, it is compared with rules
-- personal: nothing from ledger.descriptions.merchant_key, it is compared with rules
-- personal: nothing from ledger.descriptions.refund_key, it is compared with rules
-- personal: nothing from ledger.descriptions.other_key, it is compared with rules
-- column description: VARCHAR NOT NULL. The text as the bank sent it
-- column rule_id: VARCHAR NOT NULL. The rule, of meta.rules
SELECT description, r.rule_id
FROM (
    SELECT d.description, unnest(string_split(match_rules(ledger.rule_text(d.normal, d.merchant_key, d.merchant_name,
        d.refund_key, d.refund_name, d.other_key)).rules, ',')) AS rule_id
    FROM ledger.descriptions d
    CROSS JOIN (SELECT 1 FROM meta.rules WHERE removed_at IS NULL LIMIT 1) -- without rules no text is read
    ) m JOIN meta.rules r USING (rule_id) WHERE r.removed_at IS NULL
