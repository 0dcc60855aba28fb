-- model: ledger.income_streams
-- about: Who pays a holder: wages, benefits, pensions, pay of platforms, and what else is income, each payer's money of
--   one schedule or of one class as a row, told in tiers. Amounts are net deposits, after tax and deductions: no gross
--   income. A payer's deposits of one day are one payment, whatever linked accounts they are split over
-- order: holder_id, holder_type, currency, income_stream_id
-- scope: holder_type, holder_id, currency, merchant_key
-- touched by ledger.accounts (account_key, coverage_end): SELECT s.holder_type, s.holder_id, s.currency, s.merchant_key
--   FROM ledger.income_streams s JOIN (SELECT account_key, min(coalesce(coverage_end, DATE '-infinity')) AS low,
--   max(coalesce(coverage_end, DATE 'infinity')) AS high FROM changed GROUP BY account_key) c USING (account_key)
--   WHERE s.late_after BETWEEN c.low AND c.high OR s.ended_after BETWEEN c.low AND c.high
-- touched by ledger.classed_payments: SELECT holder_type, holder_id, currency, merchant_key FROM changed
--   WHERE side = 'income'
-- input ledger.accounts: FROM ledger.accounts
-- personal: income_stream_id, counterparty_id, merchant_key from ledger.classed_payments.merchant_key
-- personal: counterparty_id from ledger.classed_payments.counterparty_id
-- personal: income_stream_id from ledger.classed_payments.group_id
-- personal: nothing from ledger.classed_payments.stream_id, the stream is looked for
-- personal: nothing from ledger.streams.stream_id, equal ones are looked for
-- personal: nothing from ledger.streams.merchant_key, equal ones are looked for
-- column income_stream_id: VARCHAR NOT NULL. Id: that of the stream in ledger.streams, or pay_… of what is in none;
--   see ledger.classed_payments.group_id
-- column holder_type: VARCHAR NOT NULL. Kind of holder: customer or account
-- column holder_id: VARCHAR NOT NULL. Who is paid
-- column currency: VARCHAR NOT NULL. Lower-case ISO 4217 currency
-- column merchant_key: VARCHAR NOT NULL. Normalised payer, for display
-- column counterparty_id: VARCHAR NOT NULL. Opaque id of the payer, within the holder
-- column account_key: VARCHAR NOT NULL. Account of the newest payment
-- column class: VARCHAR NOT NULL. payroll, benefit, pension, support, gig, contractor, rental, interest, business,
--   other, or unclear (regular, and no text says what)
-- column tier: VARCHAR NOT NULL. T1: wages on a schedule; T2: wages without one, benefits, pensions, support, pay of
--   platforms or clients, on a schedule or in three months; T3: what else comes so; T4: what does not. T1 and T2 are
--   qualified income
-- column cadence: VARCHAR NOT NULL. That of ledger.streams; semimonthly_or_biweekly: with three deposits they cannot be
--   told apart; irregular
-- column per_year_low: INTEGER. Pay periods in a year, of a range the lower end; null when irregular
-- column per_year_high: INTEGER. The higher end
-- column payment_count: BIGINT NOT NULL. Payments; those of one day are one
-- column month_count: BIGINT NOT NULL. Calendar months with one
-- column first_date: DATE NOT NULL. Of the first payment that is held; there may be earlier ones
-- column last_date: DATE NOT NULL. Of the newest
-- column median_minor: BIGINT NOT NULL. Median of the newest six payments, an observed amount, minor units
-- column total_minor: BIGINT. Sum of all payments, minor units; null when out of range
-- column period_cv: DOUBLE. Deviation of the payments over their mean, by pay period; null for fewer than three
-- column monthly_minor: BIGINT. Median payment times pay periods over twelve, of a range the lower end, minor units;
--   semimonthly the median of what two payments in a row bring, of the newest six; null when irregular
-- column monthly_high_minor: BIGINT. The higher end
-- column regularity: DOUBLE. Payments that met a due date of the due dates and those that met none; null when
--   irregular or not known
-- column status: VARCHAR NOT NULL. active; late: one due date passed without a payment; ended: two did. Of what is
--   irregular: after 45 and 75 days without one
-- column next_date: DATE. When the next payment is due; null when ended or irregular
-- column next_from: DATE. From when on it is expected
-- column next_to: DATE. Until when
-- column confidence: DOUBLE NOT NULL. Orders streams by their evidence, 0 to 1; no probability
-- column late_after: DATE NOT NULL. Day after which the stream is late without another payment
-- column ended_after: DATE NOT NULL. Day after which it has ended without one
WITH days AS (
    SELECT *, row_number() OVER (PARTITION BY group_id ORDER BY day DESC) AS nth,
        day - lag(day) OVER (PARTITION BY group_id ORDER BY day) AS gap,
        minor + lag(minor) OVER (PARTITION BY group_id ORDER BY day) AS pair
    FROM (SELECT holder_type, holder_id, currency, merchant_key, group_id, stream_id, posted_date AS day,
            min(class) FILTER (class <> 'unclear') AS class, min(counterparty_id) AS counterparty_id,
            max(account_key) AS account_key, sum(amount_minor) AS minor
        FROM ledger.classed_payments WHERE side = 'income' GROUP BY ALL)),
summed AS (
    SELECT holder_type, holder_id, currency, merchant_key, group_id, stream_id,
        coalesce(arg_max(class, day), 'unclear') AS class, arg_max(counterparty_id, day) AS counterparty_id,
        arg_max(account_key, day) AS account_key, count(*) AS n, count(DISTINCT date_trunc('month', day)) AS months,
        min(day) AS first_date, max(day) AS last_date, quantile_disc(minor, 0.5) FILTER (nth <= 6) AS median,
        quantile_disc(pair, 0.5) FILTER (nth <= 5) AS median_pair, sum(minor) AS total,
        meta.sum_of_squares(minor) AS squares, min(gap) AS least_gap, max(gap) AS most_gap
    FROM days GROUP BY ALL),
-- three wages about half a month apart are on a schedule, whichever of two it is
scheduled AS (
    SELECT m.*, s.status AS stream_status, s.met_count, s.missed_count, s.payment_count AS stream_count,
        s.confidence AS stream_confidence, s.late_after AS stream_late_after, s.ended_after AS stream_ended_after,
        s.next_due_date, s.next_due_from, s.next_due_to, s.amount_cv, s.per_year,
        CASE WHEN s.cadence IN ('biweekly', 'semimonthly') AND s.payment_count = 3
                OR (s.stream_id IS NULL AND m.class = 'payroll' AND n = 3 AND least_gap >= 12 AND most_gap <= 18)
            THEN 'semimonthly_or_biweekly' ELSE coalesce(s.cadence, 'irregular') END AS cadence
    FROM summed m LEFT JOIN ledger.streams s USING (holder_type, holder_id, currency, merchant_key, stream_id)),
told AS (
    SELECT *, CASE cadence WHEN 'irregular' THEN NULL WHEN 'semimonthly_or_biweekly' THEN 24 ELSE per_year END::INTEGER
            AS per_year_low,
        CASE WHEN cadence = 'semimonthly_or_biweekly' THEN 26 ELSE per_year END::INTEGER AS per_year_high,
        least(median, 9223372036854775807)::BIGINT AS median_minor,
        coalesce(stream_late_after, last_date + CASE cadence WHEN 'irregular' THEN 45 ELSE 21 END) AS late_after,
        coalesce(stream_ended_after, last_date + CASE cadence WHEN 'irregular' THEN 75 ELSE 37 END) AS ended_after
    FROM scheduled)
SELECT group_id AS income_stream_id, t.holder_type, t.holder_id, currency, merchant_key, counterparty_id, account_key,
    class, ledger.income_tier(class, cadence <> 'irregular', months) AS tier, cadence, per_year_low, per_year_high,
    n AS payment_count, months AS month_count, first_date, last_date, median_minor, meta.minor(total) AS total_minor,
    CASE WHEN coalesce(met_count, n) >= 3 THEN coalesce(amount_cv, CASE WHEN total > 0
        THEN meta.sd(n, total, squares) * n / total::DOUBLE END) END AS period_cv,
    -- of wages twice a month one half may have the deductions, or the bonus, of the whole
    CASE WHEN cadence = 'semimonthly' THEN meta.minor(median_pair)
        ELSE meta.mean_minor(12, median_minor::HUGEINT * per_year_low) END AS monthly_minor,
    CASE WHEN cadence = 'semimonthly' THEN monthly_minor
        ELSE meta.mean_minor(12, median_minor::HUGEINT * per_year_high) END AS monthly_high_minor,
    met_count / greatest(met_count + missed_count, stream_count) AS regularity,
    coalesce(stream_status, CASE WHEN coalesce(a.coverage_end, last_date) <= late_after THEN 'active'
        WHEN coalesce(a.coverage_end, last_date) <= ended_after THEN 'late' ELSE 'ended' END) AS status,
    CASE WHEN stream_id IS NOT NULL THEN next_due_date WHEN cadence <> 'irregular' AND status <> 'ended'
        THEN last_date + 15 END AS next_date,
    CASE WHEN stream_id IS NOT NULL THEN next_due_from WHEN next_date IS NOT NULL THEN last_date + 13 END AS next_from,
    CASE WHEN stream_id IS NOT NULL THEN next_due_to WHEN next_date IS NOT NULL THEN last_date + 17 END AS next_to,
    coalesce(stream_confidence, round(0.35 * least(1, n / 6), 3)) AS confidence, late_after, ended_after
FROM told t LEFT JOIN (SELECT account_key, coverage_end FROM ledger.accounts) a USING (account_key)
