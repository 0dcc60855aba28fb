-- model: expenses.category_month
-- about: What a holder spent in a month, by category, beside the months before: the rows of expenses.transactions with
--   include_in_spend, all of them, and a row of zeros for each category of the twelve months before. Refunds count in
--   the month in which they came, and in net_accrual_minor in that of the purchase
-- order: holder_type, holder_id, currency, month, category
-- part: holder_type, holder_id
-- scope: holder_type, holder_id, currency, from month_start
-- touched by expenses.month_states (holder_type, holder_id, month_start, month_state, days_elapsed, complete_before):
--   SELECT s.holder_type, s.holder_id, s.currency, c.month_start
--   FROM (SELECT DISTINCT holder_type, holder_id, currency FROM expenses.category_sums) s
--   JOIN changed c USING (holder_type, holder_id)
-- input expenses.month_states: SELECT m.* FROM (FROM expenses.month_states WHERE month_start >= $since) m
--   SEMI JOIN touched USING (holder_type, holder_id)
-- column holder_type: VARCHAR NOT NULL. Kind of holder: customer or account
-- column holder_id: VARCHAR NOT NULL. Who spent
-- column currency: VARCHAR NOT NULL. Lower-case ISO 4217 currency
-- column month: VARCHAR NOT NULL. Calendar month of transacted_date, YYYY-MM
-- column category: ledger.category NOT NULL. expenses.transactions.spend_category, a code of ledger.categories
-- column gross_minor: BIGINT. Spent, minor units; null when out of range
-- column refund_minor: BIGINT. Given back, minor units; null when out of range
-- column net_minor: BIGINT. Spent minus given back, minor units; positive is spending; null when out of range
-- column transaction_count: BIGINT NOT NULL. Posted rows, refunds included; 0 in a month without any
-- column first_day: DATE. First of them; null without any
-- column last_day: DATE. Last of them; null without any
-- column value_state: VARCHAR NOT NULL. in_range, or out_of_range when a sum leaves 64 bits
-- column possible_duplicate_count: BIGINT NOT NULL. Rows of transaction_count that may count twice: the account may be
--   another one linked again, see quality.possible_relinks
-- column possible_duplicate_minor: BIGINT. What they add to net_minor, minor units; null when out of range
-- column month_start: DATE. First day of the month
-- column month_state: VARCHAR. complete: the rows of all cash and card accounts are held from its first to its
--   last day; unfinished: to days_elapsed, which is not its end; begins: the history of an account begins in it; gap:
--   rows of an account are missing; unreconciled: balances say that rows are wrong or missing; unheld: complete, but
--   for linked accounts whose rows were never held, so sums are without them; not_covered: before all that is held. See
--   expenses.month_states
-- column is_partial: BOOLEAN. Whether it is not complete, so that sums may grow
-- column days_elapsed: INTEGER. Days of the month for which the rows of all accounts are held that are still read; null
--   when not covered
-- column share_per_mille: INTEGER. gross_minor of that of all categories of the month, in thousandths, rounded down;
--   null when nothing was spent, or out of range
-- column previous_minor: BIGINT. net_minor of the month before; null unless it is complete, or out of range. Here and
--   in what follows unheld months count as complete beside one that is itself without accounts that were never held
-- column average_3_minor: BIGINT. Mean net_minor of the three months before, rounded half away from zero; null unless
--   all are complete, or out of range
-- column average_6_minor: BIGINT. The same of the six months before
-- column year_ago_minor: BIGINT. net_minor of the same month a year before; null unless the
--   twelve months before are complete, or out of range
-- column pace_minor: BIGINT. What net_minor will be at the end of an unfinished month at the pace so far: what recurs,
--   as it was paid, and by the day everything else; null in the first seven days, in all other months, or out of range
-- column net_accrual_minor: BIGINT. The accrual view of net_minor: a refund whose purchase is known counts in the month
--   of the purchase (expenses.transactions.accrual_date), so that a month may change for 120 days after it; summed over
--   all months both are the same. Null when out of range
WITH
totals AS (
    SELECT holder_type, holder_id, currency, month_start,
        CASE WHEN count(gross_minor) = count(*) THEN sum(gross_minor) END AS gross_of_all
    FROM expenses.category_sums GROUP BY ALL),
-- the spending of a month, and zeros of what was spent in the year before it
shown AS (
    SELECT holder_type, holder_id, currency, month_start, category, s.holder_id IS NULL AS is_zero,
        s.* EXCLUDE (holder_type, holder_id, currency, month_start, category), b.holder_id IS NULL AS is_first,
        b.* EXCLUDE (holder_type, holder_id, currency, month_start, category)
    FROM expenses.category_sums s
    FULL JOIN expenses.category_before b USING (holder_type, holder_id, currency, month_start, category)),
filled AS (
    SELECT * REPLACE (CASE WHEN is_zero THEN 0 ELSE gross_minor END AS gross_minor,
        CASE WHEN is_zero THEN 0 ELSE refund_minor END AS refund_minor,
        CASE WHEN is_zero THEN 0 ELSE net_minor END AS net_minor,
        CASE WHEN is_zero THEN 0 ELSE net_accrual_minor END AS net_accrual_minor,
        coalesce(transaction_count, 0) AS transaction_count,
        coalesce(possible_duplicate_count, 0) AS possible_duplicate_count,
        CASE WHEN is_zero THEN 0 ELSE possible_duplicate_minor END AS possible_duplicate_minor,
        CASE WHEN is_first THEN 0 ELSE previous_minor END AS previous_minor,
        CASE WHEN is_first THEN 0 ELSE average_3_minor END AS average_3_minor,
        CASE WHEN is_first THEN 0 ELSE average_6_minor END AS average_6_minor,
        CASE WHEN is_first THEN 0 ELSE year_ago_minor END AS year_ago_minor)
    FROM shown)
SELECT c.holder_type, c.holder_id, c.currency, strftime(c.month_start, '%Y-%m') AS month, c.category, c.gross_minor,
    c.refund_minor, c.net_minor, c.transaction_count, c.first_day, c.last_day,
    CASE WHEN c.gross_minor IS NULL OR c.refund_minor IS NULL OR c.net_minor IS NULL OR c.net_accrual_minor IS NULL
        OR c.possible_duplicate_minor IS NULL THEN 'out_of_range' ELSE 'in_range' END AS value_state,
    c.possible_duplicate_count, c.possible_duplicate_minor, c.month_start,
    coalesce(s.month_state, 'not_covered') AS month_state, s.month_state IS DISTINCT FROM 'complete' AS is_partial,
    s.days_elapsed, (1000 * c.gross_minor::HUGEINT // nullif(t.gross_of_all, 0))::INTEGER AS share_per_mille,
    CASE WHEN s.complete_before >= 1 THEN c.previous_minor END AS previous_minor,
    CASE WHEN s.complete_before >= 3 THEN c.average_3_minor END AS average_3_minor,
    CASE WHEN s.complete_before >= 6 THEN c.average_6_minor END AS average_6_minor,
    CASE WHEN s.complete_before >= 12 THEN c.year_ago_minor END AS year_ago_minor, p.pace_minor,
    c.net_accrual_minor
FROM filled c LEFT JOIN expenses.month_states s USING (holder_type, holder_id, month_start)
LEFT JOIN totals t USING (holder_type, holder_id, currency, month_start)
LEFT JOIN expenses.category_pace p USING (holder_type, holder_id, currency, month_start, category)
