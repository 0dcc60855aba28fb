-- model: expenses.month_states
-- about: How much of each month of a holder is held: whether the rows of all cash and card accounts are, from its first
--   day to its last. A month that is not over may have a gap or be unreconciled as well: then it is not unfinished, and
--   has no pace
-- order: holder_type, holder_id, month_start
-- part: holder_type, holder_id
-- lake: none
-- scope: holder_type, holder_id
-- touched by ledger.coverage: SELECT a.holder_type, a.holder_id FROM ledger.accounts a SEMI JOIN changed
--   USING (account_key)
-- touched by ledger.accounts (account_key, holder_type, holder_id, category):
--   SELECT holder_type, holder_id FROM changed
-- touched by ledger.cash_accounts (account_key, holder_type, holder_id, currency, closed_date):
--   SELECT holder_type, holder_id FROM changed
-- touched by quality.reconciliation (account_key, previous_date, anchor_date, class): SELECT a.holder_type, a.holder_id
--   FROM ledger.accounts a SEMI JOIN (FROM changed WHERE class IN ('unexplained', 'misdated')) USING (account_key)
-- touched by quality.unheld_accounts (holder_type, holder_id, lacks_rows, last_day): SELECT holder_type, holder_id
--   FROM changed WHERE lacks_rows
-- input ledger.coverage: FROM ledger.coverage
-- input quality.reconciliation: FROM quality.reconciliation WHERE class IN ('unexplained', 'misdated')
-- column holder_type: VARCHAR NOT NULL. Kind of holder: customer or account
-- column holder_id: VARCHAR NOT NULL. Whose month it is
-- column month_start: DATE NOT NULL. First day of the month
-- column month_state: VARCHAR NOT NULL. complete: held from the first to the last day; unfinished: to held_to, which is
--   not its end; begins: an account's rows begin in it; gap: rows of an account are missing, as of one that is read no
--   more; unreconciled: two balances of an account between which the month lies, or a part of it, say that its rows are
--   wrong or missing (quality.reconciliation: unexplained, misdated); unheld: complete, but for linked accounts whose
--   rows were never held (quality.unheld_accounts), so sums are without them. Of several the first that applies: gap,
--   unreconciled, begins, unfinished, unheld. One account is enough, in whatever currency: the state is of the month in
--   all currencies of the holder
-- column held_to: DATE NOT NULL. Last day of the month for which the rows are held of every account that is still read:
--   within three days of the newest one; the day before the month when that is earlier
-- column days_elapsed: INTEGER NOT NULL. Days of the month up to held_to
-- column days_in_month: INTEGER NOT NULL. Days of the month
-- column complete_before: BIGINT NOT NULL. How many months before this one are complete, one after the other; before
--   one that is itself without accounts that were never held, those that are unheld, too: they compare
WITH closed AS (
    SELECT account_key, max(closed_date) AS closed_date FROM ledger.cash_accounts
    GROUP BY account_key HAVING count(closed_date) = count(*)),
lives AS (
    SELECT a.holder_type, a.holder_id, a.account_key, min(s.first_day) AS first_day, max(s.last_day) AS last_day
    FROM ledger.accounts a JOIN ledger.coverage s USING (account_key)
    WHERE a.category IN ('cash', 'credit') AND a.holder_type IS NOT NULL AND a.holder_id IS NOT NULL GROUP BY ALL),
spans AS (
    SELECT holder_type, holder_id, min(first_day) AS first_day, max(last_day) AS newest FROM lives GROUP BY ALL),
holders AS (
    SELECT s.holder_type, s.holder_id, s.first_day, min(l.last_day) FILTER (l.last_day >= s.newest - 3) AS held_to
    FROM spans s JOIN lives l USING (holder_type, holder_id) GROUP BY ALL),
-- the rows of the day on which an account was read are held in part: its month is there
months AS (
    SELECT holder_type, holder_id, held_to, unnest(generate_series(date_trunc('month', least(first_day, held_to + 1)),
        (held_to + 1)::TIMESTAMP, INTERVAL 1 MONTH))::DATE AS month_start, last_day(month_start) AS month_end
    FROM holders),
living AS (
    SELECT m.*, l.account_key, l.first_day, greatest(m.month_start, l.first_day) AS from_day,
        least(m.month_end, m.held_to, coalesce(c.closed_date, m.month_end)) AS to_day
    FROM months m JOIN lives l USING (holder_type, holder_id) LEFT JOIN closed c USING (account_key)
    WHERE l.first_day <= m.month_end AND coalesce(c.closed_date >= m.month_start, true)),
held AS (
    SELECT v.holder_type, v.holder_id, v.month_start, v.account_key, any_value(v.first_day) AS first_day,
        any_value(greatest(v.to_day - v.from_day + 1, 0)) AS days,
        coalesce(sum(greatest(least(v.to_day, s.last_day) - greatest(v.from_day, s.first_day) + 1, 0)), 0) AS held
    FROM living v JOIN ledger.coverage s USING (account_key)
    GROUP BY v.holder_type, v.holder_id, v.month_start, v.account_key),
faults AS (
    SELECT holder_type, holder_id, month_start, bool_or(held < days) AS has_gap, bool_or(first_day > month_start)
        AS begins FROM held GROUP BY ALL),
unexplained AS (
    SELECT DISTINCT l.holder_type, l.holder_id, unnest(generate_series(date_trunc('month', r.previous_date)::DATE,
            r.anchor_date, INTERVAL 1 MONTH))::DATE AS month_start
    FROM (FROM quality.reconciliation WHERE class IN ('unexplained', 'misdated')) r JOIN lives l USING (account_key)),
unheld AS (
    SELECT holder_type, holder_id, max(coalesce(last_day, DATE 'infinity')) AS last_day
    FROM quality.unheld_accounts WHERE lacks_rows GROUP BY ALL),
judged AS (
    SELECT m.*, coalesce(n.last_day >= m.month_start, false) AS is_unheld,
        CASE WHEN f.has_gap THEN 'gap' WHEN u.holder_id IS NOT NULL THEN 'unreconciled'
        WHEN f.begins THEN 'begins' WHEN m.held_to < m.month_end THEN 'unfinished' WHEN is_unheld THEN 'unheld'
        ELSE 'complete' END AS month_state
    FROM months m LEFT JOIN faults f USING (holder_type, holder_id, month_start)
    LEFT JOIN unexplained u USING (holder_type, holder_id, month_start)
    LEFT JOIN unheld n USING (holder_type, holder_id))
SELECT holder_type, holder_id, month_start, month_state,
    greatest(least(held_to, month_end), month_start - 1) AS held_to,
    greatest(least(held_to, month_end) - month_start + 1, 0)::INTEGER AS days_elapsed, day(month_end)::INTEGER
        AS days_in_month,
    date_diff('month', coalesce(
        greatest(max(month_start) FILTER (month_state NOT IN ('complete', 'unheld')) OVER earlier,
            CASE WHEN NOT is_unheld THEN max(month_start) FILTER (month_state = 'unheld') OVER earlier END),
        (min(month_start) OVER holder - INTERVAL 1 MONTH)::DATE), month_start) - 1 AS complete_before
FROM judged
WINDOW holder AS (PARTITION BY holder_type, holder_id),
    earlier AS (PARTITION BY holder_type, holder_id ORDER BY month_start ROWS BETWEEN UNBOUNDED PRECEDING
        AND 1 PRECEDING)
