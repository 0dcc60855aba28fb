-- model: ledger.own_transfers
-- about: Both legs of the pairs in ledger.transfers that are decided, each with the other
-- order: transaction_id
-- lake: none
-- scope: holder_type, holder_id, currency, size_minor
-- column transaction_id: VARCHAR NOT NULL. One leg
-- column counter_id: VARCHAR NOT NULL. The other
-- column holder_type: VARCHAR NOT NULL. Kind of holder: customer or account
-- column holder_id: VARCHAR NOT NULL. Whose accounts they are
-- column currency: VARCHAR NOT NULL. Lower-case ISO 4217 currency
-- column size_minor: DECIMAL(19,0) NOT NULL. Amount without its sign, minor units
-- column transacted_date: DATE NOT NULL. Civil date the leg happened
-- column transfer_id: VARCHAR NOT NULL. The pair, in ledger.transfers
-- column kind: VARCHAR NOT NULL. transfer, card_payment, cash_advance, loan_payment or loan_draw, see ledger.transfers
WITH decided AS (FROM ledger.transfers WHERE status IN ('AUTO', 'CONFIRMED'))
SELECT out_id AS transaction_id, in_id AS counter_id, holder_type, holder_id, currency, size_minor,
    out_date AS transacted_date, transfer_id, kind
FROM decided
UNION ALL
SELECT in_id, out_id, holder_type, holder_id, currency, size_minor, in_date, transfer_id, kind FROM decided
