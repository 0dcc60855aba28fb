-- How many transactions are held of accounts, whose ids come in one text, with commas between them.
SELECT account_id, count(*) AS transactions
FROM main.transactions
WHERE account_id IN (SELECT unnest(string_split(?, ',')))
GROUP BY account_id
ORDER BY account_id
