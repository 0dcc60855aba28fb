-- model: ledger.obligations
-- about: Recurring payments that a holder is bound to make: rent, loans, cards elsewhere, instalments, advances,
--   utilities, insurance, support; whether a due payment is missed, and whether a debt that is no longer paid was
--   paid off
-- order: stream_id
-- scope: holder_type, holder_id, currency, merchant_key
-- touched by ledger.classed_payments: SELECT holder_type, holder_id, currency, merchant_key FROM changed
--   WHERE side = 'obligation'
-- touched by ledger.transactions (transaction_id, holder_type, holder_id, currency, merchant_key, transacted_date,
--   amount_minor, status, suppressed_by, spending_class): SELECT holder_type, holder_id, currency, merchant_key
--   FROM changed WHERE spending_class = 'reversed' AND amount_minor < 0
-- personal: counterparty_id, merchant_key from ledger.classed_payments.merchant_key
-- personal: counterparty_id from ledger.classed_payments.counterparty_id
-- personal: stream_id from ledger.classed_payments.stream_id
-- personal: nothing from ledger.classed_payments.group_id, it is not read
-- personal: nothing from ledger.streams.stream_id, equal ones are looked for
-- personal: nothing from ledger.streams.merchant_key, equal ones are looked for
-- personal: nothing from ledger.transactions.merchant_key, equal ones are looked for
-- column stream_id: VARCHAR NOT NULL. Its stream in ledger.streams
-- column holder_type: VARCHAR NOT NULL. Kind of holder: customer or account
-- column holder_id: VARCHAR NOT NULL. Who pays
-- column currency: VARCHAR NOT NULL. Lower-case ISO 4217 currency
-- column merchant_key: VARCHAR NOT NULL. Normalised payee, for display
-- column counterparty_id: VARCHAR NOT NULL. Opaque id of the payee, within the holder
-- column account_key: VARCHAR NOT NULL. Account of the newest payment
-- column class: VARCHAR NOT NULL. rent, mortgage, auto, student, personal_loan, card (not linked), instalments, ewa,
--   cash_advance, collections, loan (any other), housing, utilities, insurance, support_paid
-- column strength: VARCHAR NOT NULL. named: its category says it; pattern: a person or a check is paid the same at the
--   turn of every month, which is taken for a rent
-- column cadence: VARCHAR NOT NULL. See ledger.streams
-- column per_year: INTEGER NOT NULL. Due dates in a year
-- column payment_count: BIGINT NOT NULL. Payments; those of one day are one
-- column missed_count: BIGINT NOT NULL. Due dates between the first and the last that no payment met
-- column first_date: DATE NOT NULL. Of the first payment that is held
-- column last_date: DATE NOT NULL. Of the newest
-- column median_minor: BIGINT NOT NULL. Median payment, minor units
-- column last_minor: BIGINT NOT NULL. Newest payment, minor units
-- column expected_minor: BIGINT NOT NULL. What the next payment is expected to be, minor units
-- column monthly_minor: BIGINT NOT NULL. That of a year over twelve, minor units
-- column amount_cv: DOUBLE. Deviation of the payments over their mean; null for one
-- column regularity: DOUBLE NOT NULL. Payments that met a due date of the due dates and those that met none
-- column status: VARCHAR NOT NULL. active; missed: one due date passed without a payment; paid_off: a debt whose last
--   payment says so, or differs from equal ones before it, as a final balance does, and after which a due date passed,
--   or instalments every other week that were paid four times, or a plan by the month or every four weeks of as many
--   payments as such plans have, after which a due date passed; ended: two due dates passed. A debt or rent of which
--   the bank returned what was collected since the newest payment goes on: missed, however many due dates passed
-- column next_date: DATE. When the next payment is due; null when paid off or ended
-- column next_from: DATE. From when on it is expected
-- column next_to: DATE. Until when
-- column confidence: DOUBLE NOT NULL. Orders obligations by their evidence, 0 to 1; no probability
WITH days AS (
    SELECT holder_type, holder_id, currency, merchant_key, stream_id, class, counterparty_id,
        transacted_date AS day, sum(amount_minor) AS minor, bool_or(says_paid_off) AS says_paid_off
    FROM ledger.classed_payments WHERE side = 'obligation' GROUP BY ALL),
-- the newest payments to the payee, of whatever stream: a final balance may be in none
newest AS (
    SELECT holder_type, holder_id, currency, merchant_key, max(day) AS last_date,
        coalesce(arg_max(says_paid_off, day), false) AS says_paid_off, arg_max(minor, day) AS last_minor,
        max(minor) FILTER (nth BETWEEN 2 AND 4) AS most, min(minor) FILTER (nth BETWEEN 2 AND 4) AS least,
        count(*) FILTER (nth BETWEEN 2 AND 4) AS n
    FROM (SELECT *, row_number() OVER (PARTITION BY holder_type, holder_id, currency, merchant_key
            ORDER BY day DESC, minor DESC) AS nth
        FROM (SELECT holder_type, holder_id, currency, merchant_key, day, sum(minor) AS minor,
                bool_or(says_paid_off) AS says_paid_off
            FROM days GROUP BY ALL))
    GROUP BY ALL),
-- the newest debit that the bank returned: the payee collects on
refused AS (
    SELECT holder_type, holder_id, currency, merchant_key, max(transacted_date) AS refused_date
    FROM ledger.transactions
    WHERE spending_class = 'reversed' AND amount_minor < 0 AND status = 'posted' AND suppressed_by IS NULL
    GROUP BY ALL),
owed AS (
    SELECT holder_type, holder_id, currency, merchant_key, stream_id, arg_max(class, (day, class)) AS class,
        arg_max(counterparty_id, (day, counterparty_id)) AS counterparty_id
    FROM days WHERE stream_id IS NOT NULL GROUP BY ALL),
known AS (
    SELECT s.*, o.class, o.counterparty_id, ledger.is_debt_class(o.class)
            AND (n.says_paid_off OR (s.status <> 'active' AND n.n = 3 AND 100 * (n.most - n.least) <= n.least
                AND 100 * abs(n.last_minor - n.least) > n.least)
            OR (o.class = 'instalments' AND s.cadence = 'biweekly' AND s.is_steady AND s.payment_count % 4 = 0)
            OR (o.class = 'instalments' AND s.cadence IN ('monthly', 'fourweekly') AND s.is_steady
                AND s.status <> 'active' AND s.missed_count = 0
                AND s.payment_count IN (3, 6, 12, 18, 24, 36)))
            AS is_paid_off,
        (o.class = 'rent' OR ledger.is_debt_class(o.class)) AND coalesce(r.refused_date > n.last_date, false)
            AS is_refused
    FROM owed o JOIN ledger.streams s USING (holder_type, holder_id, currency, merchant_key, stream_id)
    JOIN newest n USING (holder_type, holder_id, currency, merchant_key)
    LEFT JOIN refused r USING (holder_type, holder_id, currency, merchant_key))
SELECT stream_id, holder_type, holder_id, currency, merchant_key, counterparty_id, account_key, class,
    CASE WHEN kind = 'rent' AND category IS DISTINCT FROM 'housing.rent' THEN 'pattern' ELSE 'named' END AS strength,
    cadence, per_year, payment_count, missed_count, first_date, last_date, median_minor, last_minor, expected_minor,
    monthly_minor, amount_cv, met_count / greatest(met_count + missed_count, payment_count) AS regularity,
    CASE WHEN is_paid_off THEN 'paid_off' WHEN k.status = 'active' THEN 'active'
        WHEN k.status = 'late' OR is_refused THEN 'missed' ELSE 'ended' END AS status,
    CASE WHEN NOT is_paid_off THEN next_due_date END AS next_date,
    CASE WHEN NOT is_paid_off THEN next_due_from END AS next_from,
    CASE WHEN NOT is_paid_off THEN next_due_to END AS next_to, confidence
FROM known k
