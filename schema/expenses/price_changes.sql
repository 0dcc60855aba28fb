-- model: expenses.price_changes
-- about: Where what a holder pays regularly began to cost another price: a payment that differs by over a hundredth
--   from two equal ones before it, unless the next is unlike it; of streams of mostly equal amounts
-- order: stream_id, change_date
-- scope: holder_type, holder_id, currency, merchant_key
-- personal: stream_id from ledger.streams.stream_id
-- personal: merchant_key from ledger.streams.merchant_key
-- personal: nothing from ledger.stream_members.stream_id, equal ones are looked for
-- personal: nothing from ledger.stream_members.merchant_key, equal ones are looked for
-- column stream_id: VARCHAR NOT NULL. The stream, see ledger.streams
-- column holder_type: VARCHAR NOT NULL. Kind of holder: customer or account
-- column holder_id: VARCHAR NOT NULL. Who pays
-- column currency: VARCHAR NOT NULL. Lower-case ISO 4217 currency
-- column merchant_key: VARCHAR NOT NULL. Normalised merchant
-- column change_date: DATE NOT NULL. When the new price was paid first
-- column old_minor: BIGINT NOT NULL. Price before, minor units
-- column new_minor: BIGINT NOT NULL. Price since, minor units
-- column change_minor: BIGINT NOT NULL. What it adds to each payment, minor units; negative is a lower price
-- column change_per_mille: BIGINT NOT NULL. What it adds in thousandths of the price before, rounded half away from
--   zero
-- column annual_minor: BIGINT NOT NULL. What it adds in a year, minor units
-- column is_kept: BOOLEAN NOT NULL. True once a second payment had the new price
-- column is_newest: BOOLEAN NOT NULL. True for the last change of the stream
SELECT m.stream_id, m.holder_type, m.holder_id, m.currency, m.merchant_key, m.payment_date AS change_date,
    m.price_before_minor AS old_minor, m.new_minor, m.new_minor - m.price_before_minor AS change_minor,
    meta.mean_minor(m.price_before_minor, 1000 * (m.new_minor - m.price_before_minor)) AS change_per_mille,
    (m.new_minor - m.price_before_minor) * s.per_year AS annual_minor, m.is_price_kept AS is_kept,
    m.payment_date = max(m.payment_date) OVER (PARTITION BY m.stream_id) AS is_newest
FROM (SELECT DISTINCT stream_id, holder_type, holder_id, currency, merchant_key, payment_date, price_before_minor,
        day_minor AS new_minor, is_price_kept
    FROM ledger.stream_members WHERE price_before_minor IS NOT NULL AND direction = 'out') m
JOIN (FROM ledger.streams WHERE is_steady) s USING (stream_id)
