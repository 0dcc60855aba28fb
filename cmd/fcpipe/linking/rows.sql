-- How many transactions are held of accounts, whose ids come in one text, with commas between them; of those that were
-- read: that none is held of another one says nothing.
SELECT a.account_id, count(t.account_id) AS transactions
FROM main.accounts a LEFT JOIN main.transactions t USING (account_id)
WHERE a.account_id IN (SELECT unnest(string_split(?, ',')))
GROUP BY a.account_id, a.cursor_refresh_id
HAVING a.cursor_refresh_id IS NOT NULL OR count(t.account_id) > 0
ORDER BY a.account_id
