-- model: underwriting.cash_flow_month
-- about: A holder's month over cash accounts, everything posted, nothing removed; columns that need own transfers,
--   income and debt service are not here yet. There is a row for every month with rows, balances or coverage, an
--   account counting within its own life (ledger.cash_accounts), and one for a holder without any; where both balances
--   are given, closing less opening is inflow less outflow
-- order: holder_type, holder_id, currency, month
-- scope: holder_type, holder_id, month
-- touched by ledger.daily_entries (account_key, currency, day, is_plausible, posted_minor, voided_minor, stood_minor,
--   inflow_minor, outflow_minor, inflow_count, outflow_count, fee_count, fee_minor, possible_duplicate_count,
--   possible_duplicate_minor, exact): SELECT a.holder_type, a.holder_id, strftime(c.day, '%Y-%m') AS month
--   FROM changed c JOIN ledger.cash_accounts a USING (account_key, currency)
--   UNION ALL SELECT m.holder_type, m.holder_id, m.month FROM underwriting.cash_flow_month m
--   JOIN (SELECT a.holder_type, a.holder_id, min(strftime(c.day, '%Y-%m')) AS month FROM changed c
--   JOIN ledger.cash_accounts a USING (account_key, currency) WHERE c.is_plausible
--   AND c.voided_minor IS DISTINCT FROM 0 GROUP BY ALL) v ON v.holder_type = m.holder_type
--   AND v.holder_id = m.holder_id AND m.month >= v.month
-- touched by ledger.cash_accounts (holder_type, holder_id, currency, account_key, first_day, closed_date, is_covered,
--   shares_transactions, daily_flow_minor): SELECT m.holder_type, m.holder_id, m.month
--   FROM underwriting.cash_flow_month m JOIN (SELECT holder_type, holder_id, bool_and(is_weight) AS is_weight FROM (
--   SELECT holder_type, holder_id, count(*) = 2 AND count(DISTINCT (first_day, closed_date, is_covered,
--   shares_transactions)) = 1 AND min(daily_flow_minor) > 0 AS is_weight FROM changed GROUP BY holder_type, holder_id,
--   account_key, currency) GROUP BY ALL) c USING (holder_type, holder_id) WHERE NOT c.is_weight
--   OR m.covered_account_count < m.account_count
--   UNION ALL SELECT n.holder_type, n.holder_id, d.month FROM (SELECT holder_type, holder_id, account_key, currency
--   FROM changed GROUP BY ALL HAVING count(*) = 1) n JOIN (SELECT account_key, currency, strftime(day, '%Y-%m')
--   AS month FROM ledger.daily_entries UNION ALL SELECT account_key, currency, strftime(anchor_date, '%Y-%m')
--   FROM ledger.anchors) d USING (account_key, currency)
--   UNION ALL SELECT n.holder_type, n.holder_id, strftime(unnest(generate_series(
--   date_trunc('month', d.first_day)::DATE, d.last_day, INTERVAL 1 MONTH)), '%Y-%m') FROM (SELECT holder_type,
--   holder_id, account_key FROM changed GROUP BY holder_type, holder_id, account_key, currency HAVING count(*) = 1) n
--   JOIN ledger.coverage d USING (account_key)
--   UNION ALL SELECT c.holder_type, c.holder_id, left(p.value, 7) FROM changed c CROSS JOIN (FROM meta.parameters
--   WHERE name = 'as_of_date') p
-- touched by ledger.coverage (account_key, first_day, last_day): SELECT a.holder_type, a.holder_id,
--   strftime(unnest(generate_series(date_trunc('month', c.from_day)::DATE, c.to_day, INTERVAL 1 MONTH)), '%Y-%m')
--   AS month FROM (SELECT account_key, CASE WHEN count(*) = 2 THEN min(last_day) ELSE min(first_day) END AS from_day,
--   max(last_day) AS to_day FROM changed GROUP BY account_key, first_day) c
--   JOIN ledger.cash_accounts a USING (account_key)
-- touched by ledger.anchors (account_key, currency, anchor_date): SELECT a.holder_type, a.holder_id,
--   strftime(c.anchor_date, '%Y-%m') AS month FROM changed c JOIN ledger.cash_accounts a USING (account_key, currency)
-- touched by ledger.daily_balances (account_key, currency, day, end_of_day_minor): SELECT a.holder_type, a.holder_id,
--   strftime(c.day, '%Y-%m') AS month FROM changed c JOIN ledger.cash_accounts a ON a.account_key = c.account_key
--   AND a.currency = c.currency AND a.first_day = c.day
-- touched by ledger.holder_daily_balances (holder_type, holder_id, currency, day, end_of_day_minor, value_state):
--   SELECT holder_type, holder_id, strftime(unnest([day, day + 1]), '%Y-%m') AS month FROM changed
-- touched by quality.reconciliation (account_key, currency, previous_date, anchor_date, class):
--   SELECT a.holder_type, a.holder_id, strftime(unnest(generate_series(date_trunc('month', c.previous_date)::DATE,
--   c.anchor_date, INTERVAL 1 MONTH)), '%Y-%m') AS month
--   FROM (FROM changed WHERE class IN ('unexplained', 'misdated')) c
--   JOIN ledger.cash_accounts a USING (account_key, currency)
-- touched by ledger.accounts (account_key, holder_type, holder_id, category, shares_transactions):
--   SELECT c.holder_type, c.holder_id, left(p.value, 7) AS month FROM changed c CROSS JOIN (FROM meta.parameters
--   WHERE name = 'as_of_date') p WHERE c.holder_type IS NOT NULL AND c.holder_id IS NOT NULL
-- touched by quality.unheld_accounts (account_key, holder_type, holder_id, category, last_day, lacks_rows,
--   lacks_balances):
--   SELECT m.holder_type, m.holder_id, m.month FROM underwriting.cash_flow_month m
--   SEMI JOIN changed USING (holder_type, holder_id)
-- touched by meta.parameters: SELECT h.holder_type, h.holder_id, left(c.value, 7) AS month FROM (
--   SELECT DISTINCT holder_type, holder_id FROM underwriting.cash_flow_month WHERE currency = 'xxx') h
--   CROSS JOIN (FROM changed WHERE name = 'as_of_date') c
-- input ledger.cash_accounts: SELECT a.* FROM ledger.cash_accounts a SEMI JOIN touched USING (holder_type, holder_id)
-- input ledger.daily_entries: SELECT e.* REPLACE (CASE WHEN e.day >= a.since THEN e.inflow_count ELSE 0 END
--   AS inflow_count, CASE WHEN e.day >= a.since THEN e.outflow_count ELSE 0 END AS outflow_count)
--   FROM ledger.daily_entries e JOIN (SELECT account_key, currency, ledger.earliest_month(month) AS since
--   FROM ledger.cash_accounts JOIN touched USING (holder_type, holder_id) GROUP BY account_key, currency) a
--   USING (account_key, currency) WHERE e.day >= a.since OR e.voided_minor IS DISTINCT FROM 0
-- input ledger.anchors: SELECT n.* FROM ledger.anchors n JOIN ledger.cash_accounts a USING (account_key, currency)
--   SEMI JOIN touched t ON t.holder_type = a.holder_type AND t.holder_id = a.holder_id
--   AND t.month = strftime(n.anchor_date, '%Y-%m')
-- input ledger.coverage: SELECT c.* REPLACE (greatest(c.first_day, a.since) AS first_day) FROM ledger.coverage c
--   JOIN (SELECT account_key, ledger.earliest_month(month) AS since FROM ledger.cash_accounts
--   JOIN touched USING (holder_type, holder_id) GROUP BY account_key) a USING (account_key) WHERE c.last_day >= a.since
-- input ledger.daily_balances: SELECT b.* FROM ledger.daily_balances b SEMI JOIN (SELECT account_key, currency,
--   first_day AS day FROM ledger.cash_accounts SEMI JOIN touched USING (holder_type, holder_id)) a
--   USING (account_key, currency, day)
-- input ledger.holder_daily_balances: SELECT h.* FROM ledger.holder_daily_balances h JOIN (SELECT holder_type,
--   holder_id, ledger.earliest_month(month) AS since FROM touched GROUP BY holder_type, holder_id) t
--   USING (holder_type, holder_id) WHERE h.day + 1 >= t.since
-- input ledger.accounts: SELECT l.* FROM ledger.accounts l SEMI JOIN touched USING (holder_type, holder_id)
-- input quality.reconciliation: SELECT r.* FROM quality.reconciliation r SEMI JOIN (SELECT account_key, currency
--   FROM ledger.cash_accounts SEMI JOIN touched USING (holder_type, holder_id)) a USING (account_key, currency)
--   WHERE r.class IN ('unexplained', 'misdated')
-- input quality.unheld_accounts: SELECT u.* FROM quality.unheld_accounts u SEMI JOIN touched
--   USING (holder_type, holder_id)
-- input meta.parameters: FROM meta.parameters
-- column holder_type: VARCHAR NOT NULL. Kind of holder: customer or account
-- column holder_id: VARCHAR NOT NULL. Whose month it is
-- column currency: VARCHAR NOT NULL. Lower-case ISO 4217 currency; xxx (no currency) when no row and no balance of a
--   cash account states one
-- column month: VARCHAR NOT NULL. Calendar month of posted_date in the report zone, YYYY-MM; the month of the newest
--   data for a holder without rows and balances in cash
-- column flow_state: VARCHAR NOT NULL. complete; unheld: complete, but for cash accounts that the holder linked and
--   whose rows were never held (quality.unheld_accounts), so sums are without them; partial: rows of some days may be
--   missing; unreconciled: two balances of an account between which the month lies, or a part of it, say that money
--   moved of which there is no row, or not as rows say (quality.reconciliation: unexplained, misdated), so that a sum
--   of 0 may be one of months that the bank did not send; not_covered: no account's rows are held in this month;
--   not_shared: no account's transactions are shared; no_cash_account: the holder shares none; out_of_range: a sum
--   leaves 64 bits
-- column is_partial: BOOLEAN NOT NULL. True when rows of accounts that carry a tenth of the flow may be missing, the
--   month begins before the holder's first day, or it is unreconciled; such a month enters no average or trend
-- column covered_days: BIGINT NOT NULL. Days of the month since the holder's first day, less the longest gap of an
--   account that counts for is_partial
-- column account_count: BIGINT NOT NULL. Cash accounts that live in this month, those of which nothing was ever held
--   (quality.unheld_accounts) included: they weigh nothing in is_partial, and no balance column has them
-- column covered_account_count: BIGINT NOT NULL. Those whose rows are held for every day they live in it
-- column covered_flow_per_mille: BIGINT. Share of the flow that is covered, in thousandths: accounts weigh by their
--   average day in all history held (ledger.cash_accounts.daily_flow_minor); null when no account of the month ever
--   moved money
-- column inflow_gross_minor: BIGINT. Sum of money in, own transfers and refunds included, minor units; null when no
--   account's rows are held, or out of range
-- column outflow_gross_minor: BIGINT. Sum of money out as a positive number, own transfers included, minor units; null
--   when no account's rows are held, or out of range
-- column inflow_count: BIGINT. Posted rows in; null when no account's rows are held
-- column outflow_count: BIGINT. Posted rows out; null when no account's rows are held
-- column nsf_overdraft_fee_count: BIGINT. Fees for missing funds, by their text; several banks charge none; null when
--   no account's rows are held
-- column nsf_overdraft_fee_minor: BIGINT. Sum of those fees, minor units; null when no account's rows are held, or out
--   of range
-- column possible_duplicate_count: BIGINT. Rows of both counts that may count twice: the account may be another one
--   linked again, see quality.possible_relinks; null when no account's rows are held
-- column possible_duplicate_minor: BIGINT. What they add to inflow and outflow together, as a positive number, minor
--   units; null when no account's rows are held, or out of range
-- column balance_state: VARCHAR NOT NULL. known; unheld: known, but for cash accounts that the holder linked and of
--   which no balance is held (quality.unheld_accounts): all balance columns are without them; starts_in_month: an
--   account begins in it with money, so there is no opening; not_covered: rows may be missing, so there is no closing;
--   not_observed: no balance of an account, or none near; voided: known, but for a row that stood at the beginning or
--   end and was voided later: opening and closing are without it, as the flows are, ledger.daily_balances has it;
--   unreconciled: balances and rows disagree, or do somewhere between two balances that the month lies between, so all
--   balance columns are null; no_cash_account; out_of_range
-- column opening_balance_minor: BIGINT. Balance before the month, minor units; null as balance_state says
-- column closing_balance_minor: BIGINT. Balance at the end of the month, minor units; null as balance_state says, and
--   in a month that is not over
-- column average_balance_minor: BIGINT. Mean of the end-of-day balances of balance_days, rounded half away from zero,
--   minor units; null without them, unreconciled or out of range
-- column minimum_balance_minor: BIGINT. Lowest of them, minor units; null likewise
-- column balance_days: BIGINT NOT NULL. Days on which the balance of every cash account that lives is known
-- column negative_days: BIGINT. Those that ended below zero; null without balances, unreconciled or out of range
-- column covered_accounts: VARCHAR[]. The accounts of covered_account_count, by account_key
-- column uncovered_accounts: VARCHAR[]. The other accounts that live in this month: rows of theirs may be missing
WITH sums AS (
    SELECT a.holder_type, a.holder_id, a.currency, date_trunc('month', e.day)::DATE AS month_start,
        sum(ledger.exact(e.inflow_minor, e.exact.inflow)) AS inflow,
        sum(ledger.exact(e.outflow_minor, e.exact.outflow)) AS outflow, sum(e.inflow_count)::BIGINT AS inflows,
        sum(e.outflow_count)::BIGINT AS outflows, sum(e.fee_count)::BIGINT AS fees,
        sum(ledger.exact(e.fee_minor, e.exact.fee)) AS fee_minor,
        sum(e.possible_duplicate_count)::BIGINT AS doubts,
        sum(ledger.exact(e.possible_duplicate_minor, e.exact.possible_duplicate)) AS doubt_minor
    FROM ledger.daily_entries e JOIN ledger.cash_accounts a USING (account_key, currency)
    WHERE e.inflow_count + e.outflow_count > 0 GROUP BY ALL),
months AS (
    SELECT *, last_day(month_start) AS month_end FROM (
        SELECT holder_type, holder_id, currency, month_start FROM sums
        -- of ledger.daily_balances: all its other days are covered
        UNION SELECT a.holder_type, a.holder_id, a.currency, date_trunc('month', b.anchor_date)::DATE
        FROM ledger.cash_accounts a JOIN ledger.anchors b USING (account_key, currency)
        UNION SELECT a.holder_type, a.holder_id, a.currency,
            unnest(generate_series(date_trunc('month', c.first_day)::DATE, c.last_day, INTERVAL 1 MONTH))::DATE
        FROM ledger.cash_accounts a JOIN ledger.coverage c USING (account_key))),
-- the accounts that live in a month, and on how many of those days their rows are held
living AS (
    SELECT m.holder_type, m.holder_id, m.currency, m.month_start, m.month_end, a.account_key, a.is_covered,
        a.shares_transactions, a.daily_flow_minor::HUGEINT AS weight,
        greatest(m.month_start, a.first_day) AS from_day,
        least(m.month_end, coalesce(a.closed_date - 1, m.month_end)) AS to_day
    FROM months m
    JOIN ledger.cash_accounts a ON a.holder_type = m.holder_type AND a.holder_id = m.holder_id
        AND a.currency = m.currency
      AND a.first_day <= m.month_end AND (a.closed_date IS NULL OR a.closed_date >= m.month_start)),
lives AS (
    SELECT l.*, greatest(l.to_day - l.from_day + 1, 0) AS days,
        coalesce(sum(greatest(least(l.to_day, c.last_day) - greatest(l.from_day, c.first_day) + 1,
            0)) FILTER (c.account_key IS NOT NULL),
            0)::BIGINT AS held
    FROM living l LEFT JOIN ledger.coverage c USING (account_key) GROUP BY ALL),
weighed AS (
    SELECT *, coalesce(sum(weight) OVER
        (PARTITION BY holder_type, holder_id, currency, month_start ORDER BY weight DESC, account_key
        ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0) AS before_it,
        sum(weight) OVER (PARTITION BY holder_type, holder_id, currency, month_start) AS total
        FROM lives),
first_days AS (
    SELECT holder_type, holder_id, currency, min(first_day) FILTER (is_covered) AS first_day
    FROM ledger.cash_accounts
    GROUP BY ALL),
coverage AS (
    SELECT holder_type, holder_id, currency, month_start, count(*) AS accounts,
        count(*) FILTER (held = days AND is_covered) AS covered,
        coalesce(list(account_key ORDER BY account_key) FILTER (held = days AND is_covered), []) AS covered_keys,
        coalesce(list(account_key ORDER BY account_key) FILTER (NOT (held = days AND is_covered)), []) AS other_keys,
        bool_or(shares_transactions IS DISTINCT FROM false) AS is_shared, bool_or(held > 0) AS is_held,
        bool_and(held = days) FILTER (is_covered OR weight > 0) AS is_whole,
        coalesce(bool_and(held = days) FILTER (10 * before_it < 9 * total), bool_and(held = days)) AS is_enough,
        coalesce(max(days - held) FILTER (10 * before_it < 9 * total), max(days - held)) AS gap,
        CASE WHEN sum(weight * days) > 0 THEN (1000 * sum(weight * held) // sum(weight * days))::BIGINT END AS share
    FROM weighed GROUP BY ALL),
-- those without a row or a balance are in none of the above
unheld AS (
    SELECT m.holder_type, m.holder_id, m.currency, m.month_start, bool_or(u.lacks_rows) AS lacks_rows,
        bool_or(u.lacks_balances) AS lacks_balances, list(u.account_key) FILTER (c.account_key IS NULL) AS keys
    FROM months m JOIN (FROM quality.unheld_accounts u WHERE u.category = 'cash') u
        ON u.holder_type = m.holder_type AND u.holder_id = m.holder_id
        AND coalesce(u.last_day >= m.month_start, true)
    LEFT JOIN (SELECT DISTINCT account_key FROM ledger.cash_accounts) c ON c.account_key = u.account_key
    GROUP BY ALL),
balances AS (
    SELECT holder_type, holder_id, currency, date_trunc('month', day)::DATE AS month_start, count(*) AS n,
        sum(end_of_day_minor) AS total,
        min(end_of_day_minor) AS lowest, count(*) FILTER (end_of_day_minor < 0) AS negative,
        count(end_of_day_minor) = count(*) AS is_in_range
    FROM ledger.holder_daily_balances GROUP BY ALL),
-- between two balances that rows do not explain it is not known in which month they are wrong
unexplained AS (
    SELECT DISTINCT a.holder_type, a.holder_id, a.currency, unnest(generate_series(date_trunc('month',
            r.previous_date)::DATE, r.anchor_date, INTERVAL 1 MONTH))::DATE AS month_start
    FROM (FROM quality.reconciliation WHERE class IN ('unexplained', 'misdated')) r
    JOIN ledger.cash_accounts a USING (account_key, currency)),
month_ends AS (FROM ledger.holder_daily_balances WHERE day = last_day(day)),
-- money an account begins with, and rows that were voided later, are in the balances and in no flow
beginnings AS (
    SELECT a.holder_type, a.holder_id, a.currency, date_trunc('month', a.first_day)::DATE AS month_start,
        sum(b.end_of_day_minor - coalesce(ledger.exact(n.posted_minor, n.exact.posted)
            + ledger.exact(n.stood_minor, n.exact.stood), 0)) AS minor
    FROM ledger.cash_accounts a
    JOIN ledger.daily_balances b ON b.account_key = a.account_key AND b.currency = a.currency AND b.day = a.first_day
    LEFT JOIN ledger.daily_entries n ON n.account_key = a.account_key AND n.currency = a.currency
        AND n.day = a.first_day AND n.is_plausible
    WHERE a.is_covered GROUP BY ALL),
voids AS (
    SELECT a.holder_type, a.holder_id, a.currency, date_trunc('month', e.day)::DATE AS month_start,
        sum(ledger.exact(e.voided_minor, e.exact.voided)) AS minor
    FROM ledger.daily_entries e JOIN ledger.cash_accounts a USING (account_key, currency)
    WHERE e.is_plausible AND e.voided_minor IS DISTINCT FROM 0 GROUP BY ALL),
-- those of the months before and of the month itself
voided AS (
    SELECT m.holder_type, m.holder_id, m.currency, m.month_start, sum(x.minor) AS through_end,
        sum(x.minor) FILTER (x.month_start < m.month_start) AS before_start
    FROM months m JOIN voids x ON x.holder_type = m.holder_type AND x.holder_id = m.holder_id
        AND x.currency = m.currency AND x.month_start <= m.month_start
    GROUP BY ALL),
joined AS (
    SELECT m.holder_type, m.holder_id, m.currency, strftime(m.month_start, '%Y-%m') AS month,
        e.holder_id IS NOT NULL AS is_unexplained,
        coalesce(f.first_day > m.month_start, true)
        OR NOT coalesce(v.is_enough, false) OR is_unexplained AS is_partial,
        coalesce(greatest(m.month_end - greatest(m.month_start, f.first_day) + 1 - v.gap, 0), 0) AS covered_days,
        coalesce(v.accounts, 0) + coalesce(len(u.keys), 0) AS accounts, coalesce(v.covered, 0) AS covered, v.share,
        v.is_whole, coalesce(v.covered_keys, []) AS covered_keys,
        list_sort(coalesce(v.other_keys, []) || coalesce(u.keys, [])) AS other_keys,
        coalesce(u.lacks_rows, false) AS lacks_rows, coalesce(u.lacks_balances, false) AS lacks_balances,
        s.holder_id IS NOT NULL OR coalesce(v.is_held, false) AS has_flow, coalesce(v.is_shared, true) AS is_shared,
        coalesce(s.inflow, 0) AS money_in, coalesce(s.outflow, 0) AS money_out, coalesce(s.inflows, 0) AS inflows,
        coalesce(s.outflows, 0) AS outflows,
        coalesce(s.fees, 0) AS fees, coalesce(s.fee_minor, 0) AS fee_minor,
        coalesce(s.doubts, 0) AS doubts, coalesce(s.doubt_minor, 0) AS doubt_minor,
        meta.minor(money_in) IS NOT NULL AND meta.minor(money_out) IS NOT NULL AS is_flow_in_range,
        coalesce(x.through_end, 0) AS standing, coalesce(x.before_start, 0) AS stood,
        meta.minor(o.end_of_day_minor - stood) AS opening,
        CASE WHEN v.is_whole AND f.first_day IS NOT NULL THEN meta.minor(c.end_of_day_minor - standing) END AS closing,
        closing::HUGEINT - opening - (money_in - money_out) AS difference, coalesce(g.minor, 0) AS begun,
        b.n, b.total, b.lowest, b.negative, coalesce(f.first_day >= m.month_start, false) AS is_first,
        coalesce(b.is_in_range, true) AND coalesce(o.value_state, '') <> 'out_of_range'
            AND coalesce(c.value_state, '') <> 'out_of_range' AS is_balance_in_range
    FROM months m LEFT JOIN first_days f USING (holder_type, holder_id, currency)
    LEFT JOIN coverage v USING (holder_type, holder_id, currency, month_start)
    LEFT JOIN unheld u USING (holder_type, holder_id, currency, month_start)
    LEFT JOIN sums s USING (holder_type, holder_id, currency, month_start)
    LEFT JOIN balances b USING (holder_type, holder_id, currency, month_start)
    LEFT JOIN beginnings g USING (holder_type, holder_id, currency, month_start)
    LEFT JOIN voided x USING (holder_type, holder_id, currency, month_start)
    LEFT JOIN unexplained e USING (holder_type, holder_id, currency, month_start)
    LEFT JOIN month_ends o ON o.holder_type = m.holder_type AND o.holder_id = m.holder_id
        AND o.currency = m.currency
      -- as one key: a comparison beside keys is no hash join
      AND o.day = CASE WHEN f.first_day < m.month_start THEN m.month_start - 1 END
    LEFT JOIN month_ends c ON c.holder_type = m.holder_type AND c.holder_id = m.holder_id
        AND c.currency = m.currency AND c.day = m.month_end),
judged AS (
    SELECT *, CASE WHEN NOT is_flow_in_range THEN 'out_of_range' WHEN has_flow AND is_unexplained THEN 'unreconciled'
        WHEN has_flow AND is_partial THEN 'partial' WHEN has_flow AND lacks_rows THEN 'unheld'
        WHEN has_flow THEN 'complete' WHEN NOT is_shared THEN 'not_shared' ELSE 'not_covered' END AS flow_state,
        CASE WHEN NOT is_balance_in_range OR NOT is_flow_in_range THEN 'out_of_range'
            WHEN is_unexplained THEN 'unreconciled' WHEN NOT coalesce(is_whole, false) THEN 'not_covered'
             WHEN opening IS NULL AND is_first AND closing IS NOT NULL THEN 'starts_in_month' WHEN opening IS NULL
             OR closing IS NULL THEN 'not_observed'
             WHEN difference = 0 AND standing = 0 AND stood = 0
                 THEN CASE WHEN lacks_balances THEN 'unheld' ELSE 'known' END
             WHEN difference = 0 THEN 'voided'
             WHEN difference = begun THEN 'starts_in_month' ELSE 'unreconciled' END AS balance_state
    FROM joined)
SELECT holder_type, holder_id, currency, month, flow_state, is_partial, covered_days, accounts AS account_count,
    covered AS covered_account_count, share AS covered_flow_per_mille,
    CASE WHEN has_flow THEN meta.minor(money_in) END AS inflow_gross_minor,
    CASE WHEN has_flow THEN meta.minor(money_out) END AS outflow_gross_minor,
    CASE WHEN has_flow THEN inflows END AS inflow_count, CASE WHEN has_flow THEN outflows END AS outflow_count,
    CASE WHEN has_flow THEN fees END AS nsf_overdraft_fee_count,
    CASE WHEN has_flow THEN meta.minor(fee_minor) END AS nsf_overdraft_fee_minor,
    CASE WHEN has_flow THEN doubts END AS possible_duplicate_count,
    CASE WHEN has_flow THEN meta.minor(doubt_minor) END AS possible_duplicate_minor,
    balance_state,
    CASE WHEN balance_state NOT IN ('starts_in_month', 'unreconciled') THEN opening END AS opening_balance_minor,
    CASE WHEN balance_state <> 'unreconciled' THEN closing END AS closing_balance_minor,
    CASE WHEN balance_state <> 'unreconciled' AND is_balance_in_range
        AND n > 0 THEN meta.mean_minor(n, total) END AS average_balance_minor,
    CASE WHEN balance_state <> 'unreconciled' AND is_balance_in_range THEN lowest END AS minimum_balance_minor,
    coalesce(n, 0) AS balance_days,
    CASE WHEN balance_state <> 'unreconciled' AND is_balance_in_range THEN negative END AS negative_days,
    covered_keys AS covered_accounts, other_keys AS uncovered_accounts
FROM judged
UNION ALL
-- a holder is never absent: a cash account that has rows or balances has months
SELECT holder_type, holder_id, 'xxx', (SELECT left(value, 7) FROM meta.parameters WHERE name = 'as_of_date'),
    CASE WHEN NOT bool_or(category = 'cash') THEN 'no_cash_account'
         WHEN bool_and(coalesce(NOT shares_transactions, false)) FILTER (category = 'cash') THEN 'not_shared'
         ELSE 'not_covered' END,
         true, 0, count(*) FILTER (category = 'cash'), 0,
    NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL,
    CASE WHEN bool_or(category = 'cash') THEN 'not_observed' ELSE 'no_cash_account' END, NULL, NULL, NULL, NULL, 0,
    NULL, [], coalesce(list(account_key ORDER BY account_key) FILTER (category = 'cash'), [])
FROM ledger.accounts ANTI JOIN ledger.cash_accounts USING (holder_type, holder_id)
WHERE holder_id IS NOT NULL AND holder_type IS NOT NULL GROUP BY holder_type, holder_id
