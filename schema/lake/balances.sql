-- dataset: balances
-- table: main.balances
-- key: account_id, currency, as_of, observed_at
-- order: as_of, account_id, currency, observed_at
-- partition: as_of_month
-- column as_of_month: VARCHAR NOT NULL. UTC month of as_of, YYYY-MM; the partition
SELECT *, CASE WHEN year(timezone('UTC', as_of)) BETWEEN 1 AND 9999 THEN strftime(timezone('UTC', as_of), '%Y-%m')
    ELSE '__invalid__' END AS as_of_month
FROM main.balances
