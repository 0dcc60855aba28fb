-- model: underwriting.income_month
-- about: A holder's income by calendar month and tier, from the first month with a row or a balance to that of the
--   newest data; net deposits, by the date they posted
-- order: holder_type, holder_id, currency, month
-- part: holder_type, holder_id
-- scope: holder_type, holder_id
-- touched by underwriting.cash_flow_month (holder_type, holder_id, currency, month, flow_state, is_partial):
--   SELECT holder_type, holder_id FROM changed
-- personal: nothing from ledger.classed_payments.counterparty_id, it is not read
-- personal: nothing from ledger.classed_payments.group_id, equal ones are looked for
-- personal: nothing from ledger.classed_payments.stream_id, it is not read
-- personal: nothing from ledger.classed_payments.merchant_key, it is not read
-- personal: nothing from ledger.income_streams.counterparty_id, it is not read
-- personal: nothing from ledger.income_streams.income_stream_id, equal ones are looked for
-- personal: nothing from ledger.income_streams.merchant_key, it is not read
-- column holder_type: VARCHAR NOT NULL. Kind of holder: customer or account
-- column holder_id: VARCHAR NOT NULL. Whose income it is
-- column currency: VARCHAR NOT NULL. Lower-case ISO 4217 currency
-- column month: VARCHAR NOT NULL. Calendar month, YYYY-MM
-- column is_partial: BOOLEAN NOT NULL. Whether rows may be missing or the month is not over, as in
--   underwriting.cash_flow_month; such a month enters no mean
-- column t1_minor: BIGINT. Income of tier T1, see ledger.income_streams, minor units; null when out of range
-- column t2_minor: BIGINT. Of tier T2
-- column t3_minor: BIGINT. Of tier T3
-- column t4_minor: BIGINT. Of tier T4
-- column qualified_minor: BIGINT. T1 and T2 together
WITH paid AS (
    SELECT p.holder_type, p.holder_id, p.currency, strftime(p.posted_date, '%Y-%m') AS month, p.amount_minor,
        ledger.payment_tier(s.tier, p.class) AS tier
    FROM (FROM ledger.classed_payments WHERE side = 'income') p
    JOIN ledger.income_streams s ON s.holder_type = p.holder_type AND s.holder_id = p.holder_id
        AND s.income_stream_id = p.group_id),
summed AS (
    SELECT holder_type, holder_id, currency, month, sum(amount_minor) FILTER (tier = 'T1') AS t1,
        sum(amount_minor) FILTER (tier = 'T2') AS t2, sum(amount_minor) FILTER (tier = 'T3') AS t3,
        sum(amount_minor) FILTER (tier = 'T4') AS t4
    FROM paid GROUP BY ALL),
today AS (SELECT strftime(value::DATE, '%Y-%m') AS month FROM meta.parameters WHERE name = 'as_of_date')
SELECT m.holder_type, m.holder_id, m.currency, m.month, m.is_partial OR m.month >= t.month AS is_partial,
    meta.minor(coalesce(t1, 0)) AS t1_minor, meta.minor(coalesce(t2, 0)) AS t2_minor,
    meta.minor(coalesce(t3, 0)) AS t3_minor, meta.minor(coalesce(t4, 0)) AS t4_minor,
    meta.minor(coalesce(t1, 0) + coalesce(t2, 0)) AS qualified_minor
FROM underwriting.cash_flow_month m CROSS JOIN today t
LEFT JOIN summed s ON s.holder_type = m.holder_type AND s.holder_id = m.holder_id AND s.currency = m.currency
    AND s.month = m.month
WHERE m.flow_state IN ('complete', 'unheld', 'partial', 'unreconciled')
