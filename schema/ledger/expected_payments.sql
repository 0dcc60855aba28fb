-- model: ledger.expected_payments
-- about: The due dates of every stream, from the first that was met to six weeks beyond the last at which the next is
--   looked for, and which payment met each; of a stream that has ended to the two that were missed
-- order: stream_id, due_date
-- scope: holder_type, holder_id, currency, merchant_key
-- touched by ledger.accounts (account_key, coverage_end): SELECT e.holder_type, e.holder_id, e.currency, e.merchant_key
--   FROM ledger.expected_payments e JOIN (SELECT account_key, min(coalesce(coverage_end, DATE '-infinity')) AS low,
--   max(coalesce(coverage_end, DATE 'infinity')) AS high FROM changed GROUP BY account_key) c USING (account_key)
--   WHERE e.met_by IS NULL AND e.missed_after BETWEEN c.low AND c.high
-- input ledger.accounts: FROM ledger.accounts
-- personal: stream_id from ledger.streams.stream_id
-- personal: merchant_key from ledger.streams.merchant_key
-- personal: nothing from ledger.stream_members.stream_id, equal ones are looked for
-- personal: nothing from ledger.stream_members.merchant_key, equal ones are looked for
-- personal: nothing from ledger.stream_schedules.stream_id, equal ones are looked for
-- personal: nothing from ledger.stream_schedules.merchant_key, equal ones are looked for
-- column stream_id: VARCHAR NOT NULL. The stream
-- column holder_type: VARCHAR NOT NULL. Kind of holder: customer or account
-- column holder_id: VARCHAR NOT NULL. Whose payment it is
-- column currency: VARCHAR NOT NULL. Lower-case ISO 4217 currency
-- column merchant_key: VARCHAR NOT NULL. Normalised merchant or payer
-- column account_key: VARCHAR NOT NULL. Account of the stream's newest payment
-- column direction: VARCHAR NOT NULL. in or out
-- column due_date: DATE NOT NULL. When it is due; a date on which banks do not work is moved as the stream's payments
--   are
-- column due_from: DATE NOT NULL. From when on it is expected: ledger.streams.margin_days before it
-- column due_to: DATE NOT NULL. Until when
-- column expected_minor: BIGINT NOT NULL. What the stream's next payment is expected to be, minor units
-- column state: VARCHAR NOT NULL. on_time, early or late: paid, within or outside due_from and due_to; missed: not paid
--   by missed_after, nor of a week before the next (ledger.stream_members); due: it may still be, or the account's rows
--   are not held that far
-- column met_by: VARCHAR. The transaction that met it, of several on that day the first by id; null when none did
-- column payment_date: DATE. When it was paid; null when it was not
-- column paid_minor: BIGINT. What was paid on that day, minor units; null when nothing was
-- column days_late: BIGINT. Days from due_date to payment_date, negative is early; null when it was not paid
-- column missed_after: DATE NOT NULL. Day after which it is missed
WITH paid AS (
    SELECT stream_id, due_date, min(transaction_id) AS met_by, any_value(payment_date) AS payment_date,
        any_value(day_minor) AS paid_minor
    FROM ledger.stream_members WHERE due_date IS NOT NULL GROUP BY ALL),
spans AS (
    SELECT *, ledger.steps_to(first_due, anchor_date, step_days, step_months) - 1 AS first_step,
        ledger.steps_to(through, anchor_date, step_days, step_months) + 1 AS last_step
    FROM (SELECT s.* EXCLUDE (is_steady, near_days), m.account_key, m.expected_minor, m.near_days, m.margin_days,
            f.first_due, CASE m.status WHEN 'ended' THEN m.ended_after - m.near_days
                WHEN 'late' THEN m.ended_after + 45 ELSE m.late_after + 45 END AS through
        FROM ledger.stream_schedules s JOIN ledger.streams m USING (stream_id)
        JOIN (SELECT stream_id, min(due_date) AS first_due FROM paid GROUP BY ALL) f USING (stream_id))),
dues AS (
    SELECT *, ledger.rolled(due, roll) AS due_date FROM (
        SELECT *, unnest([ledger.due_date(anchor_date, step_days, step_months, due_day, due_nth, due_weekday, step),
            CASE WHEN second_due_day IS NOT NULL
                THEN ledger.day_of_month(ledger.month_of(anchor_date, step), second_due_day) END]) AS due
        FROM (SELECT *, unnest(generate_series(first_step, last_step))::INTEGER AS step FROM spans))
    WHERE due IS NOT NULL)
SELECT d.stream_id, d.holder_type, d.holder_id, d.currency, d.merchant_key, d.account_key, d.direction, d.due_date,
    d.due_date - d.margin_days AS due_from, d.due_date + d.margin_days AS due_to, d.expected_minor,
    CASE WHEN p.payment_date < due_from THEN 'early' WHEN p.payment_date > due_to THEN 'late'
        WHEN p.payment_date IS NOT NULL THEN 'on_time' WHEN a.coverage_end > d.due_date + d.near_days THEN 'missed'
        ELSE 'due' END AS state,
    p.met_by, p.payment_date, p.paid_minor, p.payment_date - d.due_date AS days_late,
    d.due_date + d.near_days AS missed_after
FROM dues d
LEFT JOIN paid p ON p.stream_id = d.stream_id AND p.due_date = d.due_date
LEFT JOIN ledger.accounts a ON a.account_key = d.account_key
WHERE d.due_date BETWEEN d.first_due AND d.through
