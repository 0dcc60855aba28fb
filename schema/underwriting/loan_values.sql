-- model: underwriting.loan_values
-- about: What a loan that a holder asks for would mean: days below zero that its payment would have added, the income
--   it leaves, and what paying off an obligation would ease, before it is judged how far they may be relied on
-- order: holder_id, holder_type, account_key, currency, window_name, attribute
-- lake: none
-- part: holder_id
-- scope: holder_type, holder_id
-- touched by meta.loan_requests: SELECT holder_type, holder_id FROM underwriting.subjects
--   SEMI JOIN changed USING (holder_id)
-- touched by ledger.holder_daily_balances: SELECT holder_type, holder_id FROM changed
--   SEMI JOIN (FROM meta.loan_requests WHERE removed_at IS NULL) USING (holder_id)
-- touched by ledger.classed_payments: SELECT holder_type, holder_id FROM changed
--   SEMI JOIN (FROM meta.loan_requests WHERE removed_at IS NULL) USING (holder_id) WHERE side = 'obligation'
-- touched by ledger.obligations: SELECT holder_type, holder_id FROM changed
--   SEMI JOIN (FROM meta.loan_requests WHERE removed_at IS NULL) USING (holder_id)
-- input meta.loan_requests: FROM meta.loan_requests
-- input underwriting.windows: FROM underwriting.windows
-- personal: nothing from ledger.classed_payments.counterparty_id, it is not read
-- personal: nothing from ledger.classed_payments.group_id, it is not read
-- personal: nothing from ledger.classed_payments.stream_id, equal ones are looked for
-- personal: nothing from ledger.classed_payments.merchant_key, it is not read
-- personal: nothing from ledger.obligations.stream_id, equal ones are looked for
-- personal: nothing from ledger.obligations.counterparty_id, equal ones are looked for
-- personal: nothing from ledger.obligations.merchant_key, it is not read
-- personal: nothing from meta.loan_requests.purpose, it is not read
-- column holder_type: VARCHAR NOT NULL. Kind of holder: customer or account
-- column holder_id: VARCHAR NOT NULL. Who asks
-- column account_key: VARCHAR NOT NULL. Empty: all of them are of the holder as a whole
-- column currency: VARCHAR NOT NULL. Lower-case ISO 4217 currency
-- column window_name: VARCHAR NOT NULL. Span of days, see underwriting.windows
-- column attribute: VARCHAR NOT NULL. Name, see underwriting.attributes
-- column value_integer: BIGINT. Money in minor units, or days; null where it is undefined
-- column known_days: BIGINT. Days of the span whose balance is known; null of what reads no balances
-- column partial_reason: VARCHAR. Why the value holds only in part, or does not exist; else null
WITH requests AS (
    SELECT s.holder_type, r.* EXCLUDE (purpose)
    FROM (FROM meta.loan_requests WHERE removed_at IS NULL) r
    JOIN (FROM underwriting.subjects WHERE account_key = '') s USING (holder_id, currency)),
-- obligations that it would pay off, where they are still paid and part of what is fixed a month
replaced AS (
    SELECT q.holder_type, q.holder_id, q.currency, o.stream_id, o.monthly_minor
    FROM requests q JOIN ledger.obligations o USING (holder_type, holder_id, currency)
    WHERE q.refinances IN (o.stream_id, o.counterparty_id) AND o.status IN ('active', 'missed')
        AND NOT ledger.is_advance_class(o.class)),
relief AS (
    SELECT holder_type, holder_id, currency, sum(monthly_minor)::HUGEINT AS monthly_minor FROM replaced GROUP BY ALL),
asked AS (
    SELECT q.*, r.monthly_minor, CASE WHEN q.refinances IS NOT NULL AND r.monthly_minor IS NULL
        THEN 'no obligation that is paid has the id that the request would pay off' END AS why
    FROM requests q LEFT JOIN relief r USING (holder_type, holder_id, currency)),
given_back AS (
    SELECT p.holder_type, p.holder_id, p.currency, p.posted_date AS day, sum(p.amount_minor)::HUGEINT AS minor
    FROM (FROM ledger.classed_payments WHERE side = 'obligation') p
    SEMI JOIN replaced r ON r.holder_type = p.holder_type AND r.holder_id = p.holder_id AND r.currency = p.currency
        AND r.stream_id = p.stream_id
    SEMI JOIN ledger.cash_accounts a ON a.account_key = p.account_key AND a.currency = p.currency
    GROUP BY ALL),
-- every day of a span with its balance and the payments due until then
days AS (
    SELECT q.holder_type, q.holder_id, q.currency, q.payment_minor, q.monthly_minor, q.why, w.window_name, w.first_day,
        b.day, b.end_of_day_minor::HUGEINT AS balance,
        least(ledger.dues_until(q.cadence, coalesce(q.first_due, w.first_day), b.day)
            - ledger.dues_until(q.cadence, coalesce(q.first_due, w.first_day), w.first_day - 1),
            coalesce(q.payments, 9223372036854775807)) AS dues
    FROM asked q JOIN (FROM ledger.holder_daily_balances WHERE end_of_day_minor IS NOT NULL) b
        USING (holder_type, holder_id, currency)
    JOIN (FROM underwriting.windows WHERE window_name IN ('90d', '180d')) w
        ON b.day BETWEEN w.first_day AND w.last_day),
eased AS (
    SELECT d.holder_type, d.holder_id, d.currency, d.window_name, d.day, sum(g.minor) AS minor
    FROM days d JOIN given_back g ON g.holder_type = d.holder_type AND g.holder_id = d.holder_id
        AND g.currency = d.currency AND g.day BETWEEN d.first_day AND d.day
    GROUP BY ALL),
replayed AS (
    SELECT holder_type, holder_id, currency, window_name, why, monthly_minor, count(*) AS known_days,
        count(*) FILTER (room < dues * payment_minor::HUGEINT) - count(*) FILTER (balance < 0) AS added,
        CASE WHEN min(room) FILTER (dues = 0) < 0 THEN 0 WHEN count(*) FILTER (dues > 0) > 0
            THEN greatest(min(room // dues) FILTER (dues > 0), 0) END AS payment
    FROM (SELECT d.*, d.balance + coalesce(e.minor, 0) AS room
        FROM days d LEFT JOIN eased e USING (holder_type, holder_id, currency, window_name, day))
    GROUP BY ALL),
income AS (
    SELECT holder_type, holder_id, currency, window_name, value_integer, partial_reason
    FROM underwriting.obligation_values WHERE attribute = 'obligation_residual_income_minor'),
listed AS (
    SELECT holder_type, holder_id, currency, window_name, known_days, unnest([
        {attribute: 'affordability_negative_days_added', i: added::HUGEINT, why: why},
        {attribute: 'affordability_payment_max_refinance_minor',
            i: CASE WHEN monthly_minor IS NOT NULL THEN payment END, why: why}]) AS value
    FROM replayed
    UNION ALL
    SELECT q.holder_type, q.holder_id, q.currency, i.window_name, NULL, unnest([
        {attribute: 'affordability_refinance_relief_minor', i: q.monthly_minor, why: q.why},
        {attribute: 'affordability_residual_after_payment_minor', i: i.value_integer::HUGEINT
            + coalesce(q.monthly_minor, 0) - meta.mean_minor(12, q.payment_minor::HUGEINT * CASE q.cadence
                WHEN 'weekly' THEN 52 WHEN 'biweekly' THEN 26 ELSE 12 END), why: coalesce(i.partial_reason, q.why)}])
    FROM asked q JOIN income i USING (holder_type, holder_id, currency))
SELECT holder_type, holder_id, '' AS account_key, currency, window_name, value.attribute AS attribute,
    meta.minor(value.i) AS value_integer, known_days, value.why::VARCHAR AS partial_reason
FROM listed
ORDER BY holder_id, holder_type, account_key, currency, window_name, attribute
