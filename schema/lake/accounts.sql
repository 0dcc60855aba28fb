-- dataset: accounts
-- table: main.accounts
-- key: account_id
-- order: account_id
SELECT * FROM main.accounts
