-- model: underwriting.integrity_flags
-- about: What in a history a person should look at before relying on it, with its evidence, over the last 90 complete
--   days where nothing else is said. A flag proves nothing, and no attribute reads one
-- order: holder_id, holder_type, account_key, currency, flag
-- part: holder_id
-- part bytes: 48
-- scope: holder_type, holder_id
-- touched by quality.reconciliation: SELECT holder_type, holder_id FROM ledger.cash_accounts SEMI JOIN changed
--   USING (account_key)
-- touched by ledger.daily_entries (account_key, currency, day, is_plausible, posted_count): SELECT holder_type,
--   holder_id FROM ledger.cash_accounts SEMI JOIN changed USING (account_key)
-- touched by ledger.transactions (transaction_id, account_key, holder_type, holder_id, currency, category, posted_date,
--   amount_minor, status, suppressed_by, rail): SELECT holder_type, holder_id FROM changed WHERE rail = 'ach'
--   AND holder_type IS NOT NULL AND holder_id IS NOT NULL
-- touched by ledger.accounts (account_key, holder_type, holder_id, subcategory): SELECT holder_type, holder_id
--   FROM changed WHERE holder_type IS NOT NULL AND holder_id IS NOT NULL
-- input quality.reconciliation: FROM quality.reconciliation
-- input ledger.daily_entries: SELECT e.* FROM ledger.daily_entries e SEMI JOIN (SELECT account_key
--   FROM ledger.cash_accounts SEMI JOIN touched USING (holder_type, holder_id)) a USING (account_key)
-- input ledger.transactions: SELECT t.* FROM (FROM ledger.transactions WHERE rail = 'ach') t
--   SEMI JOIN touched USING (holder_type, holder_id)
-- input underwriting.windows: FROM underwriting.windows
-- column holder_type: VARCHAR NOT NULL. Kind of holder: customer or account
-- column holder_id: VARCHAR NOT NULL. Whose history it is
-- column account_key: VARCHAR NOT NULL. Account; empty for the holder as a whole
-- column currency: VARCHAR NOT NULL. Lower-case ISO 4217 currency
-- column flag: VARCHAR NOT NULL. RESIDUAL: balances changed by what no row explains, in 180 days; NEW_WAGE: the first
--   wage is less than 45 days old and four fifths of what came in; ROUND_TRIPS: money came from a person and went back
--   within three days, at least twice; CIRCULAR_TRANSFERS: over three times as much came in as did without own
--   transfers, and at least half of these left the same account as own transfers again; WEEKEND_ACH: over a tenth of
--   the entries of the clearing house posted on a weekend, when it does not work; WAGE_BY_PERSON: called pay, and sent
--   by a person; GONE_ELSEWHERE: an account moves no more, and one that is not linked is cited; NEVER_PAYS: a checking
--   account receives and pays nothing; LOADED: four fifths of the balance came in the last seven days and are no wage
--   or benefit
-- column first_day: DATE NOT NULL. First day of the evidence
-- column last_day: DATE NOT NULL. Last day
-- column measure: DOUBLE. The share or multiple that the flag is about; null for counts
-- column row_count: BIGINT NOT NULL. Rows, or intervals between balances, that show it
-- column amount_minor: BIGINT. Their money, minor units; null when out of range
-- column transaction_ids: VARCHAR[] NOT NULL. The first twenty of these rows, where it is about single ones
-- column reason: VARCHAR NOT NULL. What was seen, in a sentence
WITH quarter AS (
    SELECT first_day, last_day, last_day + 1 AS today FROM underwriting.windows WHERE window_name = '90d'),
residuals AS (
    SELECT a.holder_type, a.holder_id, r.account_key, r.currency, 'RESIDUAL' AS flag,
        min(r.previous_date) AS first_day, max(r.anchor_date) AS last_day, NULL::DOUBLE AS measure,
        count(*) AS row_count, meta.minor(sum(abs(r.residual_minor::HUGEINT))) AS amount_minor,
        []::VARCHAR[] AS transaction_ids,
        format('between {} pairs of balances, rows do not explain the change', count(*)) AS reason
    FROM (FROM quality.reconciliation WHERE class = 'unexplained') r JOIN ledger.cash_accounts a
        USING (account_key, currency)
    JOIN quarter q ON r.anchor_date BETWEEN q.today - 180 AND q.today GROUP BY ALL),
flows AS NOT MATERIALIZED (
    SELECT f.*, q.first_day AS quarter_start, q.last_day AS quarter_end, q.today,
        treatment NOT IN ('exclude', 'contra_flow', 'contra_expense', 'contra_revenue') AS is_flow
    FROM (FROM underwriting.flow_days WHERE is_cash) f CROSS JOIN quarter q),
holders AS (
    SELECT holder_type, holder_id, currency, any_value(today) AS today, any_value(quarter_start) AS quarter_start,
        any_value(quarter_end) AS quarter_end, min(day) AS first_row,
        min(day) FILTER (category = 'income.payroll') AS first_wage,
        coalesce(sum(in_minor) FILTER (category = 'income.payroll' AND day BETWEEN today - 30 AND quarter_end), 0)
            AS wages,
        coalesce(sum(in_count) FILTER (category = 'income.payroll' AND day BETWEEN today - 30 AND quarter_end), 0)
            AS wage_count,
        coalesce(sum(in_minor) FILTER (is_flow AND day BETWEEN today - 30 AND quarter_end), 0) AS month_in,
        coalesce(sum(in_minor) FILTER (day BETWEEN quarter_start AND quarter_end), 0) AS gross,
        coalesce(sum(in_minor) FILTER (is_flow AND day BETWEEN quarter_start AND quarter_end), 0) AS net,
        coalesce(sum(in_count) FILTER (starts_with(category, 'xfer.own') AND day BETWEEN quarter_start AND quarter_end),
            0) AS own_count,
        coalesce(sum(in_minor) FILTER (starts_with(category, 'xfer.own') AND day BETWEEN quarter_start AND quarter_end),
            0) AS own,
        coalesce(sum(in_minor) FILTER ((is_flow OR category = 'xfer.own_unlinked_in') AND day BETWEEN today - 7
            AND quarter_end AND NOT regexp_matches(category, '^income\.(payroll|pension|ben_|military)')), 0) AS loaded,
        coalesce(sum(in_count) FILTER ((is_flow OR category = 'xfer.own_unlinked_in') AND day BETWEEN today - 7
            AND quarter_end AND NOT regexp_matches(category, '^income\.(payroll|pension|ben_|military)')), 0)
            AS loads
    FROM flows GROUP BY ALL),
-- own money that an account received and sent on: what only comes is saving, what only goes is paid from elsewhere
turned AS (
    SELECT holder_type, holder_id, currency, sum(least(came, went)) AS turned
    FROM (SELECT holder_type, holder_id, currency, account_key, sum(in_minor) AS came, sum(out_minor) AS went
        FROM flows WHERE starts_with(category, 'xfer.own') AND day BETWEEN quarter_start AND quarter_end GROUP BY ALL)
    GROUP BY ALL),
held AS (
    SELECT holder_type, holder_id, currency, value_integer AS balance FROM underwriting.balance_values
    WHERE account_key = '' AND attribute = 'balance_current_minor' AND value_integer >= meta.units(500, currency)),
of_holders AS (
    SELECT h.holder_type, h.holder_id, '' AS account_key, h.currency, 'NEW_WAGE' AS flag, first_wage AS first_day,
        quarter_end AS last_day, meta.share(wages, month_in) AS measure, wage_count::BIGINT AS row_count,
        meta.minor(wages) AS amount_minor, []::VARCHAR[] AS transaction_ids,
        format('the first wage came on {}, and wages are most of what came in since', first_wage) AS reason
    FROM holders h
    WHERE first_wage > today - 45 AND first_row <= first_wage - 30 AND wages > 0 AND 5 * wages >= 4 * month_in
    UNION ALL
    SELECT holder_type, holder_id, '', currency, 'CIRCULAR_TRANSFERS', quarter_start, quarter_end,
        meta.share(gross, net), own_count::BIGINT, meta.minor(own), [],
        'money went around between own accounts: most of what came in is no income'
    FROM holders JOIN turned USING (holder_type, holder_id, currency)
    WHERE own > 0 AND gross > 3 * net AND 2 * turned >= own
    UNION ALL
    SELECT h.holder_type, h.holder_id, '', h.currency, 'LOADED', h.today - 7, h.quarter_end,
        meta.share(h.loaded, b.balance), h.loads::BIGINT, meta.minor(h.loaded), [],
        'most of the balance came in the last seven days'
    FROM holders h JOIN held b USING (holder_type, holder_id, currency) WHERE 5 * h.loaded >= 4 * b.balance::HUGEINT),
looked_at AS (
    SELECT r.holder_type, r.holder_id, '' AS account_key, r.currency,
        CASE r.kind WHEN 'round_trip' THEN 'ROUND_TRIPS' ELSE 'WAGE_BY_PERSON' END AS flag,
        min(r.posted_date) AS first_day, max(r.last_day) AS last_day, NULL::DOUBLE AS measure, count(*) AS row_count,
        meta.minor(sum(r.amount_minor)) AS amount_minor,
        list(r.transaction_id ORDER BY r.posted_date, r.transaction_id)[:20] AS transaction_ids,
        CASE r.kind WHEN 'round_trip' THEN format('{} times money went back to whom it came from within three days',
                count(*))
            ELSE format('{} rows are called pay and come from a person', count(*)) END AS reason
    FROM ledger.review_rows r JOIN quarter q ON r.posted_date BETWEEN q.first_day AND q.last_day
    GROUP BY r.holder_type, r.holder_id, r.currency, r.kind
    HAVING count(*) >= CASE r.kind WHEN 'round_trip' THEN 2 ELSE 1 END),
weekends AS (
    SELECT t.holder_type, t.holder_id, t.account_key, t.currency, 'WEEKEND_ACH' AS flag,
        min(t.posted_date) FILTER (isodow(t.posted_date) > 5) AS first_day,
        max(t.posted_date) FILTER (isodow(t.posted_date) > 5) AS last_day,
        meta.share(count(*) FILTER (isodow(t.posted_date) > 5), count(*)) AS measure,
        count(*) FILTER (isodow(t.posted_date) > 5) AS row_count,
        meta.minor(sum(abs(t.amount_minor::HUGEINT)) FILTER (isodow(t.posted_date) > 5)) AS amount_minor,
        (list(t.transaction_id ORDER BY t.posted_date, t.transaction_id) FILTER (isodow(t.posted_date) > 5))[:20]
            AS transaction_ids,
        format('{} of {} entries posted on a weekend', count(*) FILTER (isodow(t.posted_date) > 5), count(*)) AS reason
    FROM (FROM ledger.transactions WHERE rail = 'ach' AND status = 'posted' AND suppressed_by IS NULL
        AND category = 'cash' AND holder_type IS NOT NULL AND holder_id IS NOT NULL) t
    JOIN quarter q ON t.posted_date BETWEEN q.first_day AND q.last_day
    GROUP BY t.holder_type, t.holder_id, t.account_key, t.currency
    HAVING count(*) >= 20 AND 10 * count(*) FILTER (isodow(t.posted_date) > 5) > count(*)),
accounts AS (
    SELECT holder_type, holder_id, account_key, currency, any_value(today) AS today,
        any_value(quarter_start) AS quarter_start, any_value(quarter_end) AS quarter_end,
        sum(in_count) AS ins, coalesce(sum(out_count), 0) AS outs, sum(in_minor) AS in_minor
    FROM flows WHERE day BETWEEN quarter_start AND quarter_end GROUP BY ALL),
never_pays AS (
    SELECT c.holder_type, c.holder_id, c.account_key, c.currency, 'NEVER_PAYS' AS flag, c.quarter_start AS first_day,
        c.quarter_end AS last_day, NULL::DOUBLE AS measure, c.ins::BIGINT AS row_count,
        meta.minor(c.in_minor) AS amount_minor, []::VARCHAR[] AS transaction_ids,
        format('{} rows came in and none went out in 90 days', c.ins) AS reason
    FROM accounts c SEMI JOIN (FROM ledger.accounts WHERE subcategory = 'checking') l USING (account_key)
    JOIN (FROM underwriting.subject_windows WHERE window_name = '90d' AND head_gap + tail_gap = 0) s
        USING (holder_type, holder_id, account_key, currency)
    WHERE c.ins >= 3 AND c.outs = 0),
moved AS (
    SELECT a.holder_type, a.holder_id, e.account_key, e.currency, max(e.day) AS last_row,
        count(*) FILTER (e.day < q.today - 30) AS active_before, any_value(q.today) AS today
    FROM (FROM ledger.daily_entries WHERE posted_count > 0 AND is_plausible) e
    JOIN ledger.cash_accounts a USING (account_key, currency) JOIN quarter q ON e.day BETWEEN q.first_day AND q.today
    GROUP BY ALL),
gone AS (
    SELECT m.holder_type, m.holder_id, m.account_key, m.currency, 'GONE_ELSEWHERE' AS flag, m.last_row AS first_day,
        any_value(m.today) - 1 AS last_day, NULL::DOUBLE AS measure, sum(x.transaction_count)::BIGINT AS row_count,
        meta.minor(sum(x.in_minor::HUGEINT + x.out_minor)) AS amount_minor,
        flatten(list(x.transaction_ids ORDER BY x.first_day, x.kind, x.transaction_ids))[:20] AS transaction_ids,
        format('no row since {}, while {} accounts that are not linked are cited', m.last_row, count(*)) AS reason
    FROM moved m JOIN quality.missing_accounts x ON x.holder_type = m.holder_type AND x.holder_id = m.holder_id
        AND x.currency = m.currency AND x.last_day >= m.today - 30
    JOIN (FROM underwriting.subject_windows WHERE window_name = '30d' AND head_gap + tail_gap = 0) s
        ON s.account_key = m.account_key AND s.currency = m.currency AND s.holder_id = m.holder_id
        AND s.holder_type = m.holder_type
    WHERE m.last_row < m.today - 30 AND m.active_before >= 10
    GROUP BY m.holder_type, m.holder_id, m.account_key, m.currency, m.last_row)
FROM residuals UNION ALL FROM of_holders UNION ALL FROM looked_at UNION ALL FROM weekends UNION ALL FROM never_pays
UNION ALL FROM gone
