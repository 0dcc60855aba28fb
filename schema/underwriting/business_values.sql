-- model: underwriting.business_values
-- about: Attributes of holders whose accounts show a business (underwriting.business_revenue_month), before it is
--   judged how far they may be relied on: revenue, who pays it, what the business costs, and advances on its receipts
-- order: holder_id, holder_type, account_key, currency, window_name, attribute
-- lake: none
-- part: holder_id
-- part bytes: 256
-- scope: holder_type, holder_id
-- touched by ledger.transactions (transaction_id, holder_type, holder_id, currency, category, posted_date,
--   amount_minor, status, suppressed_by, merchant_key): SELECT holder_type, holder_id FROM changed
--   WHERE amount_minor > 0 AND category = 'cash' AND holder_type IS NOT NULL AND holder_id IS NOT NULL
-- touched by ledger.labels (transaction_id, transacted_date, category, treatment): SELECT t.holder_type, t.holder_id
--   FROM (FROM ledger.transactions WHERE transacted_date >= (SELECT min(transacted_date) FROM changed)
--   AND amount_minor > 0 AND category = 'cash' AND holder_type IS NOT NULL AND holder_id IS NOT NULL) t
--   SEMI JOIN changed USING (transaction_id)
-- touched by ledger.categories: nothing, they come with the program
-- input ledger.categories: FROM ledger.categories
-- input ledger.labels: SELECT l.* FROM ledger.labels l SEMI JOIN (SELECT transaction_id FROM ledger.transactions
--   SEMI JOIN touched USING (holder_type, holder_id)) p USING (transaction_id)
-- input underwriting.attributes: FROM underwriting.attributes
-- input underwriting.windows: FROM underwriting.windows
-- personal: nothing from ledger.transactions.merchant_key, payers are counted
-- personal: nothing from ledger.transactions.normal, it is not read
-- personal: nothing from ledger.streams.stream_id, equal ones are looked for
-- personal: nothing from ledger.streams.merchant_key, it is not read
-- personal: nothing from ledger.expected_payments.stream_id, equal ones are looked for
-- personal: nothing from ledger.expected_payments.merchant_key, it is not read
-- personal: nothing from ledger.advance_positions.merchant_key, it is not read
-- personal: nothing from ledger.labels.merchant_key, only what the row is is read
-- column holder_type: VARCHAR NOT NULL. Kind of holder: customer or account
-- column holder_id: VARCHAR NOT NULL. Whose business it is
-- column account_key: VARCHAR NOT NULL. Empty: all of them are of the holder as a whole
-- column currency: VARCHAR NOT NULL. Lower-case ISO 4217 currency
-- column window_name: VARCHAR NOT NULL. Span of days, see underwriting.windows
-- column attribute: VARCHAR NOT NULL. Name, see underwriting.attributes
-- column value_integer: BIGINT. Money in minor units, or a count; null where value_double is set, or undefined
-- column value_double: DOUBLE. A ratio or deviation
-- column partial_reason: VARCHAR. Why the value holds only in part although every day is held; else null
-- column known_days: BIGINT. Of balances the days of the span whose balance is known; null of all others
WITH businesses AS (SELECT DISTINCT holder_type, holder_id, currency FROM underwriting.business_revenue_month),
held AS (
    SELECT s.holder_type, s.holder_id, s.currency, s.window_name, s.covered_days, w.first_day, w.last_day,
        w.days
    FROM (FROM underwriting.subject_windows WHERE account_key = ''
        AND window_name IN ('30d', '60d', '90d', '180d', '365d', '3m', '6m', '12m')) s
    SEMI JOIN businesses USING (holder_type, holder_id, currency)
    JOIN underwriting.windows w USING (window_name)),
sums AS (
    SELECT h.holder_type, h.holder_id, h.currency, h.window_name,
        sum(ledger.earned_minor(f.treatment, f.category, f.in_minor)) AS earned,
        coalesce(sum(f.out_minor) FILTER (ledger.is_given_back(f.treatment, f.category)), 0) AS given_back,
        coalesce(sum(f.out_minor) FILTER (f.treatment = 'expense'), 0) AS operating,
        coalesce(sum(f.out_minor) FILTER (f.treatment = 'debt_service'), 0) AS debts,
        coalesce(sum(f.out_minor) FILTER (f.category = 'fin_out.owner_draw'), 0) AS draws,
        coalesce(sum(f.out_minor) FILTER (f.treatment = 'expense' AND c.schedule_c_line IS NULL
            AND f.category NOT IN ('other.unknown', 'withheld')), 0) AS private,
        coalesce(sum(f.in_minor) FILTER (f.category IN ('income.biz_processor', 'income.biz_marketplace')), 0)
            AS channels,
        sum(CASE f.treatment WHEN 'exclude' THEN 0 WHEN 'contra_flow' THEN -f.out_minor ELSE f.in_minor END)
            AS money_in,
        sum(CASE f.treatment WHEN 'exclude' THEN 0 WHEN 'contra_flow' THEN -f.in_minor ELSE f.out_minor END)
            AS money_out
    FROM held h JOIN (FROM underwriting.flow_days WHERE is_cash) f ON f.holder_type = h.holder_type
        AND f.holder_id = h.holder_id AND f.currency = h.currency AND f.day BETWEEN h.first_day AND h.last_day
    LEFT JOIN ledger.categories c ON c.code = f.category
    GROUP BY ALL),
-- customers with a name; processors and marketplaces are channels
payers AS (
    SELECT h.holder_type, h.holder_id, h.currency, h.window_name,
        ledger.counterparty_id(h.holder_type, h.holder_id, merchant_key) AS payer, sum(t.amount_minor) AS minor
    FROM held h JOIN (FROM ledger.transactions WHERE category = 'cash' AND status = 'posted' AND amount_minor > 0
        AND suppressed_by IS NULL AND merchant_key <> '') t ON t.holder_type = h.holder_type
        AND t.holder_id = h.holder_id AND t.currency = h.currency AND t.posted_date BETWEEN h.first_day AND h.last_day
    SEMI JOIN (FROM ledger.labels WHERE category IN ('income.biz_invoice', 'income.contractor', 'other.unknown',
        'xfer.wire_in') AND treatment <> 'exclude') l USING (transaction_id)
    GROUP BY ALL),
concentrated AS (
    SELECT holder_type, holder_id, currency, window_name, count(*) AS n, sum(minor) AS named,
        list(minor ORDER BY minor DESC) AS largest, meta.sum_of_squares(minor) AS squares
    FROM payers GROUP BY ALL),
all_months AS (
    SELECT holder_type, holder_id, currency, window_name, last_day,
        unnest(generate_series(first_day, last_day, INTERVAL 1 MONTH))::DATE AS month
    FROM held WHERE window_name IN ('3m', '6m', '12m')),
monthly AS (
    SELECT a.holder_type, a.holder_id, a.currency, a.window_name, count(*) AS n,
        sum(coalesce(m.revenue_minor, 0)) AS revenue, meta.sum_of_squares(coalesce(m.revenue_minor, 0)) AS squares,
        max(coalesce(m.revenue_minor, 0))::HUGEINT AS best,
        coalesce(sum(m.revenue_minor) FILTER (2 * datediff('month', a.month, a.last_day) < w.months), 0) AS late,
        sum(coalesce(m.operating_out_minor, 0)) AS operating, sum(coalesce(m.deposit_days, 0)) AS deposit_days,
        sum(coalesce(m.payroll_minor, 0)) AS payroll, sum(coalesce(m.payroll_tax_minor, 0)) AS payroll_tax,
        sum(coalesce(m.rent_minor, 0)) AS rent, sum(coalesce(m.insurance_minor, 0)) AS insurance,
        sum(coalesce(m.tax_minor, 0)) AS taxes, sum(coalesce(m.inventory_minor, 0)) AS inventory,
        sum(coalesce(m.advertising_minor, 0)) AS advertising
    FROM all_months a JOIN (VALUES ('3m', 3), ('6m', 6), ('12m', 12)) w (window_name, months) USING (window_name)
    LEFT JOIN underwriting.business_revenue_month m ON m.holder_type = a.holder_type AND m.holder_id = a.holder_id
        AND m.currency = a.currency AND m.month = strftime(a.month, '%Y-%m')
    GROUP BY a.holder_type, a.holder_id, a.currency, a.window_name),
payrolls AS (
    SELECT h.holder_type, h.holder_id, h.currency, h.window_name, count(*) AS missed
    FROM held h JOIN (FROM ledger.expected_payments WHERE direction = 'out' AND state = 'missed') e
        ON e.holder_type = h.holder_type AND e.holder_id = h.holder_id AND e.currency = h.currency
        AND e.due_date BETWEEN h.first_day AND h.last_day
    SEMI JOIN (FROM ledger.streams WHERE category = 'biz.payroll_run') s ON s.holder_type = e.holder_type
        AND s.holder_id = e.holder_id AND s.stream_id = e.stream_id
    GROUP BY ALL),
-- advances that take debits: the last day of one that is open still is open
advances AS (
    SELECT *, status IN ('OPEN', 'REDUCED', 'INCREASED') AS is_open,
        CASE cadence WHEN 'DAILY' THEN 252 ELSE 52 END * payment_minor::HUGEINT AS year_minor
    FROM ledger.advance_positions WHERE status <> 'CANDIDATE'),
taken AS (
    SELECT holder_type, holder_id, currency, count(*) AS n, sum(year_minor) AS year_minor
    FROM advances WHERE is_open GROUP BY ALL),
stacked AS (
    SELECT h.holder_type, h.holder_id, h.currency, h.window_name, a.position, count(*) AS n
    FROM held h JOIN advances a ON a.holder_type = h.holder_type AND a.holder_id = h.holder_id
        AND a.currency = h.currency AND a.first_day <= h.last_day AND (a.is_open OR a.last_day >= h.first_day)
    JOIN advances b ON b.holder_type = a.holder_type AND b.holder_id = a.holder_id AND b.currency = a.currency
        AND b.first_day <= greatest(a.first_day, h.first_day)
        AND (b.is_open OR b.last_day >= greatest(a.first_day, h.first_day))
    GROUP BY ALL),
stacks AS (
    SELECT holder_type, holder_id, currency, window_name, max(n) AS n FROM stacked GROUP BY ALL),
weekdays AS (
    SELECT h.holder_type, h.holder_id, h.currency, h.window_name, dayname(b.day) AS weekday, count(*) AS n,
        sum(b.end_of_day_minor) AS total
    FROM (FROM held WHERE window_name = '90d') h
    JOIN (FROM ledger.holder_daily_balances WHERE end_of_day_minor IS NOT NULL) b ON b.holder_type = h.holder_type
        AND b.holder_id = h.holder_id AND b.currency = h.currency AND b.day BETWEEN h.first_day AND h.last_day
    GROUP BY ALL),
known AS (
    SELECT h.*, coalesce(s.earned, 0) - coalesce(s.given_back, 0) AS earned, s.operating, s.debts, s.draws, s.private,
        s.channels, coalesce(s.money_in, 0) AS money_in, coalesce(s.money_out, 0) AS money_out,
        coalesce(c.n, 0) AS payers, coalesce(c.named, 0) AS named, c.largest, c.squares AS payer_squares,
        m.* EXCLUDE (holder_type, holder_id, currency, window_name, operating), m.operating AS costs,
        coalesce(p.missed, 0) AS missed, o.value_integer AS new_lenders, o.partial_reason AS why_new,
        coalesce(t.n, 0) AS open_count, coalesce(t.year_minor, 0) AS year_minor, coalesce(k.n, 0) AS stack
    FROM held h LEFT JOIN sums s USING (holder_type, holder_id, currency, window_name)
    LEFT JOIN concentrated c USING (holder_type, holder_id, currency, window_name)
    LEFT JOIN monthly m USING (holder_type, holder_id, currency, window_name)
    LEFT JOIN payrolls p USING (holder_type, holder_id, currency, window_name)
    LEFT JOIN stacks k USING (holder_type, holder_id, currency, window_name)
    LEFT JOIN taken t USING (holder_type, holder_id, currency)
    LEFT JOIN (FROM underwriting.obligation_values WHERE attribute = 'obligation_new_lender_count') o
        USING (holder_type, holder_id, currency, window_name)),
listed AS (
    SELECT holder_type, holder_id, currency, window_name, why_new, unnest([
            {attribute: 'advance_holdback_ratio', i: NULL, d: meta.share(year_minor * days, earned * 365)},
            {attribute: 'advance_open_count', i: open_count, d: NULL},
            {attribute: 'advance_stack_max', i: stack, d: NULL},
            {attribute: 'advertising_month_avg_minor', i: meta.mean_minor(n, advertising), d: NULL},
            {attribute: 'commingling_share', i: NULL, d: meta.share(private, operating)},
            {attribute: 'credit_shopping_count', i: new_lenders, d: NULL},
            {attribute: 'daily_in_avg_minor', i: meta.mean_minor(days, money_in), d: NULL},
            {attribute: 'daily_net_avg_minor', i: meta.mean_minor(days, money_in - money_out), d: NULL},
            {attribute: 'daily_out_avg_minor', i: meta.mean_minor(days, money_out), d: NULL},
            {attribute: 'debt_cover_ratio', i: NULL, d: meta.share(earned - operating, debts)},
            {attribute: 'insurance_month_avg_minor', i: meta.mean_minor(n, insurance), d: NULL},
            {attribute: 'inventory_month_avg_minor', i: meta.mean_minor(n, inventory), d: NULL},
            {attribute: 'operating_margin_ratio', i: NULL, d: meta.share(revenue - costs, revenue)},
            {attribute: 'owner_draw_minor', i: coalesce(draws, 0), d: NULL},
            {attribute: 'payer_count', i: payers, d: NULL},
            {attribute: 'payer_hhi', i: NULL, d: 10000 * payer_squares::DOUBLE / nullif(named::DOUBLE ** 2, 0)},
            {attribute: 'payer_named_share', i: NULL, d: meta.share(named, earned)},
            {attribute: 'payer_top1_share', i: NULL, d: meta.share(largest[1], named)},
            {attribute: 'payer_top3_share', i: NULL, d: meta.share(list_sum(largest[1:3]), named)},
            {attribute: 'payroll_missed_count', i: missed, d: NULL},
            {attribute: 'payroll_month_avg_minor', i: meta.mean_minor(n, payroll), d: NULL},
            {attribute: 'payroll_tax_month_avg_minor', i: meta.mean_minor(n, payroll_tax), d: NULL},
            {attribute: 'rent_month_avg_minor', i: meta.mean_minor(n, rent), d: NULL},
            {attribute: 'revenue_avg_minor', i: meta.mean_minor(n, revenue), d: NULL},
            {attribute: 'revenue_channel_share', i: NULL, d: meta.share(channels, earned)},
            {attribute: 'revenue_cv', i: NULL, d: CASE WHEN revenue > 0 THEN meta.sd(n, revenue, squares) * n
                / revenue::DOUBLE END},
            {attribute: 'revenue_deposit_days', i: deposit_days, d: NULL},
            {attribute: 'revenue_trend_ratio', i: NULL, d: CASE WHEN revenue > late AND late >= 0
                THEN (2 * late - revenue)::DOUBLE / (revenue - late)::DOUBLE END},
            -- one year alone does not tell a season from chance: two even ones are added
            {attribute: 'seasonality_index', i: NULL, d: CASE WHEN covered_days = days AND revenue > 0
                THEN (12 * best + 2 * revenue)::DOUBLE / (3 * revenue)::DOUBLE END},
            {attribute: 'tax_month_avg_minor', i: meta.mean_minor(n, taxes), d: NULL}]) AS value
    FROM known),
named AS (
    SELECT holder_type, holder_id, currency, window_name, 'business_' || value.attribute AS attribute,
        meta.minor(value.i) AS value_integer, value.d::DOUBLE + 0.0 AS value_double,
        CASE WHEN value.attribute = 'credit_shopping_count' THEN why_new END AS partial_reason,
        NULL::BIGINT AS known_days
    FROM listed
    UNION ALL
    SELECT holder_type, holder_id, currency, window_name, format('business_{}_balance_avg_minor', lower(weekday)),
        meta.mean_minor(n, total), NULL, NULL, (sum(n) OVER (PARTITION BY holder_type, holder_id, currency,
            window_name))::BIGINT
    FROM weekdays)
SELECT n.holder_type, n.holder_id, '' AS account_key, n.currency, n.window_name, n.attribute, n.value_integer,
    n.value_double, n.partial_reason, n.known_days
FROM named n
SEMI JOIN (SELECT attribute, unnest(windows) AS window_name FROM underwriting.attributes) a
    ON a.attribute = n.attribute AND a.window_name = n.window_name
