-- model: underwriting.distress_values
-- about: Attributes of distress, before it is judged how far they may be relied on: events, fees, returned items and
--   what the bank says, of cash accounts and of holders over them
-- order: holder_id, holder_type, account_key, currency, window_name, attribute
-- lake: none
-- part: holder_id
-- part bytes: 64
-- scope: holder_type, holder_id
-- touched by ledger.distress_events (account_key, currency, event, first_day, last_day, is_reversed, reversal_ids):
--   SELECT holder_type, holder_id FROM ledger.cash_accounts SEMI JOIN changed USING (account_key)
-- touched by ledger.reversals (reversal_id, account_key, currency, kind, size_minor, posted_date, lag_days):
--   SELECT holder_type, holder_id FROM ledger.cash_accounts SEMI JOIN changed USING (account_key)
-- touched by ledger.bank_notices (transaction_id, account_key, currency, posted_date, kind,
--   amount_minor, counter_id):
--   SELECT holder_type, holder_id FROM ledger.cash_accounts SEMI JOIN changed USING (account_key)
-- touched by ledger.ended_accounts (account_key, status, is_refresh_failed, is_closed):
--   SELECT holder_type, holder_id FROM ledger.cash_accounts SEMI JOIN changed USING (account_key)
-- touched by ledger.daily_balances: SELECT a.holder_type, a.holder_id FROM ledger.cash_accounts a SEMI JOIN
--   (FROM changed WHERE end_of_day_minor < 0) c ON c.account_key = a.account_key
-- touched by ledger.cash_accounts (account_key, currency, holder_type, holder_id): SELECT holder_type, holder_id
--   FROM changed
-- input ledger.distress_events: SELECT e.* FROM ledger.distress_events e SEMI JOIN (SELECT account_key
--   FROM ledger.cash_accounts SEMI JOIN touched USING (holder_type, holder_id)) a USING (account_key)
-- input ledger.reversals: FROM ledger.reversals
-- input ledger.bank_notices: FROM ledger.bank_notices
-- input ledger.ended_accounts: FROM ledger.ended_accounts
-- input ledger.daily_balances: SELECT b.* FROM ledger.daily_balances b SEMI JOIN (SELECT account_key
--   FROM ledger.cash_accounts SEMI JOIN touched USING (holder_type, holder_id)) a USING (account_key)
-- input underwriting.windows: FROM underwriting.windows
-- input underwriting.attributes: FROM underwriting.attributes
-- column holder_type: VARCHAR NOT NULL. Kind of holder: customer or account
-- column holder_id: VARCHAR NOT NULL. Whose distress it is
-- column account_key: VARCHAR NOT NULL. Cash account; empty for the holder as a whole
-- column currency: VARCHAR NOT NULL. Lower-case ISO 4217 currency
-- column window_name: VARCHAR NOT NULL. Span of days, see underwriting.windows; now: as of the newest data
-- column attribute: VARCHAR NOT NULL. Name, see underwriting.attributes
-- column value_integer: BIGINT. Money in minor units, a count, or days; null where nothing ever happened
-- column value_text: VARCHAR. What it is, in a word
-- column age_days: INTEGER. Of a value of now: days since the last one for which every row is held
-- column known_days: BIGINT. Of an attribute of balances, days of the span whose balance is known
WITH spans AS (
    SELECT window_name, first_day, last_day FROM underwriting.windows
    WHERE window_name NOT IN ('10d', '28d', '3m', '6m', '12m')),
fee_days AS (
    SELECT account_key, currency, day, category, out_count, out_minor FROM underwriting.flow_days
    WHERE is_cash AND category IN ('fee.nsf', 'fee.overdraft', 'fee.overdraft_extended', 'adj.returned_deposit')
        AND out_count > 0),
-- runs of days below zero, and whether the bank asked for a fee near them
runs AS (
    SELECT account_key, currency, min(day) AS first_day, max(day) AS last_day
    FROM (SELECT account_key, currency, day, day - (row_number() OVER (PARTITION BY account_key, currency
            ORDER BY day))::INTEGER AS run
        FROM ledger.daily_balances WHERE end_of_day_minor < 0)
    GROUP BY account_key, currency, run),
silent_runs AS (
    SELECT r.* FROM runs r
    ANTI JOIN (FROM fee_days WHERE category <> 'adj.returned_deposit') f ON f.account_key = r.account_key
        AND f.currency = r.currency AND f.day BETWEEN r.first_day - 3 AND r.last_day + 3),
-- a transfer that covers an overdraft is told of in both accounts, on one day or as legs of one pair: of the holder it
-- is one
notices AS (
    SELECT b.*, a.holder_type, a.holder_id, ledger.size(b.amount_minor) AS size_minor
    FROM ledger.bank_notices b JOIN ledger.cash_accounts a USING (account_key, currency)),
other_halves AS (
    SELECT transaction_id, true AS is_half FROM (
        SELECT transaction_id, amount_minor, count(*) FILTER (amount_minor > 0) OVER (PARTITION BY holder_type,
                holder_id, currency, size_minor, posted_date) AS came,
            row_number() OVER (PARTITION BY holder_type, holder_id, currency, size_minor, posted_date, amount_minor > 0
                ORDER BY transaction_id) AS nth
        FROM notices WHERE kind = 'protection_transfer')
    WHERE amount_minor < 0 AND nth <= came
    UNION
    SELECT o.transaction_id, true
    FROM (FROM notices WHERE kind = 'protection_transfer' AND amount_minor < 0) o
    SEMI JOIN (FROM notices WHERE kind = 'protection_transfer') i ON i.transaction_id = o.counter_id),
-- what has a first and a last day counts in every span it reaches into: so rows before a span change nothing in it
happened AS (
    SELECT account_key, currency, day AS first_day, day AS last_day, category AS kind, out_count AS n,
        out_minor AS minor
    FROM fee_days
    UNION ALL
    SELECT account_key, currency, posted_date, posted_date, kind, 1, NULL FROM ledger.reversals
    WHERE kind = 'returned_item'
    UNION ALL
    SELECT n.account_key, n.currency, n.posted_date, n.posted_date,
        CASE WHEN o.is_half THEN 'other_half' ELSE n.kind END, 1, NULL
    FROM notices n LEFT JOIN other_halves o USING (transaction_id)
    UNION ALL
    SELECT account_key, currency, first_day, last_day, CASE WHEN is_reversed THEN 'reversed_event' ELSE 'event' END,
        1, NULL
    FROM ledger.distress_events
    UNION ALL
    SELECT r.account_key, r.currency, r.posted_date - r.lag_days::INTEGER, r.posted_date - r.lag_days::INTEGER,
        'fee_given_back', 1, r.size_minor::HUGEINT
    FROM ledger.reversals r
    SEMI JOIN (SELECT unnest(reversal_ids) AS reversal_id FROM ledger.distress_events) e USING (reversal_id)
    UNION ALL
    SELECT account_key, currency, first_day, last_day, 'silent_run', 1, NULL FROM silent_runs),
told AS (
    SELECT a.holder_type, a.holder_id, unnest([a.account_key, '']) AS account_key, h.* EXCLUDE (account_key)
    FROM happened h JOIN ledger.cash_accounts a USING (account_key, currency)),
counted AS (
    SELECT t.holder_type, t.holder_id, t.account_key, t.currency, w.window_name,
        sum(n) FILTER (kind IN ('event', 'reversed_event')) AS events, sum(n) FILTER (kind = 'event') AS net_events,
        sum(minor) FILTER (kind = 'fee_given_back') AS given_back,
        sum(n) FILTER (starts_with(kind, 'fee.')) AS fees, sum(minor) FILTER (starts_with(kind, 'fee.')) AS fee_minor,
        count(DISTINCT t.first_day) FILTER (starts_with(kind, 'fee.overdraft')) AS overdraft_days,
        count(DISTINCT t.first_day) FILTER (kind = 'fee.nsf') AS nsf_days,
        sum(n) FILTER (kind = 'fee.overdraft_extended') AS extended,
        sum(n) FILTER (kind = 'returned_item') AS returned, sum(n) FILTER (kind = 'adj.returned_deposit') AS deposits,
        sum(n) FILTER (kind = 'stop_payment') AS stopped,
        sum(n) FILTER (kind = 'protection_transfer' OR (kind = 'other_half' AND t.account_key <> '')) AS protected,
        sum(n) FILTER (kind = 'silent_run') AS silent
    FROM told t JOIN spans w ON t.first_day <= w.last_day AND t.last_day >= w.first_day
    GROUP BY t.holder_type, t.holder_id, t.account_key, t.currency, w.window_name),
filled AS (
    SELECT c.holder_type, c.holder_id, c.account_key, c.currency, c.window_name, b.known_days,
        meta.minor(coalesce(events, 0)) AS distress_event_count,
        meta.minor(coalesce(net_events, 0)) AS distress_event_net_count,
        meta.minor(coalesce(given_back, 0)) AS distress_fee_reversed_minor,
        CASE WHEN c.account_key <> '' THEN meta.minor(coalesce(fees, 0)) END AS distress_fee_count,
        CASE WHEN c.account_key <> '' THEN meta.minor(coalesce(fee_minor, 0)) END AS distress_fee_minor,
        coalesce(overdraft_days, 0) AS distress_overdraft_days, coalesce(nsf_days, 0) AS distress_nsf_days,
        meta.minor(coalesce(extended, 0)) AS distress_extended_overdraft_count,
        meta.minor(coalesce(returned, 0)) AS distress_returned_item_count,
        meta.minor(coalesce(deposits, 0)) AS distress_returned_deposit_count,
        meta.minor(coalesce(stopped, 0)) AS distress_stop_payment_count,
        meta.minor(coalesce(protected, 0)) AS distress_protection_transfer_count,
        CASE WHEN b.known_days > 0 THEN meta.minor(coalesce(silent, 0)) END AS distress_silent_overdraft_count
    FROM underwriting.subject_windows c SEMI JOIN spans USING (window_name)
    LEFT JOIN (FROM underwriting.balance_values WHERE attribute = 'balance_negative_days') b
        USING (holder_type, holder_id, account_key, currency, window_name)
    LEFT JOIN counted USING (holder_type, holder_id, account_key, currency, window_name)),
-- of all that is held, until today
ever AS (
    SELECT t.holder_type, t.holder_id, t.account_key, t.currency,
        max(t.last_day) FILTER (kind IN ('event', 'reversed_event')) AS event_day,
        max(t.last_day) FILTER (kind = 'fee.nsf') AS nsf_day, bool_or(starts_with(kind, 'fee.')) AS has_fee,
        bool_or(kind = 'silent_run') AS has_silent, bool_or(kind = 'levy' AND t.last_day > today - 366) AS has_levy
    FROM told t CROSS JOIN (SELECT last_day + 1 AS today FROM spans WHERE window_name = '30d')
    WHERE t.last_day <= today GROUP BY ALL),
ended AS (
    SELECT holder_type, holder_id, unnest([account_key, '']) AS account_key, currency
    FROM ledger.cash_accounts SEMI JOIN (FROM ledger.ended_accounts
        WHERE status = 'inactive' AND (is_refresh_failed OR is_closed)) USING (account_key)),
points AS (
    SELECT c.holder_type, c.holder_id, c.account_key, c.currency, unnest([
            {attribute: 'distress_days_since_event', value_integer: (w.last_day + 1 - e.event_day)::BIGINT,
                value_text: NULL, age_days: (w.last_day - c.coverage_end)::INTEGER},
            {attribute: 'distress_days_since_nsf_fee', value_integer: (w.last_day + 1 - e.nsf_day)::BIGINT,
                value_text: NULL, age_days: (w.last_day - c.coverage_end)::INTEGER},
            {attribute: 'distress_bank_fee_policy', value_integer: NULL, value_text: CASE
                WHEN e.has_fee THEN 'CHARGES' WHEN e.has_silent THEN 'NONE_SEEN_WITH_NEGATIVE_DAYS'
                ELSE 'UNKNOWN' END, age_days: NULL},
            {attribute: 'distress_account_closed_or_frozen', value_integer: NULL, value_text: CASE
                WHEN e.has_levy THEN 'LEVY' WHEN i.holder_id IS NOT NULL THEN 'CLOSED_OR_FROZEN' ELSE 'NO' END,
                age_days: NULL}], recursive := true)
    FROM (FROM underwriting.subject_windows WHERE window_name = '365d') c
    JOIN spans w USING (window_name)
    LEFT JOIN ever e USING (holder_type, holder_id, account_key, currency)
    LEFT JOIN (SELECT DISTINCT * FROM ended) i USING (holder_type, holder_id, account_key, currency))
FROM (
    SELECT holder_type, holder_id, account_key, currency, window_name, attribute, value_integer,
        NULL::VARCHAR AS value_text, NULL::INTEGER AS age_days, known_days
    FROM (UNPIVOT filled ON COLUMNS('^distress_') INTO NAME attribute VALUE value_integer)
    UNION ALL
    SELECT holder_type, holder_id, account_key, currency, 'now', attribute, value_integer, value_text, age_days, NULL
    FROM points)
SEMI JOIN (SELECT attribute, unnest(windows) AS window_name FROM underwriting.attributes) USING (attribute, window_name)
