-- ledger.transactions and expenses.transactions are views since, which the derivation puts in the place of the tables.
-- There is nothing to convert here: the number keeps earlier programs, which would fail to make tables where views are,
-- from such a file.
SELECT 1;
