-- model: ledger.accounts
-- about: One row per account a holder has, relinked accounts joined, with the rules for its dates and what is covered
-- order: account_key
-- column account_key: VARCHAR NOT NULL. First id of the chain of relinked accounts
-- column account_ids: VARCHAR[] NOT NULL. Every id of the chain
-- column holder_type: VARCHAR. Kind of holder: customer or account; null when Stripe does not state it
-- column holder_id: VARCHAR. Whose account it is; null when Stripe does not state it
-- column institution_name: VARCHAR NOT NULL. Name of the bank
-- column last4: VARCHAR. Last four digits of the account number; null when not stated
-- column category: VARCHAR NOT NULL. cash, credit, investment or other
-- column subcategory: VARCHAR NOT NULL. checking, savings, credit_card, …
-- column status: VARCHAR NOT NULL. active, inactive or disconnected
-- column shares_transactions: BOOLEAN. Whether its holder shares its transactions; null when Stripe does not state
--   permissions
-- column date_basis: VARCHAR NOT NULL. How transacted_at is read. utc_date: the bank sends dates as midnight UTC;
--   zone_date: as midnight of its own zone; local_time: it sends instants; row_by_row: mixed or too few to tell,
--   midnight UTC is a date
-- column posted_date_basis: VARCHAR NOT NULL. How posted_at is read, by the same list: a bank may know the time of a
--   purchase and post by date; a row without posted_at goes by transacted_at and its rule
-- column plausible_from: TIMESTAMPTZ NOT NULL. 730 days before the account was first linked: Stripe gives up to 180
--   days of history, a bank of its own up to two years; what is dated earlier is not believed
-- column coverage_start: DATE. Date of the first row held that is dated plausibly; null without such rows
-- column coverage_end: DATE. Last complete day: the day before complete_through_at in the report zone; null before the
--   first complete fetch
WITH linked AS (
    SELECT account_key, list(account_id ORDER BY account_id) AS account_ids,
        arg_max(account_id, (created_at, account_id)) AS newest_id,
        -- least passes over nulls, and an account that was never fetched is complete through nothing
        CASE WHEN max(complete_through_at) IS NOT NULL
            THEN least(max(complete_through_at), max(s.watermark)) END AS complete_through_at,
        max(s.watermark) + INTERVAL 2 DAY AS plausible_until,
        -- no account was linked before Stripe had the product, nor after fcpipe saw it
        min(CASE WHEN created_at BETWEEN TIMESTAMPTZ '2015-01-01 00:00:00+00' AND first_seen_at THEN created_at
            ELSE first_seen_at END)
            - INTERVAL 730 DAY AS plausible_from
    FROM main.accounts CROSS JOIN meta.store s GROUP BY account_key),
-- of each kind of instant the first: the first date is that of the first instant with a time, or of the first without
read_rows AS (
    SELECT account_id, sum(row_count)::BIGINT AS n, sum(midnight_count)::BIGINT AS midnights,
        sum(hour_count)::BIGINT AS hours, min(first_hour) AS first_hour, max(last_hour) AS last_hour,
        sum(posted_count)::BIGINT AS posted_n, sum(posted_midnight_count)::BIGINT AS posted_midnights,
        sum(posted_hour_count)::BIGINT AS posted_hours, min(posted_first_hour) AS posted_first_hour,
        max(posted_last_hour) AS posted_last_hour, min(first_posted_midnight) AS first_posted_midnight,
        min(first_posted) AS first_posted, min(first_unposted_midnight) AS first_unposted_midnight,
        min(first_unposted) AS first_unposted
    FROM ledger.account_weeks GROUP BY account_id),
counted AS (
    SELECT r.*, l.account_key, l.plausible_from, l.plausible_until,
        least(first_posted_midnight, first_posted, first_unposted_midnight, first_unposted)
            < l.plausible_from AS has_earlier
    FROM read_rows r JOIN main.accounts a USING (account_id) JOIN linked l ON l.account_key = a.account_key),
-- few accounts have rows that are dated too early: of these the first of the others
believed AS (
    SELECT t.account_id, min(t.posted_at) FILTER (ledger.is_midnight(t.posted_at)) AS first_posted_midnight,
        min(t.posted_at) FILTER (NOT ledger.is_midnight(t.posted_at)) AS first_posted,
        min(t.transacted_at) FILTER (t.posted_at IS NULL AND ledger.is_midnight(t.transacted_at))
            AS first_unposted_midnight,
        min(t.transacted_at) FILTER (t.posted_at IS NULL AND NOT ledger.is_midnight(t.transacted_at)) AS first_unposted
    FROM main.transactions t JOIN (FROM counted WHERE has_earlier) c USING (account_id)
    WHERE coalesce(t.posted_at, t.transacted_at) >= c.plausible_from GROUP BY t.account_id),
firsts AS (
    FROM (SELECT * EXCLUDE (has_earlier) FROM counted WHERE has_earlier IS DISTINCT FROM true)
    UNION ALL BY NAME
    SELECT c.* EXCLUDE (has_earlier) REPLACE (b.first_posted_midnight AS first_posted_midnight,
        b.first_posted AS first_posted, b.first_unposted_midnight AS first_unposted_midnight,
        b.first_unposted AS first_unposted)
    FROM (FROM counted WHERE has_earlier) c LEFT JOIN believed b USING (account_id)),
dated AS (
    SELECT account_key, sum(n) AS n, sum(midnights) AS midnights, sum(hours) AS hours, min(first_hour) AS first_hour,
        max(last_hour) AS last_hour, sum(posted_n) AS posted_n, sum(posted_midnights) AS posted_midnights,
        sum(posted_hours) AS posted_hours, min(posted_first_hour) AS posted_first_hour,
        max(posted_last_hour) AS posted_last_hour,
        min(first_posted_midnight) FILTER (first_posted_midnight <= plausible_until) AS first_posted_midnight,
        min(first_posted) FILTER (first_posted <= plausible_until) AS first_posted,
        min(first_unposted_midnight) FILTER (first_unposted_midnight <= plausible_until) AS first_unposted_midnight,
        min(first_unposted) FILTER (first_unposted <= plausible_until) AS first_unposted
    FROM firsts GROUP BY account_key),
based AS (
    SELECT l.*, d.* EXCLUDE (account_key), meta.parameter('report_zone') AS zone,
        coalesce(ledger.date_basis(n, midnights, hours, first_hour, last_hour), 'row_by_row') AS date_basis,
        coalesce(ledger.date_basis(posted_n, posted_midnights, posted_hours, posted_first_hour, posted_last_hour),
            'row_by_row') AS posted_date_basis
    FROM linked l LEFT JOIN dated d USING (account_key))
SELECT b.account_key, b.account_ids, a.holder_type, a.holder_id, a.institution_name, a.last4, a.category, a.subcategory,
    a.status,
    list_contains(a.permissions, 'transactions') AS shares_transactions, b.date_basis, b.posted_date_basis,
    b.plausible_from,
    least(ledger.civil_date(b.first_posted_midnight, b.posted_date_basis, b.zone),
        ledger.civil_date(b.first_posted, b.posted_date_basis, b.zone),
        ledger.civil_date(b.first_unposted_midnight, b.date_basis, b.zone),
        ledger.civil_date(b.first_unposted, b.date_basis, b.zone)) AS coverage_start,
    CASE WHEN b.complete_through_at >= b.plausible_from
        THEN ledger.civil_date(b.complete_through_at, 'local_time', b.zone) - 1 END AS coverage_end
FROM based b JOIN main.accounts a ON a.account_id = b.newest_id
