-- model: ledger.streams
-- about: Payments of a holder to one merchant, or from one payer, that recur: wages, benefits, subscriptions, bills;
--   the rows of each are in ledger.stream_members. An id is made of holder, currency, merchant, direction and, unless
--   the first of all these payments is one of the stream, of the stream's first amount. So later payments change no
--   id, unless they show that what was one stream is several; earlier ones do where they are of no stream
-- order: stream_id
-- scope: holder_type, holder_id, currency, merchant_key
-- touched by ledger.accounts (account_key, coverage_end): SELECT s.holder_type, s.holder_id, s.currency, s.merchant_key
--   FROM ledger.streams s JOIN (SELECT account_key, min(coalesce(coverage_end, DATE '-infinity')) AS low,
--   max(coalesce(coverage_end, DATE 'infinity')) AS high FROM changed GROUP BY account_key) c USING (account_key)
--   WHERE s.late_after BETWEEN c.low AND c.high OR s.ended_after BETWEEN c.low AND c.high
-- touched by ledger.labels (transaction_id, category): SELECT m.holder_type, m.holder_id, m.currency, m.merchant_key
--   FROM changed JOIN ledger.stream_members m USING (transaction_id)
-- input ledger.accounts: FROM ledger.accounts
-- input ledger.labels: SELECT l.* FROM ledger.labels l SEMI JOIN (FROM ledger.stream_members
--   SEMI JOIN touched USING (holder_type, holder_id, currency, merchant_key)) USING (transaction_id)
-- personal: stream_id from ledger.stream_schedules.stream_id
-- personal: merchant_key from ledger.stream_schedules.merchant_key
-- personal: nothing from ledger.stream_members.stream_id, equal ones are looked for
-- personal: nothing from ledger.stream_members.merchant_key, equal ones are looked for
-- personal: nothing from ledger.labels.merchant_key, only the category is read
-- column stream_id: VARCHAR NOT NULL. Id of the stream
-- column holder_type: VARCHAR NOT NULL. Kind of holder: customer or account
-- column holder_id: VARCHAR NOT NULL. Whose payments they are
-- column currency: VARCHAR NOT NULL. Lower-case ISO 4217 currency
-- column merchant_key: VARCHAR NOT NULL. Normalised merchant or payer
-- column account_key: VARCHAR NOT NULL. Account of the newest payment
-- column direction: VARCHAR NOT NULL. in: the holder is paid; out: the holder pays
-- column kind: VARCHAR NOT NULL. In: payroll, benefit, pension, interest, advance (lent until payday), person (by Zelle
--   or an app), income (any other). Out: rent, mortgage, loan, card (one that is not linked), instalments (of a
--   purchase), advance (paid back), bill, subscription, saving (invested), person, fee (of a bank, its interest too),
--   habit (bought again and again). Either way: transfer (between own accounts), reversal (payments that came back).
--   From the category of most of its payments, and where that does not say it from cadence, amounts and rail
-- column category: ledger.category. Category of most of its payments, see ledger.labels; other.unknown when of all
-- column basis: VARCHAR NOT NULL. merchant: all payments of the merchant and direction; band: those of a range of
--   amounts; amount: those of one amount
-- column rail: ledger.rail. How the newest payment whose text says it moved; null when none does
-- column cadence: VARCHAR NOT NULL. weekly, biweekly, fourweekly, semimonthly, monthly, bimonthly, quarterly,
--   semiannual or annual
-- column per_year: INTEGER NOT NULL. Due dates in a year
-- column status: VARCHAR NOT NULL. active; late: one due date passed without a payment; ended: two did. A date has
--   passed once the account's rows are held to some days beyond it (ledger.accounts.coverage_end)
-- column maturity: VARCHAR NOT NULL. early: fewer than twice the payments that a stream of its cadence has at least;
--   mature: as many or more
-- column payment_count: BIGINT NOT NULL. Payments; those of one day are one
-- column met_count: BIGINT NOT NULL. Payments that meet a due date; the others are too many
-- column missed_count: BIGINT NOT NULL. Due dates between the first and the last that are met by none
-- column first_date: DATE NOT NULL. Of the first payment
-- column last_date: DATE NOT NULL. Of the newest payment
-- column last_due_date: DATE NOT NULL. The newest due date that was met
-- column last_minor: BIGINT NOT NULL. Amount of the newest payment that met a due date, without sign, minor units
-- column median_minor: BIGINT NOT NULL. Median of the payments that met a due date, an observed amount, minor units
-- column minimum_minor: BIGINT NOT NULL. Lowest of them, minor units
-- column maximum_minor: BIGINT NOT NULL. Highest, minor units
-- column amount_cv: DOUBLE. Their standard deviation over their mean; null for one payment
-- column is_steady: BOOLEAN NOT NULL. Whether amounts are mostly equal, or differ by a tenth at most
-- column expected_minor: BIGINT NOT NULL. What the next payment is expected to be, minor units: of equal amounts the
--   last, unless it is one alone of twice the median or more, as two payments at once, or of half or less; else the
--   median
-- column monthly_minor: BIGINT NOT NULL. expected_minor of all payments of a year over twelve, minor units
-- column price_change_count: BIGINT NOT NULL. Payments that began another price, see expenses.price_changes
-- column last_price_change_date: DATE. The newest of them; null without any
-- column confidence: DOUBLE NOT NULL. Orders streams by their evidence, 0 to 1; no probability
-- column next_due_date: DATE. When the next payment is due; null when ended
-- column next_due_from: DATE. From when on it is expected, margin_days before; null when ended
-- column next_due_to: DATE. Until when; null when ended
-- column near_days: INTEGER NOT NULL. How far from a due date a payment still meets it
-- column margin_days: INTEGER NOT NULL. How far from their due date three of four payments lay at most, one day at
--   least: of few payments nine of ten are all
-- column late_after: DATE NOT NULL. Day after which the stream is late without another payment
-- column ended_after: DATE NOT NULL. Day after which it has ended without one
WITH days AS (
    SELECT *, 100 * abs(minor - lag(minor) OVER w) <= lag(minor) OVER w AS is_equal
    FROM (SELECT stream_id, payment_date, any_value(day_minor) AS minor, any_value(due_date) AS due_date,
            max(account_key) AS account_key, max(rail) AS rail, max(price_before_minor) IS NOT NULL AS is_change
        FROM ledger.stream_members GROUP BY ALL)
    WINDOW w AS (PARTITION BY stream_id, due_date IS NULL ORDER BY payment_date)),
-- the category of most payments that have one
labelled AS (
    SELECT stream_id, category FROM (
        SELECT m.stream_id, l.category, count(*) AS n FROM ledger.stream_members m
        JOIN ledger.labels l ON l.transaction_id = m.transaction_id GROUP BY ALL)
    QUALIFY row_number() OVER (PARTITION BY stream_id ORDER BY category = 'other.unknown', n DESC, category) = 1),
summed AS (
    SELECT stream_id, arg_max(account_key, payment_date) AS account_key, arg_max(rail, payment_date) AS rail,
        count(*) AS payment_count, count(due_date) AS met_count, min(payment_date) AS first_date,
        max(payment_date) AS last_date, coalesce(min(due_date), min(payment_date)) AS first_due,
        coalesce(max(due_date), max(payment_date)) AS last_due,
        coalesce(arg_max(minor, payment_date) FILTER (due_date IS NOT NULL), max(minor)) AS last_minor,
        coalesce(arg_max(is_equal, payment_date) FILTER (due_date IS NOT NULL), false) AS is_last_equal,
        coalesce(quantile_disc(minor, 0.5) FILTER (due_date IS NOT NULL), max(minor)) AS median_minor,
        coalesce(min(minor) FILTER (due_date IS NOT NULL), max(minor)) AS minimum_minor,
        coalesce(max(minor) FILTER (due_date IS NOT NULL), max(minor)) AS maximum_minor,
        count(*) FILTER (due_date IS NOT NULL AND is_equal) AS equal_count,
        sum(minor) FILTER (due_date IS NOT NULL) AS total,
        sum(minor::HUGEINT * minor) FILTER (due_date IS NOT NULL) AS squares,
        greatest(1, quantile_disc(abs(payment_date - due_date), 0.75))::INTEGER AS margin_days,
        count(*) FILTER (is_change) AS price_change_count,
        max(payment_date) FILTER (is_change) AS last_price_change_date
    FROM days GROUP BY ALL),
known AS (
    SELECT s.* EXCLUDE (is_steady), m.* EXCLUDE (stream_id),
        greatest(round((last_due - first_due) * per_year / 365.25)::BIGINT + 1 - met_count, 0) AS missed_count,
        meta.sd(met_count, total, squares) * met_count / total AS amount_cv,
        10 * equal_count >= 6 * (met_count - 1) AS is_flat, s.is_steady OR is_flat AS is_steady, l.category,
        ledger.steps_to(last_due, anchor_date, step_days, step_months) AS steps
    FROM ledger.stream_schedules s JOIN summed m USING (stream_id)
    JOIN labelled l USING (stream_id)),
-- the next two due dates
following AS (
    SELECT stream_id, min(due, 2) AS dues FROM (
        SELECT stream_id, last_due, ledger.rolled(due, roll) AS due FROM (
            SELECT *, unnest([ledger.due_date(anchor_date, step_days, step_months, due_day, due_nth, due_weekday, step),
                CASE WHEN second_due_day IS NOT NULL -- least of null and a date is the date
                    THEN ledger.day_of_month(ledger.month_of(anchor_date, step), second_due_day) END]) AS due
            FROM (SELECT *, steps + unnest([-1, 0, 1, 2, 3]) AS step FROM known))
        WHERE due IS NOT NULL)
    WHERE due > last_due GROUP BY stream_id),
judged AS (
    SELECT k.*, dues[1] AS next_due, dues[1] + near_days AS late_after, dues[2] + near_days AS ended_after,
        coalesce(a.coverage_end, k.last_date) AS seen_to,
        CASE WHEN k.is_steady AND (is_last_equal OR (last_minor < 2 * median_minor::HUGEINT
                AND 2 * last_minor::HUGEINT > median_minor))
            THEN last_minor ELSE median_minor END AS expected_minor
    FROM known k JOIN following USING (stream_id) LEFT JOIN ledger.accounts a USING (account_key))
SELECT stream_id, holder_type, holder_id, currency, merchant_key, account_key, direction,
    CASE WHEN direction = 'in' THEN ledger.kind_in(category, merchant_key, rail, cadence, amount_cv,
            median_minor, currency)
        ELSE ledger.kind_out(category, merchant_key, rail, cadence, amount_cv, is_steady, is_flat,
            ledger.is_rent(category, rail, cadence, due_day, median_minor, minimum_minor, maximum_minor,
                currency),
            median_minor * per_year, currency) END AS kind,
    category, basis, rail, cadence, per_year,
    CASE WHEN seen_to <= late_after THEN 'active' WHEN seen_to <= ended_after THEN 'late' ELSE 'ended' END AS status,
    CASE WHEN payment_count < 2 * least_count THEN 'early' ELSE 'mature' END AS maturity, payment_count, met_count,
    missed_count, first_date, last_date, last_due AS last_due_date, last_minor, median_minor, minimum_minor,
    maximum_minor, amount_cv, is_steady, expected_minor,
    meta.mean_minor(12, expected_minor * per_year) AS monthly_minor,
    CASE WHEN is_steady THEN price_change_count ELSE 0 END AS price_change_count,
    CASE WHEN is_steady THEN last_price_change_date END AS last_price_change_date,
    round(least(0.35 * least(1, payment_count / 6)
        + 0.45 * met_count / greatest(met_count + missed_count, payment_count)
        + 0.2 * (1 - least(1, 2 * coalesce(amount_cv, 0))), CASE WHEN met_count < 3 THEN 0.5 ELSE 1 END), 3)
        AS confidence,
    CASE WHEN status <> 'ended' THEN next_due END AS next_due_date,
    CASE WHEN status <> 'ended' THEN next_due - margin_days END AS next_due_from,
    CASE WHEN status <> 'ended' THEN next_due + margin_days END AS next_due_to,
    near_days, margin_days, late_after, ended_after
FROM judged
