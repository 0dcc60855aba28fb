-- model: ledger.holder_daily_balances
-- about: A holder's cash at the end of each day: the sum over cash accounts, only on days when all of them are known
-- order: holder_type, holder_id, currency, day
-- column holder_type: VARCHAR NOT NULL. Kind of holder: customer or account
-- column holder_id: VARCHAR NOT NULL. Whose cash it is
-- column currency: VARCHAR NOT NULL. Lower-case ISO 4217 currency
-- column day: DATE NOT NULL. Civil day in the report zone
-- column end_of_day_minor: BIGINT NOT NULL. Sum of the balances, minor units
-- column account_count: BIGINT NOT NULL. Cash accounts in the sum
WITH held AS (
    SELECT l.holder_type, l.holder_id, b.currency, b.account_key, b.day, b.end_of_day_minor
    FROM ledger.daily_balances b JOIN ledger.accounts l USING (account_key)
    WHERE l.category = 'cash' AND l.holder_id IS NOT NULL AND l.holder_type IS NOT NULL),
wanted AS (SELECT holder_type, holder_id, currency, count(DISTINCT account_key) AS account_count FROM held GROUP BY ALL)
SELECT h.holder_type, h.holder_id, h.currency, h.day, sum(h.end_of_day_minor)::BIGINT AS end_of_day_minor, w.account_count
FROM held h JOIN wanted w USING (holder_type, holder_id, currency)
GROUP BY h.holder_type, h.holder_id, h.currency, h.day, w.account_count
HAVING count(*) = w.account_count
