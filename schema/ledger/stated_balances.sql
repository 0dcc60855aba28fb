-- model: ledger.stated_balances
-- about: The newest balance of each account and currency as the bank states it: what there is, what can be spent, and
--   what of a credit is in use
-- order: account_key, currency
-- lake: none
-- scope: account_key
-- touched by main.accounts (account_id, account_key): SELECT account_key FROM changed
-- touched by main.balances: SELECT account_key FROM main.accounts SEMI JOIN changed USING (account_id)
-- touched by ledger.accounts (account_key, holder_type, holder_id, category, posted_date_basis): SELECT account_key
--   FROM changed
-- input main.balances: SELECT b.* FROM main.balances b SEMI JOIN (SELECT account_id FROM main.accounts
--   SEMI JOIN touched USING (account_key)) a USING (account_id)
-- column account_key: VARCHAR NOT NULL. First id of the chain of relinked accounts
-- column currency: VARCHAR NOT NULL. Lower-case ISO 4217 currency
-- column holder_type: VARCHAR NOT NULL. Kind of holder: customer or account
-- column holder_id: VARCHAR NOT NULL. Whose account it is
-- column category: VARCHAR NOT NULL. cash, credit, investment or other
-- column balance_date: DATE NOT NULL. Civil date of the balance in the report zone
-- column current_minor: BIGINT. Balance without pending rows, minor units; positive is owed to the holder; null when
--   not stated
-- column available_minor: BIGINT. What can be spent, minor units; null when not stated
-- column used_minor: BIGINT. Credit in use, minor units; null when not stated
SELECT l.account_key, b.currency, l.holder_type, l.holder_id, l.category,
    ledger.balance_date(b.as_of, l.posted_date_basis, meta.parameter('report_zone')) AS balance_date, b.current_minor,
    b.available_minor, b.used_minor
FROM main.balances b JOIN main.accounts a USING (account_id)
JOIN (FROM ledger.accounts WHERE holder_type IS NOT NULL AND holder_id IS NOT NULL) l ON l.account_key = a.account_key
WHERE ledger.is_balance_dated(b.as_of, b.observed_at)
QUALIFY row_number() OVER (PARTITION BY l.account_key, b.currency
    ORDER BY b.as_of DESC, b.observed_at DESC, b.account_id DESC) = 1
