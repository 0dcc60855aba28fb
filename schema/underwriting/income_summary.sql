-- model: underwriting.income_summary
-- about: A holder's income in one row: what comes a month and how far that may be off, tiers, the largest payer as an
--   opaque id, and the next deposit. Net deposits, no gross income
-- order: holder_id, holder_type, currency
-- part: holder_id
-- part bytes: 64
-- scope: holder_type, holder_id
-- touched by underwriting.attribute_values (holder_type, holder_id, account_key, currency, attribute, window_name,
--   value_integer, value_state, state_reason): SELECT holder_type, holder_id FROM changed
--   WHERE attribute = 'income_monthly_minor'
-- input underwriting.windows: FROM underwriting.windows
-- personal: primary_counterparty_id from ledger.income_streams.counterparty_id
-- personal: next_counterparty_id from ledger.income_streams.counterparty_id
-- personal: nothing from ledger.income_streams.income_stream_id, equal ones are looked for
-- personal: nothing from ledger.income_streams.merchant_key, it is not read
-- personal: nothing from ledger.classed_payments.counterparty_id, it is not read
-- personal: nothing from ledger.classed_payments.group_id, equal ones are looked for
-- personal: nothing from ledger.classed_payments.stream_id, it is not read
-- personal: nothing from ledger.classed_payments.merchant_key, it is not read
-- column holder_type: VARCHAR NOT NULL. Kind of holder: customer or account
-- column holder_id: VARCHAR NOT NULL. Whose income it is
-- column currency: VARCHAR NOT NULL. Lower-case ISO 4217 currency
-- column monthly_minor: BIGINT. Qualified income a month, the attribute income_monthly_minor, minor units; null as
--   value_state says
-- column value_state: underwriting.value_state NOT NULL. How far that may be relied on, see
--   underwriting.attribute_values
-- column state_reason: VARCHAR. Why it is not OK; null when it is
-- column interval_low_minor: BIGINT. Qualified income of a month to come lies between this and interval_high_minor, as
--   often as interval_share says: the lowest of the last complete months, or monthly_minor where that is less, as of
--   pay that was cut, minor units; null with fewer than three, where monthly_minor is, and where all income has ended:
--   months before say nothing of those to come
-- column interval_high_minor: BIGINT. The highest of them, or monthly_minor where that is more, as of a new wage
-- column interval_months: BIGINT NOT NULL. How many these are, n, at most twelve
-- column interval_share: DOUBLE. (n - 1) / (n + 1): of months that are drawn alike, the next lies within in that share
--   of cases, whatever their distribution. At most 0.6, that of four months: for more months it was not measured, see
--   schema/EVALUATION.md. Null without an interval
-- column t1_share: DOUBLE. Share of tier T1 in all income of the last 90 days; null without any, or where monthly_minor
--   is
-- column t2_share: DOUBLE. Of tier T2
-- column t3_share: DOUBLE. Of tier T3
-- column t4_share: DOUBLE. Of tier T4
-- column payer_count: BIGINT NOT NULL. Payers of qualified income that are active
-- column primary_counterparty_id: VARCHAR. Opaque id of who paid most qualified income of the last 90 days, see
--   ledger.income_streams; null without any
-- column primary_class: VARCHAR. Class of what the payer pays
-- column primary_cadence: VARCHAR. On which schedule
-- column primary_status: VARCHAR. active, late or ended
-- column next_date: DATE. When the next qualified deposit is due; null when none is
-- column next_from: DATE. From when on it is expected
-- column next_to: DATE. Until when
-- column next_minor: BIGINT. Median of the newest six payments of its stream, minor units
-- column next_counterparty_id: VARCHAR. Opaque id of who pays it
WITH monthly AS (
    SELECT holder_type, holder_id, currency, value_integer AS monthly_minor, value_state, state_reason
    FROM underwriting.attribute_values
    WHERE account_key = '' AND attribute = 'income_monthly_minor' AND window_name = '90d'),
months AS (
    SELECT holder_type, holder_id, currency, count(*) AS n, min(qualified_minor) AS low, max(qualified_minor) AS high
    FROM (SELECT *, row_number() OVER (PARTITION BY holder_type, holder_id, currency ORDER BY month DESC) AS nth
        FROM underwriting.income_month WHERE NOT is_partial AND qualified_minor IS NOT NULL)
    WHERE nth <= 12 GROUP BY ALL),
recent AS (
    SELECT p.holder_type, p.holder_id, p.currency, s.income_stream_id,
        ledger.payment_tier(s.tier, p.class) AS tier,
        sum(p.amount_minor) AS minor
    FROM (FROM ledger.classed_payments WHERE side = 'income') p
    JOIN underwriting.windows w ON w.window_name = '90d' AND p.posted_date BETWEEN w.first_day AND w.last_day
    JOIN ledger.income_streams s ON s.holder_type = p.holder_type AND s.holder_id = p.holder_id
        AND s.income_stream_id = p.group_id
    GROUP BY ALL),
tiers AS (
    SELECT holder_type, holder_id, currency, sum(minor) AS total,
        coalesce(sum(minor) FILTER (tier = 'T1'), 0) AS t1, coalesce(sum(minor) FILTER (tier = 'T2'), 0) AS t2,
        coalesce(sum(minor) FILTER (tier = 'T3'), 0) AS t3, coalesce(sum(minor) FILTER (tier = 'T4'), 0) AS t4
    FROM recent GROUP BY ALL),
payers AS (
    SELECT r.holder_type, r.holder_id, r.currency, s.counterparty_id, sum(r.minor) AS minor,
        arg_max(struct_pack(class := s.class, cadence := s.cadence, status := s.status),
            (r.minor, s.income_stream_id)) AS largest
    FROM (FROM recent WHERE ledger.is_qualified(tier)) r
    JOIN ledger.income_streams s ON s.holder_type = r.holder_type AND s.holder_id = r.holder_id
        AND s.income_stream_id = r.income_stream_id
    GROUP BY ALL),
primaries AS (
    SELECT holder_type, holder_id, currency, arg_max(counterparty_id, (minor, counterparty_id)) AS counterparty_id,
        arg_max(largest, (minor, counterparty_id)) AS largest
    FROM payers GROUP BY ALL),
expected AS (
    SELECT holder_type, holder_id, currency, count(DISTINCT counterparty_id) FILTER (status = 'active') AS payers,
        arg_min(struct_pack(next_date := next_date, next_from := next_from, next_to := next_to, minor := median_minor,
            counterparty_id := counterparty_id), (next_date, income_stream_id)) FILTER (next_date IS NOT NULL) AS due
    FROM ledger.income_streams WHERE ledger.is_qualified(tier) GROUP BY ALL)
SELECT m.holder_type, m.holder_id, m.currency, m.monthly_minor, m.value_state, m.state_reason,
    CASE WHEN n >= 3 AND (m.monthly_minor > 0 OR (m.monthly_minor = 0 AND e.payers > 0))
        THEN least(h.low, m.monthly_minor) END AS interval_low_minor,
    CASE WHEN interval_low_minor IS NOT NULL THEN greatest(h.high, m.monthly_minor) END AS interval_high_minor,
    coalesce(h.n, 0) AS interval_months,
    CASE WHEN interval_low_minor IS NOT NULL THEN least((n - 1)::DOUBLE / (n + 1), 0.6) END
        AS interval_share,
    CASE WHEN m.monthly_minor IS NOT NULL THEN meta.share(t1, total) END AS t1_share,
    CASE WHEN m.monthly_minor IS NOT NULL THEN meta.share(t2, total) END AS t2_share,
    CASE WHEN m.monthly_minor IS NOT NULL THEN meta.share(t3, total) END AS t3_share,
    CASE WHEN m.monthly_minor IS NOT NULL THEN meta.share(t4, total) END AS t4_share,
    coalesce(e.payers, 0) AS payer_count, p.counterparty_id AS primary_counterparty_id,
    p.largest.class AS primary_class, p.largest.cadence AS primary_cadence, p.largest.status AS primary_status,
    e.due.next_date AS next_date, e.due.next_from AS next_from, e.due.next_to AS next_to, e.due.minor AS next_minor,
    e.due.counterparty_id AS next_counterparty_id
FROM monthly m LEFT JOIN months h USING (holder_type, holder_id, currency)
LEFT JOIN tiers t USING (holder_type, holder_id, currency)
LEFT JOIN primaries p USING (holder_type, holder_id, currency)
LEFT JOIN expected e USING (holder_type, holder_id, currency)
