-- model: underwriting.distress_events
-- about: Events of want of money of a holder, one row for each chain of fees, returned items and payments presented
--   again: what a report shows, without texts; rows are in ledger.distress_events
-- order: holder_id, holder_type, account_key, currency, first_day, event
-- scope: account_key, currency
-- column holder_type: VARCHAR NOT NULL. Kind of holder: customer or account
-- column holder_id: VARCHAR NOT NULL. Whose event it is
-- column account_key: VARCHAR NOT NULL. Cash account it happened on
-- column currency: VARCHAR NOT NULL. Lower-case ISO 4217 currency
-- column event: VARCHAR NOT NULL. The event, as in ledger.distress_events
-- column first_day: DATE NOT NULL. Civil date its first row posted
-- column last_day: DATE NOT NULL. Civil date its last row posted
-- column signals: VARCHAR[] NOT NULL. What it shows: fee, representment, returned_item
-- column fee_count: BIGINT NOT NULL. Fees in it, also those that were given back
-- column fee_minor: BIGINT. What they cost, minor units; null when out of range
-- column returned_count: BIGINT NOT NULL. Debits that were returned
-- column representment_count: BIGINT NOT NULL. Debits that were presented again
-- column reversed_minor: BIGINT. What was given back of the fees, minor units; null when out of range
-- column is_reversed: BOOLEAN NOT NULL. Whether it is only fees and all were given back: net counts leave it out
-- column value_state: VARCHAR NOT NULL. complete, or out_of_range where a sum leaves 64 bits
SELECT a.holder_type, a.holder_id, e.account_key, e.currency, e.event, e.first_day, e.last_day, e.signals, e.fee_count,
    e.fee_minor, e.returned_count, e.representment_count, e.reversed_minor, e.is_reversed,
    e.value_state
FROM ledger.distress_events e JOIN ledger.cash_accounts a USING (account_key, currency)
