-- model: ledger.coverage
-- about: The spans of days for which every posted row of an account is held; accounts without a complete fetch have
--   none, chains of relinked accounts may have several
-- order: account_key, first_day
-- scope: all
-- column account_key: VARCHAR NOT NULL. First id of the chain of relinked accounts
-- column first_day: DATE NOT NULL. Day of the first row held, or of the first complete fetch where no row is older
-- column last_day: DATE NOT NULL. Last complete day: the day before through_at in the report zone; before first_day
--   while the first day is not over
-- column through_at: TIMESTAMPTZ NOT NULL. Instant up to which rows are held
WITH first_complete AS (
    SELECT account_id, min(complete_through_at) AS instant FROM main.account_versions GROUP BY account_id),
earliest AS (
    SELECT account_id, min(least(first_posted, first_unposted)) AS instant,
        min(least(first_posted_midnight, first_unposted_midnight)) AS midnight
    FROM ledger.account_weeks GROUP BY account_id),
judged AS (
    SELECT e.*, l.plausible_from, least(e.instant, e.midnight) < l.plausible_from AS has_earlier
    FROM earliest e JOIN main.accounts a USING (account_id) JOIN ledger.accounts l ON l.account_key = a.account_key),
-- of the few accounts with rows that are dated too early the first of the others
first_rows AS (
    SELECT account_id, instant, midnight FROM judged WHERE NOT has_earlier
    UNION ALL
    SELECT account_id, min(instant) FILTER (NOT ledger.is_midnight(instant)),
        min(instant) FILTER (ledger.is_midnight(instant))
    FROM (SELECT t.account_id, coalesce(t.posted_at, t.transacted_at) AS instant, j.plausible_from
        FROM main.transactions t JOIN (FROM judged WHERE has_earlier) j USING (account_id))
    WHERE instant >= plausible_from GROUP BY account_id),
held AS (
    SELECT a.account_key, a.account_id, least(a.complete_through_at, s.watermark) AS through_at, l.plausible_from,
        least(ledger.civil_date(r.instant, l.posted_date_basis, meta.parameter('report_zone')),
            ledger.civil_date(r.midnight, l.posted_date_basis, meta.parameter('report_zone')),
            ledger.civil_date(least(c.instant, s.watermark), 'local_time', meta.parameter('report_zone'))) AS first_day,
        ledger.civil_date(least(a.complete_through_at, s.watermark), 'local_time', meta.parameter('report_zone'))
            - 1 AS last_day
    FROM main.accounts a CROSS JOIN meta.store s JOIN ledger.accounts l USING (account_key)
    LEFT JOIN first_rows r USING (account_id) LEFT JOIN first_complete c USING (account_id)
    WHERE a.complete_through_at IS NOT NULL),
-- the rest of the day a chain's earlier account was complete through is the next one's
bordered AS (
    SELECT *, coalesce(first_day > max(last_day) OVER (PARTITION BY account_key ORDER BY first_day, last_day, account_id
        ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) + 1, false) AS is_new
    FROM held WHERE through_at >= plausible_from),
numbered AS (
    SELECT *, count(*) FILTER (is_new) OVER (PARTITION BY account_key ORDER BY first_day, last_day, account_id) AS span
    FROM bordered)
SELECT account_key, min(first_day) AS first_day, max(last_day) AS last_day, max(through_at) AS through_at
FROM numbered GROUP BY account_key, span
