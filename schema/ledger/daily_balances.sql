-- model: ledger.daily_balances
-- about: The balance at the end of every day, rebuilt from the nearest later observed balance while rows are held, else
--   from the last one; days on which rows may be missing are there only where the bank's balance was read
-- order: account_key, currency, day
-- scope: account_key, currency, from day
-- touched by ledger.daily_entries (account_key, currency, day, is_plausible, posted_minor, voided_minor, exact):
--   SELECT c.account_key, c.currency, c.day - 1 AS day FROM changed c ANTI JOIN (FROM ledger.anchors
--   WHERE covered_since IS NOT NULL AND value_state = 'in_range') a ON a.account_key = c.account_key
--   AND a.currency = c.currency AND a.anchor_date = c.day
-- touched by ledger.anchors (account_key, currency, anchor_date, anchor_minor, posted_since_minor, voided_since_minor,
--   posted_later_minor, covered_since): SELECT account_key, currency, anchor_date - CASE WHEN count(*) = 2
--   AND count(DISTINCT (anchor_minor, posted_since_minor, voided_since_minor, covered_since)) = 1 THEN 0 ELSE 1 END
--   AS day FROM changed GROUP BY account_key, currency, anchor_date
-- touched by quality.reconciliation (account_key, currency, anchor_date, previous_date, class):
--   SELECT account_key, currency, CASE WHEN class IN ('timing', 'doubtful') THEN DATE '0001-01-01'
--   ELSE previous_date END AS day FROM changed
-- touched by ledger.coverage (account_key, first_day, last_day): SELECT c.account_key, a.currency, c.day
--   FROM (SELECT account_key, CASE WHEN count(*) = 2 THEN min(last_day) + 1 ELSE first_day END AS day FROM changed
--   GROUP BY account_key, first_day) c JOIN (SELECT DISTINCT account_key, currency FROM ledger.anchors) a
--   USING (account_key)
-- widened: SELECT t.account_key, t.currency, coalesce(a.anchor_date, DATE '0001-01-01') AS day FROM touched t
--   ASOF LEFT JOIN (FROM ledger.anchors WHERE covered_since IS NOT NULL) a ON a.account_key = t.account_key
--   AND a.currency = t.currency AND t.day >= a.anchor_date
-- input ledger.anchors: SELECT a.* REPLACE (CASE WHEN a.covered_since IS NOT NULL
--   THEN greatest(a.covered_since, t.day) END AS covered_since) FROM ledger.anchors a
--   JOIN touched t ON t.account_key = a.account_key AND t.currency = a.currency AND a.anchor_date >= t.day
-- input ledger.coverage: SELECT DISTINCT c.* REPLACE (greatest(c.first_day, t.day) AS first_day)
--   FROM ledger.coverage c JOIN touched t ON t.account_key = c.account_key AND c.last_day >= t.day
-- input quality.reconciliation: SELECT r.* FROM quality.reconciliation r
--   JOIN touched t ON t.account_key = r.account_key AND t.currency = r.currency AND r.anchor_date >= t.day
-- partition: day_month = strftime(day, '%Y-%m')
-- column account_key: VARCHAR NOT NULL. First id of the chain of relinked accounts
-- column currency: VARCHAR NOT NULL. Lower-case ISO 4217 currency
-- column day: DATE NOT NULL. Civil day in the report zone
-- column end_of_day_minor: BIGINT. Balance at its end, rows that were voided later included while they stood, minor
--   units; positive is owed to the holder; null when out of range
-- column basis: VARCHAR NOT NULL. observed, anchor_intraday (observed, then rows posted later that day), reconstructed
--   (back from a later one), forward (on from the last one)
-- column anchor_date: DATE NOT NULL. Day of the observed balance it was rebuilt from
-- column reconciled: VARCHAR NOT NULL. proved or broken between two observed balances, by quality.reconciliation; the
--   end of a day on which one was observed lies between that and the next. unproved outside any pair, and where no
--   verdict is possible; before the first one broken, too, if an interval of the account is doubtful or timing
-- column value_state: VARCHAR NOT NULL. in_range, or out_of_range when the balance leaves 64 bits
WITH
-- numbers stand for accounts and spans while days are sorted
accounts AS MATERIALIZED (
    SELECT row_number() OVER ()::INTEGER AS account, *
    FROM (SELECT DISTINCT account_key, currency FROM ledger.anchors)),
daily_net AS (
    SELECT a.account, e.day,
        ledger.exact(e.posted_minor, e.exact.posted) + ledger.exact(e.voided_minor, e.exact.voided) AS net
    FROM (FROM ledger.daily_entries WHERE is_plausible) e JOIN accounts a USING (account_key, currency)),
-- an anchor whose rows may be missing is a span of its own: its day alone
anchored AS (
    SELECT a.account, a.account_key, n.anchor_date, n.anchor_minor::HUGEINT + n.posted_later_minor AS end_minor,
        n.posted_later_minor, n.covered_since, CASE WHEN n.covered_since IS NULL THEN n.anchor_date END AS only_day
    FROM ledger.anchors n JOIN accounts a USING (account_key, currency)),
spans AS MATERIALIZED (
    SELECT row_number() OVER ()::INTEGER AS span, *
    FROM (SELECT DISTINCT account, account_key, covered_since, only_day FROM anchored)),
observed AS MATERIALIZED (
    SELECT s.span, a.anchor_date, a.end_minor, a.posted_later_minor
    FROM anchored a JOIN spans s ON s.account = a.account AND s.covered_since IS NOT DISTINCT FROM a.covered_since
        AND s.only_day IS NOT DISTINCT FROM a.only_day),
days AS (
    SELECT span, anchor_date AS day FROM observed
    UNION
    SELECT s.span, unnest(generate_series(c.first_day, c.last_day, INTERVAL 1 DAY))::DATE
    FROM spans s JOIN ledger.coverage c ON c.account_key = s.account_key AND c.first_day = s.covered_since),
running AS MATERIALIZED (
    SELECT d.span, d.day,
        sum(coalesce(n.net, 0)) OVER (PARTITION BY d.span ORDER BY d.day ROWS UNBOUNDED PRECEDING) AS total
    FROM days d JOIN spans s USING (span) LEFT JOIN daily_net n ON n.account = s.account AND n.day = d.day),
fixed AS (
    SELECT o.*, r.total AS anchor_total FROM observed o JOIN running r ON r.span = o.span AND r.day = o.anchor_date),
back AS (
    SELECT r.span, r.day, r.total, f.anchor_date, f.end_minor - f.anchor_total AS base, f.posted_later_minor
    FROM running r ASOF LEFT JOIN fixed f ON r.span = f.span AND r.day <= f.anchor_date),
newest AS (
    SELECT span, anchor_date, end_minor - anchor_total AS base FROM fixed
    QUALIFY row_number() OVER (PARTITION BY span ORDER BY anchor_date DESC) = 1),
placed AS (
    SELECT a.account_key, a.currency, b.day,
        meta.minor(CASE WHEN b.anchor_date IS NULL THEN f.base ELSE b.base END + b.total) AS end_of_day_minor,
        CASE WHEN b.anchor_date IS NULL THEN 'forward' WHEN b.day < b.anchor_date THEN 'reconstructed'
             WHEN b.posted_later_minor <> 0 THEN 'anchor_intraday' ELSE 'observed' END AS basis,
        coalesce(b.anchor_date, f.anchor_date) AS anchor_date
    FROM back b JOIN newest f USING (span) JOIN spans s USING (span) JOIN accounts a USING (account)),
verdicts AS (
    SELECT account_key, currency, anchor_date, previous_date, class = 'proved' AS is_proved
    FROM quality.reconciliation
    WHERE class <> 'not_covered'
    UNION ALL
    -- nothing proves days before the first one, and rows of the account are on other days than the bank has them
    SELECT account_key, currency, min(previous_date), NULL, false FROM quality.reconciliation
    GROUP BY account_key, currency HAVING bool_or(class IN ('timing', 'doubtful')))
SELECT p.account_key, p.currency, p.day, p.end_of_day_minor, p.basis, p.anchor_date,
    CASE WHEN p.basis = 'forward' THEN 'unproved'
         WHEN (NOT own.is_proved AND (own.previous_date IS NOT NULL OR p.day < p.anchor_date))
             OR (p.day = p.anchor_date AND NOT following.is_proved) THEN 'broken'
         WHEN p.day = p.anchor_date AND following.is_proved THEN 'proved'
         WHEN p.day < p.anchor_date AND own.is_proved THEN 'proved'
         ELSE 'unproved' END AS reconciled,
    CASE WHEN p.end_of_day_minor IS NULL THEN 'out_of_range' ELSE 'in_range' END AS value_state
FROM placed p
LEFT JOIN verdicts own ON own.account_key = p.account_key AND own.currency = p.currency
    AND own.anchor_date = p.anchor_date
LEFT JOIN verdicts following ON following.account_key = p.account_key AND following.currency = p.currency
    AND following.previous_date = p.anchor_date
