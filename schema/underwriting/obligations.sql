-- model: underwriting.obligations
-- about: Recurring payments that a holder is bound to make, without names: ledger.obligations as a lender may see
--   it
-- order: holder_id, holder_type, currency, stream_id
-- scope: stream_id
-- personal: stream_id from ledger.obligations.stream_id
-- personal: counterparty_id from ledger.obligations.counterparty_id
-- personal: nothing from ledger.obligations.merchant_key, it is not read
-- column holder_type: VARCHAR NOT NULL. Kind of holder: customer or account
-- column holder_id: VARCHAR NOT NULL. Who pays
-- column currency: VARCHAR NOT NULL. Lower-case ISO 4217 currency
-- column stream_id: VARCHAR NOT NULL. Its stream in ledger.streams
-- column counterparty_id: VARCHAR NOT NULL. Opaque id of the payee, within the holder
-- column class: VARCHAR NOT NULL. See ledger.obligations; support_paid is gov here
-- column strength: VARCHAR NOT NULL. named or pattern, see ledger.obligations
-- column cadence: VARCHAR NOT NULL. See ledger.streams
-- column payment_count: BIGINT NOT NULL. Payments; those of one day are one
-- column missed_count: BIGINT NOT NULL. Due dates between the first and the last that no payment met
-- column regularity: DOUBLE NOT NULL. Payments that met a due date of the due dates and those that met none
-- column first_date: DATE NOT NULL. Of the first payment that is held
-- column last_date: DATE NOT NULL. Of the newest
-- column expected_minor: BIGINT NOT NULL. What the next payment is expected to be, minor units
-- column monthly_minor: BIGINT NOT NULL. That of a year over twelve, minor units
-- column status: VARCHAR NOT NULL. active, missed, paid_off or ended, see ledger.obligations
-- column next_date: DATE. When the next payment is due; null when paid off or ended
SELECT holder_type, holder_id, currency, stream_id, counterparty_id,
    CASE class WHEN 'support_paid' THEN 'gov' ELSE class END AS class, strength, cadence, payment_count, missed_count,
    regularity, first_date, last_date, expected_minor, monthly_minor, status, next_date
FROM ledger.obligations
