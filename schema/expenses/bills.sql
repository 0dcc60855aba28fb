-- model: expenses.bills
-- about: Bills of a holder, rent, loans and cards among them: what has to be paid regularly, with what it comes to
-- order: holder_type, holder_id, currency, merchant_key, stream_id
-- part: holder_type, holder_id
-- scope: holder_type, holder_id, currency, merchant_key
-- personal: stream_id from ledger.streams.stream_id
-- personal: merchant_key from ledger.streams.merchant_key
-- personal: nothing from ledger.obligations.stream_id, equal ones are looked for
-- personal: nothing from ledger.obligations.merchant_key, it is not read
-- personal: nothing from ledger.obligations.counterparty_id, it is not read
-- personal: nothing from ledger.expected_payments.stream_id, equal ones are looked for
-- personal: nothing from ledger.expected_payments.merchant_key, equal ones are looked for
-- column stream_id: VARCHAR NOT NULL. The stream, see ledger.streams
-- column holder_type: VARCHAR NOT NULL. Kind of holder: customer or account
-- column holder_id: VARCHAR NOT NULL. Who pays
-- column currency: VARCHAR NOT NULL. Lower-case ISO 4217 currency
-- column merchant_key: VARCHAR NOT NULL. Normalised payee
-- column account_key: VARCHAR NOT NULL. Account of the newest payment
-- column kind: VARCHAR. bill, rent, mortgage, loan, card (one that is not linked) or instalments, see
--   ledger.streams
-- column cadence: VARCHAR NOT NULL. weekly, biweekly, fourweekly, semimonthly, monthly, bimonthly, quarterly,
--   semiannual or annual
-- column is_steady: BOOLEAN NOT NULL. Whether amounts are mostly equal, or differ by a tenth at most
-- column last_minor: BIGINT NOT NULL. The newest payment, minor units
-- column p10_minor: BIGINT NOT NULL. One of ten payments is at most this, an observed amount, minor units
-- column p50_minor: BIGINT NOT NULL. Median, minor units
-- column p90_minor: BIGINT NOT NULL. Nine of ten payments are at most this, minor units
-- column expected_minor: BIGINT NOT NULL. What the next payment is expected to be, minor units
-- column monthly_minor: BIGINT NOT NULL. expected_minor of all payments of a year over twelve, minor units
-- column first_date: DATE NOT NULL. Of the first payment
-- column last_date: DATE NOT NULL. Of the newest one
-- column payment_count: BIGINT NOT NULL. Payments; those of one day are one
-- column missed_count: BIGINT NOT NULL. Due dates that passed without a payment and are not the end of the stream
-- column late_count: BIGINT NOT NULL. Payments later than usual, see ledger.expected_payments
-- column status: VARCHAR NOT NULL. active, late or ended, see ledger.streams; paid_off, see ledger.obligations
-- column next_due_date: DATE. When the next is due; null when ended or paid off
-- column next_due_from: DATE. From when on it is expected; null when ended or paid off
-- column next_due_to: DATE. Until when; null when ended or paid off
WITH paid AS (
    SELECT stream_id, quantile_disc(paid_minor, 0.1) AS p10, quantile_disc(paid_minor, 0.5) AS p50,
        quantile_disc(paid_minor, 0.9) AS p90, count(*) FILTER (state = 'late') AS late_count
    FROM ledger.expected_payments WHERE met_by IS NOT NULL AND direction = 'out' GROUP BY ALL)
SELECT s.stream_id, s.holder_type, s.holder_id, s.currency, s.merchant_key, s.account_key, s.kind, s.cadence,
    s.is_steady, s.last_minor, coalesce(p.p10, s.minimum_minor) AS p10_minor,
    coalesce(p.p50, s.median_minor) AS p50_minor, coalesce(p.p90, s.maximum_minor) AS p90_minor, s.expected_minor,
    s.monthly_minor, s.first_date, s.last_date, s.payment_count, s.missed_count,
    coalesce(p.late_count, 0) AS late_count, coalesce(o.status, s.status) AS status,
    CASE WHEN o.status IS NULL THEN s.next_due_date END AS next_due_date,
    CASE WHEN o.status IS NULL THEN s.next_due_from END AS next_due_from,
    CASE WHEN o.status IS NULL THEN s.next_due_to END AS next_due_to
FROM (FROM ledger.streams WHERE kind IN ('bill', 'rent', 'mortgage', 'loan', 'card', 'instalments')) s
LEFT JOIN paid p USING (stream_id)
LEFT JOIN (SELECT stream_id, status FROM ledger.obligations WHERE status = 'paid_off') o USING (stream_id)
