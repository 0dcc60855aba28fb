-- model: underwriting.obligation_values
-- about: Attributes of obligations, before it is judged how far they may be relied on: lenders, advances, instalments,
--   rent, what is fixed a month, and what income leaves after it
-- order: holder_id, holder_type, account_key, currency, window_name, attribute
-- lake: none
-- part: holder_id
-- part bytes: 64
-- scope: holder_type, holder_id
-- input underwriting.attributes: FROM underwriting.attributes
-- input underwriting.windows: FROM underwriting.windows
-- personal: nothing from ledger.classed_payments.counterparty_id, lenders are counted
-- personal: nothing from ledger.classed_payments.group_id, it is not read
-- personal: nothing from ledger.classed_payments.stream_id, equal ones are looked for
-- personal: nothing from ledger.classed_payments.merchant_key, it is not read
-- personal: nothing from ledger.obligations.stream_id, equal ones are looked for
-- personal: nothing from ledger.obligations.counterparty_id, equal ones are looked for
-- personal: nothing from ledger.obligations.merchant_key, it is not read
-- personal: nothing from ledger.expected_payments.stream_id, equal ones are looked for
-- personal: nothing from ledger.expected_payments.merchant_key, it is not read
-- column holder_type: VARCHAR NOT NULL. Kind of holder: customer or account
-- column holder_id: VARCHAR NOT NULL. Whose obligations they are
-- column account_key: VARCHAR NOT NULL. Empty: all of them are of the holder as a whole
-- column currency: VARCHAR NOT NULL. Lower-case ISO 4217 currency
-- column window_name: VARCHAR NOT NULL. Span of days, see underwriting.windows
-- column attribute: VARCHAR NOT NULL. Name, see underwriting.attributes
-- column value_integer: BIGINT. Money in minor units, a count, or days; null where value_double is set, or undefined
-- column value_double: DOUBLE. A ratio
-- column value_text: VARCHAR. What it is, in a word
-- column partial_reason: VARCHAR. Why the value holds only in part although every day is held; else null
WITH held AS (
    SELECT s.holder_type, s.holder_id, s.currency, s.window_name, s.coverage_start, w.first_day, w.last_day
    FROM (FROM underwriting.subject_windows WHERE account_key = '') s JOIN underwriting.windows w USING (window_name)),
paid AS (
    SELECT * FROM ledger.classed_payments WHERE side IN ('obligation', 'proceeds')),
-- lenders: who is paid a debt or lends
lending AS (
    SELECT *, min(posted_date) OVER (PARTITION BY holder_type, holder_id, currency, counterparty_id) AS first_seen
    FROM paid WHERE ledger.is_debt_class(class) OR ledger.is_advance_class(class) OR class = 'card'),
lenders AS (
    SELECT p.holder_type, p.holder_id, p.currency, w.window_name, count(DISTINCT p.counterparty_id)
            FILTER (p.side = 'obligation') AS lenders,
        count(DISTINCT p.counterparty_id) FILTER (p.first_seen >= w.first_day) AS new_lenders,
        count(DISTINCT p.counterparty_id) FILTER (p.class = 'ewa') AS apps
    FROM lending p JOIN underwriting.windows w ON p.posted_date BETWEEN w.first_day AND w.last_day GROUP BY ALL),
sums AS (
    SELECT p.holder_type, p.holder_id, p.currency, w.window_name,
        count(*) FILTER (p.class = 'collections' AND p.side = 'obligation') AS collections,
        sum(p.amount_minor) FILTER (p.class = 'support_paid') AS support,
        sum(p.amount_minor) FILTER (p.class IN ('rent', 'mortgage', 'housing') AND p.side = 'obligation') AS housing
    FROM paid p JOIN underwriting.windows w ON p.posted_date BETWEEN w.first_day AND w.last_day GROUP BY ALL),
debts AS (
    SELECT f.holder_type, f.holder_id, f.currency, w.window_name, sum(f.out_minor) AS paid
    FROM (FROM underwriting.flow_days WHERE treatment = 'debt_service') f
    JOIN underwriting.windows w ON f.day BETWEEN w.first_day AND w.last_day GROUP BY ALL),
-- an advance and the first payment of its app within 21 days that gives it back with at most half of it on top
advances AS (
    SELECT a.holder_type, a.holder_id, a.currency, r.transaction_id AS repaid_id, r.posted_date,
        r.amount_minor - a.amount_minor AS cost
    FROM (FROM paid WHERE class = 'ewa' AND side = 'proceeds') a
    JOIN (FROM paid WHERE class = 'ewa' AND side = 'obligation') r ON r.holder_type = a.holder_type
        AND r.holder_id = a.holder_id AND r.currency = a.currency AND r.counterparty_id = a.counterparty_id
        AND r.posted_date BETWEEN a.posted_date AND a.posted_date + 21 AND r.amount_minor >= a.amount_minor
        AND r.amount_minor <= a.amount_minor::HUGEINT * 3 / 2
    QUALIFY row_number() OVER (PARTITION BY a.transaction_id ORDER BY r.posted_date, r.transaction_id) = 1),
repaid AS (FROM advances QUALIFY row_number() OVER (PARTITION BY repaid_id ORDER BY cost) = 1),
costs AS (
    SELECT a.holder_type, a.holder_id, a.currency, w.window_name, sum(a.cost) AS cost
    FROM repaid a JOIN underwriting.windows w ON a.posted_date BETWEEN w.first_day AND w.last_day GROUP BY ALL),
-- what apps were paid besides: fees and tips, or a part of an advance
besides AS (
    SELECT p.holder_type, p.holder_id, p.currency, w.window_name, true AS is_paid_more
    FROM (FROM paid WHERE class = 'ewa' AND side = 'obligation') p
    ANTI JOIN repaid a ON a.repaid_id = p.transaction_id
    JOIN underwriting.windows w ON p.posted_date BETWEEN w.first_day AND w.last_day GROUP BY ALL),
-- plans that are paid by the month
monthly_plans AS (
    SELECT holder_type, holder_id, currency, stream_id, status FROM ledger.obligations
    WHERE class = 'instalments' AND cadence NOT IN ('weekly', 'biweekly', 'semimonthly')),
-- plans of four instalments two weeks apart: payments of one lender that differ by cents at most
plans AS (
    SELECT holder_type, holder_id, currency, counterparty_id, plan, count(*) AS n, max(posted_date) AS last_date
    FROM (
        SELECT *, sum(begins) OVER (PARTITION BY holder_type, holder_id, currency, counterparty_id
            ORDER BY amount_minor, transaction_id) AS plan
        FROM (SELECT *, coalesce(amount_minor - lag(amount_minor) OVER (PARTITION BY holder_type, holder_id, currency,
                counterparty_id ORDER BY amount_minor, transaction_id) > 5, true)::INTEGER AS begins
            FROM (FROM paid WHERE class = 'instalments' AND side = 'obligation')
            ANTI JOIN monthly_plans USING (holder_type, holder_id, currency, stream_id)))
    GROUP BY ALL),
open_plans AS (
    SELECT holder_type, holder_id, currency, count(*) AS n FROM (
        SELECT p.holder_type, p.holder_id, p.currency
        FROM plans p JOIN underwriting.windows w ON w.window_name = '90d' AND p.last_date > w.last_day - 21
            AND p.last_date <= w.last_day
        WHERE p.n % 4 <> 0
        UNION ALL
        SELECT holder_type, holder_id, currency FROM monthly_plans WHERE status IN ('active', 'missed'))
    GROUP BY ALL),
-- what is paid too seldom yet to be a stream: rents and mortgages from their first payment on, which texts name, and
-- debts that were paid the same twice, a month apart
loose AS (
    SELECT *, max(posted_date) OVER same AS newest,
        sum(amount_minor) OVER (PARTITION BY holder_type, holder_id, currency, counterparty_id, class,
            date_trunc('month', posted_date)) AS month_minor,
        row_number() OVER (PARTITION BY holder_type, holder_id, currency, counterparty_id, class,
            date_trunc('month', posted_date) ORDER BY posted_date, transaction_id) AS nth_of_month,
        lag(posted_date) OVER (same ORDER BY posted_date, transaction_id) AS date_before,
        lag(amount_minor) OVER (same ORDER BY posted_date, transaction_id) AS minor_before
    FROM paid WHERE side = 'obligation' AND stream_id IS NULL
        AND (class IN ('rent', 'mortgage') OR ledger.is_debt_class(class))
    WINDOW same AS (PARTITION BY holder_type, holder_id, currency, counterparty_id, class)),
-- of each what was paid within 24 days of the newest payment, and what is usual in a half year
rates AS (
    SELECT holder_type, holder_id, currency, counterparty_id, class, min(posted_date) AS first_date,
        sum(amount_minor) FILTER (posted_date > newest - 24) AS lately,
        count(*) FILTER (posted_date > newest - 24) AS n,
        max(amount_minor) FILTER (posted_date > newest - 24) AS largest,
        min(posted_date) FILTER (posted_date > newest - 24) < date_trunc('month', max(newest)) AS is_of_two_months,
        bool_or(posted_date = newest AND 100 * abs(amount_minor - minor_before)::HUGEINT <= minor_before) AS is_same,
        CASE WHEN count(*) FILTER (nth_of_month = 1 AND posted_date > newest - 184) >= 3
            THEN quantile_disc(month_minor, 0.5) FILTER (nth_of_month = 1 AND posted_date > newest - 184) END AS usual,
        quantile_disc(amount_minor, 0.5) FILTER (posted_date > newest - 184) AS usual_payment
    FROM loose
    ANTI JOIN (FROM ledger.obligations WHERE status IN ('active', 'missed', 'paid_off'))
        USING (holder_type, holder_id, currency, counterparty_id)
    WHERE newest > (SELECT last_day - 45 FROM underwriting.windows WHERE window_name = '90d')
    GROUP BY ALL
    HAVING NOT bool_or(says_paid_off) AND (class IN ('rent', 'mortgage') OR (class NOT IN ('instalments', 'collections')
        AND bool_or(posted_date = newest AND posted_date - date_before BETWEEN 25 AND 35
            AND 100 * abs(amount_minor - minor_before)::HUGEINT <= minor_before)))),
-- what was paid lately is that of a month; but who pays late, on no schedule, may pay two months' rent within 24 days,
-- or at once. It is in doubt where the payments do not show which: a new rent, or one that rose
begun AS (
    SELECT holder_type, holder_id, currency, counterparty_id, class, first_date,
        CASE WHEN usual IS NULL OR lately <= usual THEN lately
            WHEN n > 1 THEN greatest(usual, largest)
            WHEN is_same OR 10 * lately < 19 * usual THEN lately ELSE usual END AS monthly_minor,
        CASE WHEN usual IS NULL THEN n > 1 AND is_of_two_months
            WHEN lately <= usual THEN false
            WHEN n > 1 THEN 100 * largest::HUGEINT > 101 * usual_payment::HUGEINT
            ELSE coalesce(NOT is_same, true) AND 10 * lately >= 19 * usual END AS is_doubtful
    FROM rates),
-- a rent that was missed ended where another one has begun since
living AS (
    SELECT holder_type, holder_id, currency,
        sum(monthly_minor) FILTER (NOT ledger.is_advance_class(class)) AS fixed,
        max(monthly_minor) FILTER (class = 'rent') AS rent,
        bool_or(is_doubtful) FILTER (NOT ledger.is_advance_class(class)) AS is_fixed_doubtful,
        bool_or(is_doubtful) FILTER (class = 'rent') AS is_rent_doubtful,
        nullif(arg_max(stream_id, (monthly_minor, stream_id)) FILTER (class = 'rent'), '') AS rent_id,
        arg_max(strength, (monthly_minor, stream_id)) FILTER (class = 'rent') AS rent_strength
    FROM (
        SELECT o.holder_type, o.holder_id, o.currency, o.class, o.monthly_minor, o.stream_id, o.strength,
            false AS is_doubtful
        FROM (FROM ledger.obligations WHERE status IN ('active', 'missed')) o
        LEFT JOIN (SELECT holder_type, holder_id, currency, class, max(first_date) AS begun_date FROM begun
            WHERE class = 'rent' GROUP BY ALL) b USING (holder_type, holder_id, currency, class)
        WHERE NOT (o.status = 'missed' AND coalesce(b.begun_date > o.last_date, false))
        UNION ALL
        SELECT holder_type, holder_id, currency, class, monthly_minor, '', 'named', is_doubtful FROM begun)
    GROUP BY ALL),
dues AS (
    SELECT e.*, o.status, o.class, o.per_year, o.last_date,
        -- a plan has few instalments: the weeks until the next plan of its lender begins owe nothing
        o.class = 'instalments' AND o.cadence IN ('weekly', 'biweekly', 'semimonthly', 'fourweekly')
            AND e.due_date < o.last_date AS is_between_plans,
        -- who paid twice as much owes nothing on the next date; of a card every payment differs
        o.class <> 'card' AND coalesce(10 * lag(e.paid_minor::HUGEINT) OVER (PARTITION BY e.stream_id
            ORDER BY e.due_date) >= 19 * e.expected_minor::HUGEINT, false) AS is_paid_before
    FROM (FROM ledger.expected_payments WHERE direction = 'out' AND state <> 'due') e
    JOIN ledger.obligations o USING (holder_type, holder_id, stream_id)),
-- rents by when they began: one that was left owes nothing since
rented AS (
    SELECT holder_type, holder_id, currency, list(first_date) AS begun
    FROM (SELECT holder_type, holder_id, currency, first_date FROM begun WHERE class = 'rent'
        UNION ALL SELECT holder_type, holder_id, currency, first_date FROM ledger.obligations WHERE class = 'rent')
    GROUP BY ALL),
missed AS (
    SELECT d.holder_type, d.holder_id, d.currency, w.window_name, count(*) AS n
    FROM (FROM dues WHERE state = 'missed' AND status IN ('active', 'missed')
        AND NOT is_between_plans AND NOT is_paid_before) d
    LEFT JOIN rented r ON r.holder_type = d.holder_type AND r.holder_id = d.holder_id AND r.currency = d.currency
    JOIN underwriting.windows w ON d.due_date BETWEEN w.first_day AND w.last_day
    WHERE d.class <> 'rent' OR len(list_filter(r.begun, lambda b: b > d.last_date AND b <= d.missed_after)) = 0
    GROUP BY ALL),
streaks AS (
    SELECT holder_type, holder_id, currency, stream_id,
        -- of a rent that is paid by the week, or in halves, months
        CASE WHEN any_value(per_year) > 12 THEN count(DISTINCT date_trunc('month', due_date))
                FILTER (date_trunc('month', due_date) > coalesce(date_trunc('month', missed_date), '-infinity'))
            ELSE count(*) FILTER (due_date > coalesce(missed_date, '-infinity')) END AS streak,
        min(due_date) AS first_date, max(missed_date) AS missed_date
    FROM (SELECT *, max(due_date) FILTER (state = 'missed' AND NOT is_paid_before)
            OVER (PARTITION BY holder_type, holder_id, stream_id) AS missed_date FROM dues WHERE class = 'rent')
    GROUP BY ALL),
rents AS (
    SELECT l.holder_type, l.holder_id, l.currency, s.streak, s.missed_date IS NULL AS is_whole, s.first_date
    FROM living l JOIN streaks s ON s.holder_type = l.holder_type AND s.holder_id = l.holder_id
        AND s.stream_id = l.rent_id),
-- complete months: debt service, and essential spending but what goes to payees of obligations and for advances
months AS (
    SELECT holder_type, holder_id, currency, date_trunc('month', day)::DATE AS month,
        coalesce(sum(out_minor) FILTER (treatment = 'debt_service'), 0) AS debt,
        coalesce(sum(out_minor) FILTER (need = 'E' AND treatment IN ('expense', 'debt_service')), 0) AS essential
    FROM underwriting.flow_days GROUP BY ALL),
owed_months AS (
    SELECT p.holder_type, p.holder_id, p.currency, date_trunc('month', p.posted_date)::DATE AS month,
        sum(p.amount_minor) AS owed
    FROM (FROM paid WHERE is_essential AND side = 'obligation') p
    LEFT JOIN (SELECT holder_type, holder_id, counterparty_id, true AS is_known FROM ledger.obligations
        UNION SELECT holder_type, holder_id, counterparty_id, true FROM begun) o
        USING (holder_type, holder_id, counterparty_id)
    WHERE o.is_known OR ledger.is_advance_class(p.class)
    GROUP BY ALL),
all_months AS (
    SELECT holder_type, holder_id, currency, window_name,
        unnest(generate_series(first_day, last_day, INTERVAL 1 MONTH))::DATE AS month
    FROM held WHERE window_name IN ('3m', '6m', '12m')),
monthly AS (
    SELECT a.holder_type, a.holder_id, a.currency, a.window_name,
        meta.mean_minor(count(*), sum(coalesce(m.debt, 0))) AS debt,
        quantile_disc(greatest(coalesce(m.essential, 0) - coalesce(o.owed, 0), 0), 0.5) AS variable
    FROM all_months a LEFT JOIN months m USING (holder_type, holder_id, currency, month)
    LEFT JOIN owed_months o USING (holder_type, holder_id, currency, month)
    GROUP BY ALL),
income AS (
    SELECT holder_type, holder_id, currency, max(value_integer) FILTER (attribute = 'income_monthly_minor') AS monthly,
        max(value_integer) FILTER (attribute = 'income_qualified_minor') AS qualified,
        max(partial_reason) FILTER (attribute = 'income_monthly_minor') AS why
    FROM underwriting.income_values WHERE window_name = '90d' GROUP BY ALL),
qualified AS (
    SELECT holder_type, holder_id, currency, window_name, value_integer AS of_span
    FROM underwriting.income_values WHERE attribute = 'income_qualified_minor'),
-- what is paid back daily or weekly to one who paid out a sum, and whom no rule knows
unnamed AS (
    SELECT DISTINCT holder_type, holder_id, currency,
        'who paid out a sum is paid back daily or weekly, and no rule knows them: they may be a lender' AS why_unnamed
    FROM ledger.advance_positions
    WHERE list_contains(evidence, 'both_ways') AND NOT list_contains(evidence, 'name')
        AND status IN ('OPEN', 'REDUCED', 'INCREASED')),
known AS (
    SELECT h.*, coalesce(l.lenders, 0) AS lenders, coalesce(l.new_lenders, 0) AS new_lenders,
        coalesce(l.apps, 0) AS apps, coalesce(s.collections, 0) AS collections, coalesce(s.support, 0) AS support,
        coalesce(s.housing, 0) AS housing, coalesce(c.cost, 0) AS cost, g.is_paid_more, coalesce(p.n, 0) AS plans,
        coalesce(v.fixed, 0) AS fixed, v.rent, upper(v.rent_strength) AS rent_strength,
        CASE WHEN v.is_fixed_doubtful THEN 'late payments may be those of one month or of two' END AS why_fixed,
        CASE WHEN v.is_rent_doubtful THEN 'late payments may be those of one month or of two' END AS why_rent,
        r.streak, r.is_whole,
        r.first_date, coalesce(m.n, 0) AS missed,
        d.debt, q.variable, i.monthly, i.qualified, i.why, a.why_unnamed,
        coalesce(t.paid, 0) AS debt_paid, g.of_span
    FROM held h LEFT JOIN lenders l USING (holder_type, holder_id, currency, window_name)
    LEFT JOIN sums s USING (holder_type, holder_id, currency, window_name)
    LEFT JOIN costs c USING (holder_type, holder_id, currency, window_name)
    LEFT JOIN besides g USING (holder_type, holder_id, currency, window_name)
    LEFT JOIN missed m USING (holder_type, holder_id, currency, window_name)
    LEFT JOIN monthly d USING (holder_type, holder_id, currency, window_name)
    LEFT JOIN open_plans p USING (holder_type, holder_id, currency)
    LEFT JOIN living v USING (holder_type, holder_id, currency)
    LEFT JOIN rents r USING (holder_type, holder_id, currency)
    LEFT JOIN income i USING (holder_type, holder_id, currency)
    LEFT JOIN debts t USING (holder_type, holder_id, currency, window_name)
    LEFT JOIN qualified g USING (holder_type, holder_id, currency, window_name)
    LEFT JOIN unnamed a USING (holder_type, holder_id, currency)
    LEFT JOIN (FROM monthly WHERE window_name = '3m') q USING (holder_type, holder_id, currency)),
listed AS (
    SELECT holder_type, holder_id, currency, window_name, unnest([
            {attribute: 'obligation_bnpl_open_count', i: plans, d: NULL, why: NULL},
            {attribute: 'obligation_child_support_paid_minor', i: support, d: NULL, why: NULL},
            {attribute: 'obligation_collections_count', i: collections, d: NULL, why: NULL},
            {attribute: 'obligation_debt_service_minor', i: debt_paid, d: NULL, why: why_unnamed},
            {attribute: 'obligation_debt_service_month_avg_minor', i: debt, d: NULL, why: why_unnamed},
            {attribute: 'obligation_debt_service_ratio', i: NULL, d: meta.share(debt_paid, of_span),
                why: why_unnamed},
            {attribute: 'obligation_ewa_app_count', i: apps, d: NULL, why: NULL},
            {attribute: 'obligation_ewa_cost_minor', i: cost, d: NULL, why: CASE WHEN is_paid_more
                THEN 'apps were paid more: fees, tips, or parts of advances' END},
            {attribute: 'obligation_fixed_month_minor', i: fixed, d: NULL,
                why: coalesce(why_fixed, why_unnamed)},
            {attribute: 'obligation_housing_ratio', i: NULL, d: meta.share(housing, qualified), why: NULL},
            {attribute: 'obligation_lender_count', i: lenders, d: NULL, why: why_unnamed},
            {attribute: 'obligation_missed_payment_count', i: missed, d: NULL, why: NULL},
            {attribute: 'obligation_new_lender_count', i: new_lenders, d: NULL, why: CASE
                WHEN new_lenders > 0 AND first_day - coverage_start < 45
                THEN 'too little history before the span to tell who is new' ELSE why_unnamed END},
            {attribute: 'obligation_rent_month_minor', i: rent, d: NULL, why: why_rent},
            {attribute: 'obligation_rent_streak_months', i: streak, d: NULL, why: CASE
                WHEN is_whole AND first_date - coverage_start < 45 THEN 'it may have begun before the history' END},
            {attribute: 'obligation_residual_income_minor', i: monthly - fixed - variable, d: NULL,
                why: coalesce(why, why_fixed, why_unnamed)}]) AS value
    FROM known)
SELECT l.holder_type, l.holder_id, '' AS account_key, l.currency, l.window_name, l.value.attribute AS attribute,
    meta.minor(l.value.i) AS value_integer, l.value.d::DOUBLE + 0.0 AS value_double, NULL::VARCHAR AS value_text,
    l.value.why::VARCHAR AS partial_reason
FROM listed l
SEMI JOIN (SELECT attribute, unnest(windows) AS window_name FROM underwriting.attributes) a
    ON a.attribute = l.value.attribute AND a.window_name = l.window_name
UNION ALL
SELECT holder_type, holder_id, '', currency, window_name, 'obligation_rent_strength', NULL, NULL, rent_strength, NULL
FROM known WHERE window_name = '90d'
