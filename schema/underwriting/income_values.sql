-- model: underwriting.income_values
-- about: Attributes of income, before it is judged how far they may be relied on: what payers of ledger.income_streams
--   pay a holder, how steadily, and since when
-- order: holder_id, holder_type, account_key, currency, window_name, attribute
-- lake: none
-- part: holder_id
-- scope: holder_type, holder_id
-- input underwriting.attributes: FROM underwriting.attributes
-- input underwriting.windows: FROM underwriting.windows
-- personal: nothing from ledger.classed_payments.counterparty_id, payers are counted
-- personal: nothing from ledger.classed_payments.group_id, equal ones are looked for
-- personal: nothing from ledger.classed_payments.stream_id, equal ones are looked for
-- personal: nothing from ledger.classed_payments.merchant_key, it is not read
-- personal: nothing from ledger.income_streams.counterparty_id, payers are counted
-- personal: nothing from ledger.income_streams.income_stream_id, equal ones are looked for
-- personal: nothing from ledger.income_streams.merchant_key, it is not read
-- personal: nothing from ledger.expected_payments.stream_id, equal ones are looked for
-- personal: nothing from ledger.expected_payments.merchant_key, it is not read
-- column holder_type: VARCHAR NOT NULL. Kind of holder: customer or account
-- column holder_id: VARCHAR NOT NULL. Whose income it is
-- column account_key: VARCHAR NOT NULL. Empty: all of them are of the holder as a whole
-- column currency: VARCHAR NOT NULL. Lower-case ISO 4217 currency
-- column window_name: VARCHAR NOT NULL. Span of days, see underwriting.windows
-- column attribute: VARCHAR NOT NULL. Name, see underwriting.attributes
-- column value_integer: BIGINT. Money in minor units, a count, or days; null where value_double is set, or undefined
-- column value_double: DOUBLE. A ratio or a mean
-- column partial_reason: VARCHAR. Why the value holds only in part although every day is held; else null
WITH held AS (
    SELECT s.holder_type, s.holder_id, s.currency, s.window_name, s.coverage_start, s.covered_days, w.first_day,
        w.last_day, w.days
    FROM (FROM underwriting.subject_windows WHERE account_key = '') s JOIN underwriting.windows w USING (window_name)),
streams AS (
    SELECT *, ledger.is_qualified(tier) AS is_qualified FROM ledger.income_streams),
paid AS (
    SELECT p.holder_type, p.holder_id, p.currency, p.posted_date, p.transacted_date, p.amount_minor, p.class,
        p.stream_id, p.group_id, s.counterparty_id, s.cadence, s.status,
        ledger.is_qualified(ledger.payment_tier(s.tier, p.class)) AS is_qualified
    FROM (FROM ledger.classed_payments WHERE side = 'income') p
    JOIN streams s ON s.holder_type = p.holder_type AND s.holder_id = p.holder_id AND s.income_stream_id = p.group_id),
sums AS (
    SELECT p.holder_type, p.holder_id, p.currency, w.window_name,
        coalesce(sum(p.amount_minor) FILTER (p.is_qualified), 0) AS qualified,
        sum(p.amount_minor) FILTER (p.class <> 'interest') AS seen,
        sum(p.amount_minor) FILTER (p.class NOT IN ('unclear', 'business')) AS eligible,
        sum(p.amount_minor) FILTER (p.class = 'business') AS receipts,
        count(DISTINCT p.counterparty_id) FILTER (p.class = 'gig') AS platforms
    FROM paid p JOIN underwriting.windows w ON p.posted_date BETWEEN w.first_day AND w.last_day GROUP BY ALL),
-- what payers without a schedule pay a month: a third of the last three complete ones. Of one that pays less than once
-- a week that depends on how many of its paydays lie in them; one that has begun to pay, or began again, pays more
irregular AS (
    SELECT holder_type, holder_id, currency, sum(total) AS total, coalesce(bool_or(n < 12), false) AS is_rare,
        coalesce(bool_or(months < 3), false) AS is_begun
    FROM (SELECT p.holder_type, p.holder_id, p.currency, p.group_id,
            coalesce(sum(p.amount_minor) FILTER (p.posted_date >= w.first_day AND p.posted_date <= w.last_day), 0)
                AS total,
            count(DISTINCT p.posted_date) FILTER (p.posted_date >= w.first_day AND p.posted_date <= w.last_day) AS n,
            count(DISTINCT date_trunc('month', p.posted_date))
                FILTER (p.posted_date >= w.first_day AND p.posted_date <= w.last_day) AS months
        FROM (FROM paid WHERE is_qualified AND cadence = 'irregular' AND status = 'active') p
        JOIN underwriting.windows w ON w.window_name = '3m'
        GROUP BY ALL)
    GROUP BY ALL),
-- of what all of them paid by month: whether one of the three is more than twice another
uneven AS (
    SELECT holder_type, holder_id, currency, max(total) > 2 * min(total)::HUGEINT AS is_uneven
    FROM (SELECT p.holder_type, p.holder_id, p.currency, date_trunc('month', p.posted_date) AS month,
            sum(p.amount_minor) AS total
        FROM (FROM paid WHERE is_qualified AND cadence = 'irregular' AND status = 'active') p
        JOIN underwriting.windows w ON w.window_name = '3m' AND p.posted_date BETWEEN w.first_day AND w.last_day
        GROUP BY ALL)
    GROUP BY ALL),
dues AS (
    SELECT e.*, s.per_year_low AS per_year, s.status
    FROM (FROM ledger.expected_payments WHERE direction = 'in' AND state <> 'due') e
    JOIN (FROM streams WHERE is_qualified) s ON s.holder_type = e.holder_type AND s.holder_id = e.holder_id
        AND s.income_stream_id = e.stream_id),
-- of a payer that met less than three of five due dates of the span, as one that pays every other week what it paid by
-- the week, not more than a third of what it paid in the last three complete months
skipped AS (
    SELECT d.holder_type, d.holder_id, d.stream_id, any_value(coalesce(o.third, 0)) AS most
    FROM dues d JOIN underwriting.windows w ON w.window_name = '90d' AND d.due_date BETWEEN w.first_day AND w.last_day
    LEFT JOIN (SELECT p.holder_type, p.holder_id, p.group_id, meta.mean_minor(3, sum(p.amount_minor)) AS third
        FROM paid p JOIN underwriting.windows m ON m.window_name = '3m' AND p.posted_date BETWEEN m.first_day
            AND m.last_day GROUP BY ALL) o
        ON o.holder_type = d.holder_type AND o.holder_id = d.holder_id AND o.group_id = d.stream_id
    GROUP BY d.holder_type, d.holder_id, d.stream_id
    HAVING 5 * count(*) FILTER (d.state = 'missed') > 2 * count(*)),
living AS (
    SELECT s.holder_type, s.holder_id, s.currency, count(DISTINCT s.counterparty_id) AS payers,
        sum(least(s.monthly_minor, k.most)) AS monthly, sum(least(s.monthly_high_minor, k.most)) AS monthly_high,
        sum(s.period_cv * least(s.total_minor, 1000000000000) ORDER BY s.income_stream_id) AS weighted_cv,
        sum(least(s.total_minor, 1000000000000)) FILTER (s.period_cv IS NOT NULL) AS cv_weight
    FROM (FROM streams WHERE is_qualified AND status = 'active') s
    LEFT JOIN skipped k ON k.holder_type = s.holder_type AND k.holder_id = s.holder_id
        AND k.stream_id = s.income_stream_id
    GROUP BY s.holder_type, s.holder_id, s.currency),
-- payers on a schedule whose newest two payments are both less than three quarters of the median: pay was cut; and
-- those of whose newest six the median says little: it is off by over a quarter from the mean of the four that are
-- neither the highest nor the lowest, or is one of two steady wages that come in turn, as of two people whom one
-- employer pays. Of pay twice a month, as of a salary and then a commission, it is that of two in a row, beside the
-- mean of three
doubts AS (
    SELECT s.holder_type, s.holder_id, s.currency, bool_or(4 * n.newer < 3 * s.median_minor::HUGEINT) AS is_cut,
        bool_or(n.n = 6 AND CASE WHEN s.cadence = 'semimonthly'
            THEN 4 * abs(n.six - 3 * s.monthly_minor::HUGEINT) > 3 * s.monthly_minor::HUGEINT
            ELSE abs(n.middle - 4 * s.median_minor::HUGEINT) > s.median_minor
                OR (50 * (n.odd_high - n.odd_low) <= n.odd_low AND 50 * (n.even_high - n.even_low) <= n.even_low
                    AND 20 * abs(n.odd_low - n.even_low) > least(n.odd_low, n.even_low)) END) AS is_mixed
    FROM (SELECT holder_type, holder_id, group_id, count(*) AS n, max(minor) FILTER (nth <= 2) AS newer,
            sum(minor) AS six, sum(minor) - max(minor) - min(minor) AS middle,
            min(minor) FILTER (nth % 2 = 1) AS odd_low, max(minor) FILTER (nth % 2 = 1) AS odd_high,
            min(minor) FILTER (nth % 2 = 0) AS even_low, max(minor) FILTER (nth % 2 = 0) AS even_high
        FROM (SELECT holder_type, holder_id, group_id, sum(amount_minor) AS minor,
                row_number() OVER (PARTITION BY group_id ORDER BY posted_date DESC) AS nth
            FROM paid WHERE is_qualified AND cadence <> 'irregular' AND status = 'active'
            GROUP BY holder_type, holder_id, group_id, posted_date QUALIFY nth <= 6)
        GROUP BY ALL) n
    JOIN streams s ON s.holder_type = n.holder_type AND s.holder_id = n.holder_id AND s.income_stream_id = n.group_id
    GROUP BY ALL),
monthly AS (
    SELECT h.holder_type, h.holder_id, h.currency, coalesce(l.payers, 0) AS payers, l.weighted_cv / l.cv_weight AS cv,
        coalesce(l.monthly, 0) + meta.mean_minor(3, coalesce(i.total, 0)) AS low,
        coalesce(l.monthly_high, 0) - coalesce(l.monthly, 0) AS spread, coalesce(i.is_rare, false) AS is_rare,
        coalesce(i.is_begun, false) AS is_begun,
        coalesce(c.is_cut, false) AS is_cut, coalesce(c.is_mixed, false) AS is_mixed,
        coalesce(n.is_uneven, false) AS is_uneven
    FROM (FROM held WHERE window_name = '90d') h
    LEFT JOIN living l USING (holder_type, holder_id, currency)
    LEFT JOIN irregular i USING (holder_type, holder_id, currency)
    LEFT JOIN uneven n USING (holder_type, holder_id, currency)
    LEFT JOIN doubts c USING (holder_type, holder_id, currency)),
-- payers who stopped, and had before: who is paid ten months a year is no more in the summer than one whose job ended
pausing AS (
    SELECT DISTINCT holder_type, holder_id, currency, true AS may_resume
    FROM (SELECT d.holder_type, d.holder_id, d.currency, d.stream_id
        FROM (FROM dues WHERE status = 'ended') d
        JOIN (SELECT holder_type, holder_id, group_id, max(posted_date) AS last_date FROM paid GROUP BY ALL) n
            ON n.holder_type = d.holder_type AND n.holder_id = d.holder_id AND n.group_id = d.stream_id
        JOIN underwriting.windows w ON w.window_name = '180d' AND n.last_date >= w.first_day
        WHERE d.state = 'missed' AND d.due_date < n.last_date
        GROUP BY ALL HAVING count(*) >= 2)),
-- payers by what they paid in the newest 90 days and the 90 before
halves AS (
    SELECT p.holder_type, p.holder_id, p.currency, p.counterparty_id,
        coalesce(sum(p.amount_minor) FILTER (p.posted_date > w.last_day - 90), 0) AS newer,
        coalesce(sum(p.amount_minor) FILTER (p.posted_date <= w.last_day - 90), 0) AS older
    FROM (FROM paid WHERE is_qualified) p
    JOIN underwriting.windows w ON w.window_name = '180d' AND p.posted_date BETWEEN w.first_day AND w.last_day
    GROUP BY ALL),
largest AS (
    SELECT holder_type, holder_id, currency, max(newer) AS most, sum(newer) AS newer, sum(older) AS older,
        arg_max(counterparty_id, (newer, counterparty_id)) AS payer,
        arg_max(counterparty_id, (older, counterparty_id)) AS payer_before
    FROM halves GROUP BY ALL),
lives AS (
    SELECT holder_type, holder_id, currency, counterparty_id, min(posted_date) AS first_date,
        max(posted_date) AS last_date
    FROM paid WHERE is_qualified GROUP BY ALL),
payers AS (
    SELECT l.*, n.last_date - n.first_date AS tenure, n.first_date, l.payer <> l.payer_before AS is_other,
        greatest(n.first_date - b.last_date, 0) AS gap
    FROM largest l
    LEFT JOIN lives n ON n.holder_type = l.holder_type AND n.holder_id = l.holder_id AND n.currency = l.currency
        AND n.counterparty_id = l.payer
    LEFT JOIN lives b ON b.holder_type = l.holder_type AND b.holder_id = l.holder_id AND b.currency = l.currency
        AND b.counterparty_id = l.payer_before),
-- who pays the same on the same schedule since another stopped: an employer pays through another processor
replaced AS (
    SELECT o.holder_type, o.holder_id, o.income_stream_id AS stream_id, min(n.first_date) AS since
    FROM (FROM streams WHERE status = 'ended') o
    JOIN streams n ON n.holder_type = o.holder_type AND n.holder_id = o.holder_id AND n.currency = o.currency
        AND n.class = o.class AND n.cadence = o.cadence AND n.first_date > o.last_date
        AND 5 * abs(n.median_minor::HUGEINT - o.median_minor) <= o.median_minor
    GROUP BY ALL),
punctual AS (
    SELECT d.holder_type, d.holder_id, d.currency, w.window_name,
        count(*) FILTER (d.state = 'missed' AND coalesce(r.since > d.missed_after, true)) AS missed,
        count(*) FILTER (d.state = 'missed' AND d.status <> 'ended') AS missed_of_living,
        sum(d.days_late)::DOUBLE / nullif(count(d.days_late), 0) AS late
    FROM dues d JOIN underwriting.windows w ON d.due_date BETWEEN w.first_day AND w.last_day
    LEFT JOIN replaced r ON r.holder_type = d.holder_type AND r.holder_id = d.holder_id AND r.stream_id = d.stream_id
    GROUP BY ALL),
-- months as if each had as many paydays as an average one: of a stream what its due dates in the month brought, spread
-- over those of a year. A month of three paydays is no peak, and one of two no dip
levels AS (
    SELECT holder_type, holder_id, currency, date_trunc('month', due_date)::DATE AS month,
        CASE WHEN per_year >= 12 THEN meta.mean_minor(12 * n, per_year * paid) ELSE paid END AS level
    FROM (SELECT holder_type, holder_id, currency, stream_id, per_year, date_trunc('month', due_date)::DATE AS due_date,
            coalesce(sum(paid_minor), 0) AS paid, count(*)::HUGEINT AS n
        FROM dues GROUP BY ALL)
    UNION ALL
    SELECT p.holder_type, p.holder_id, p.currency, date_trunc('month', p.posted_date)::DATE, sum(p.amount_minor)
    FROM (FROM paid WHERE is_qualified) p
    ANTI JOIN dues d ON d.stream_id = p.stream_id AND d.payment_date = p.transacted_date
    GROUP BY ALL),
months AS (
    SELECT h.holder_type, h.holder_id, h.currency, h.window_name, h.month, coalesce(sum(l.level), 0) AS level
    FROM (SELECT *, unnest(generate_series(first_day, last_day, INTERVAL 1 MONTH))::DATE AS month FROM held
        WHERE window_name IN ('6m', '12m')) h
    LEFT JOIN levels l USING (holder_type, holder_id, currency, month)
    GROUP BY ALL),
swings AS (
    SELECT holder_type, holder_id, currency, window_name,
        CASE WHEN max(total) > 0 THEN count(*) FILTER (4 * n * level > 5 * total) END AS spikes,
        CASE WHEN max(total) > 0 THEN count(*) FILTER (4 * n * level < 3 * total) END AS dips
    FROM (SELECT *, sum(level) OVER w AS total, count(*) OVER w AS n FROM months
        WINDOW w AS (PARTITION BY holder_type, holder_id, currency, window_name))
    GROUP BY ALL),
-- what came from own accounts that are not linked, less what went to them, and what of people, in cash and by checks:
-- pay may be among it, where it is more than what is told as income, and in several deposits. And what apps advanced
-- that was not paid back to them: the employer takes it off the pay
untold AS (
    SELECT *, net > 2 * most_own AS is_fed, other > 2 * most_other AS is_given
    FROM (SELECT f.holder_type, f.holder_id, f.currency, w.window_name,
            sum(f.in_minor::HUGEINT - f.out_minor) FILTER (f.category IN ('xfer.own_unlinked_in',
                'xfer.own_unlinked_out')) AS net,
            max(f.in_minor) FILTER (f.category = 'xfer.own_unlinked_in')::HUGEINT AS most_own,
            sum(f.in_minor::HUGEINT - f.out_minor) FILTER (f.category IN ('fin_in.ewa', 'fin_out.ewa')) AS advanced,
            sum(f.in_minor) FILTER (f.category IN ('xfer.p2p_in', 'xfer.cash_deposit', 'xfer.check_deposit')) AS other,
            max(f.in_minor) FILTER (f.category IN ('xfer.p2p_in', 'xfer.cash_deposit', 'xfer.check_deposit'))::HUGEINT
                AS most_other
        FROM (FROM underwriting.flow_days WHERE is_cash AND category IN ('xfer.own_unlinked_in',
            'xfer.own_unlinked_out', 'xfer.p2p_in', 'xfer.cash_deposit', 'xfer.check_deposit', 'fin_in.ewa',
            'fin_out.ewa')) f
        JOIN (FROM underwriting.windows WHERE window_name = '90d') w ON f.day BETWEEN w.first_day AND w.last_day
        GROUP BY ALL)),
known AS (
    SELECT h.*, coalesce(s.qualified, 0) AS qualified, coalesce(s.platforms, 0) AS platforms,
        2 * coalesce(s.eligible, 0) + coalesce(s.receipts, 0) AS twice_eligible, m.payers, m.cv, m.low, m.spread,
        p.most, p.newer, p.older, p.tenure, p.is_other, p.gap, p.first_date, coalesce(u.missed, 0) AS missed, u.late,
        g.spikes, g.dips,
        -- a month of qualified income is not what a holder lives on where most of it is not qualified
        CASE WHEN s.seen > 2 * s.qualified
                THEN 'more than half of the income seen is not qualified: tiers T3 and T4 of ledger.income_streams'
            WHEN o.is_fed AND o.net > coalesce(s.qualified, 0)
                THEN 'more came from own accounts that are not linked than qualified income: it may be paid to them'
            WHEN o.is_given AND o.other > coalesce(s.qualified, 0)
                THEN 'more came from people, in cash and by checks than qualified income: pay may be among it'
            WHEN 4 * o.advanced > coalesce(s.qualified, 0)
                THEN 'advances on pay are more than what was paid back: they are taken off the pay'
            WHEN u.missed_of_living > 0 THEN 'a payment that was due in the span did not come'
            WHEN z.may_resume THEN 'a payer that stopped paying has done so before, and paid again'
            WHEN m.is_cut THEN 'the newest two payments of a payer are less than three quarters of its median'
            WHEN m.is_mixed THEN 'amounts of a payer differ so that their median says little'
            WHEN m.spread > 0 THEN 'three deposits: twice a month or every other week'
            WHEN m.is_begun
                THEN 'a payer without a known schedule has not paid in each of the last three complete months'
            WHEN m.is_uneven
                THEN 'payers without a known schedule paid more than twice as much in one month as in another'
            WHEN m.is_rare THEN 'a payer without a known schedule: how many of its payments three months have varies'
            END AS why_monthly,
        CASE WHEN y.missed_of_living > 0
            THEN 'a payment that was due within a year did not come, so a year may have fewer' END AS why_annual
    FROM held h LEFT JOIN sums s USING (holder_type, holder_id, currency, window_name)
    LEFT JOIN monthly m USING (holder_type, holder_id, currency)
    LEFT JOIN payers p USING (holder_type, holder_id, currency)
    LEFT JOIN punctual u USING (holder_type, holder_id, currency, window_name)
    LEFT JOIN (FROM punctual WHERE window_name = '365d') y USING (holder_type, holder_id, currency)
    LEFT JOIN pausing z USING (holder_type, holder_id, currency)
    LEFT JOIN untold o USING (holder_type, holder_id, currency, window_name)
    LEFT JOIN swings g USING (holder_type, holder_id, currency, window_name)),
listed AS (
    SELECT holder_type, holder_id, currency, window_name, unnest([
            {attribute: 'income_annual_observed_minor', i: CASE WHEN covered_days = days THEN qualified END, d: NULL,
                why: NULL},
            {attribute: 'income_annual_projected_minor', i: 12 * low, d: NULL,
                why: coalesce(why_monthly, why_annual)},
            {attribute: 'income_bank_statement_minor', i: meta.mean_minor(24, twice_eligible), d: NULL, why: NULL},
            {attribute: 'income_dip_months_count', i: dips, d: NULL, why: NULL},
            {attribute: 'income_gig_platform_count', i: platforms, d: NULL, why: NULL},
            {attribute: 'income_late_days_avg', i: NULL, d: late, why: NULL},
            {attribute: 'income_missed_count', i: missed, d: NULL, why: NULL},
            {attribute: 'income_monthly_minor', i: low, d: NULL, why: why_monthly},
            {attribute: 'income_payer_changed', i: CASE WHEN newer > 0 AND older > 0 THEN is_other::BIGINT END, d: NULL,
                why: NULL},
            {attribute: 'income_payer_count', i: payers, d: NULL, why: NULL},
            {attribute: 'income_payer_gap_days', i: CASE WHEN newer > 0 AND older > 0 AND is_other THEN gap END,
                d: NULL, why: NULL},
            {attribute: 'income_period_cv', i: NULL, d: cv, why: NULL},
            {attribute: 'income_primary_share', i: NULL, d: meta.share(most, newer), why: NULL},
            {attribute: 'income_qualified_minor', i: qualified, d: NULL, why: NULL},
            {attribute: 'income_spike_months_count', i: spikes, d: NULL, why: NULL},
            {attribute: 'income_tenure_days', i: CASE WHEN newer > 0 THEN tenure END, d: NULL,
                why: CASE WHEN first_date - coverage_start < 45 THEN 'it may have begun before the history' END}])
            AS value
    FROM known)
SELECT l.holder_type, l.holder_id, '' AS account_key, l.currency, l.window_name, l.value.attribute AS attribute,
    meta.minor(l.value.i) AS value_integer, l.value.d::DOUBLE + 0.0 AS value_double,
    l.value.why::VARCHAR AS partial_reason
FROM listed l
SEMI JOIN (SELECT attribute, unnest(windows) AS window_name FROM underwriting.attributes) a
    ON a.attribute = l.value.attribute AND a.window_name = l.window_name
