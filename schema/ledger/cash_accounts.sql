-- model: ledger.cash_accounts
-- about: Every cash account of a holder, by currency, and the days on which it counts: its own life, from its first day
--   to the day it was closed
-- order: holder_type, holder_id, currency, account_key
-- scope: account_key
-- column holder_type: VARCHAR NOT NULL. Kind of holder: customer or account
-- column holder_id: VARCHAR NOT NULL. Whose account it is
-- column currency: VARCHAR NOT NULL. Lower-case ISO 4217 currency of its rows or balances
-- column account_key: VARCHAR NOT NULL. First id of the chain of relinked accounts
-- column first_day: DATE NOT NULL. First day of its coverage, rows or balances; before it the account counts for
--   nothing
-- column closed_date: DATE. Day of the balance of zero with which an account ended that is no longer active; after
--   it the account counts for nothing. Null while it lives, and when its last known balance was not zero: then what
--   follows is unknown
-- column is_covered: BOOLEAN NOT NULL. Whether its rows were ever fetched completely; others are in no holder's daily
--   balance while one of the same holder is covered
-- column shares_transactions: BOOLEAN. Whether its holder shares its transactions; null when Stripe does not state
--   permissions
-- column daily_flow_minor: BIGINT NOT NULL. Money in and out, added without signs, by day of its coverage, minor units:
--   how much it weighs in the holder's flow; at most the largest number 64 bits hold
WITH moved AS (
    SELECT account_key, currency, sum(ledger.exact(inflow_minor, exact.inflow)
            + ledger.exact(outflow_minor, exact.outflow)) AS total,
        min(day) FILTER (is_plausible) AS first_day, min(day) AS first_dated
    FROM ledger.daily_entries
    WHERE inflow_count + outflow_count > 0
    GROUP BY ALL),
known AS (
    SELECT account_key, currency, min(day) AS first_day, max(day) AS last_day,
        max_by(coalesce(end_of_day_minor, 1), day) AS last_minor
    FROM ledger.daily_balances GROUP BY ALL),
spans AS (
    SELECT account_key, min(first_day) AS first_day, sum(greatest(last_day - first_day + 1, 0)) AS days
    FROM ledger.coverage
    GROUP BY account_key)
SELECT l.holder_type, l.holder_id, p.currency, l.account_key,
    least(s.first_day, m.first_day, k.first_day, CASE WHEN m.first_day IS NULL THEN m.first_dated END) AS first_day,
    CASE WHEN l.status <> 'active' AND k.last_minor = 0
        AND k.last_day >= coalesce(l.coverage_end, k.last_day) THEN k.last_day END AS closed_date,
    s.account_key IS NOT NULL AS is_covered, l.shares_transactions,
    least(coalesce(m.total, 0) // greatest(coalesce(s.days, 0), 1), 9223372036854775807)::BIGINT AS daily_flow_minor
FROM ledger.accounts l
JOIN (SELECT account_key, currency FROM moved UNION SELECT account_key, currency FROM known) p USING (account_key)
LEFT JOIN moved m USING (account_key, currency)
LEFT JOIN known k USING (account_key, currency)
LEFT JOIN spans s USING (account_key)
WHERE l.category = 'cash' AND l.holder_id IS NOT NULL AND l.holder_type IS NOT NULL
