-- dataset: transactions
-- table: main.transactions
-- key: transaction_id
-- order: transacted_at, transaction_id
-- partition: transacted_month
-- column transacted_month: VARCHAR NOT NULL. UTC month of transacted_at, YYYY-MM; the partition
SELECT *, CASE
    WHEN transacted_at >= TIMESTAMPTZ '0001-01-01 00:00:00Z' AND transacted_at < TIMESTAMPTZ '10000-01-01 00:00:00Z'
    THEN strftime(make_timestamp(epoch_us(transacted_at)), '%Y-%m') -- which never asks the library of time zones
    ELSE '__invalid__' END AS transacted_month
FROM main.transactions
