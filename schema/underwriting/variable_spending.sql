-- model: underwriting.variable_spending
-- about: What a holder spends on a day of the week beside what recurs: the median over the last 90 complete days, days
--   without spending included. Payments of streams of ledger.streams that have not ended and own transfers are left
--   out; a linked card counts by its purchases
-- order: holder_id, holder_type, currency, weekday
-- lake: none
-- part: holder_id
-- part bytes: 48
-- scope: holder_type, holder_id
-- touched by ledger.labels (transaction_id, holder_type, holder_id, currency, posted_date, amount_minor, is_flow,
--   treatment): SELECT holder_type, holder_id FROM changed WHERE is_flow AND amount_minor < 0
-- touched by ledger.streams (stream_id, holder_type, holder_id, direction, status): SELECT holder_type, holder_id
--   FROM changed WHERE direction = 'out'
-- touched by ledger.stream_members (stream_id, transaction_id, holder_type, holder_id, direction):
--   SELECT holder_type, holder_id FROM changed WHERE direction = 'out'
-- input ledger.labels: SELECT l.* FROM ledger.labels l SEMI JOIN touched USING (holder_type, holder_id)
--   WHERE l.posted_date >= (SELECT first_day FROM underwriting.windows WHERE window_name = '90d')
--   AND l.amount_minor < 0
-- input underwriting.windows: FROM underwriting.windows
-- personal: nothing from ledger.labels.merchant_key, it is not read
-- personal: nothing from ledger.streams.stream_id, equal ones are looked for
-- personal: nothing from ledger.streams.merchant_key, it is not read
-- personal: nothing from ledger.stream_members.stream_id, equal ones are looked for
-- personal: nothing from ledger.stream_members.merchant_key, it is not read
-- column holder_type: VARCHAR NOT NULL. Kind of holder: customer or account
-- column holder_id: VARCHAR NOT NULL. Whose spending it is
-- column currency: VARCHAR NOT NULL. Lower-case ISO 4217 currency
-- column weekday: BIGINT NOT NULL. Day of the week, 1 (Monday) to 7
-- column median_minor: BIGINT. Median of those days, an observed sum, minor units; null when out of range
-- column spent_minor: BIGINT. Sum of those days, minor units; null when out of range
-- column all_minor: BIGINT. Likewise, with what recurs
WITH span AS (SELECT first_day, last_day FROM underwriting.windows WHERE window_name = '90d'),
recurring AS (
    SELECT DISTINCT m.transaction_id, true AS recurs FROM ledger.stream_members m SEMI JOIN (FROM ledger.streams
        WHERE status <> 'ended' AND direction = 'out') s USING (holder_type, holder_id, stream_id)),
spent AS (
    SELECT l.holder_type, l.holder_id, l.currency, l.posted_date AS day,
        -sum(l.amount_minor) FILTER (NOT coalesce(r.recurs, false)) AS minor, -sum(l.amount_minor) AS all_minor
    FROM (FROM ledger.labels WHERE is_flow AND amount_minor < 0 AND treatment NOT IN ('exclude', 'contra_flow')) l
    JOIN span s ON l.posted_date BETWEEN s.first_day AND s.last_day
    LEFT JOIN recurring r USING (transaction_id)
    GROUP BY ALL),
days AS (SELECT unnest(generate_series(first_day, last_day, INTERVAL 1 DAY))::DATE AS day FROM span)
SELECT h.holder_type, h.holder_id, h.currency, isodow(d.day) AS weekday,
    meta.minor(quantile_disc(coalesce(s.minor, 0), 0.5)) AS median_minor,
    meta.minor(coalesce(sum(s.minor), 0)) AS spent_minor, meta.minor(coalesce(sum(s.all_minor), 0)) AS all_minor
FROM (SELECT DISTINCT holder_type, holder_id, currency FROM spent WHERE minor IS NOT NULL) h CROSS JOIN days d
LEFT JOIN spent s USING (holder_type, holder_id, currency, day)
GROUP BY h.holder_type, h.holder_id, h.currency, isodow(d.day)
