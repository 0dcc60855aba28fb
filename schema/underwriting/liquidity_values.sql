-- model: underwriting.liquidity_values
-- about: Attributes of balances beside what flows, before it is judged how far they may be relied on: how long balances
--   would last, and how pay is used up until the next payday
-- order: holder_id, holder_type, account_key, currency, window_name, attribute
-- lake: none
-- part: holder_id
-- scope: holder_type, holder_id
-- input underwriting.attributes: FROM underwriting.attributes
-- input underwriting.windows: FROM underwriting.windows
-- personal: nothing from ledger.classed_payments.counterparty_id, equal ones are looked for
-- personal: nothing from ledger.classed_payments.group_id, equal ones are looked for
-- personal: nothing from ledger.classed_payments.stream_id, it is not read
-- personal: nothing from ledger.classed_payments.merchant_key, it is not read
-- personal: nothing from ledger.income_streams.counterparty_id, it is not read
-- personal: nothing from ledger.income_streams.income_stream_id, equal ones are looked for
-- personal: nothing from ledger.income_streams.merchant_key, it is not read
-- column holder_type: VARCHAR NOT NULL. Kind of holder: customer or account
-- column holder_id: VARCHAR NOT NULL. Whose balances they are
-- column account_key: VARCHAR NOT NULL. Empty: all of them are of the holder as a whole
-- column currency: VARCHAR NOT NULL. Lower-case ISO 4217 currency
-- column window_name: VARCHAR NOT NULL. Span of days, see underwriting.windows
-- column attribute: VARCHAR NOT NULL. Name, see underwriting.attributes
-- column value_integer: BIGINT. Money in minor units, or days; null where value_double is set, or undefined
-- column value_double: DOUBLE. Days or weeks with a fraction
-- column known_days: BIGINT. Days of the span whose balance is known
WITH
-- numbers stand for a holder and currency, and for a span of theirs, until the end: what is joined and sorted is not
-- texts
subjects AS MATERIALIZED (
    SELECT row_number() OVER ()::INTEGER AS subject, *
    FROM (SELECT DISTINCT holder_type, holder_id, currency FROM underwriting.subject_windows WHERE account_key = '')),
held AS MATERIALIZED (
    SELECT row_number() OVER ()::INTEGER AS span, u.subject, s.holder_type, s.holder_id, s.currency, s.window_name,
        w.first_day, w.last_day, w.days
    FROM (FROM underwriting.subject_windows WHERE account_key = '') s JOIN underwriting.windows w USING (window_name)
    JOIN subjects u USING (holder_type, holder_id, currency)
    WHERE window_name IN ('30d', '90d', '180d')),
balances AS MATERIALIZED (
    SELECT u.subject, b.day, b.end_of_day_minor AS minor
    FROM (FROM ledger.holder_daily_balances WHERE end_of_day_minor IS NOT NULL) b
    JOIN subjects u USING (holder_type, holder_id, currency)),
spans AS (
    SELECT h.span, count(*) AS known_days, sum(b.minor) AS total, max(b.minor) FILTER (b.day = h.last_day) AS newest
    FROM held h JOIN balances b ON b.subject = h.subject AND b.day BETWEEN h.first_day AND h.last_day
    GROUP BY h.span),
flows AS (
    SELECT holder_type, holder_id, currency, window_name, value_integer AS outflow
    FROM underwriting.flow_values WHERE account_key = '' AND attribute = 'flow_out_net_minor'),
incomes AS (
    SELECT holder_type, holder_id, currency, window_name, value_integer AS qualified
    FROM underwriting.income_values WHERE attribute = 'income_qualified_minor'),
-- paydays of who paid most of a span
pay AS (
    SELECT h.span, h.subject, p.counterparty_id, p.posted_date AS day, sum(p.amount_minor) AS minor
    FROM held h JOIN (FROM ledger.classed_payments WHERE side = 'income') p ON p.holder_type = h.holder_type
        AND p.holder_id = h.holder_id AND p.currency = h.currency AND p.posted_date BETWEEN h.first_day AND h.last_day
    JOIN ledger.income_streams s ON s.holder_type = p.holder_type AND s.holder_id = p.holder_id
        AND s.income_stream_id = p.group_id
    WHERE ledger.is_qualified(ledger.payment_tier(s.tier, p.class))
    GROUP BY ALL),
paydays AS (
    SELECT p.*, lead(p.day) OVER (PARTITION BY p.span ORDER BY p.day) AS next_day
    FROM pay p SEMI JOIN (
        SELECT span, arg_max(counterparty_id, (minor, counterparty_id)) AS counterparty_id
        FROM (SELECT span, counterparty_id, sum(minor) AS minor FROM pay GROUP BY ALL)
        GROUP BY span) USING (span, counterparty_id)),
-- periods from a payday to the day before the next one, of which every balance is known
periods AS (
    SELECT p.span, p.day, min(b.minor) AS low,
        coalesce(min(b.day - p.day) FILTER (2 * b.minor::HUGEINT <= 2 * f.minor::HUGEINT - p.minor),
            any_value(p.next_day - p.day)) AS half_days
    FROM (FROM paydays WHERE next_day IS NOT NULL) p JOIN balances f USING (subject, day)
    JOIN balances b ON b.subject = p.subject AND b.day >= p.day AND b.day < p.next_day
    GROUP BY p.span, p.day HAVING count(*) = any_value(p.next_day - p.day)),
paid AS (
    SELECT span, quantile_disc(low, 0.5) AS low, quantile_disc(half_days, 0.5) AS half_days
    FROM periods GROUP BY span HAVING count(*) >= 2),
listed AS (
    SELECT holder_type, holder_id, currency, window_name, known_days, unnest([
            {attribute: 'balance_buffer_days', i: NULL,
                d: CASE WHEN outflow > 0 THEN total::DOUBLE * days / (known_days * outflow::DOUBLE) END},
            {attribute: 'balance_half_paycheck_days_median', i: half_days, d: NULL},
            {attribute: 'balance_payday_low_median_minor', i: low, d: NULL},
            {attribute: 'income_buffer_weeks', i: NULL,
                d: CASE WHEN qualified > 0 THEN newest::DOUBLE * days / (7 * qualified::DOUBLE) END}]) AS value
    FROM held JOIN spans USING (span)
    LEFT JOIN flows USING (holder_type, holder_id, currency, window_name)
    LEFT JOIN incomes USING (holder_type, holder_id, currency, window_name)
    LEFT JOIN paid USING (span))
SELECT l.holder_type, l.holder_id, '' AS account_key, l.currency, l.window_name, l.value.attribute AS attribute,
    l.value.i::BIGINT AS value_integer, l.value.d::DOUBLE + 0.0 AS value_double, l.known_days
FROM listed l
SEMI JOIN (SELECT attribute, unnest(windows) AS window_name FROM underwriting.attributes) a
    ON a.attribute = l.value.attribute AND a.window_name = l.window_name
