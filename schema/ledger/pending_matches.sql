-- model: ledger.pending_matches
-- about: Pending rows that a posted row under another id has replaced: same account, merchant and, but for tips and
--   holds, amount, posted within a week
-- order: transaction_id
-- lake: none
-- scope: account_key, currency, merchant_key
-- touched by main.transaction_versions: SELECT account_key, currency, merchant_key FROM ledger.dated_transactions
--   SEMI JOIN (FROM changed WHERE status = 'pending' AND NOT is_current) USING (transaction_id)
-- touched by ledger.dated_transactions (transaction_id, account_key, currency, merchant_key, posted_date,
--   transacted_date, amount_minor, status): SELECT account_key, currency, merchant_key FROM changed SEMI JOIN (SELECT
--   account_key, currency, merchant_key FROM changed WHERE status = 'pending' UNION SELECT account_key, currency,
--   merchant_key FROM ledger.dated_transactions WHERE status = 'pending') USING (account_key, currency, merchant_key)
-- input ledger.dated_transactions: SELECT d.* FROM (FROM ledger.dated_transactions
--   WHERE posted_date >= (SELECT min(least(transacted_date, posted_date)) FROM ledger.dated_transactions
--   WHERE status = 'pending')) d
--   SEMI JOIN touched USING (account_key, currency, merchant_key)
-- personal: merchant_key from ledger.dated_transactions.merchant_key
-- column transaction_id: VARCHAR NOT NULL. The pending row
-- column posted_id: VARCHAR NOT NULL. The row that counts in its place
-- column account_key: VARCHAR NOT NULL. First id of the chain of relinked accounts
-- column currency: VARCHAR NOT NULL. Lower-case ISO 4217 currency
-- column merchant_key: VARCHAR NOT NULL. Of the texts of both
-- column transacted_date: DATE NOT NULL. Civil date the pending row happened
WITH was_pending AS (SELECT DISTINCT transaction_id FROM main.transaction_versions WHERE status = 'pending'),
pendings AS (FROM ledger.dated_transactions WHERE status = 'pending' AND merchant_key <> '(NO TEXT)'),
twins AS (
    SELECT p.transaction_id AS pending_id, q.transaction_id AS posted_id, p.account_key, p.currency, p.merchant_key,
        p.transacted_date, abs(q.amount_minor::HUGEINT - p.amount_minor) AS difference, q.posted_date
    FROM pendings p JOIN (SELECT * FROM ledger.dated_transactions WHERE status = 'posted') q
      ON p.account_key = q.account_key AND p.currency = q.currency AND p.merchant_key = q.merchant_key
     AND q.posted_date BETWEEN p.transacted_date AND p.transacted_date + 7
    ANTI JOIN was_pending w ON w.transaction_id = q.transaction_id
    WHERE q.amount_minor = p.amount_minor
        OR (p.amount_minor < 0 AND q.amount_minor < p.amount_minor
        AND 10 * q.amount_minor::HUGEINT >= 13 * p.amount_minor::HUGEINT)
        OR p.amount_minor IN (-1, -meta.units(1, p.currency), -meta.units(125, p.currency),
            -meta.units(175, p.currency)))
SELECT pending_id AS transaction_id, posted_id, account_key, currency, merchant_key, transacted_date FROM twins
QUALIFY row_number() OVER (PARTITION BY pending_id ORDER BY difference, posted_date, posted_id) = 1
    AND row_number() OVER (PARTITION BY posted_id ORDER BY difference, posted_date, pending_id) = 1
