-- model: ledger.user_labels
-- about: What the user's own files say of a transaction: an override, the first rule that fits, what they said of its
--   merchant before; only transactions of which they say something
-- order: transacted_date, transaction_id
-- lake: none
-- scope: transaction_id
-- since: transacted_date
-- touched by ledger.dated_transactions (transaction_id, transacted_date, account_id, account_key, holder_type,
--   holder_id, amount_minor, currency, description, merchant_key): SELECT transaction_id, transacted_date FROM changed
-- touched by ledger.text_rules: nothing, a text comes with its transactions, and a rule with its line
-- touched by ledger.categories: nothing, they come with the program
-- touched by meta.rules (rule_id, version, position): SELECT transaction_id, transacted_date FROM ledger.user_labels
--   SEMI JOIN changed USING (rule_id)
--   UNION ALL SELECT d.transaction_id, d.transacted_date FROM ledger.dated_transactions d
--   SEMI JOIN (FROM ledger.text_rules SEMI JOIN changed USING (rule_id)) USING (description)
-- touched by meta.overrides (transaction_id, version): SELECT d.transaction_id, d.transacted_date
--   FROM ledger.dated_transactions d SEMI JOIN changed USING (transaction_id)
-- touched by ledger.user_hints: SELECT d.transaction_id, d.transacted_date FROM ledger.dated_transactions d
--   SEMI JOIN changed USING (holder_type, holder_id, merchant_key)
-- widened: SELECT * FROM touched WHERE EXISTS (FROM meta.rules) OR EXISTS (FROM meta.overrides)
--   OR EXISTS (FROM ledger.user_labels)
-- input ledger.dated_transactions: SELECT d.* FROM ledger.dated_transactions d JOIN touched USING (transaction_id)
--   WHERE d.transacted_date >= $since
-- input ledger.text_rules: FROM ledger.text_rules
-- input ledger.categories: FROM ledger.categories
-- input ledger.user_hints: FROM ledger.user_hints
-- input meta.rules: FROM meta.rules
-- input meta.overrides: FROM meta.overrides
-- personal: note from meta.overrides.note
-- personal: nothing from ledger.dated_transactions.description, it is looked up
-- personal: nothing from ledger.dated_transactions.merchant_key, it is looked up
-- personal: nothing from ledger.text_rules.description, it is looked up
-- personal: nothing from ledger.user_hints.merchant_key, it is looked up
-- column transaction_id: VARCHAR NOT NULL. The transaction
-- column transacted_date: DATE NOT NULL. Civil date it happened, in the report zone
-- column rule_id: VARCHAR. The first rule of meta.rules that fits it; null when none does
-- column label_rule_id: VARCHAR. Who says its category: user_override, or user_rule: and the id of the rule; null when
--   neither does
-- column label_version: VARCHAR. Version of that line
-- column label_strength: ledger.strength. exact, or pattern where a regular expression says it
-- column category: ledger.category. Its category; null leaves it to the program's rules
-- column seller_category: ledger.category. What its merchant sells, where it is a refund: of a rule for money that goes
--   out
-- column treatment: ledger.treatment. How it counts, or its refund; null leaves it to its category
-- column name: VARCHAR. Name for people of the merchant; null leaves it as it is
-- column note: VARCHAR. What the user noted
-- column include_in_spend: BOOLEAN. Whether the user wants it counted as spending; null leaves it to its category
-- column hint_category: ledger.category. What the user said at least twice of this merchant, where no rule says it
WITH fitting AS (
    SELECT d.transaction_id, r.rule_id, r.version, r.pattern, r.category, r.name, r.treatment, r.position,
        coalesce(d.amount_minor >= 0 AND c.flow = 'out', false) AS is_seller
    FROM ledger.dated_transactions d JOIN ledger.text_rules t USING (description) JOIN meta.rules r USING (rule_id)
    LEFT JOIN ledger.categories c ON c.code = r.category
    WHERE r.removed_at IS NULL AND ledger.rule_fits(r, d, c.flow)),
ruled AS (
    FROM fitting QUALIFY row_number() OVER (PARTITION BY transaction_id ORDER BY is_seller, position) = 1),
said AS (
    SELECT d.transaction_id, d.transacted_date, r.rule_id,
        CASE WHEN o.category IS NOT NULL THEN 'user_override'
            WHEN r.category IS NOT NULL AND NOT r.is_seller THEN 'user_rule:' || r.rule_id END AS label_rule_id,
        o.category AS said_category, o.version AS said_version, r.version, r.pattern, r.treatment AS rule_treatment,
        r.category AS rule_category, r.is_seller, coalesce(o.name, r.name) AS name, o.note, o.include_in_spend,
        h.category AS hint_category
    FROM ledger.dated_transactions d
    LEFT JOIN ruled r USING (transaction_id)
    LEFT JOIN (FROM meta.overrides WHERE removed_at IS NULL) o USING (transaction_id)
    LEFT JOIN ledger.user_hints h ON h.holder_type = d.holder_type AND h.holder_id = d.holder_id
        AND h.merchant_key = d.merchant_key AND h.direction = ledger.money_direction(d.amount_minor)
    WHERE r.rule_id IS NOT NULL OR o.transaction_id IS NOT NULL OR h.category IS NOT NULL)
SELECT s.transaction_id, s.transacted_date, s.rule_id, s.label_rule_id,
    CASE WHEN s.label_rule_id = 'user_override' THEN s.said_version WHEN s.label_rule_id IS NOT NULL THEN s.version END
        AS label_version,
    (CASE WHEN s.label_rule_id IS NULL THEN NULL WHEN s.said_category IS NULL AND s.pattern IS NOT NULL THEN 'pattern'
        ELSE 'exact' END)::ledger.strength AS label_strength,
    TRY(coalesce(s.said_category, CASE WHEN NOT s.is_seller THEN s.rule_category END)::ledger.category) AS category,
    TRY((CASE WHEN s.said_category IS NULL AND s.is_seller THEN s.rule_category END)::ledger.category)
        AS seller_category,
    TRY(coalesce(CASE WHEN s.said_category IS NULL THEN s.rule_treatment END,
        CASE WHEN c.code <> 'other.unknown' THEN c.treatment END)::ledger.treatment) AS treatment,
    s.name, s.note, s.include_in_spend, TRY(s.hint_category::ledger.category) AS hint_category
FROM said s LEFT JOIN ledger.categories c ON c.code = coalesce(s.said_category, s.rule_category)
