-- model: ledger.accounts
-- about: One row per account a holder has, relinked accounts joined, with the rule for its dates and what is covered
-- order: account_key
-- column account_key: VARCHAR NOT NULL. First id of the chain of relinked accounts
-- column account_ids: VARCHAR[] NOT NULL. Every id of the chain
-- column holder_type: VARCHAR. Kind of holder: customer or account
-- column holder_id: VARCHAR. Whose account it is
-- column institution_name: VARCHAR NOT NULL. Name of the bank
-- column last4: VARCHAR. Last four digits of the account number
-- column category: VARCHAR NOT NULL. cash, credit, investment or other
-- column subcategory: VARCHAR NOT NULL. checking, savings, credit_card, …
-- column status: VARCHAR NOT NULL. active, inactive or disconnected
-- column date_basis: VARCHAR NOT NULL. utc_date: the bank sends dates as midnight UTC; local_time: it sends instants; row_by_row: mixed or too few rows to tell
-- column coverage_start: DATE. Date of the first row held; null without rows
-- column coverage_end: DATE. Last complete day: the day before complete_through_at in the report zone; null before the first complete fetch
WITH linked AS (
    SELECT account_key, list(account_id ORDER BY account_id) AS account_ids, arg_max(account_id, (created_at, account_id)) AS newest_id,
        max(complete_through_at) AS complete_through_at
    FROM main.accounts GROUP BY account_key),
dated AS (
    SELECT a.account_key, count(*) AS row_count, count(*) FILTER (ledger.is_midnight(t.transacted_at)) AS midnight_count
    FROM main.transactions t JOIN main.accounts a USING (account_id) GROUP BY a.account_key),
based AS (
    SELECT l.*, CASE WHEN d.row_count >= 30 AND 100 * d.midnight_count >= 95 * d.row_count THEN 'utc_date'
                     WHEN d.row_count >= 30 AND 100 * d.midnight_count <= 5 * d.row_count THEN 'local_time'
                     ELSE 'row_by_row' END AS date_basis
    FROM linked l LEFT JOIN dated d USING (account_key)),
first_rows AS (
    SELECT b.account_key, min(ledger.civil_date(coalesce(t.posted_at, t.transacted_at), b.date_basis, meta.parameter('report_zone'))) AS coverage_start
    FROM main.transactions t JOIN main.accounts a USING (account_id) JOIN based b ON b.account_key = a.account_key
    GROUP BY b.account_key)
SELECT b.account_key, b.account_ids, a.holder_type, a.holder_id, a.institution_name, a.last4, a.category, a.subcategory, a.status, b.date_basis,
    f.coverage_start, timezone(meta.parameter('report_zone'), b.complete_through_at)::DATE - 1 AS coverage_end
FROM based b JOIN main.accounts a ON a.account_id = b.newest_id LEFT JOIN first_rows f ON f.account_key = b.account_key
