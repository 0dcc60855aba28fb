-- model: ledger.anchors
-- about: The last observed balance of each account, currency and day, with what had entered the balance by that
--   instant; a balance dated before 1970-01-02, or over two days after fcpipe read it, is not an anchor and stays in
--   main.balances
-- order: account_key, currency, anchor_date
-- scope: account_key
-- touched by main.accounts (account_id, account_key, category): SELECT account_key FROM changed
-- touched by main.balances: SELECT account_key FROM main.accounts SEMI JOIN changed USING (account_id)
-- touched by ledger.accounts (account_key, account_ids, category, posted_date_basis): SELECT account_key FROM changed
-- touched by ledger.coverage (account_key, first_day, through_at): SELECT c.account_key FROM (SELECT account_key,
--   CASE WHEN count(*) = 2 THEN min(through_at) ELSE '-infinity'::TIMESTAMPTZ END AS through_at FROM changed
--   GROUP BY account_key, first_day) c
--   SEMI JOIN ledger.anchors a ON a.account_key = c.account_key AND a.as_of > c.through_at
-- touched by ledger.daily_entries (account_key, currency, day, is_plausible, posted_minor, posted_count, voided_minor,
--   exact): SELECT c.account_key FROM changed c SEMI JOIN ledger.anchors a ON a.account_key = c.account_key
--   AND a.currency = c.currency AND a.anchor_date > c.day
-- touched by ledger.dated_transactions (transaction_id, account_key, currency, posted_date, posted_at, amount_minor,
--   status, is_posted_plausible): SELECT c.account_key FROM (FROM changed WHERE status = 'posted') c
--   SEMI JOIN ledger.anchors a ON a.account_key = c.account_key AND a.currency = c.currency
--   AND a.anchor_date = c.posted_date
-- touched by ledger.voids (transaction_id, account_key, currency, posted_date, posted_at, voided_date, voided_at,
--   amount_minor, is_plausible): SELECT c.account_key FROM (SELECT account_key, currency,
--   unnest([posted_date, voided_date]) AS day FROM changed) c
--   SEMI JOIN ledger.anchors a ON a.account_key = c.account_key AND a.currency = c.currency AND a.anchor_date = c.day
-- touched by ledger.same_movements (transaction_id, is_linked): SELECT account_key FROM ledger.dated_transactions
--   SEMI JOIN changed USING (transaction_id)
-- input ledger.same_movements: FROM ledger.same_movements
-- personal: nothing from ledger.dated_transactions.description, it is not read
-- personal: nothing from ledger.dated_transactions.merchant_key, it is not read
-- column account_key: VARCHAR NOT NULL. First id of the chain of relinked accounts
-- column currency: VARCHAR NOT NULL. Lower-case ISO 4217 currency
-- column anchor_date: DATE NOT NULL. Civil date of the balance in the report zone
-- column as_of: TIMESTAMPTZ NOT NULL. When the bank computed it
-- column observed_at: TIMESTAMPTZ NOT NULL. When fcpipe merged it
-- column anchor_minor: BIGINT NOT NULL. Balance without pending rows, minor units; positive is owed to the holder
-- column covered_since: DATE. First day of the span in ledger.coverage whose rows are held up to as_of; null when rows
--   that entered this balance may be missing
-- column posted_since_minor: BIGINT. Sum of posted rows since the anchor before, for the first since the first row
--   held, minor units; null when out of range
-- column posted_since_count: BIGINT NOT NULL. Number of those rows
-- column voided_since_minor: BIGINT. What rows that had posted and were voided later added in that time, minor units; 0
--   when they came and went, null when out of range
-- column posted_later_minor: BIGINT. Sum of what entered the balance later on the same day, minor units; null when out
--   of range
-- column undated_side: VARCHAR NOT NULL. before or after: where rows without a time of this day are counted, by what
--   the account's other balances prove; before when they prove nothing
-- column value_state: VARCHAR NOT NULL. in_range, or out_of_range when a sum leaves 64 bits
WITH observed AS (
    SELECT a.account_key, b.currency,
        ledger.balance_date(b.as_of, l.posted_date_basis, meta.parameter('report_zone')) AS anchor_date,
        b.as_of, b.observed_at, b.current_minor, b.account_id
    FROM main.balances b JOIN main.accounts a USING (account_id) JOIN ledger.accounts l ON l.account_key = a.account_key
    WHERE b.current_minor IS NOT NULL AND a.category <> 'investment'
      AND ledger.is_balance_dated(b.as_of, b.observed_at)
    QUALIFY row_number() OVER (PARTITION BY a.account_key, b.currency, anchor_date
        ORDER BY b.as_of DESC, b.observed_at DESC, b.account_id DESC)
        = 1),
placed AS MATERIALIZED (
    SELECT o.*, max(c.first_day) AS covered_since
    FROM observed o
    LEFT JOIN ledger.coverage c ON c.account_key = o.account_key AND o.anchor_date >= c.first_day
        AND o.as_of <= c.through_at
    GROUP BY ALL),
-- what posted or was voided on the days of balances, one by one: some of it entered after the balance was read
entries AS (
    SELECT t.account_key, t.currency, t.day, t.entry_at, t.posted, t.voided, t.n
    FROM (
        SELECT transaction_id, account_key, currency, posted_date AS day, posted_at AS entry_at,
            amount_minor::HUGEINT AS posted, 0::HUGEINT AS voided, 1 AS n
        FROM ledger.dated_transactions WHERE status = 'posted' AND is_posted_plausible
        UNION ALL
        SELECT transaction_id, account_key, currency, unnest([posted_date, voided_date]),
            unnest([posted_at, voided_at]), 0, unnest([amount_minor::HUGEINT, -amount_minor::HUGEINT]), 0
        FROM ledger.voids WHERE is_plausible) t
    SEMI JOIN placed o ON o.account_key = t.account_key AND o.currency = t.currency AND o.anchor_date = t.day
    ANTI JOIN (FROM ledger.same_movements WHERE is_linked) s ON s.transaction_id = t.transaction_id),
-- what entered since the balance before
entered AS NOT MATERIALIZED (
    SELECT e.account_key, e.currency, e.day, ledger.exact(e.posted_minor, e.exact.posted) AS posted,
        ledger.exact(e.voided_minor, e.exact.voided) AS voided, e.posted_count, f.first_date
    FROM (FROM ledger.daily_entries WHERE is_plausible) e
    JOIN (SELECT account_key, currency, min(anchor_date) AS first_date FROM placed GROUP BY ALL) f
        USING (account_key, currency)),
since AS (
    SELECT account_key, currency, first_date AS anchor_date, sum(posted) AS posted, sum(voided) AS voided,
        sum(posted_count) AS n
    FROM entered WHERE day < first_date GROUP BY ALL
    UNION ALL
    SELECT o.account_key, o.currency, o.anchor_date, sum(e.posted), sum(e.voided), sum(e.posted_count)
    FROM (FROM entered WHERE day >= first_date) e
    ASOF JOIN placed o ON e.account_key = o.account_key AND e.currency = o.currency AND e.day < o.anchor_date
    GROUP BY ALL),
earlier AS (
    SELECT o.account_key, o.currency, o.anchor_date, sum(s.posted) OVER w AS posted, sum(s.voided) OVER w AS voided,
        sum(s.n) OVER w AS n
    FROM placed o LEFT JOIN since s USING (account_key, currency, anchor_date)
    WINDOW w AS (PARTITION BY o.account_key, o.currency ORDER BY o.anchor_date)),
same_day AS (
    SELECT o.account_key, o.currency, o.anchor_date, sum(e.posted) FILTER (e.entry_at <= o.as_of) AS posted,
        sum(e.voided) FILTER (e.entry_at <= o.as_of) AS voided,
        coalesce(sum(e.n) FILTER (e.entry_at <= o.as_of), 0) AS n,
        sum(e.posted + e.voided) FILTER (e.entry_at > o.as_of) AS later,
        sum(e.posted) FILTER (e.entry_at IS NULL) AS undated,
        sum(e.voided) FILTER (e.entry_at IS NULL) AS undated_voided,
        coalesce(sum(e.n) FILTER (e.entry_at IS NULL), 0) AS undated_n
    FROM placed o JOIN entries e ON e.account_key = o.account_key AND e.currency = o.currency AND e.day = o.anchor_date
    GROUP BY ALL),
summed AS (
    SELECT o.*, coalesce(e.posted, 0) + coalesce(s.posted, 0) AS posted,
        coalesce(e.voided, 0) + coalesce(s.voided, 0) AS voided,
        coalesce(e.n, 0) + coalesce(s.n, 0) AS n, coalesce(s.later, 0) AS later, coalesce(s.undated, 0) AS undated,
        coalesce(s.undated_voided, 0) AS undated_voided, coalesce(s.undated_n, 0) AS undated_n
    FROM placed o
    LEFT JOIN earlier e USING (account_key, currency, anchor_date)
    LEFT JOIN same_day s USING (account_key, currency, anchor_date)),
changes AS (
    SELECT account_key, currency,
        current_minor::HUGEINT - lag(current_minor) OVER w - (posted + voided)
        + lag(posted + voided) OVER w AS left_over,
        undated + undated_voided - lag(undated + undated_voided) OVER w AS moved,
        covered_since = lag(covered_since) OVER w AS is_covered
    FROM summed WINDOW w AS (PARTITION BY account_key, currency ORDER BY anchor_date)),
sides AS (
    SELECT account_key, count(*) FILTER (left_over = 0) > count(*) FILTER (left_over = moved) AS is_after
    FROM changes WHERE is_covered AND moved <> 0 GROUP BY account_key),
totals AS (
    SELECT s.*, coalesce(d.is_after, false) AS is_after,
        posted + CASE WHEN d.is_after THEN 0 ELSE undated END AS posted_total,
        voided + CASE WHEN d.is_after THEN 0 ELSE undated_voided END AS voided_total,
        n + CASE WHEN d.is_after THEN 0 ELSE undated_n END AS n_total,
        later + CASE WHEN d.is_after THEN undated + undated_voided ELSE 0 END AS later_total
    FROM summed s LEFT JOIN sides d USING (account_key)),
stored AS (
    SELECT *, meta.minor(posted_total - coalesce(lag(posted_total) OVER w, 0)) AS posted_since_minor,
        (n_total - coalesce(lag(n_total) OVER w, 0))::BIGINT AS posted_since_count,
        meta.minor(voided_total - coalesce(lag(voided_total) OVER w, 0)) AS voided_since_minor,
        meta.minor(later_total) AS posted_later_minor
    FROM totals WINDOW w AS (PARTITION BY account_key, currency ORDER BY anchor_date))
SELECT account_key, currency, anchor_date, as_of, observed_at, current_minor AS anchor_minor, covered_since,
    posted_since_minor, posted_since_count,
    voided_since_minor, posted_later_minor, CASE WHEN is_after THEN 'after' ELSE 'before' END AS undated_side,
    CASE WHEN posted_since_minor + voided_since_minor::HUGEINT + posted_later_minor IS NULL THEN 'out_of_range'
        ELSE 'in_range' END AS value_state
FROM stored
