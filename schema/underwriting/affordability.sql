-- model: underwriting.affordability
-- about: What a holder's balances would have borne, and where they are heading: the largest level payment that would
--   never have put a day's balance below a buffer, the lowest balance of the next 30 days by what recurs, and how long
--   balances last if income goes on, falls or stops. Behaviour is taken to go on unchanged: the first is history and no
--   forecast, and the others draw nothing by chance
-- order: holder_id, holder_type, currency, measure, cadence, buffer_minor, window_name
-- part: holder_id
-- part bytes: 64
-- scope: holder_type, holder_id
-- touched by underwriting.attribute_values (holder_type, holder_id, account_key, currency, attribute, window_name,
--   value_state, state_reason): SELECT holder_type, holder_id FROM changed
--   WHERE attribute IN ('balance_daily_min_minor', 'balance_current_minor', 'income_monthly_minor')
-- touched by ledger.streams (stream_id, holder_type, holder_id, currency, merchant_key, direction, kind, category,
--   cadence, status, is_steady, payment_count, expected_minor, monthly_minor, next_due_date):
--   SELECT holder_type, holder_id FROM changed
-- touched by ledger.obligations (stream_id, holder_type, holder_id, status): SELECT holder_type, holder_id FROM changed
-- touched by ledger.income_streams (holder_type, holder_id, currency, tier, cadence, status):
--   SELECT holder_type, holder_id FROM changed
-- touched by ledger.expected_payments (stream_id, holder_type, holder_id, currency, direction, due_date, state,
--   expected_minor): SELECT holder_type, holder_id FROM changed
-- input underwriting.windows: FROM underwriting.windows
-- personal: nothing from ledger.streams.stream_id, equal ones are looked for
-- personal: nothing from ledger.streams.merchant_key, equal ones are looked for
-- personal: nothing from ledger.obligations.stream_id, equal ones are looked for
-- personal: nothing from ledger.obligations.merchant_key, it is not read
-- personal: nothing from ledger.obligations.counterparty_id, it is not read
-- personal: nothing from ledger.income_streams.income_stream_id, it is not read
-- personal: nothing from ledger.income_streams.merchant_key, it is not read
-- personal: nothing from ledger.income_streams.counterparty_id, it is not read
-- personal: nothing from ledger.expected_payments.stream_id, equal ones are looked for
-- personal: nothing from ledger.expected_payments.merchant_key, it is not read
-- column holder_type: VARCHAR NOT NULL. Kind of holder: customer or account
-- column holder_id: VARCHAR NOT NULL. Whose balances they are
-- column currency: VARCHAR NOT NULL. Lower-case ISO 4217 currency
-- column measure: VARCHAR NOT NULL. payment_max: the largest payment on every due date of the span, the first of which
--   is its first day, that leaves every day at or above the buffer; zero when days are below it without any.
--   next30_low: the lowest balance of 30 days after the newest one, with the due dates of ledger.expected_payments and
--   nothing else; what is due already leaves at once, and does not come in. A debt that was paid off and what is lent
--   until payday are in neither: the one ends, and the other comes in to leave again. runway_base: days from the newest
--   balance until one below zero, when streams that have not ended go on by their cadence, instalments to the last of
--   their plan, and every day of the week costs its
--   underwriting.variable_spending; runway_income_minus_25 and runway_income_minus_50: with so many hundredths less of
--   what comes in; runway_lose_primary: without the payer of most of it
-- column cadence: VARCHAR NOT NULL. Of payment_max weekly, biweekly or monthly; else empty
-- column buffer_minor: BIGINT NOT NULL. Of payment_max what has to be left on every day, nothing or 500 units of the
--   currency, in minor units; else 0
-- column window_name: VARCHAR NOT NULL. Span of days, see underwriting.windows; now: as of the newest balance
-- column value_minor: BIGINT. The payment, or the balance, minor units; null as value_state says
-- column value_days: BIGINT. Of runway the days; 365 says at least so many
-- column value_date: DATE. Of runway the first day below zero, null when no day is within 365. Else the day that
--   binds: the first on which a payment of one minor unit more would have been too much; of next30_low the day of
--   the lowest balance
-- column value_state: VARCHAR NOT NULL. See underwriting.attribute_values: of payment_max that of the balances of the
--   span, and only OK has a number; of all others that of the newest balance or, if worse, of income, and PARTIAL
--   where income has no schedule, which then comes in on no day; likewise of runways where the medians of weekdays
--   are less than half of what was spent besides what recurs, and that is more than a tenth of all that was
-- column state_reason: VARCHAR. Why it is not OK; null when it is
WITH states AS (
    SELECT holder_type, holder_id, currency, attribute, window_name, value_state, state_reason
    FROM underwriting.attribute_values
    WHERE account_key = '' AND attribute IN ('balance_daily_min_minor', 'balance_current_minor',
        'income_monthly_minor')),
balances AS (
    SELECT holder_type, holder_id, currency, day, end_of_day_minor
    FROM ledger.holder_daily_balances WHERE end_of_day_minor IS NOT NULL),
-- a number stands for a holder and currency until the end, and one for a case: what is grouped and sorted is not texts
newest AS MATERIALIZED (
    SELECT row_number() OVER ()::INTEGER AS subject, *, meta.units(1, currency) AS unit
    FROM (SELECT holder_type, holder_id, currency, max(day) AS day, arg_max(end_of_day_minor, day) AS minor
        FROM balances GROUP BY ALL)),
numbered AS MATERIALIZED (
    SELECT n.subject, n.unit, b.day, b.end_of_day_minor
    FROM balances b JOIN newest n USING (holder_type, holder_id, currency)),
cases AS MATERIALIZED (
    SELECT row_number() OVER ()::INTEGER AS case_number, c.cadence, b.buffer_units, w.window_name, w.first_day,
        w.last_day
    FROM (VALUES ('weekly'), ('biweekly'), ('monthly')) c (cadence)
    CROSS JOIN (VALUES (0), (500)) b (buffer_units)
    CROSS JOIN (FROM underwriting.windows WHERE window_name IN ('90d', '180d')) w),
case_days AS (
    SELECT case_number, buffer_units, day, ledger.dues_until(cadence, first_day, day)
            - ledger.dues_until(cadence, first_day, (first_day - 1)::DATE) AS payments
    FROM (SELECT *, unnest(generate_series(first_day::TIMESTAMP, last_day::TIMESTAMP, INTERVAL 1 DAY))::DATE AS day
        FROM cases)),
-- between two due dates of a case every day has the same number of payments, and the lowest balance leaves least: days
-- between two borders of any case are looked at once
due_spans AS (
    SELECT case_number, buffer_units, payments, min(day) AS first_day, max(day) AS last_day
    FROM case_days GROUP BY ALL),
borders AS (SELECT DISTINCT first_day AS piece FROM due_spans),
pieces AS (
    SELECT d.day, max(b.piece) AS piece
    FROM (SELECT DISTINCT day FROM case_days) d JOIN borders b ON b.piece <= d.day GROUP BY d.day),
case_pieces AS MATERIALIZED (
    SELECT b.piece, s.case_number, s.buffer_units, s.payments
    FROM borders b JOIN due_spans s ON b.piece BETWEEN s.first_day AND s.last_day),
placed AS MATERIALIZED (
    SELECT b.subject, b.unit, b.day, p.piece, greatest(b.end_of_day_minor, -9000000000000000000) AS minor
    FROM numbered b JOIN pieces p USING (day)),
-- of what is left for a payment the least, and of the pieces that leave it the first: both in one number, which is
-- several times as fast as a pair
least AS (
    SELECT l.subject, c.case_number,
        min(((l.minor - c.buffer_units * l.unit) // c.payments)::HUGEINT * 100000 + (l.piece - DATE '1900-01-01'))
            AS least_and_piece
    FROM (SELECT subject, unit, piece, min(minor) AS minor FROM placed GROUP BY ALL) l JOIN case_pieces c USING (piece)
    GROUP BY ALL),
binding AS (
    SELECT subject, case_number, (least_and_piece - piece_number) // 100000 AS payment,
        DATE '1900-01-01' + piece_number::INTEGER AS piece
    FROM (SELECT *, (least_and_piece % 100000 + 100000) % 100000 AS piece_number FROM least)),
-- and within that piece the first day
replayed AS (
    SELECT n.holder_type, n.holder_id, n.currency, c.cadence, c.buffer_units * n.unit AS buffer_minor, c.window_name,
        greatest(r.payment, 0) AS payment, r.binding_day
    FROM (
        SELECT b.subject, b.case_number, b.payment, min(d.day) AS binding_day
        FROM binding b JOIN case_pieces c USING (case_number, piece) JOIN placed d USING (subject, piece)
        WHERE (d.minor - c.buffer_units * d.unit) // c.payments = b.payment
        GROUP BY ALL) r
    JOIN newest n USING (subject) JOIN cases c USING (case_number)),
-- what goes on: no debt that was paid off, and nothing that is lent until payday
lasting AS (
    SELECT *, ledger.instalments_left(kind, cadence, is_steady, payment_count) AS payments_left
    FROM ledger.streams ANTI JOIN (FROM ledger.obligations WHERE status = 'paid_off')
        USING (holder_type, holder_id, stream_id)
    WHERE status <> 'ended' AND kind NOT IN ('transfer', 'reversal')
        AND NOT (kind = 'advance' AND (direction = 'in' OR coalesce(category = 'fin_out.ewa', false)))),
-- what recurs in the next 30 days
moves AS (
    SELECT n.holder_type, n.holder_id, n.currency, greatest(e.due_date, n.day + 1) AS day,
        sum(CASE e.direction WHEN 'in' THEN e.expected_minor::HUGEINT ELSE -e.expected_minor::HUGEINT END) AS minor
    FROM newest n JOIN (SELECT *, row_number() OVER (PARTITION BY stream_id ORDER BY due_date) AS nth
        FROM ledger.expected_payments WHERE state = 'due') e USING (holder_type, holder_id, currency)
    JOIN lasting s ON s.holder_type = e.holder_type AND s.holder_id = e.holder_id AND s.stream_id = e.stream_id
    WHERE e.nth <= coalesce(s.payments_left, e.nth) AND e.due_date <= n.day + 30
        AND (e.direction = 'out' OR e.due_date > n.day)
    GROUP BY ALL),
projected AS (
    SELECT holder_type, holder_id, currency, day, sum(minor) OVER (PARTITION BY holder_type, holder_id, currency
        ORDER BY day) AS minor
    FROM (SELECT * EXCLUDE (subject, unit) FROM newest UNION ALL BY NAME SELECT * FROM moves)),
lowest AS (
    SELECT p.holder_type, p.holder_id, p.currency, min(p.minor) AS minor, arg_min(p.day, (p.minor, p.day)) AS day
    FROM projected p GROUP BY ALL),
-- a year of what recurs: the first date is that of the stream, the next ones follow by its cadence
recurring AS (
    SELECT holder_type, holder_id, currency, direction, expected_minor, next_due_date, cadence, payments_left,
        direction = 'in' AND payer = first_value(payer) OVER (PARTITION BY holder_type, holder_id, currency, direction
            ORDER BY monthly_minor DESC, payer) AS is_primary
    FROM (SELECT *, ledger.counterparty_id(holder_type, holder_id, merchant_key) AS payer FROM lasting)
    WHERE next_due_date IS NOT NULL),
steps AS (
    SELECT c.cadence, c.step_months AS months, c.step_days AS days, later, nth
    FROM (SELECT c, unnest(CASE c.cadence WHEN 'semimonthly' THEN [0, 15] ELSE [0] END) AS later
        FROM (SELECT unnest(ledger.cadences()) AS c))
    CROSS JOIN range(0, 60) n (nth)),
dated AS (
    SELECT r.subject, greatest(r.due, r.newest_day + 1) AS day,
        coalesce(sum(r.expected_minor) FILTER (r.direction = 'in'), 0) AS money_in,
        coalesce(sum(r.expected_minor) FILTER (r.is_primary), 0) AS primary_in,
        coalesce(sum(r.expected_minor) FILTER (r.direction = 'out'), 0) AS money_out
    FROM (SELECT n.subject, n.day AS newest_day, r.expected_minor, r.direction, r.is_primary, s.nth,
            (r.next_due_date + (s.later + s.nth * s.days)::INTEGER + to_months((s.nth * s.months)::INTEGER))::DATE
                AS due
        FROM recurring r JOIN newest n USING (holder_type, holder_id, currency) JOIN steps s USING (cadence)
            WHERE s.nth < coalesce(r.payments_left, 60)) r
    WHERE r.due <= r.newest_day + 365 AND (r.due > r.newest_day OR (r.direction = 'out' AND r.nth = 0))
    GROUP BY ALL),
-- what does not recur is spent by weekday, so every week the same: the sums from the day after the newest to the
-- first, the second … day after it
weeks AS (
    SELECT subject, coalesce(sum(minor) FILTER (nth <= 1), 0) AS one, coalesce(sum(minor) FILTER (nth <= 2), 0) AS two,
        coalesce(sum(minor) FILTER (nth <= 3), 0) AS three, coalesce(sum(minor) FILTER (nth <= 4), 0) AS four,
        coalesce(sum(minor) FILTER (nth <= 5), 0) AS five, coalesce(sum(minor) FILTER (nth <= 6), 0) AS six,
        coalesce(sum(minor), 0) AS week
    FROM (SELECT n.subject, (v.weekday - isodow(n.day) + 6) % 7 + 1 AS nth, coalesce(v.median_minor, 0) AS minor
        FROM underwriting.variable_spending v JOIN newest n USING (holder_type, holder_id, currency))
    GROUP BY subject),
-- from a day on which something recurs to the day before the next one: what came and went until then
stretches AS (
    SELECT subject, nth, coalesce(lead(nth) OVER w, 366) AS until_nth, sum(minor) OVER w AS minor,
        sum(money_in) OVER w AS money_in, sum(primary_in) OVER w AS primary_in
    FROM (
        SELECT subject, 0 AS nth, minor::HUGEINT AS minor, 0::HUGEINT AS money_in, 0::HUGEINT AS primary_in FROM newest
        UNION ALL
        SELECT d.subject, d.day - n.day, -d.money_out, d.money_in, d.primary_in
        FROM dated d JOIN newest n USING (subject))
    WINDOW w AS (PARTITION BY subject ORDER BY nth)),
-- how much of what does not recur a stretch bears, times parts: the balance falls below zero within the first one that
-- bears less than what is spent until its last day, which costs no division; on which day is asked of that one alone
spent AS (
    SELECT s.*, coalesce(w.one, 0) AS one, coalesce(w.two, 0) AS two, coalesce(w.three, 0) AS three,
        coalesce(w.four, 0) AS four, coalesce(w.five, 0) AS five, coalesce(w.six, 0) AS six,
        coalesce(w.week, 0) AS week, coalesce(w.week * ((s.until_nth - 1) // 7) + CASE (s.until_nth - 1) % 7
            WHEN 0 THEN 0 WHEN 1 THEN w.one WHEN 2 THEN w.two WHEN 3 THEN w.three WHEN 4 THEN w.four
            WHEN 5 THEN w.five ELSE w.six END, 0) AS until_last
    FROM stretches s LEFT JOIN weeks w USING (subject)),
measures AS (
    SELECT subject, unnest([
            {measure: 'runway_base', parts: 1, nth: min(nth) FILTER (minor + money_in < until_last)},
            {measure: 'runway_income_minus_25', parts: 4,
                nth: min(nth) FILTER (4 * minor + 3 * money_in < 4 * until_last)},
            {measure: 'runway_income_minus_50', parts: 2,
                nth: min(nth) FILTER (2 * minor + money_in < 2 * until_last)},
            {measure: 'runway_lose_primary', parts: 1,
                nth: min(nth) FILTER (minor + money_in - primary_in < until_last)}], recursive := true)
    FROM spent GROUP BY subject),
below AS (
    SELECT subject, measure, CASE WHEN room < 0 THEN nth
        ELSE greatest(nth, 7 * (room // parts // week) + 1 + (one <= rest)::INTEGER + (two <= rest)::INTEGER
            + (three <= rest)::INTEGER + (four <= rest)::INTEGER + (five <= rest)::INTEGER
            + (six <= rest)::INTEGER) END AS days
    FROM (
        SELECT *, CASE WHEN room >= 0 THEN room // parts % week END AS rest
        FROM (
            SELECT s.*, m.measure, m.parts, CASE m.measure WHEN 'runway_base' THEN s.minor + s.money_in
                WHEN 'runway_income_minus_25' THEN 4 * s.minor + 3 * s.money_in
                WHEN 'runway_income_minus_50' THEN 2 * s.minor + s.money_in
                ELSE s.minor + s.money_in - s.primary_in END AS room
            FROM measures m JOIN spent s USING (subject, nth)))),
runways AS (
    SELECT n.holder_type, n.holder_id, n.currency, n.day AS first_day, m.measure,
        coalesce(b.days, 365)::BIGINT AS days
    FROM newest n CROSS JOIN (VALUES ('runway_base'), ('runway_income_minus_25'), ('runway_income_minus_50'),
        ('runway_lose_primary')) m (measure)
    LEFT JOIN below b USING (subject, measure)),
ahead AS (
    SELECT holder_type, holder_id, currency, 'next30_low' AS measure, minor, NULL::BIGINT AS days, day FROM lowest
    UNION ALL
    SELECT holder_type, holder_id, currency, measure, NULL, days, CASE WHEN days < 365
        THEN first_day + days::INTEGER END
    FROM runways),
-- whose spending besides is on few days: less than half of it is projected
uneven AS (
    SELECT holder_type, holder_id, currency FROM underwriting.variable_spending GROUP BY ALL
    HAVING 7 * sum(spent_minor::HUGEINT) > 180 * sum(median_minor::HUGEINT)
        AND 10 * sum(spent_minor::HUGEINT) > sum(all_minor)),
-- whose income has no schedule: nothing of it is projected
unscheduled AS (
    SELECT DISTINCT holder_type, holder_id, currency FROM ledger.income_streams
    WHERE ledger.is_qualified(tier) AND cadence = 'irregular' AND status = 'active'),
listed AS (
    SELECT s.holder_type, s.holder_id, s.currency, 'payment_max' AS measure, s.cadence, s.buffer_minor, s.window_name,
        r.payment AS value, NULL::BIGINT AS days, r.binding_day AS day, s.value_state, s.state_reason,
        s.value_state = 'OK' AS is_shown
    FROM (SELECT s.*, c.cadence, c.buffer_units * meta.units(1, s.currency) AS buffer_minor
        FROM (FROM states WHERE attribute = 'balance_daily_min_minor') s JOIN cases c USING (window_name)) s
    LEFT JOIN replayed r USING (holder_type, holder_id, currency, cadence, buffer_minor, window_name)
    UNION ALL
    SELECT holder_type, holder_id, currency, measure, '', 0, 'now', minor, days, day,
        CASE WHEN value_state = 'OK' AND why IS NOT NULL THEN 'PARTIAL' ELSE value_state END,
        CASE WHEN value_state = 'OK' THEN why ELSE state_reason END, is_shown
    FROM (
        SELECT b.holder_type, b.holder_id, b.currency, m.measure, l.minor, l.days, l.day,
            b.value_state = 'OK' OR (b.value_state = 'PARTIAL' AND i.value_state NOT IN ('OK', 'PARTIAL'))
                AS is_of_income,
            CASE WHEN is_of_income THEN i.value_state ELSE b.value_state END AS value_state,
            CASE WHEN is_of_income THEN i.state_reason ELSE b.state_reason END AS state_reason,
            CASE WHEN u.holder_id IS NOT NULL THEN 'income without a known schedule comes in on no day'
                WHEN v.holder_id IS NOT NULL AND m.measure <> 'next30_low'
                THEN 'less than half of what is spent besides what recurs is in the medians of weekdays' END AS why,
            b.value_state IN ('OK', 'PARTIAL') AND i.value_state IN ('OK', 'PARTIAL') AS is_shown
        FROM (FROM states WHERE attribute = 'balance_current_minor') b
        JOIN (FROM states WHERE attribute = 'income_monthly_minor') i USING (holder_type, holder_id, currency)
        CROSS JOIN (VALUES ('next30_low'), ('runway_base'), ('runway_income_minus_25'), ('runway_income_minus_50'),
            ('runway_lose_primary')) m (measure)
        LEFT JOIN ahead l USING (holder_type, holder_id, currency, measure)
        LEFT JOIN unscheduled u USING (holder_type, holder_id, currency)
        LEFT JOIN uneven v USING (holder_type, holder_id, currency)))
SELECT holder_type, holder_id, currency, measure, cadence, buffer_minor::BIGINT AS buffer_minor, window_name,
    CASE WHEN is_shown THEN meta.minor(value) END AS value_minor, CASE WHEN is_shown THEN days END AS value_days,
    CASE WHEN is_shown THEN day END AS value_date, value_state, state_reason
FROM listed
