-- model: ledger.ended_accounts
-- about: Accounts that are no longer active, and since when fcpipe knows it: closed, frozen, disconnected, or the
--   bank asks their owner to log in again; Stripe tells these apart where it states status_details
-- order: account_key
-- lake: none
-- scope: all
-- personal: nothing from main.accounts.extra, a code of Stripe in it is compared
-- personal: nothing from main.account_versions.extra, it is not read
-- column account_key: VARCHAR NOT NULL. First id of the chain of relinked accounts
-- column status: VARCHAR NOT NULL. inactive or disconnected, of the newest account of the chain
-- column since_date: DATE NOT NULL. Civil date, in the report zone, on which it was first seen like that
-- column is_refresh_failed: BOOLEAN NOT NULL. Whether its last refresh of balances or transactions failed
-- column is_closed: BOOLEAN NOT NULL. Whether Stripe says that its bank closed it, or gives it back no more: it cannot
--   be linked again
WITH newest AS (
    SELECT account_key, arg_max(account_id, (created_at, account_id)) AS account_id FROM main.accounts GROUP BY ALL),
ended AS (
    SELECT a.account_key, a.account_id, a.status, a.first_seen_at,
        'failed' IN (coalesce(a.balance_refresh_status, ''), coalesce(a.transaction_refresh_status, ''))
            AS is_refresh_failed,
        json_extract_string(a.extra, '$.status_details.inactive.action') AS action,
        (a.status = 'inactive' AND (action = 'none' OR action IS NULL
            AND json_extract_string(a.extra, '$.status_details.inactive.cause') = 'account_closed')) IS TRUE
            AS is_closed
    FROM main.accounts a SEMI JOIN newest n ON n.account_id = a.account_id WHERE a.status <> 'active'),
-- since the first version after the last one with another status
last_others AS (
    SELECT v.account_id, max(v.observed_at) AS observed_at FROM main.account_versions v JOIN ended e USING (account_id)
    WHERE v.status <> e.status GROUP BY ALL),
begun AS (
    SELECT v.account_id, min(v.observed_at) AS observed_at
    FROM main.account_versions v SEMI JOIN ended USING (account_id) LEFT JOIN last_others o USING (account_id)
    WHERE v.observed_at > o.observed_at OR o.observed_at IS NULL GROUP BY ALL)
SELECT e.account_key, e.status,
    ledger.civil_date(coalesce(b.observed_at, e.first_seen_at), 'local_time', meta.parameter('report_zone'))
        AS since_date, e.is_refresh_failed, e.is_closed
FROM ended e LEFT JOIN begun b USING (account_id)
