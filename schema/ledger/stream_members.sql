-- model: ledger.stream_members
-- about: Which transaction belongs to which stream of ledger.streams, and which due date it meets
-- order: stream_id, payment_date, transaction_id
-- scope: holder_type, holder_id, currency, merchant_key
-- touched by ledger.transactions (transaction_id, account_key, holder_type, holder_id, category, currency,
--   merchant_key, transacted_date, amount_minor, spending_class, possible_duplicate_of, instant_state, rail):
--   SELECT holder_type, holder_id, currency, merchant_key FROM changed SEMI JOIN ledger.stream_schedules
--   USING (holder_type, holder_id, currency, merchant_key)
-- partition: payment_month = strftime(payment_date, '%Y-%m')
-- personal: stream_id from ledger.stream_schedules.stream_id
-- personal: merchant_key from ledger.stream_schedules.merchant_key
-- personal: nothing from ledger.transactions.merchant_key, equal merchants are looked for
-- column stream_id: VARCHAR NOT NULL. The stream
-- column transaction_id: VARCHAR NOT NULL. A payment of it; payments of one day are one
-- column holder_type: VARCHAR NOT NULL. Kind of holder: customer or account
-- column holder_id: VARCHAR NOT NULL. Whose payment it is
-- column currency: VARCHAR NOT NULL. Lower-case ISO 4217 currency
-- column merchant_key: VARCHAR NOT NULL. Normalised merchant or payer
-- column account_key: VARCHAR NOT NULL. Account it is in
-- column direction: VARCHAR NOT NULL. in or out
-- column rail: ledger.rail. How the money moved, see ledger.transactions
-- column payment_date: DATE NOT NULL. Civil date it happened: that of posting is later over weekends, and of cards by
--   days
-- column amount_minor: BIGINT NOT NULL. Amount of the row without its sign, minor units
-- column due_date: DATE. The due date it meets; null for a payment too many. Of two payments near a due date of a week
--   the earlier one meets that of the week before, late, where nothing else does; what is paid twice between two due
--   dates meets the next one early where nothing else does and a later one is met
-- column day_minor: BIGINT NOT NULL. Amount of all its payments of that day, minor units
-- column price_before_minor: BIGINT. What was paid before, where this payment differs by over a hundredth from two
--   equal ones before it, and the next is like it, or not there yet and it is no more than twice as much and no less
--   than half; null for all others
-- column is_price_kept: BOOLEAN. Whether the next payment is like it; false where no payment has followed yet; null
--   where price_before_minor is
WITH members AS (
    SELECT s.stream_id, t.transaction_id, s.holder_type, s.holder_id, s.currency, s.merchant_key, t.account_key,
        s.direction, t.rail, t.transacted_date AS payment_date, abs(t.amount_minor) AS amount_minor,
        s.step_days, s.step_months, s.near_days, s.anchor_date, s.due_day, s.second_due_day, s.due_nth, s.due_weekday,
        s.roll
    FROM (FROM ledger.transactions
        WHERE ledger.may_recur(category, spending_class, possible_duplicate_of, instant_state, rail,
            merchant_key, amount_minor, currency)) t
    JOIN ledger.stream_schedules s ON s.holder_type = t.holder_type AND s.holder_id = t.holder_id
        AND s.currency = t.currency AND s.merchant_key = t.merchant_key
        AND s.direction = CASE WHEN t.amount_minor < 0 THEN 'out' ELSE 'in' END
        AND abs(t.amount_minor) BETWEEN s.low_minor AND s.high_minor),
near AS (
    SELECT *, ledger.due_date(anchor_date, step_days, step_months, due_day, due_nth, due_weekday, steps) AS first_due,
        CASE WHEN second_due_day IS NOT NULL THEN payment_date - ledger.days_off(payment_date, second_due_day)::INTEGER
            END AS second_due
    FROM (SELECT *, ledger.steps_to(payment_date, anchor_date, step_days, step_months) AS steps FROM members)),
dated AS (
    SELECT *, CASE WHEN abs(payment_date - due_date) <= near_days THEN due_date END AS near_due
    FROM (SELECT *, ledger.rolled(CASE WHEN abs(payment_date - second_due) < abs(payment_date - first_due)
            THEN second_due ELSE first_due END, roll) AS due_date FROM near)),
-- of several days near a due date the nearest meets it
nearest AS (
    SELECT * EXCLUDE (due_date), CASE WHEN rank() OVER (PARTITION BY stream_id, near_due
            ORDER BY abs(payment_date - near_due), payment_date) = 1 THEN near_due END AS due_date
    FROM dated),
-- four days after a due date of a week that of the next one is nearer: what is too many there may be late
lagging AS MATERIALIZED (
    SELECT stream_id, ledger.rolled(first_due - 7, roll) AS late_due, min(payment_date) AS payment_date
    FROM nearest WHERE step_days = 7 AND due_date IS NULL AND payment_date < near_due
    GROUP BY ALL HAVING min(payment_date) > late_due),
caught AS (
    SELECT stream_id, l.late_due, any_value(l.payment_date) AS payment_date
    FROM nearest n JOIN lagging l USING (stream_id) WHERE n.due_date <= l.late_due
    GROUP BY ALL HAVING max(n.due_date) < l.late_due),
-- who pays two months at once owes nothing in the next: what is too many is that payment, once a later one shows that
-- the next was left out
ahead AS MATERIALIZED (
    SELECT stream_id, ledger.rolled(ledger.due_date(anchor_date, step_days, step_months, due_day, due_nth, due_weekday,
            steps + CASE WHEN near_due IS NULL AND first_due > payment_date THEN 0 ELSE 1 END), roll) AS early_due,
        min(payment_date) AS payment_date
    FROM nearest WHERE due_date IS NULL AND direction = 'out' AND step_months > 0 AND second_due_day IS NULL
    GROUP BY ALL),
prepaid AS (
    SELECT a.stream_id, a.early_due, any_value(a.payment_date) AS payment_date
    FROM nearest n JOIN ahead a USING (stream_id) WHERE n.due_date >= a.early_due
    GROUP BY ALL HAVING min(n.due_date) > a.early_due),
met AS (
    SELECT n.* REPLACE (coalesce(n.due_date, c.late_due, p.early_due) AS due_date)
    FROM nearest n LEFT JOIN caught c USING (stream_id, payment_date)
    LEFT JOIN prepaid p USING (stream_id, payment_date)),
prices AS (
    SELECT *, lag(day_minor) OVER w AS one_before, lag(day_minor, 2) OVER w AS two_before,
        lead(day_minor) OVER w AS next
    FROM (SELECT stream_id, due_date, sum(amount_minor)::BIGINT AS day_minor FROM met WHERE due_date IS NOT NULL
        GROUP BY ALL)
    WINDOW w AS (PARTITION BY stream_id ORDER BY due_date)),
changes AS (
    SELECT stream_id, due_date, one_before, next IS NOT NULL AS is_kept FROM prices
    WHERE 100 * abs(day_minor - one_before) > one_before AND 100 * abs(one_before - two_before) <= two_before
      -- until it is paid again, more than twice as much or less than half is something else that was bought
      AND CASE WHEN next IS NULL THEN day_minor BETWEEN one_before // 2 AND 2 * one_before
          ELSE 100 * abs(next - day_minor) <= day_minor END)
SELECT m.stream_id, m.transaction_id, m.holder_type, m.holder_id, m.currency, m.merchant_key, m.account_key,
    m.direction, m.rail, m.payment_date, m.amount_minor, m.due_date,
    sum(m.amount_minor) OVER (PARTITION BY m.stream_id, m.payment_date)::BIGINT AS day_minor,
    c.one_before AS price_before_minor, c.is_kept AS is_price_kept
FROM met m LEFT JOIN changes c ON c.stream_id = m.stream_id AND c.due_date = m.due_date
