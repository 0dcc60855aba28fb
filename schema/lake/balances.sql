-- dataset: balances
-- table: main.balances
-- key: account_id, currency, as_of, observed_at
-- order: as_of, account_id, currency, observed_at
-- partition: as_of_month
-- column as_of_month: VARCHAR NOT NULL. UTC month of as_of, YYYY-MM; the partition
SELECT *, CASE
    WHEN as_of >= TIMESTAMPTZ '0001-01-01 00:00:00Z' AND as_of < TIMESTAMPTZ '10000-01-01 00:00:00Z'
    THEN strftime(make_timestamp(epoch_us(as_of)), '%Y-%m') -- which never asks the library of time zones
    ELSE '__invalid__' END AS as_of_month
FROM main.balances
