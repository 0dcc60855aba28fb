-- model: expenses.fees
-- about: Every fee of a bank or card, and whether it was given back
-- order: account_key, transacted_date, transaction_id
-- scope: transaction_id
-- since: transacted_date
-- touched by ledger.labels (transaction_id, account_key, holder_type, holder_id, transacted_date, amount_minor,
--   currency, spending_class, possible_duplicate_of, category, distress_event_id): SELECT transaction_id,
--   transacted_date FROM changed WHERE starts_with(category, 'fee.')
-- touched by ledger.reversals: SELECT reversed_id AS transaction_id, transacted_date FROM changed
--   WHERE kind = 'fee_reversal'
-- touched by ledger.accounts (account_key, institution_name): SELECT transaction_id, transacted_date FROM expenses.fees
--   SEMI JOIN changed USING (account_key)
-- input ledger.labels: SELECT l.* FROM ledger.labels l JOIN touched USING (transaction_id)
--   WHERE l.transacted_date >= $since
-- input ledger.reversals: FROM ledger.reversals
-- input ledger.accounts: FROM ledger.accounts
-- partition: transacted_month = strftime(transacted_date, '%Y-%m')
-- personal: nothing from ledger.labels.merchant_key, fees are of banks
-- column transaction_id: VARCHAR NOT NULL. The fee
-- column account_key: VARCHAR NOT NULL. Account it was charged to
-- column institution_name: VARCHAR NOT NULL. Name of the bank
-- column holder_type: VARCHAR NOT NULL. Kind of holder: customer or account
-- column holder_id: VARCHAR NOT NULL. Whose account it is
-- column transacted_date: DATE NOT NULL. Civil date it was charged
-- column fee_type: ledger.category NOT NULL. Its category, such as fee.overdraft or fee.late
-- column amount_minor: BIGINT. What it cost, minor units; positive, null when out of range
-- column currency: VARCHAR NOT NULL. Lower-case ISO 4217 currency
-- column refunded_minor: BIGINT. What was given back of it, minor units: 0 or all, within sixty days; null when out of
--   range
-- column refund_id: VARCHAR. The row that gave it back; null when none did
-- column distress_event_id: VARCHAR. The event of ledger.distress_events it is part of; null for other fees
-- column possible_duplicate_of: VARCHAR. The same fee in an account that may be this one linked again; null in general
SELECT l.transaction_id, l.account_key, a.institution_name, l.holder_type, l.holder_id, l.transacted_date,
    l.category AS fee_type, meta.minor(-l.amount_minor::HUGEINT) AS amount_minor, l.currency,
    CASE WHEN v.reversal_id IS NULL THEN 0 ELSE meta.minor(-l.amount_minor::HUGEINT) END AS refunded_minor,
    v.reversal_id AS refund_id, l.distress_event_id, l.possible_duplicate_of
FROM (FROM ledger.labels WHERE starts_with(category, 'fee.') AND spending_class IN ('spending', 'reversed')
    AND amount_minor < 0) l
JOIN ledger.accounts a ON a.account_key = l.account_key
LEFT JOIN (FROM ledger.reversals WHERE kind = 'fee_reversal') v ON v.reversed_id = l.transaction_id
