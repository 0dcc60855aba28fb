-- model: quality.coverage
-- about: What is known of an account's history, and the gates that its numbers have to pass: an attribute of an account
--   with a failed gate is never OK
-- order: account_key
-- scope: account_key
-- touched by ledger.accounts (account_key, category, coverage_start, coverage_end, plausible_from):
--   SELECT account_key FROM changed
-- touched by ledger.daily_entries (account_key, currency, day, is_plausible, posted_count, inflow_minor, outflow_minor,
--   exact): SELECT account_key FROM changed
-- touched by ledger.transactions (transaction_id, account_key, status, voided_date, amount_minor, currency,
--   transacted_date): SELECT account_key FROM changed WHERE status = 'pending' OR voided_date IS NOT NULL
-- touched by meta.parameters: SELECT t.account_key FROM (FROM ledger.transactions WHERE status = 'pending') t
--   WHERE EXISTS (FROM changed WHERE name = 'as_of_date')
-- input ledger.transactions: SELECT t.* FROM (FROM ledger.transactions WHERE status = 'pending'
--   OR voided_date IS NOT NULL) t SEMI JOIN touched USING (account_key)
-- input meta.parameters: FROM meta.parameters
-- column account_key: VARCHAR NOT NULL. First id of the chain of relinked accounts
-- column coverage_start: DATE. Date of the first row held that is dated plausibly; null without such rows
-- column coverage_end: DATE. Last day for which every row is held; null before the first complete fetch
-- column coverage_basis: VARCHAR. Why it begins there. vendor_limit: about 180 days before it was linked, as much as
--   Stripe gives; first_transaction: later, so the account is new or was not used; earlier: a bank gave more; null
--   without rows
-- column coverage_spans: BIGINT NOT NULL. Spans of days held, with days between them for which rows may be missing
-- column pending_count: BIGINT NOT NULL. Pending rows
-- column stale_pending_count: BIGINT NOT NULL. Those older than ten days on the date of the newest data
-- column void_after_post_count: BIGINT NOT NULL. Rows that had posted before they were voided
-- column sign_gate: VARCHAR NOT NULL. passed: signs agree with texts or balances; failed: they are turned; warning: too
--   little to tell (quality.sign_check)
-- column balance_gate: VARCHAR NOT NULL. passed: a balance was observed; else failed
-- column residual_gate: VARCHAR NOT NULL. passed: the newest two balances are explained by the rows between; failed:
--   they are not, or only with rows that are pending, or they prove nothing (quality.reconciliation: doubtful);
--   warning: there are no two, or rows between them may be missing
-- column currency_gate: VARCHAR NOT NULL. passed: rows have the currency of a balance; failed: some have none; warning:
--   no balance was observed
-- column date_gate: VARCHAR NOT NULL. passed: every posted row is dated plausibly; else failed
-- column amount_gate: VARCHAR. passed: the sizes of its rows add up to less than 10^17 minor units, so that no
--   sum of a holder leaves 64 bits; else failed: an amount is absurd
-- column feed_gate: VARCHAR NOT NULL. warning: in the last four weeks held there is less than a fifth of the posted
--   rows of the four weeks before, which had at least twenty; else passed
-- column failed_gates: VARCHAR[] NOT NULL. Names of the gates that failed, in alphabetical order
WITH entries AS (
    SELECT e.account_key, count(*) FILTER (NOT e.is_plausible AND e.posted_count > 0) AS implausible,
        coalesce(sum(e.posted_count) FILTER (e.day > l.coverage_end - 28 AND e.day <= l.coverage_end), 0) AS recent,
        coalesce(sum(e.posted_count) FILTER (e.day > l.coverage_end - 56 AND e.day <= l.coverage_end - 28), 0)
            AS before,
        coalesce(bool_or(e.exact IS NOT NULL), false)
            OR sum(e.inflow_minor) + sum(e.outflow_minor) >= 100000000000000000 AS is_absurd
    FROM ledger.daily_entries e JOIN ledger.accounts l USING (account_key) GROUP BY e.account_key),
currencies AS (
    SELECT e.account_key, bool_and(n.currency IS NOT NULL) AS is_known
    FROM (SELECT DISTINCT account_key, currency FROM ledger.daily_entries) e
    LEFT JOIN (SELECT DISTINCT account_key, currency FROM ledger.anchors) n USING (account_key, currency)
    GROUP BY e.account_key),
observed AS (SELECT account_key, count(*) AS anchors FROM ledger.anchors GROUP BY account_key),
newest AS (
    SELECT account_key, arg_max(class, (anchor_date, currency)) AS class FROM quality.reconciliation
    GROUP BY account_key),
spans AS (SELECT account_key, count(*) AS spans FROM ledger.coverage GROUP BY account_key),
unsettled AS (
    SELECT t.account_key, count(*) FILTER (t.status = 'pending') AS pending,
        count(*) FILTER (t.status = 'pending' AND t.transacted_date < p.today - 10) AS stale,
        count(t.voided_date) AS voided
    FROM (FROM ledger.transactions WHERE status = 'pending' OR voided_date IS NOT NULL) t
    CROSS JOIN (SELECT value::DATE AS today FROM meta.parameters WHERE name = 'as_of_date') p GROUP BY t.account_key),
judged AS (
    SELECT l.account_key, l.coverage_start, l.coverage_end,
        CASE WHEN l.coverage_start IS NULL THEN NULL
            WHEN l.coverage_start < l.plausible_from::DATE + 730 - 183 THEN 'earlier'
            WHEN l.coverage_start <= l.plausible_from::DATE + 730 - 177 THEN 'vendor_limit'
            ELSE 'first_transaction' END AS coverage_basis,
        coalesce(p.spans, 0) AS coverage_spans, coalesce(u.pending, 0) AS pending_count,
        coalesce(u.stale, 0) AS stale_pending_count, coalesce(u.voided, 0) AS void_after_post_count,
        CASE s.verdict WHEN 'consistent' THEN 'passed' WHEN 'contradicted' THEN 'failed' ELSE 'warning' END
            AS sign_gate,
        CASE WHEN o.anchors > 0 THEN 'passed' ELSE 'failed' END AS balance_gate,
        CASE WHEN n.class IS NULL OR n.class IN ('not_covered', 'out_of_range') THEN 'warning'
            WHEN n.class IN ('proved', 'voided') THEN 'passed' ELSE 'failed' END AS residual_gate,
        CASE WHEN o.anchors IS NULL THEN 'warning' WHEN coalesce(c.is_known, true) THEN 'passed' ELSE 'failed' END
            AS currency_gate,
        CASE WHEN coalesce(e.implausible, 0) = 0 THEN 'passed' ELSE 'failed' END AS date_gate,
        CASE WHEN e.is_absurd THEN 'failed' ELSE 'passed' END AS amount_gate,
        CASE WHEN e.before >= 20 AND 5 * e.recent < e.before THEN 'warning' ELSE 'passed' END AS feed_gate
    FROM ledger.accounts l LEFT JOIN quality.sign_check s USING (account_key)
    LEFT JOIN entries e USING (account_key) LEFT JOIN currencies c USING (account_key)
    LEFT JOIN observed o USING (account_key) LEFT JOIN newest n USING (account_key)
    LEFT JOIN spans p USING (account_key) LEFT JOIN unsettled u USING (account_key))
SELECT *, list_filter([CASE WHEN amount_gate = 'failed' THEN 'amount' END,
        CASE WHEN balance_gate = 'failed' THEN 'balance' END,
        CASE WHEN currency_gate = 'failed' THEN 'currency' END, CASE WHEN date_gate = 'failed' THEN 'date' END,
        CASE WHEN residual_gate = 'failed' THEN 'residual' END, CASE WHEN sign_gate = 'failed' THEN 'sign' END],
    lambda gate: gate IS NOT NULL) AS failed_gates
FROM judged
