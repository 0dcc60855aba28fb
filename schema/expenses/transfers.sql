-- model: expenses.transfers
-- about: Movements between a holder's own accounts, with both legs: transfers, payments of cards, cash advances. Those
--   that are SUGGESTED or REJECTED count as what each leg is by itself
-- order: holder_type, holder_id, out_date, transfer_id
-- scope: transfer_id
-- column transfer_id: VARCHAR NOT NULL. The pair: out_id, a slash, in_id
-- column holder_type: VARCHAR NOT NULL. Kind of holder: customer or account
-- column holder_id: VARCHAR NOT NULL. Whose accounts they are
-- column kind: VARCHAR NOT NULL. transfer, card_payment (to a card of the holder), cash_advance (from one),
--   loan_payment (to another credit account, as a line of credit or a mortgage) or loan_draw (from one)
-- column status: VARCHAR NOT NULL. AUTO, SUGGESTED (a person has to decide), CONFIRMED or REJECTED by a person
-- column amount_minor: BIGINT NOT NULL. What arrived, minor units
-- column currency: VARCHAR NOT NULL. Lower-case ISO 4217 currency
-- column out_id: VARCHAR NOT NULL. Transaction by which the money leaves an account
-- column out_account_key: VARCHAR NOT NULL. That account
-- column out_date: DATE NOT NULL. Civil date it left
-- column in_id: VARCHAR NOT NULL. Transaction by which it arrives in another one
-- column in_account_key: VARCHAR NOT NULL. That account
-- column in_date: DATE NOT NULL. Civil date it arrived
-- column lag_days: INTEGER NOT NULL. Days from posting out to posting in; negative where it arrives first
-- column score: INTEGER NOT NULL. How much speaks for the pair, in thousandths: AUTO from 1200, SUGGESTED from 600
-- column evidence: VARCHAR[] NOT NULL. What speaks for it and against it, see ledger.transfers
SELECT transfer_id, holder_type, holder_id, kind, status, size_minor::BIGINT AS amount_minor, currency, out_id,
    out_key AS out_account_key, out_date, in_id, in_key AS in_account_key, in_date, lag_days, score, evidence
FROM ledger.transfers
