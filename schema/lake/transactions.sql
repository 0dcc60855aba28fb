-- dataset: transactions
-- table: main.transactions
-- key: transaction_id
-- order: transacted_at, transaction_id
-- partition: transacted_month
-- column transacted_month: VARCHAR NOT NULL. UTC month of transacted_at, YYYY-MM; the partition
SELECT *, CASE WHEN year(timezone('UTC', transacted_at)) BETWEEN 1 AND 9999
    THEN strftime(timezone('UTC', transacted_at), '%Y-%m')
    ELSE '__invalid__' END AS transacted_month
FROM main.transactions
