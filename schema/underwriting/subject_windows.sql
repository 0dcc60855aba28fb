-- model: underwriting.subject_windows
-- about: How much of each span of days is known of an account or a holder: what decides whether a number may be relied
--   on. Of a holder an account counts only within its own life (ledger.cash_accounts), which began before its history
--   where that is as long as Stripe gives, and for missing days only those that carry nine tenths of the flow
-- order: holder_id, holder_type, account_key, currency, window_name
-- lake: none
-- part: holder_id
-- scope: holder_type, holder_id
-- touched by ledger.accounts (account_key, holder_type, holder_id, category, status): SELECT holder_type, holder_id
--   FROM changed WHERE holder_id IS NOT NULL AND holder_type IS NOT NULL
-- touched by ledger.coverage (account_key, first_day, last_day): SELECT holder_type, holder_id FROM ledger.accounts
--   SEMI JOIN changed USING (account_key) WHERE holder_id IS NOT NULL AND holder_type IS NOT NULL
-- touched by quality.coverage (account_key, coverage_basis, failed_gates): SELECT holder_type, holder_id
--   FROM ledger.accounts SEMI JOIN changed USING (account_key) WHERE holder_id IS NOT NULL AND holder_type IS NOT NULL
-- touched by ledger.daily_entries (account_key, currency, day, is_plausible, posted_count, inflow_minor, outflow_minor,
--   exact): SELECT holder_type, holder_id FROM ledger.accounts SEMI JOIN changed USING (account_key)
--   WHERE holder_id IS NOT NULL AND holder_type IS NOT NULL
-- touched by ledger.daily_balances (account_key, currency, day, end_of_day_minor, reconciled): SELECT holder_type,
--   holder_id FROM ledger.accounts SEMI JOIN changed USING (account_key)
--   WHERE holder_id IS NOT NULL AND holder_type IS NOT NULL
-- input ledger.coverage: SELECT c.* FROM ledger.coverage c SEMI JOIN (SELECT account_key FROM ledger.accounts
--   SEMI JOIN touched USING (holder_type, holder_id)) a USING (account_key)
-- input quality.coverage: FROM quality.coverage
-- input ledger.daily_entries: SELECT e.* FROM ledger.daily_entries e SEMI JOIN (SELECT account_key
--   FROM ledger.accounts SEMI JOIN touched USING (holder_type, holder_id)) a USING (account_key)
-- input ledger.daily_balances: SELECT b.* FROM ledger.daily_balances b SEMI JOIN (SELECT account_key
--   FROM ledger.accounts SEMI JOIN touched USING (holder_type, holder_id)) a USING (account_key)
-- input underwriting.windows: FROM underwriting.windows
-- column holder_type: VARCHAR NOT NULL. Kind of holder: customer or account
-- column holder_id: VARCHAR NOT NULL. Whose span it is
-- column account_key: VARCHAR NOT NULL. Cash account; empty for the holder as a whole
-- column currency: VARCHAR NOT NULL. Lower-case ISO 4217 currency
-- column window_name: VARCHAR NOT NULL. Span of days, see underwriting.windows
-- column coverage_start: DATE. First day of the history of the account, or of the holder's first account
-- column coverage_end: DATE. Last day for which every row is held, of the holder of the accounts that count
-- column head_gap: INTEGER NOT NULL. Days of the span that are not held, before the last one that is
-- column tail_gap: INTEGER NOT NULL. Days of the span after the last one that is held
-- column covered_days: INTEGER NOT NULL. The others
-- column excluded_accounts: BIGINT NOT NULL. Accounts with missing days that carry too little of the flow to count;
--   those without any rows are in quality.unheld_accounts
-- column transaction_count: BIGINT NOT NULL. Posted rows in the span
-- column active_days: BIGINT NOT NULL. Days with at least one
-- column proved_days: BIGINT NOT NULL. Days whose balances are proved between two observed ones, of every account
-- column broken_days: BIGINT NOT NULL. Days of accounts whose balances and rows disagree
-- column failed_gates: VARCHAR[] NOT NULL. Gates of quality.coverage that failed, in alphabetical order
-- column flow_head_gap: INTEGER NOT NULL. head_gap, of a holder with cards: what they pay is in its flows
-- column flow_tail_gap: INTEGER NOT NULL. tail_gap, of a holder with cards
-- column flow_excluded_accounts: BIGINT NOT NULL. excluded_accounts, of a holder with cards
-- column flow_broken_days: BIGINT NOT NULL. broken_days, of a holder with cards
-- column flow_failed_gates: VARCHAR[] NOT NULL. failed_gates, of a holder with cards
WITH
-- spans overlap: what lies between two borders of any of them is counted once
borders AS (SELECT first_day AS piece FROM underwriting.windows UNION SELECT last_day + 1 FROM underwriting.windows),
pieces AS (
    SELECT d.day, max(b.piece) AS piece
    FROM (SELECT unnest(generate_series(min(first_day)::TIMESTAMP, max(last_day)::TIMESTAMP, INTERVAL 1 DAY))::DATE
            AS day FROM underwriting.windows) d
    JOIN borders b ON b.piece <= d.day GROUP BY d.day),
window_pieces AS (
    SELECT b.piece, w.window_name
    FROM borders b JOIN underwriting.windows w ON b.piece BETWEEN w.first_day AND w.last_day),
card_days AS (
    SELECT account_key, currency, min(day) AS first_day, sum(ledger.exact(inflow_minor, exact.inflow)
            + ledger.exact(outflow_minor, exact.outflow)) AS total
    FROM ledger.daily_entries WHERE is_plausible AND posted_count > 0 GROUP BY account_key, currency),
-- a card lives from its first row or the first day that is held, until it ends with nothing owed
cards AS (
    SELECT l.holder_type, l.holder_id, d.currency, l.account_key, least(d.first_day, c.first_day) AS first_day,
        CASE WHEN l.status <> 'active' AND b.last_minor = 0 THEN b.last_day END AS closed_date,
        least(d.total // c.days, 9223372036854775807)::BIGINT AS daily_flow_minor
    FROM ledger.accounts l JOIN card_days d USING (account_key)
    JOIN (SELECT account_key, min(first_day) AS first_day, greatest(sum(last_day - first_day + 1), 1) AS days
        FROM ledger.coverage GROUP BY account_key) c USING (account_key)
    LEFT JOIN (SELECT account_key, currency, max(day) AS last_day,
            max_by(coalesce(end_of_day_minor, 1), day) AS last_minor
        FROM ledger.daily_balances GROUP BY account_key, currency) b USING (account_key, currency)
    WHERE l.category = 'credit' AND l.holder_id IS NOT NULL AND l.holder_type IS NOT NULL),
-- balances are those of cash accounts, flows are those of cards, too. An account whose history begins where Stripe
-- gives no more had rows before: where the holder's begins a week earlier, they are missing
living AS (
    SELECT a.*, w.window_name, w.first_day AS window_start, w.last_day AS window_end, w.days,
        greatest(w.first_day, CASE WHEN q.coverage_basis = 'vendor_limit' AND a.first_day - a.holder_first >= 7
            THEN a.holder_first ELSE a.first_day END) AS from_day,
        least(w.last_day, coalesce(a.closed_date - 1, w.last_day)) AS to_day
    FROM (
        SELECT *, min(first_day) OVER (PARTITION BY holder_type, holder_id, currency, needs) AS holder_first
        FROM (
            SELECT holder_type, holder_id, currency, account_key, first_day, closed_date, daily_flow_minor,
                true AS is_cash, unnest(['balances', 'flows']) AS needs
            FROM ledger.cash_accounts UNION ALL SELECT *, false, 'flows' FROM cards)) a
    LEFT JOIN quality.coverage q USING (account_key) CROSS JOIN underwriting.windows w),
-- what of an account's life in the span is held, and until when
held AS (
    SELECT l.holder_type, l.holder_id, l.account_key, l.currency, l.window_name, l.needs,
        coalesce(sum(greatest(least(l.to_day, c.last_day) - greatest(l.from_day, c.first_day) + 1, 0)), 0)::INTEGER
            AS held_days,
        max(least(l.to_day, c.last_day)) FILTER (c.last_day >= l.from_day AND c.first_day <= l.to_day) AS held_until,
        min(c.first_day) AS coverage_start, max(c.last_day) AS coverage_end
    FROM living l LEFT JOIN ledger.coverage c USING (account_key)
    GROUP BY l.holder_type, l.holder_id, l.account_key, l.currency, l.window_name, l.needs),
spans AS (
    SELECT l.*, h.held_days, h.coverage_start, h.coverage_end,
        greatest(l.to_day - l.from_day + 1, 0) AS lived_days,
        CASE WHEN l.to_day < l.first_day THEN 0 WHEN h.held_until IS NULL THEN greatest(l.to_day - l.from_day + 1, 0)
            ELSE greatest(l.to_day - h.held_until, 0) END AS tail_days
    FROM living l JOIN held h USING (holder_type, holder_id, account_key, currency, window_name, needs)),
weighed AS (
    SELECT *, coalesce(10 * sum(daily_flow_minor::HUGEINT) OVER (w ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0)
            < 9 * sum(daily_flow_minor::HUGEINT) OVER (all_of_them)
            OR sum(daily_flow_minor::HUGEINT) OVER (all_of_them) = 0 AS is_weighty
    FROM spans
    WINDOW all_of_them AS (PARTITION BY holder_type, holder_id, currency, window_name, needs),
        w AS (PARTITION BY holder_type, holder_id, currency, window_name, needs
            ORDER BY daily_flow_minor DESC, account_key)),
moved AS (
    SELECT account_key, currency, window_name, sum(n)::BIGINT AS n, sum(days)::BIGINT AS days
    FROM (
        SELECT e.account_key, e.currency, p.piece, sum(e.posted_count) AS n, count(*) AS days
        FROM (FROM ledger.daily_entries WHERE posted_count > 0) e JOIN pieces p USING (day) GROUP BY ALL)
    JOIN window_pieces USING (piece) GROUP BY ALL),
-- days of a holder's only account are the holder's: they are counted once. A day that a bank cannot mean may have two
-- rows of an account
singles AS (
    SELECT holder_type, holder_id, currency, any_value(account_key) AS account_key
    FROM ledger.cash_accounts GROUP BY ALL HAVING count(*) = 1),
simple AS (
    FROM singles ANTI JOIN (FROM ledger.daily_entries WHERE NOT is_plausible) USING (account_key, currency)),
moved_days AS (
    SELECT holder_type, holder_id, currency, window_name, days
    FROM moved JOIN simple USING (account_key, currency)
    UNION ALL
    SELECT holder_type, holder_id, currency, window_name, sum(days)::BIGINT AS days
    FROM (
        SELECT holder_type, holder_id, currency, piece, count(*) AS days
        FROM (
            SELECT DISTINCT a.holder_type, a.holder_id, e.currency, e.day
            FROM (FROM ledger.daily_entries WHERE posted_count > 0) e
            JOIN (FROM ledger.cash_accounts ANTI JOIN simple USING (account_key, currency)) a
                USING (account_key, currency))
        JOIN pieces USING (day) GROUP BY ALL)
    JOIN window_pieces USING (piece) GROUP BY ALL),
account_days AS (
    SELECT account_key, currency, window_name, sum(proved)::BIGINT AS proved, sum(broken)::BIGINT AS broken
    FROM (
        SELECT b.account_key, b.currency, p.piece, count(*) FILTER (b.reconciled = 'proved') AS proved,
            count(*) FILTER (b.reconciled = 'broken') AS broken
        FROM ledger.daily_balances b JOIN pieces p USING (day) GROUP BY ALL)
    JOIN window_pieces USING (piece) GROUP BY ALL),
holder_days AS (
    SELECT holder_type, holder_id, currency, window_name, proved
    FROM account_days JOIN singles USING (account_key, currency)
    UNION ALL
    SELECT holder_type, holder_id, currency, window_name, sum(proved)::BIGINT AS proved
    FROM (
        SELECT holder_type, holder_id, currency, piece, count(*) FILTER (is_proved) AS proved
        FROM (
            SELECT a.holder_type, a.holder_id, a.currency, b.day, bool_and(b.reconciled = 'proved') AS is_proved
            FROM ledger.daily_balances b
            JOIN (FROM ledger.cash_accounts ANTI JOIN singles USING (account_key, currency)) a
                USING (account_key, currency)
            GROUP BY ALL)
        JOIN pieces USING (day) GROUP BY ALL)
    JOIN window_pieces USING (piece) GROUP BY ALL),
accounts AS (
    SELECT s.holder_type, s.holder_id, s.account_key, s.currency, s.window_name, s.is_cash, s.coverage_start,
        s.coverage_end, s.days,
        CASE WHEN s.lived_days = 0 OR s.to_day < s.first_day THEN s.days WHEN s.held_days = 0 THEN 0
            ELSE greatest(s.from_day - s.window_start, 0) + s.lived_days - s.held_days - s.tail_days END AS head_gap,
        CASE WHEN s.lived_days = 0 OR s.to_day < s.first_day THEN 0 WHEN s.held_days = 0 THEN s.days ELSE s.tail_days
            + greatest(s.window_end - s.to_day, 0) END AS tail_gap,
        coalesce(m.n, 0) AS transaction_count, coalesce(m.days, 0) AS active_days,
        coalesce(d.proved, 0) AS proved_days, coalesce(d.broken, 0) AS broken_days,
        coalesce(q.failed_gates, []) AS failed_gates
    FROM (FROM spans WHERE needs = 'flows') s LEFT JOIN moved m USING (account_key, currency, window_name)
    LEFT JOIN account_days d USING (account_key, currency, window_name)
    LEFT JOIN quality.coverage q USING (account_key)),
holders AS (
    SELECT w.holder_type, w.holder_id, w.currency, w.window_name, w.needs, any_value(w.days) AS days,
        min(w.first_day) AS coverage_start, min(w.coverage_end) FILTER (w.is_weighty AND w.lived_days > 0)
            AS coverage_end,
        greatest(min(w.first_day) - any_value(w.window_start), 0)::INTEGER AS before_first,
        coalesce(max(w.lived_days - w.held_days - w.tail_days) FILTER (w.is_weighty), 0)::INTEGER AS inner_gap,
        coalesce(max(w.tail_days) FILTER (w.is_weighty), 0)::INTEGER AS tail_days,
        count(*) FILTER (NOT w.is_weighty AND w.held_days < w.lived_days AND w.coverage_start IS NOT NULL)
            AS excluded_accounts,
        coalesce(sum(a.transaction_count), 0)::BIGINT AS transaction_count,
        coalesce(sum(a.broken_days), 0)::BIGINT AS broken_days,
        coalesce(list_sort(list_distinct(flatten(list(a.failed_gates) FILTER (len(a.failed_gates) > 0)))), [])
            AS failed_gates
    FROM weighed w JOIN accounts a USING (holder_type, holder_id, account_key, currency, window_name)
    GROUP BY w.holder_type, w.holder_id, w.currency, w.window_name, w.needs)
SELECT holder_type, holder_id, account_key, currency, window_name, coverage_start, coverage_end, head_gap::INTEGER
        AS head_gap, tail_gap::INTEGER AS tail_gap, greatest(days - head_gap - tail_gap, 0)::INTEGER AS covered_days,
    0 AS excluded_accounts, transaction_count, active_days, proved_days, broken_days, failed_gates,
    head_gap::INTEGER AS flow_head_gap, tail_gap::INTEGER AS flow_tail_gap, 0 AS flow_excluded_accounts,
    broken_days AS flow_broken_days, failed_gates AS flow_failed_gates
FROM accounts WHERE is_cash
UNION ALL
SELECT h.holder_type, h.holder_id, '', h.currency, h.window_name, h.coverage_start, h.coverage_end,
    least(h.before_first + h.inner_gap, h.days) AS head_gap, least(h.tail_days, h.days) AS tail_gap,
    greatest(h.days - h.before_first - h.inner_gap - h.tail_days, 0) AS covered_days, h.excluded_accounts,
    h.transaction_count, coalesce(m.days, 0), coalesce(d.proved, 0), h.broken_days, h.failed_gates,
    least(h.before_first + f.inner_gap, f.days), least(f.tail_days, f.days), f.excluded_accounts, f.broken_days,
    f.failed_gates
FROM (FROM holders WHERE needs = 'balances') h
JOIN (FROM holders WHERE needs = 'flows') f USING (holder_type, holder_id, currency, window_name)
LEFT JOIN moved_days m USING (holder_type, holder_id, currency, window_name)
LEFT JOIN holder_days d USING (holder_type, holder_id, currency, window_name)
