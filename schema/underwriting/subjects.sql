-- model: underwriting.subjects
-- about: Whom attributes are about: every cash and credit account of a holder and every holder, by currency. A holder
--   is never absent: one without rows and balances has the currency xxx
-- order: holder_type, holder_id, account_key, currency
-- part: holder_type, holder_id
-- lake: none
-- scope: holder_type, holder_id
-- touched by ledger.daily_entries (account_key, currency): SELECT holder_type, holder_id FROM ledger.accounts
--   SEMI JOIN changed USING (account_key) WHERE holder_id IS NOT NULL AND holder_type IS NOT NULL
-- touched by ledger.anchors (account_key, currency): SELECT holder_type, holder_id FROM ledger.accounts
--   SEMI JOIN changed USING (account_key) WHERE holder_id IS NOT NULL AND holder_type IS NOT NULL
-- touched by ledger.accounts (account_key, holder_type, holder_id, category): SELECT holder_type, holder_id
--   FROM changed WHERE holder_id IS NOT NULL AND holder_type IS NOT NULL
-- input ledger.daily_entries: SELECT e.* FROM ledger.daily_entries e SEMI JOIN (SELECT account_key FROM ledger.accounts
--   SEMI JOIN touched USING (holder_type, holder_id)) a USING (account_key)
-- input ledger.anchors: SELECT n.* FROM ledger.anchors n SEMI JOIN (SELECT account_key FROM ledger.accounts
--   SEMI JOIN touched USING (holder_type, holder_id)) a USING (account_key)
-- column holder_type: VARCHAR NOT NULL. Kind of holder: customer or account
-- column holder_id: VARCHAR NOT NULL. Whose attributes they are
-- column account_key: VARCHAR NOT NULL. Account; empty for the holder as a whole
-- column currency: VARCHAR NOT NULL. Lower-case ISO 4217 currency; xxx (no currency) when none is known
-- column has_cash: BOOLEAN NOT NULL. Whether it is a cash account, or a holder with one
-- column is_account: BOOLEAN NOT NULL. Whether it is an account
WITH known AS (
    SELECT account_key, currency FROM ledger.daily_entries
    UNION SELECT account_key, currency FROM ledger.anchors),
accounts AS (
    SELECT l.holder_type, l.holder_id, l.account_key, coalesce(k.currency, 'xxx') AS currency,
        l.category = 'cash' AS has_cash, bool_or(k.currency IS NOT NULL) OVER (PARTITION BY holder_type, holder_id)
            AS has_any
    FROM ledger.accounts l LEFT JOIN known k USING (account_key)
    WHERE l.holder_id IS NOT NULL AND l.holder_type IS NOT NULL AND l.category IN ('cash', 'credit'))
SELECT holder_type, holder_id, account_key, currency, has_cash, true AS is_account FROM accounts
UNION ALL
SELECT holder_type, holder_id, '', currency, bool_or(has_cash), false
FROM accounts WHERE currency <> 'xxx' OR NOT has_any GROUP BY holder_type, holder_id, currency
UNION ALL
SELECT DISTINCT l.holder_type, l.holder_id, '', 'xxx', false, false
FROM ledger.accounts l ANTI JOIN accounts a USING (holder_type, holder_id)
WHERE l.holder_id IS NOT NULL AND l.holder_type IS NOT NULL
