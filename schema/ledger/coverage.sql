-- model: ledger.coverage
-- about: The spans of days for which every posted row of an account is held; accounts without a complete fetch have
--   none, chains of relinked accounts may have several, and one that was inactive for more than 180 days has two
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
-- Stripe gives rows of 180 days before an account is active again: of one that was not for longer those after what was
-- held are missing, up to them or to the first row that is there
returns AS MATERIALIZED (
    SELECT account_id, through_at, observed_at - INTERVAL 180 DAY AS given_from
    FROM (SELECT account_id, status, observed_at, lag(status) OVER w AS status_before,
            lag(complete_through_at) OVER w AS through_at
        FROM main.account_versions SEMI JOIN (FROM main.account_versions WHERE status <> 'active') USING (account_id)
        WINDOW w AS (PARTITION BY account_id ORDER BY observed_at))
    WHERE status = 'active' AND status_before <> 'active' AND given_from > through_at + INTERVAL 1 DAY),
outages AS (
    SELECT r.account_id, r.through_at, least(r.given_from, min(w.instant)) AS resumed_at
    FROM returns r LEFT JOIN (
        SELECT account_id,
            unnest([first_posted, first_unposted, first_posted_midnight, first_unposted_midnight]) AS instant
        FROM ledger.account_weeks SEMI JOIN returns USING (account_id)) w
        ON w.account_id = r.account_id AND w.instant > r.through_at
    GROUP BY r.account_id, r.through_at, r.given_from),
pieces AS (
    SELECT account_key, account_id, plausible_from, first_day, coalesce(lead(before_at) OVER w, through_at)
        AS through_at, coalesce(lead(before_day) OVER w, last_day) AS last_day
    FROM (
        FROM held
        UNION ALL BY NAME
        SELECT h.* REPLACE (ledger.civil_date(o.resumed_at, 'local_time', meta.parameter('report_zone')) AS first_day),
            o.through_at AS before_at, ledger.civil_date(o.through_at, 'local_time', meta.parameter('report_zone')) - 1
                AS before_day
        FROM held h JOIN outages o USING (account_id) WHERE o.resumed_at < h.through_at)
    WINDOW w AS (PARTITION BY account_id ORDER BY first_day, before_at NULLS FIRST)),
-- the rest of the day a chain's earlier account was complete through is the next one's
bordered AS (
    SELECT *, coalesce(first_day > max(last_day) OVER (PARTITION BY account_key ORDER BY first_day, last_day, account_id
        ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) + 1, false) AS is_new
    FROM pieces WHERE through_at >= plausible_from),
numbered AS (
    SELECT *, count(*) FILTER (is_new) OVER (PARTITION BY account_key ORDER BY first_day, last_day, account_id) AS span
    FROM bordered)
SELECT account_key, min(first_day) AS first_day, max(last_day) AS last_day, max(through_at) AS through_at
FROM numbered GROUP BY account_key, span
