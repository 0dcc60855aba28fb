-- model: expenses.category_pace
-- about: What a holder will have spent by category at the end of a month that is not over, if days to come are like
--   those that passed: after its seventh day. Of a month that is unfinished in expenses.month_states: one with a gap,
--   or between balances that disagree, has none
-- order: holder_type, holder_id, currency, month_start, category
-- lake: none
-- scope: holder_type, holder_id, currency, month_start
-- since: month_start
-- touched by expenses.transactions (transaction_id, holder_type, holder_id, currency, spend_category, transacted_date,
--   amount_minor, include_in_spend): SELECT c.* FROM (SELECT DISTINCT holder_type, holder_id, currency,
--   date_trunc('month', transacted_date)::DATE AS month_start FROM changed WHERE include_in_spend) c
--   SEMI JOIN (FROM expenses.month_states WHERE month_state = 'unfinished') USING (holder_type, holder_id, month_start)
-- touched by expenses.month_states (holder_type, holder_id, month_start, month_state, held_to, days_elapsed,
--   days_in_month):
--   SELECT s.holder_type, s.holder_id, s.currency, s.month_start
--   FROM (SELECT holder_type, holder_id, currency, month_start FROM expenses.category_sums
--   UNION SELECT holder_type, holder_id, currency, month_start FROM expenses.category_pace) s
--   SEMI JOIN (FROM changed WHERE month_state = 'unfinished') USING (holder_type, holder_id, month_start)
-- touched by expenses.category_sums: nothing, it is felt through expenses.transactions
-- touched by ledger.stream_members (stream_id, transaction_id, holder_type, holder_id, currency, payment_date):
--   SELECT holder_type, holder_id, currency, date_trunc('month', payment_date)::DATE AS month_start FROM changed
-- touched by ledger.streams (stream_id, holder_type, holder_id, currency, kind): SELECT DISTINCT c.holder_type,
--   c.holder_id, c.currency, m.month_start FROM changed c
--   JOIN (FROM expenses.month_states WHERE month_state = 'unfinished') m USING (holder_type, holder_id)
-- input expenses.transactions: SELECT t.* FROM (FROM expenses.transactions WHERE transacted_date >= $since) t
--   SEMI JOIN touched s ON s.holder_type = t.holder_type AND s.holder_id = t.holder_id AND s.currency = t.currency
--   AND s.month_start = date_trunc('month', t.transacted_date)::DATE
-- input expenses.month_states: SELECT m.* FROM expenses.month_states m
--   SEMI JOIN touched USING (holder_type, holder_id, month_start)
-- input ledger.stream_members: SELECT m.* FROM ledger.stream_members m
--   SEMI JOIN touched USING (holder_type, holder_id, currency)
-- input ledger.streams: SELECT s.* FROM ledger.streams s SEMI JOIN touched USING (holder_type, holder_id, currency)
-- personal: nothing from ledger.stream_members.stream_id, equal ones are looked for
-- personal: nothing from ledger.streams.stream_id, equal ones are looked for
-- column holder_type: VARCHAR NOT NULL. Kind of holder: customer or account
-- column holder_id: VARCHAR NOT NULL. Who spends
-- column currency: VARCHAR NOT NULL. Lower-case ISO 4217 currency
-- column month_start: DATE NOT NULL. First day of the month
-- column category: ledger.category NOT NULL. expenses.transactions.spend_category, a code of ledger.categories
-- column fixed_minor: BIGINT. Paid of what recurs, habits apart (ledger.streams), refunds deducted, minor units; null
--   when out of range
-- column pace_minor: BIGINT. fixed_minor, and everything else up to expenses.month_states.held_to, by the day, times
--   the days of the month, rounded half away from zero, minor units; refunds that exceed it are added as they are, as
--   no more are to be expected. Null when out of range
WITH fixed AS (
    SELECT DISTINCT transaction_id FROM ledger.stream_members
    JOIN (SELECT stream_id FROM ledger.streams WHERE kind <> 'habit') USING (stream_id)),
months AS (FROM expenses.month_states WHERE month_state = 'unfinished' AND days_elapsed > 7),
sums AS (
    SELECT t.holder_type, t.holder_id, t.currency, m.month_start, t.spend_category AS category, m.days_elapsed,
        m.days_in_month, coalesce(-sum(t.amount_minor) FILTER (f.transaction_id IS NOT NULL), 0) AS fixed,
        coalesce(-sum(t.amount_minor)
            FILTER (f.transaction_id IS NULL AND t.transacted_date <= m.held_to), 0) AS variable
    FROM (FROM expenses.transactions WHERE include_in_spend) t
    JOIN months m ON m.holder_type = t.holder_type AND m.holder_id = t.holder_id
        AND m.month_start = date_trunc('month', t.transacted_date)::DATE
    LEFT JOIN fixed f ON f.transaction_id = t.transaction_id
    GROUP BY ALL)
SELECT holder_type, holder_id, currency, month_start, category, meta.minor(fixed) AS fixed_minor,
    meta.minor(fixed + CASE WHEN variable > 0 THEN meta.mean_minor(days_elapsed, variable * days_in_month)
        ELSE variable END) AS pace_minor
FROM sums
