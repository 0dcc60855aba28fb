-- model: expenses.upcoming
-- about: What is due within 45 days from the date of the newest data on, and what was due before and may still come: of
--   streams that have not ended, in and out, and of subscriptions that are paid by the year since, as it seems; of a
--   debt that was paid off nothing, and of a plan of four instalments what is left
-- order: holder_type, holder_id, due_date, stream_id
-- part: holder_type, holder_id
-- scope: holder_type, holder_id, currency, merchant_key
-- touched by meta.parameters: SELECT e.holder_type, e.holder_id, e.currency, e.merchant_key
--   FROM ledger.expected_payments e, (SELECT min(TRY_CAST(value AS DATE)) AS low, max(TRY_CAST(value AS DATE)) AS high
--     FROM changed WHERE name = 'as_of_date') c
--   WHERE e.state = 'due' AND (e.due_date BETWEEN c.low + 45 AND c.high + 45
--   OR e.due_date BETWEEN c.low - 1 AND c.high)
--   UNION ALL SELECT s.holder_type, s.holder_id, s.currency, s.merchant_key
--   FROM (FROM expenses.subscriptions WHERE status = 'yearly_suspect') s, (SELECT min(TRY_CAST(value AS DATE)) AS low,
--     max(TRY_CAST(value AS DATE)) AS high FROM changed WHERE name = 'as_of_date') c
--   WHERE s.next_due_date BETWEEN c.low + 45 AND c.high + 45 OR s.next_due_date BETWEEN c.low - 1 AND c.high
-- input meta.parameters: FROM meta.parameters
-- personal: stream_id from ledger.streams.stream_id
-- personal: merchant_key from ledger.streams.merchant_key
-- personal: stream_id from expenses.subscriptions.stream_id
-- personal: merchant_key from expenses.subscriptions.merchant_key
-- personal: nothing from ledger.obligations.stream_id, equal ones are looked for
-- personal: nothing from ledger.obligations.merchant_key, it is not read
-- personal: nothing from ledger.obligations.counterparty_id, it is not read
-- personal: nothing from ledger.expected_payments.stream_id, equal ones are looked for
-- personal: nothing from ledger.expected_payments.merchant_key, equal ones are looked for
-- column stream_id: VARCHAR NOT NULL. The stream, see ledger.streams
-- column holder_type: VARCHAR NOT NULL. Kind of holder: customer or account
-- column holder_id: VARCHAR NOT NULL. Whose payment it is
-- column currency: VARCHAR NOT NULL. Lower-case ISO 4217 currency
-- column merchant_key: VARCHAR NOT NULL. Normalised merchant or payer
-- column account_key: VARCHAR NOT NULL. Account of the stream's newest payment
-- column direction: VARCHAR NOT NULL. in or out
-- column kind: VARCHAR NOT NULL. payroll, benefit, rent, bill, subscription, …, see ledger.streams
-- column due_date: DATE NOT NULL. When it is due
-- column due_from: DATE NOT NULL. From when on it is expected; of one that is yearly_suspect ten days before
-- column due_to: DATE NOT NULL. Until when; likewise ten days after
-- column is_overdue: BOOLEAN NOT NULL. True when due_date lies before the date of the newest data
-- column expected_minor: BIGINT NOT NULL. What it is expected to be, without sign, minor units
-- column high_minor: BIGINT NOT NULL. What it may be: of equal amounts as expected, else the highest so far, minor
--   units
-- column status: VARCHAR NOT NULL. active or late, see ledger.streams; yearly_suspect: a subscription that was paid by
--   the month or oftener and seems to be paid by the year since, see expenses.subscriptions: what it was by the month
--   is not expected then, and the newest charge by the year is, a year later
-- column confidence: DOUBLE NOT NULL. Orders streams by their evidence, 0 to 1; no probability
SELECT e.stream_id, e.holder_type, e.holder_id, e.currency, e.merchant_key, e.account_key, e.direction, s.kind,
    e.due_date, e.due_from, e.due_to, e.due_date < p.today AS is_overdue, e.expected_minor,
    CASE WHEN s.is_steady THEN e.expected_minor ELSE s.maximum_minor END AS high_minor, s.status, s.confidence
FROM (SELECT *, row_number() OVER (PARTITION BY stream_id ORDER BY due_date) AS nth
    FROM ledger.expected_payments WHERE state = 'due') e
JOIN (FROM ledger.streams WHERE status <> 'ended') s USING (stream_id)
ANTI JOIN (FROM ledger.obligations WHERE status = 'paid_off') o USING (stream_id)
ANTI JOIN (FROM expenses.subscriptions WHERE status = 'yearly_suspect') y USING (stream_id)
CROSS JOIN (SELECT value::DATE AS today FROM meta.parameters WHERE name = 'as_of_date') p
WHERE e.nth <= coalesce(ledger.instalments_left(s.kind, s.cadence, s.is_steady, s.payment_count), e.nth)
    AND e.due_date <= p.today + 45
UNION ALL
SELECT y.stream_id, y.holder_type, y.holder_id, y.currency, y.merchant_key, y.account_key, 'out', 'subscription',
    y.next_due_date, y.next_due_date - 10, y.next_due_date + 10, y.next_due_date < p.today, y.annual_minor,
    y.annual_minor, y.status, y.confidence
FROM (FROM expenses.subscriptions WHERE status = 'yearly_suspect') y
CROSS JOIN (SELECT value::DATE AS today FROM meta.parameters WHERE name = 'as_of_date') p
WHERE y.next_due_date <= p.today + 45
