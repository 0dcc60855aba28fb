-- What an operator wants to know of the published file.

-- Accounts of which no refresh was ever read to its end are the oldest of all; those that do not share
-- transactions have none to wait for.
-- name: status_accounts
SELECT status, count(*), min(complete_through_at), max(complete_through_at),
    count(*) FILTER (complete_through_at IS NULL AND coalesce(list_contains(permissions, 'transactions'), true)),
    count(*) FILTER (NOT coalesce(list_contains(permissions, 'transactions'), true))
FROM main.accounts GROUP BY status ORDER BY status;

-- name: status_sizes
SELECT (SELECT count(*) FROM main.transactions), (SELECT count(*) FROM main.transaction_versions),
    (SELECT count(*) FROM main.balances);

-- What a person knows an account by, and whether it is active.
-- name: status_names
SELECT account_id, institution_name, last4, holder_type, holder_id, status
FROM main.accounts WHERE list_contains($1, account_id);

-- Accounts that need a person, a row for each reason, and those that are at their end: disconnected, closed, or linked
-- again under another id, which goes on in their place. What makes others follow hides them: a disconnected account has
-- that reason alone, an inactive one fails because it is inactive. Refused rows count until the account's
-- cursor has moved over them, a refused account until it is listed again.
-- What the journal knows of accounts that fail is added in Go.
-- name: status_attention
WITH changes AS (
    SELECT account_id, min(observed_at) FILTER (observed_at > coalesce(other_at, '-infinity')) AS since
    FROM (SELECT v.account_id, v.observed_at,
        max(v.observed_at) FILTER (v.status <> a.status) OVER (PARTITION BY v.account_id) AS other_at
          FROM main.account_versions v JOIN main.accounts a USING (account_id))
    GROUP BY account_id),
undecided AS (
    SELECT account_id, account_key AS candidate, action, observed_at AS since FROM main.account_links
    QUALIFY row_number() OVER (PARTITION BY account_id ORDER BY observed_at DESC) = 1),
completed AS (SELECT account_id, min(observed_at) AS completed_at
    FROM main.account_versions
    SEMI JOIN main.accounts USING (account_id, cursor_refresh_id)
    GROUP BY account_id),
balances AS (SELECT account_id, max(as_of) AS as_of FROM main.balances GROUP BY account_id),
succeeded AS (SELECT account_id, max(requested_at) AS last_at
    FROM main.refreshes
    WHERE feature = 'ownership' AND status = 'succeeded'
    GROUP BY account_id),
owners AS (
    SELECT account_id, min(requested_at) AS failing_since FROM main.refreshes LEFT JOIN succeeded USING (account_id)
    WHERE feature = 'ownership' AND status = 'failed' AND requested_at > coalesce(last_at, '-infinity')
    GROUP BY account_id),
chains AS (
    SELECT account_id, nullif(first_value(account_id) OVER
        (PARTITION BY account_key ORDER BY created_at DESC, account_id DESC),
        account_id) AS linked_as
    FROM main.accounts),
known AS (
    SELECT a.account_id, h.linked_as, a.institution_name, a.status, c.since,
        coalesce(a.complete_through_at, a.first_seen_at) AS held_since,
        coalesce(b.as_of, a.first_seen_at) AS balance_since,
        coalesce(list_contains(a.permissions, 'transactions'), true) AS may_transactions,
        coalesce(list_contains(a.permissions, 'balances'), true) AS may_balances,
        list_filter([CASE WHEN $transactions AND NOT may_transactions THEN 'transactions' END,
            CASE WHEN $balances AND NOT may_balances THEN 'balances' END,
            CASE WHEN $owners AND NOT list_contains(a.permissions, 'ownership') THEN 'ownership' END],
            lambda what: what IS NOT NULL) AS lacks,
        a.subscriptions, a.transaction_refresh_id AS refresh_id, a.cursor_refresh_id AS cursor_id,
        a.transaction_refresh_status, a.balance_refresh_status, a.ownership_refresh_status,
        o.failing_since AS owners_since, json_extract_string(a.extra, '$.status_details.active.action') AS action,
        json_extract_string(a.extra, '$.status_details.active.expected_deactivation_date') AS ends,
        json_extract_string(a.extra, '$.status_details.inactive.action') AS inactive_action,
        json_extract_string(a.extra, '$.status_details.inactive.cause') AS inactive_cause,
        (a.status = 'inactive'
            AND (inactive_action = 'none' OR inactive_action IS NULL
            AND inactive_cause = 'account_closed')) IS TRUE AS is_closed,
        count(q.account_id) AS refused, min(q.observed_at) AS refused_at
    FROM main.accounts a
    JOIN chains h USING (account_id)
    LEFT JOIN changes c USING (account_id)
    LEFT JOIN balances b USING (account_id)
    LEFT JOIN completed d USING (account_id)
    LEFT JOIN owners o USING (account_id)
    LEFT JOIN meta.quarantine q ON q.account_id = a.account_id
        AND q.observed_at >= CASE WHEN q.object IN ('transaction', 'owner') THEN coalesce(d.completed_at, '-infinity')
        ELSE a.last_seen_at END
    GROUP BY ALL),
usable AS (FROM known WHERE status = 'active'),
ended AS (
    SELECT account_id, 'relinked' AS code, 'linked again as ' || linked_as AS reason, since
    FROM known
    WHERE status IN ('inactive', 'disconnected') AND linked_as IS NOT NULL
    UNION ALL
    SELECT account_id, 'disconnected',
        CASE WHEN e.reason = 'by_us' THEN 'disconnected by fcpipe' ELSE 'disconnected by its holder' END, since
    FROM known
    LEFT JOIN (SELECT account_id, arg_max(reason, version) AS reason FROM meta.consents WHERE status = 'ended'
        GROUP BY account_id) e USING (account_id)
    WHERE known.status = 'disconnected' AND linked_as IS NULL
    UNION ALL
    SELECT account_id, 'closed',
        CASE inactive_cause WHEN 'account_closed' THEN 'closed at its bank'
            ELSE 'its bank gives it back no more' || coalesce(': ' || inactive_cause, '') END,
        since
    FROM known WHERE is_closed AND linked_as IS NULL),
found AS (
    FROM ended
    UNION ALL
    SELECT account_id, 'inactive',
        CASE WHEN coalesce(inactive_action, 'relink_required') = 'relink_required'
            THEN 'inactive: its holder has to link it again'
        ELSE 'inactive: its bank wants ' || inactive_action END, since
    FROM known WHERE status = 'inactive' AND NOT is_closed AND linked_as IS NULL
    UNION ALL
    SELECT account_id, 'relink_required',
        'its bank wants its holder to link it again'
        || coalesce(' before ' || strftime(try(to_timestamp(try_cast(ends AS BIGINT))), '%Y-%m-%d'), ''),
        NULL
    FROM usable WHERE action = 'relink_required' AND linked_as IS NULL
    UNION ALL
    SELECT account_id, 'permission_missing',
        'its holder did not share '
        || CASE len(lacks) WHEN 1 THEN lacks[1] ELSE array_to_string(lacks[:-2], ', ') || ' and ' || lacks[-1] END,
        NULL
    FROM usable WHERE len(lacks) > 0 AND linked_as IS NULL
    UNION ALL
    SELECT account_id, 'failing',
        'failing for ' || floor((epoch($now) - epoch(held_since)) / 86400)::BIGINT || ' days: ' ||
        CASE transaction_refresh_status WHEN 'failed' THEN 'the last refresh of transactions failed'
            WHEN 'pending' THEN 'its refresh does not settle'
            ELSE CASE
                WHEN $budget <> '' AND ($on_demand OR NOT coalesce(list_contains(subscriptions, 'transactions'),
                    transaction_refresh_status IS NOT NULL))
                    THEN $budget || ' leaves its refresh of transactions undone'
                WHEN $reads <> '' AND refresh_id IS DISTINCT FROM cursor_id AND refresh_id IS NOT NULL
                    THEN 'its rows wait for reads, see ' || $reads
                ELSE 'no refresh of transactions brought it up to date' END END,
        held_since
    FROM usable
    WHERE $transactions AND may_transactions AND held_since < $stale AND refused = 0
    UNION ALL
    SELECT account_id, 'failing',
        'failing for ' || floor((epoch($now) - epoch(balance_since)) / 86400)::BIGINT
        || ' days: the last refresh of the balance failed',
        balance_since
    FROM usable
    WHERE $balances AND may_balances AND balance_refresh_status = 'failed' AND balance_since < $stale_balance
    UNION ALL
    SELECT account_id, 'failing',
        'failing for ' || floor((epoch($now) - epoch(owners_since)) / 86400)::BIGINT
        || ' days: the last refresh of the ownership failed',
        owners_since
    FROM usable
    WHERE $owners AND NOT list_contains(lacks, 'ownership') AND ownership_refresh_status = 'failed'
        AND owners_since <= $stale_owners
    UNION ALL
    SELECT account_id, 'rows_refused',
        refused || CASE refused WHEN 1 THEN ' row' ELSE ' rows' END || ' refused, see meta.quarantine', refused_at
    FROM known
    WHERE refused > 0
    UNION ALL
    SELECT account_id, 'link_to_decide',
        'may be ' || candidate || ' linked again: decide with fcpipe link, or unlink; see main.account_links', since
    FROM undecided
    WHERE action = 'ambiguous')
SELECT account_id, code, reason, since FROM found;

-- name: status_has_signs
SELECT count(*)
FROM duckdb_tables()
WHERE database_name = current_database() AND schema_name = 'quality' AND table_name = 'sign_check';

-- name: status_signs
SELECT a.account_id, 'sign_check_failed',
    concat_ws(' and ', CASE WHEN s.balance_verdict = 'contradicted' THEN 'balances' END,
        CASE WHEN s.text_verdict = 'contradicted' THEN 'texts' END)
        || ' contradict the signs of its rows, see quality.sign_check',
    NULL
FROM quality.sign_check s JOIN main.accounts a USING (account_key)
WHERE s.verdict = 'contradicted'
QUALIFY row_number() OVER (PARTITION BY a.account_key ORDER BY a.created_at DESC, a.account_id DESC) = 1;

-- name: status_has_relinks
SELECT count(*)
FROM duckdb_tables()
WHERE database_name = current_database() AND schema_name = 'quality' AND table_name = 'possible_relinks';

-- Those that no round proposed: the bank, the kind or the last digits differ. A pair may be there in two currencies.
-- name: status_relinks
SELECT newer_key, 'link_to_decide',
    'may be ' || string_agg(DISTINCT older_key, ' or ' ORDER BY older_key)
        || ' linked again, as its rows are: decide with fcpipe link, or unlink; see quality.possible_relinks',
    NULL
FROM quality.possible_relinks
WHERE newer_key NOT IN (SELECT account_id FROM main.account_links
    QUALIFY row_number() OVER (PARTITION BY account_id ORDER BY observed_at DESC) = 1 AND action = 'ambiguous')
GROUP BY newer_key;

-- name: status_has_values
SELECT count(*)
FROM duckdb_columns()
WHERE database_name = current_database() AND schema_name = 'ledger' AND table_name = 'transactions'
    AND column_name = 'instant_state';

-- Values that derived tables cannot use: the rows are kept as they came, and a later correction repairs it. Of a holder
-- whose accounts leave 64 bits only together the one that moves most is named; of balances the newest reading counts.
-- Where as many rows as there are of the largest amount would not leave 64 bits, no account's rows are added.
-- name: status_values
WITH large AS (
    SELECT 'posted' AS status FROM ledger.transactions
    HAVING count(*) * greatest(max(amount_minor)::HUGEINT, -min(amount_minor)::HUGEINT) > 9223372036854775807),
moved AS (
    SELECT account_key, coalesce(holder_type || holder_id, account_key) AS holder, currency,
        sum(abs(amount_minor::HUGEINT)) AS total
    FROM ledger.transactions SEMI JOIN large USING (status) WHERE suppressed_by IS NULL GROUP BY ALL),
too_large AS (
    SELECT account_key FROM moved
    QUALIFY sum(total) OVER (PARTITION BY holder, currency) > 9223372036854775807
        AND row_number() OVER (PARTITION BY holder, currency ORDER BY total DESC, account_key) = 1
    UNION SELECT account_key FROM ledger.daily_balances WHERE value_state = 'out_of_range'
    UNION SELECT account_key FROM quality.reconciliation WHERE class = 'out_of_range'),
misdated AS (
    SELECT account_key, count(*) FILTER (is_row) AS rows, count(*) FILTER (NOT is_row) AS balances
    FROM (SELECT account_key, true AS is_row FROM ledger.transactions WHERE instant_state <> 'plausible'
          UNION ALL
          SELECT account_key, false FROM (
              SELECT a.account_key, b.as_of, b.observed_at FROM main.balances b JOIN main.accounts a USING (account_id)
              QUALIFY row_number() OVER (PARTITION BY b.account_id, b.currency
                  ORDER BY b.observed_at DESC, b.as_of DESC)
                  = 1)
          WHERE as_of NOT BETWEEN TIMESTAMPTZ '1970-01-02 00:00:00+00' AND observed_at + INTERVAL 2 DAY)
    GROUP BY account_key),
found AS (
    SELECT account_key, 'out_of_range' AS code,
        'sums of its rows or balances leave 64 bits: they are null, and called out_of_range' AS reason
    FROM too_large
    UNION ALL
    SELECT account_key, 'implausible_dates',
        concat_ws(' and ', CASE WHEN rows > 0 THEN rows || CASE rows WHEN 1 THEN ' row' ELSE ' rows' END END,
        CASE WHEN balances > 0 THEN 'its balance' END)
            || ' dated as no bank can: see ledger.transactions.instant_state and main.balances.as_of'
    FROM misdated)
SELECT a.account_id, f.code, f.reason, NULL FROM found f JOIN main.accounts a USING (account_key)
QUALIFY row_number() OVER (PARTITION BY f.account_key, f.code ORDER BY a.created_at DESC, a.account_id DESC) = 1;

-- name: status_knows_removals
SELECT count(*) > 0 FROM duckdb_tables() WHERE schema_name = 'meta' AND table_name = 'removed_transactions';

-- name: status_removed
SELECT (SELECT count(DISTINCT transaction_id) FROM meta.removed_transactions WHERE reason = 'retention'),
    transactions_since, balances_since
FROM meta.store;
