-- model: ledger.bank_notices
-- about: Rows of cash accounts by which a bank says what it did, in fixed phrases: transfers that covered an overdraft,
--   payments that were stopped, and money taken by order of a court or an office
-- order: account_key, posted_date, transaction_id
-- lake: none
-- scope: transaction_id
-- since: transacted_date
-- touched by ledger.transactions (transaction_id, account_key, category, posted_date, transacted_date, amount_minor,
--   currency, status, normal, rail, suppressed_by, counter_id): SELECT transaction_id, transacted_date FROM changed
--   WHERE ledger.may_be_notice(normal)
-- input ledger.transactions: SELECT t.* FROM ledger.transactions t JOIN touched USING (transaction_id)
--   WHERE t.transacted_date >= $since
-- personal: nothing from ledger.transactions.normal, fixed phrases of banks are looked for
-- column transaction_id: VARCHAR NOT NULL. The row
-- column account_key: VARCHAR NOT NULL. Cash account it is in
-- column currency: VARCHAR NOT NULL. Lower-case ISO 4217 currency
-- column posted_date: DATE NOT NULL. Civil date it posted
-- column transacted_date: DATE NOT NULL. Civil date it happened
-- column kind: VARCHAR NOT NULL. protection_transfer: covers an overdraft from another account; stop_payment: a payment
--   was stopped, or the fee for it; levy: money taken by order
-- column amount_minor: BIGINT NOT NULL. Its amount, minor units; negative leaves the account
-- column counter_id: VARCHAR. Of a transfer its other half in another account of the holder; null when none was found
SELECT transaction_id, account_key, currency, posted_date, transacted_date, kind, amount_minor,
    counter_id
FROM (SELECT *, ledger.notice(normal, amount_minor, rail) AS kind FROM ledger.transactions
    WHERE status = 'posted' AND suppressed_by IS NULL AND category = 'cash' AND ledger.may_be_notice(normal))
WHERE kind IS NOT NULL
