-- model: ledger.holder_daily_balances
-- about: A holder's cash at the end of each day: the sum over the cash accounts that live on it (ledger.cash_accounts),
--   only on days when all of them are known. Accounts whose rows are never fetched are left out, unless the holder has
--   no others
-- order: holder_type, holder_id, currency, day
-- part: holder_type, holder_id
-- scope: holder_type, holder_id, currency, day
-- touched by ledger.daily_balances (account_key, currency, day, end_of_day_minor): SELECT a.holder_type, a.holder_id,
--   a.currency, c.day FROM changed c JOIN ledger.cash_accounts a USING (account_key, currency)
-- touched by ledger.cash_accounts (holder_type, holder_id, currency, account_key, first_day, closed_date,
--   is_covered): SELECT holder_type, holder_id, currency, day FROM ledger.holder_daily_balances SEMI JOIN changed USING
--   (holder_type, holder_id, currency) UNION SELECT a.holder_type, a.holder_id, a.currency, b.day FROM
--   ledger.cash_accounts a SEMI JOIN changed USING (holder_type, holder_id, currency) JOIN ledger.daily_balances b
--   USING (account_key, currency)
-- input ledger.daily_balances: SELECT b.* FROM ledger.daily_balances b SEMI JOIN (SELECT a.account_key, a.currency,
--   t.day FROM ledger.cash_accounts a JOIN touched t USING (holder_type, holder_id, currency)) d USING (account_key,
--   currency, day)
-- input ledger.cash_accounts: FROM ledger.cash_accounts
-- column holder_type: VARCHAR NOT NULL. Kind of holder: customer or account
-- column holder_id: VARCHAR NOT NULL. Whose cash it is
-- column currency: VARCHAR NOT NULL. Lower-case ISO 4217 currency
-- column day: DATE NOT NULL. Civil day in the report zone
-- column end_of_day_minor: BIGINT. Sum of the balances, minor units; null when out of range
-- column account_count: BIGINT NOT NULL. Cash accounts in the sum
-- column value_state: VARCHAR NOT NULL. in_range, or out_of_range when a balance or the sum leaves 64 bits
WITH members AS (
    SELECT *
    FROM (SELECT *, bool_or(is_covered) OVER (PARTITION BY holder_type, holder_id, currency) AS has_covered
        FROM ledger.cash_accounts)
    WHERE is_covered OR NOT has_covered),
known AS (
    SELECT m.holder_type, m.holder_id, m.currency, b.day, sum(b.end_of_day_minor) AS total, count(*) AS n,
        count(b.end_of_day_minor) AS in_range
    FROM ledger.daily_balances b JOIN members m USING (account_key, currency) GROUP BY ALL)
SELECT k.holder_type, k.holder_id, k.currency, k.day,
    CASE WHEN k.in_range = k.n THEN meta.minor(k.total) END AS end_of_day_minor, k.n AS account_count,
    CASE WHEN k.in_range = k.n AND meta.minor(k.total) IS NOT NULL THEN 'in_range'
        ELSE 'out_of_range' END AS value_state
FROM known k JOIN members m ON m.holder_type = k.holder_type AND m.holder_id = k.holder_id AND m.currency = k.currency
  AND m.first_day <= k.day AND (m.closed_date IS NULL OR m.closed_date >= k.day)
GROUP BY ALL HAVING count(*) = k.n
