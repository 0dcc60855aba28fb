-- model: underwriting.monitoring_events
-- about: What became true of a holder today or on one of the 90 days before, one row each time: for those who watch
--   loans that are paid out. A day's list follows from the rows held, so a second round of a date gives the same
-- order: holder_id, holder_type, event_date, kind, account_key, currency, subject
-- part: holder_id
-- part bytes: 48
-- scope: holder_type, holder_id
-- touched by ledger.distress_events (account_key, currency, event, first_day, fee_minor): SELECT holder_type, holder_id
--   FROM ledger.cash_accounts SEMI JOIN changed USING (account_key)
-- touched by ledger.transactions (transaction_id, account_key, holder_type, holder_id, currency, category, posted_date,
--   amount_minor, status, suppressed_by): SELECT holder_type, holder_id FROM changed
--   WHERE amount_minor > meta.units(5000, currency) AND holder_type IS NOT NULL AND holder_id IS NOT NULL
-- touched by ledger.labels (transaction_id, transacted_date, treatment): SELECT t.holder_type, t.holder_id
--   FROM (FROM ledger.transactions WHERE holder_type IS NOT NULL AND holder_id IS NOT NULL
--   AND amount_minor > meta.units(5000, currency)
--   AND transacted_date >= (SELECT min(transacted_date) FROM changed)) t JOIN changed c USING (transaction_id)
-- touched by ledger.classed_payments (transaction_id, holder_type, holder_id, account_key, currency, posted_date, side,
--   class, amount_minor, counterparty_id): SELECT holder_type, holder_id FROM changed WHERE ledger.is_loan(side, class)
--   OR amount_minor > meta.units(5000, currency)
-- touched by ledger.daily_balances: SELECT a.holder_type, a.holder_id FROM ledger.cash_accounts a SEMI JOIN
--   (FROM changed WHERE end_of_day_minor < 0) c ON c.account_key = a.account_key
-- touched by ledger.daily_entries (account_key, currency, day, posted_count): SELECT holder_type, holder_id
--   FROM ledger.accounts SEMI JOIN (FROM quality.coverage WHERE feed_gate = 'warning') USING (account_key)
--   SEMI JOIN changed USING (account_key) WHERE holder_type IS NOT NULL AND holder_id IS NOT NULL
-- touched by quality.coverage (account_key, feed_gate): SELECT holder_type, holder_id FROM ledger.accounts
--   SEMI JOIN changed USING (account_key) WHERE holder_type IS NOT NULL AND holder_id IS NOT NULL
-- touched by quality.reconciliation: SELECT holder_type, holder_id FROM ledger.cash_accounts SEMI JOIN changed
--   USING (account_key)
-- touched by ledger.ended_accounts: SELECT holder_type, holder_id FROM ledger.accounts SEMI JOIN changed
--   USING (account_key) WHERE holder_type IS NOT NULL AND holder_id IS NOT NULL
-- touched by ledger.accounts (account_key, holder_type, holder_id, category, status, shares_transactions,
--   coverage_end): SELECT holder_type, holder_id FROM changed WHERE holder_type IS NOT NULL AND holder_id IS NOT NULL
-- input ledger.distress_events: FROM ledger.distress_events
-- input ledger.transactions: SELECT t.* FROM ledger.transactions t SEMI JOIN touched USING (holder_type, holder_id)
-- input ledger.labels: FROM ledger.labels
-- input ledger.daily_balances: SELECT b.* FROM (FROM ledger.daily_balances WHERE end_of_day_minor < 0) b
--   SEMI JOIN (SELECT account_key FROM ledger.cash_accounts SEMI JOIN touched USING (holder_type, holder_id)) a
--   USING (account_key)
-- input ledger.daily_entries: FROM ledger.daily_entries SEMI JOIN (FROM quality.coverage WHERE feed_gate = 'warning')
--   USING (account_key)
-- input quality.coverage: FROM quality.coverage
-- input quality.reconciliation: FROM quality.reconciliation
-- input ledger.ended_accounts: FROM ledger.ended_accounts
-- input underwriting.windows: FROM underwriting.windows
-- personal: nothing from ledger.classed_payments.counterparty_id, the first row of each lender is looked for
-- personal: nothing from ledger.streams.stream_id, equal ones are looked for
-- personal: nothing from ledger.stream_members.stream_id, equal ones are looked for
-- personal: nothing from ledger.expected_payments.stream_id, equal ones are looked for
-- column holder_type: VARCHAR NOT NULL. Kind of holder: customer or account
-- column holder_id: VARCHAR NOT NULL. Holder that the event is about
-- column account_key: VARCHAR NOT NULL. Account; empty for the holder as a whole
-- column currency: VARCHAR NOT NULL. Lower-case ISO 4217 currency; xxx (no currency) where it is about none
-- column event_date: DATE NOT NULL. Civil day on which it became true
-- column kind: VARCHAR NOT NULL. NSF_OVERDRAFT_DETECTED: an event of distress began; NEW_INCOME_STREAM,
--   NEW_LOAN_PAYMENT: the third payment of one came; EXPECTED_DEPOSIT_MISSED, RENT_MISSED: one due did not come;
--   INCOME_STOPPED: two did not; PAYER_CHANGED: wages of a new payer after those of another stopped; LOW_BALANCE: all
--   cash fell below 100.00 of its currency; LARGE_DEPOSIT: over 5,000.00 of its currency and half a month's income, and
--   no wage; NEW_LENDER: its first row, two months into the history or later; ADVANCE_STACKED: a second advance of a
--   business is paid back beside another; NEGATIVE_RUN_3D: the third day below zero; FEED_STALE: rows are four days
--   old; FEED_ROT: a feed lost four fifths of its rows; RESIDUAL_BROKEN: a balance that rows do not explain;
--   ACCOUNT_DISCONNECTED: no longer active
-- column subject: VARCHAR NOT NULL. Id of what it is about: a transaction (of recurring payments the first), an event
--   of ledger.distress_events, or an account_key
-- column amount_minor: BIGINT. Money it is about, minor units; null without any
WITH quarter AS (
    SELECT first_day, last_day, last_day + 1 AS today FROM underwriting.windows WHERE window_name = '90d'),
-- recurring payments: their first row, and the day of the third
payments AS (
    SELECT stream_id, payment_date, min(transaction_id) AS transaction_id,
        row_number() OVER (PARTITION BY stream_id ORDER BY payment_date) AS nth
    FROM ledger.stream_members GROUP BY stream_id, payment_date),
streams AS (
    SELECT s.holder_type, s.holder_id, s.account_key, s.currency, s.stream_id, s.direction, s.kind, s.status,
        s.expected_minor, s.first_date, s.last_date, s.ended_after,
        s.direction = 'in' AND s.kind IN ('payroll', 'benefit', 'pension', 'income') AS is_income,
        min(p.transaction_id) FILTER (p.nth = 1) AS subject, min(p.payment_date) FILTER (p.nth = 3) AS third_date
    FROM (FROM ledger.streams WHERE kind NOT IN ('habit', 'transfer', 'reversal')) s JOIN payments p USING (stream_id)
    GROUP BY ALL),
recurring AS (
    SELECT s.holder_type, s.holder_id, s.account_key, s.currency, unnest([
            {event_date: CASE WHEN s.is_income THEN s.third_date END, kind: 'NEW_INCOME_STREAM'},
            {event_date: CASE WHEN s.direction = 'out' AND s.kind IN ('loan', 'mortgage', 'instalments')
                THEN s.third_date END, kind: 'NEW_LOAN_PAYMENT'},
            {event_date: CASE WHEN s.is_income AND s.status = 'ended' THEN s.ended_after + 1 END,
                kind: 'INCOME_STOPPED'}], recursive := true), s.subject, s.expected_minor AS amount_minor
    FROM streams s),
missed AS (
    SELECT s.holder_type, s.holder_id, s.account_key, s.currency, e.missed_after + 1 AS event_date,
        CASE WHEN s.is_income THEN 'EXPECTED_DEPOSIT_MISSED' ELSE 'RENT_MISSED' END AS kind, s.subject,
        e.expected_minor AS amount_minor
    FROM (FROM ledger.expected_payments WHERE state = 'missed') e
    JOIN (FROM streams WHERE is_income OR (direction = 'out' AND kind = 'rent')) s USING (stream_id)
    LEFT JOIN (SELECT holder_type, holder_id, currency, list(first_date) AS begun FROM streams
        WHERE direction = 'out' AND kind = 'rent' GROUP BY ALL) o ON o.holder_type = s.holder_type
        AND o.holder_id = s.holder_id AND o.currency = s.currency
    -- who moved pays another rent since
    WHERE s.is_income OR len(list_filter(o.begun, lambda d: d > s.last_date AND d <= e.missed_after)) = 0),
payers AS (
    SELECT n.holder_type, n.holder_id, n.account_key, n.currency,
        max(greatest(n.third_date, o.ended_after + 1)) AS event_date, 'PAYER_CHANGED' AS kind, n.subject,
        n.expected_minor AS amount_minor
    FROM (FROM streams WHERE kind = 'payroll' AND third_date IS NOT NULL) n
    JOIN (FROM streams WHERE kind = 'payroll' AND status = 'ended') o ON o.holder_type = n.holder_type
        AND o.holder_id = n.holder_id AND o.currency = n.currency AND o.stream_id <> n.stream_id
        AND n.first_date BETWEEN o.last_date - 14 AND o.last_date + 60 AND n.last_date > o.last_date
    GROUP BY n.holder_type, n.holder_id, n.account_key, n.currency, n.subject, n.expected_minor),
distress AS (
    SELECT a.holder_type, a.holder_id, e.account_key, e.currency, e.first_day AS event_date,
        'NSF_OVERDRAFT_DETECTED' AS kind, e.event AS subject, e.fee_minor AS amount_minor
    FROM ledger.distress_events e JOIN ledger.cash_accounts a USING (account_key, currency)),
low AS (
    SELECT holder_type, holder_id, '' AS account_key, currency, day AS event_date, 'LOW_BALANCE' AS kind,
        holder_id AS subject, end_of_day_minor AS amount_minor
    FROM (SELECT *, lag(day) OVER w AS day_before, lag(end_of_day_minor) OVER w AS minor_before
        FROM ledger.holder_daily_balances
        WINDOW w AS (PARTITION BY holder_type, holder_id, currency ORDER BY day))
    WHERE end_of_day_minor < meta.units(100, currency) AND minor_before >= meta.units(100, currency)
        AND day_before = day - 1),
deposits AS (
    SELECT t.holder_type, t.holder_id, t.account_key, t.currency, t.posted_date, t.transaction_id, t.amount_minor
    FROM (FROM ledger.transactions WHERE amount_minor > meta.units(5000, currency) AND status = 'posted'
        AND suppressed_by IS NULL AND category = 'cash' AND holder_type IS NOT NULL AND holder_id IS NOT NULL) t
    ANTI JOIN (FROM ledger.labels WHERE treatment IN ('exclude', 'contra_flow', 'contra_expense', 'contra_revenue')) l
        USING (transaction_id)
    ANTI JOIN (FROM ledger.classed_payments WHERE class IN ('payroll', 'pension', 'benefit')) p USING (transaction_id)),
large AS (
    SELECT d.holder_type, d.holder_id, d.account_key, d.currency, d.posted_date AS event_date,
        'LARGE_DEPOSIT' AS kind, d.transaction_id AS subject, d.amount_minor
    FROM deposits d LEFT JOIN (FROM underwriting.flow_days WHERE treatment = 'income' AND is_cash) f
        ON f.holder_type = d.holder_type AND f.holder_id = d.holder_id AND f.currency = d.currency
        AND f.day BETWEEN d.posted_date - 90 AND d.posted_date - 1
    GROUP BY d.holder_type, d.holder_id, d.account_key, d.currency, d.posted_date, d.transaction_id, d.amount_minor
    HAVING 6 * d.amount_minor::HUGEINT > coalesce(sum(f.in_minor), 0)),
lenders AS (
    SELECT p.holder_type, p.holder_id, p.currency, p.counterparty_id,
        min({day: p.posted_date, id: p.transaction_id, account_key: p.account_key,
            minor: CASE side WHEN 'proceeds' THEN p.amount_minor ELSE -p.amount_minor END}) AS first_row
    FROM (FROM ledger.classed_payments WHERE ledger.is_loan(side, class)) p
    SEMI JOIN ledger.cash_accounts USING (account_key) GROUP BY ALL),
began AS (
    SELECT holder_type, holder_id, currency, min(first_day) AS first_day FROM ledger.cash_accounts GROUP BY ALL),
new_lenders AS (
    SELECT n.holder_type, n.holder_id, n.first_row.account_key, n.currency, n.first_row.day AS event_date,
        'NEW_LENDER' AS kind, n.first_row.id AS subject, n.first_row.minor AS amount_minor
    FROM lenders n JOIN began b USING (holder_type, holder_id, currency) WHERE n.first_row.day >= b.first_day + 60),
stacked AS (
    SELECT p.holder_type, p.holder_id, p.account_key, p.currency, p.first_day AS event_date, 'ADVANCE_STACKED' AS kind,
        p.position AS subject, p.payment_minor AS amount_minor
    FROM ledger.advance_positions p SEMI JOIN ledger.advance_positions o ON o.holder_type = p.holder_type
        AND o.holder_id = p.holder_id AND o.currency = p.currency AND o.position <> p.position
        AND o.status <> 'CANDIDATE' AND (o.first_day, o.position) < (p.first_day, p.position)
        AND o.last_day >= p.first_day
    WHERE p.status <> 'CANDIDATE'),
runs AS (
    SELECT account_key, currency, min(day) AS first_day, count(*) AS days
    FROM (SELECT account_key, currency, day, day - (row_number() OVER (PARTITION BY account_key, currency
            ORDER BY day))::INTEGER AS run
        FROM ledger.daily_balances WHERE end_of_day_minor < 0)
    GROUP BY account_key, currency, run),
negative AS (
    SELECT a.holder_type, a.holder_id, r.account_key, r.currency, r.first_day + 2 AS event_date,
        'NEGATIVE_RUN_3D' AS kind, r.account_key AS subject, NULL::BIGINT AS amount_minor
    FROM (FROM runs WHERE days >= 3) r JOIN ledger.cash_accounts a USING (account_key, currency)),
broken AS (
    SELECT a.holder_type, a.holder_id, r.account_key, r.currency, r.anchor_date AS event_date,
        'RESIDUAL_BROKEN' AS kind, r.account_key AS subject, r.residual_minor AS amount_minor
    FROM (FROM quality.reconciliation WHERE class = 'unexplained') r
    JOIN ledger.cash_accounts a USING (account_key, currency)),
accounts AS (
    FROM ledger.accounts WHERE holder_type IS NOT NULL AND holder_id IS NOT NULL AND category IN ('cash', 'credit')),
stale AS (
    SELECT holder_type, holder_id, account_key, 'xxx' AS currency, coverage_end + 4 AS event_date,
        'FEED_STALE' AS kind, account_key AS subject, NULL::BIGINT AS amount_minor
    FROM accounts WHERE status = 'active' AND shares_transactions IS DISTINCT FROM false),
disconnected AS (
    SELECT a.holder_type, a.holder_id, a.account_key, 'xxx' AS currency, e.since_date AS event_date,
        'ACCOUNT_DISCONNECTED' AS kind, a.account_key AS subject, NULL::BIGINT AS amount_minor
    FROM accounts a JOIN ledger.ended_accounts e USING (account_key)),
-- of a feed that is rotten now, the first of the days since which it has been, looking back four weeks
rotten_days AS (
    SELECT a.holder_type, a.holder_id, a.account_key, d.day, a.coverage_end,
        coalesce(sum(e.posted_count) FILTER (e.day > d.day - 28), 0) AS recent,
        coalesce(sum(e.posted_count) FILTER (e.day <= d.day - 28), 0) AS before
    FROM (FROM accounts SEMI JOIN (FROM quality.coverage WHERE feed_gate = 'warning') USING (account_key)) a
    CROSS JOIN LATERAL (SELECT a.coverage_end - i::INTEGER AS day FROM range(28) r(i)) d
    LEFT JOIN ledger.daily_entries e ON e.account_key = a.account_key AND e.day > d.day - 56 AND e.day <= d.day
    GROUP BY ALL),
rotten AS (
    SELECT holder_type, holder_id, account_key, 'xxx' AS currency,
        coalesce(max(day) FILTER (NOT (before >= 20 AND 5 * recent < before)) + 1, min(day)) AS event_date,
        'FEED_ROT' AS kind, account_key AS subject, NULL::BIGINT AS amount_minor
    FROM rotten_days GROUP BY holder_type, holder_id, account_key)
SELECT DISTINCT ON (v.holder_type, v.holder_id, v.account_key, v.currency, v.event_date, v.kind, v.subject)
    v.holder_type, v.holder_id, v.account_key, v.currency, v.event_date, v.kind, v.subject, v.amount_minor
FROM (
    FROM recurring UNION ALL BY NAME FROM missed UNION ALL BY NAME FROM payers UNION ALL BY NAME FROM distress
    UNION ALL BY NAME FROM low UNION ALL BY NAME FROM large UNION ALL BY NAME FROM new_lenders
    UNION ALL BY NAME FROM negative UNION ALL BY NAME FROM broken UNION ALL BY NAME FROM stale
    UNION ALL BY NAME FROM disconnected UNION ALL BY NAME FROM rotten UNION ALL BY NAME FROM stacked) v
JOIN quarter q ON v.event_date BETWEEN q.first_day AND q.today
