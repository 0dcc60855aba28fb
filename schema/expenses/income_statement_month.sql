-- model: expenses.income_statement_month
-- about: What came in, was spent and was left of a holder's month: every posted row is in one of the lines, so that
--   net_minor is their sum
-- order: holder_type, holder_id, currency, month
-- part: holder_type, holder_id
-- scope: holder_type, holder_id, currency, month_start
-- touched by expenses.month_states (holder_type, holder_id, month_start, month_state): SELECT s.holder_type,
--   s.holder_id, s.currency, s.month_start FROM (SELECT holder_type, holder_id, currency, month_start
--   FROM expenses.category_sums UNION SELECT holder_type, holder_id, currency, month_start
--   FROM expenses.not_spent_month) s SEMI JOIN changed USING (holder_type, holder_id, month_start)
-- touched by ledger.categories: nothing, they come with the program
-- input expenses.month_states: SELECT m.* FROM expenses.month_states m
--   SEMI JOIN touched USING (holder_type, holder_id, month_start)
-- input ledger.categories: FROM ledger.categories
-- column holder_type: VARCHAR NOT NULL. Kind of holder: customer or account
-- column holder_id: VARCHAR NOT NULL. Whose month it is
-- column currency: VARCHAR NOT NULL. Lower-case ISO 4217 currency
-- column month: VARCHAR NOT NULL. Calendar month of transacted_date, YYYY-MM
-- column month_state: VARCHAR NOT NULL. complete, unfinished, begins, gap, unreconciled, unheld or not_covered, see
--   expenses.category_month
-- column is_partial: BOOLEAN NOT NULL. Whether it is not complete, so that sums may grow
-- column income_minor: BIGINT. Wages, benefits, interest and revenue, less what was paid back of it, minor units; all
--   sums are null when one of them is out of range
-- column other_income_minor: BIGINT. Income that does not come again, as tax refunds, minor units
-- column essential_minor: BIGINT. Spent on what is needed, refunds deducted, minor units
-- column discretionary_minor: BIGINT. Spent on what is not, refunds deducted, minor units
-- column neither_minor: BIGINT. Spent in cash and by check, minor units
-- column unknown_minor: BIGINT. Spent on what no rule knows, minor units
-- column debt_service_minor: BIGINT. Paid to lenders, and to cards that are not linked, minor units
-- column fee_minor: BIGINT. Fees and interest of banks, less what they gave back, minor units
-- column other_refund_minor: BIGINT. Refunds of sellers that are not known, and disputes, minor units
-- column spending_minor: BIGINT. All that counts as spending: the five sums before fee_minor, and it, less
--   other_refund_minor; net_minor of expenses.category_month
-- column saved_minor: BIGINT. Moved to savings, investments and crypto that are not linked, less what came from there,
--   minor units
-- column financing_minor: BIGINT. Loans and capital that came in, less what owners took out and taxes passed on
-- column unresolved_in_minor: BIGINT. Money in that a rule or a person has to decide, minor units
-- column unresolved_out_minor: BIGINT. Money out of this kind, without sign, minor units
-- column moved_minor: BIGINT. In less out of what was moved between the holder's own accounts and cards, or came back;
--   not 0 where only one side is linked, or came in the other month
-- column not_counted_minor: BIGINT. In less out of rows that another row stands for, and of accounts that are neither
--   cash nor cards
-- column net_minor: BIGINT. In less out of all posted rows, minor units
-- column left_minor: BIGINT. income_minor and other_income_minor less spending_minor, minor units
-- column savings_rate_per_mille: BIGINT. left_minor of that income, in thousandths, rounded half away from zero; null
--   without income, or out of range
-- column transaction_count: BIGINT NOT NULL. All posted rows
-- column value_state: VARCHAR NOT NULL. in_range, or out_of_range when a sum leaves 64 bits
-- column month_start: DATE NOT NULL. First day of the month
WITH lines AS (
    SELECT s.holder_type, s.holder_id, s.currency, s.month_start,
        CASE WHEN c.code LIKE 'fee.%' OR c.code = 'adj.fee_reversal' THEN 'fee'
            WHEN c.treatment = 'debt_service' THEN 'debt_service' WHEN c.code = 'other.unknown' THEN 'unknown'
            WHEN c.treatment = 'expense' THEN c.need ELSE 'other_refund' END AS line,
        -s.net_minor::HUGEINT AS net, 0::HUGEINT AS money_in, 0::HUGEINT AS money_out,
        s.transaction_count AS n
    FROM expenses.category_sums s JOIN ledger.categories c ON c.code = s.category
    UNION ALL
    SELECT s.holder_type, s.holder_id, s.currency, s.month_start,
        CASE WHEN s.reason IN ('counted_elsewhere', 'other_account', 'zero', 'no_holder') THEN 'not_counted'
            WHEN s.reason IN ('own_transfer', 'card_payment', 'card_payment_elsewhere', 'reversed') THEN 'moved'
            WHEN c.treatment IN ('income', 'revenue', 'contra_revenue') THEN 'income'
            WHEN c.treatment = 'income_nonrecurring' THEN 'other_income'
            WHEN c.treatment IN ('financing', 'equity', 'pass_through') THEN 'financing'
            WHEN regexp_matches(c.code, '^xfer[.](savings|investment|crypto)_') THEN 'saved'
            WHEN c.treatment IN ('exclude', 'contra_flow') THEN 'moved' ELSE 'unresolved' END,
        s.in_minor::HUGEINT - s.out_minor, s.in_minor, s.out_minor, s.transaction_count
    FROM expenses.not_spent_month s JOIN ledger.categories c ON c.code = s.category),
sums AS (
    SELECT holder_type, holder_id, currency, month_start, count(*) = count(net) AS is_known, sum(n)::BIGINT AS n,
        sum(net) AS net,
        coalesce(sum(net) FILTER (line = 'income'), 0) AS income,
        coalesce(sum(net) FILTER (line = 'other_income'), 0) AS other_income,
        coalesce(-sum(net) FILTER (line = 'E'), 0) AS essential,
        coalesce(-sum(net) FILTER (line = 'D'), 0) AS discretionary,
        coalesce(-sum(net) FILTER (line = 'N'), 0) AS neither,
        coalesce(-sum(net) FILTER (line = 'unknown'), 0) AS unknown,
        coalesce(-sum(net) FILTER (line = 'debt_service'), 0) AS debt_service,
        coalesce(-sum(net) FILTER (line = 'fee'), 0) AS fee,
        coalesce(sum(net) FILTER (line = 'other_refund'), 0) AS other_refund,
        coalesce(-sum(net) FILTER (line = 'saved'), 0) AS saved,
        coalesce(sum(net) FILTER (line = 'financing'), 0) AS financing,
        coalesce(sum(net) FILTER (line = 'moved'), 0) AS moved,
        coalesce(sum(net) FILTER (line = 'not_counted'), 0) AS not_counted,
        coalesce(sum(money_in) FILTER (line = 'unresolved'), 0) AS unresolved_in,
        coalesce(sum(money_out) FILTER (line = 'unresolved'), 0) AS unresolved_out
    FROM lines GROUP BY ALL),
totals AS (
    SELECT *, essential + discretionary + neither + unknown + debt_service + fee - other_refund AS spending,
        income + other_income AS earned, earned - spending AS kept FROM sums),
-- all or nothing: a sum without one of its parts would be another sum
ranged AS (
    SELECT *, is_known AND least(income, other_income, essential, discretionary, neither, unknown, debt_service, fee,
            other_refund, spending, saved, financing, unresolved_in, unresolved_out, moved, not_counted, net, kept)
            >= -9223372036854775808
        AND greatest(income, other_income, essential, discretionary, neither, unknown, debt_service, fee, other_refund,
            spending, saved, financing, unresolved_in, unresolved_out, moved, not_counted, net, kept)
            <= 9223372036854775807 AS is_in_range
    FROM totals)
SELECT r.holder_type, r.holder_id, r.currency, strftime(r.month_start, '%Y-%m') AS month,
    coalesce(m.month_state, 'not_covered') AS month_state, m.month_state IS DISTINCT FROM 'complete' AS is_partial,
    CASE WHEN r.is_in_range THEN meta.minor(r.income) END AS income_minor,
    CASE WHEN r.is_in_range THEN meta.minor(r.other_income) END AS other_income_minor,
    CASE WHEN r.is_in_range THEN meta.minor(r.essential) END AS essential_minor,
    CASE WHEN r.is_in_range THEN meta.minor(r.discretionary) END AS discretionary_minor,
    CASE WHEN r.is_in_range THEN meta.minor(r.neither) END AS neither_minor,
    CASE WHEN r.is_in_range THEN meta.minor(r.unknown) END AS unknown_minor,
    CASE WHEN r.is_in_range THEN meta.minor(r.debt_service) END AS debt_service_minor,
    CASE WHEN r.is_in_range THEN meta.minor(r.fee) END AS fee_minor,
    CASE WHEN r.is_in_range THEN meta.minor(r.other_refund) END AS other_refund_minor,
    CASE WHEN r.is_in_range THEN meta.minor(r.spending) END AS spending_minor,
    CASE WHEN r.is_in_range THEN meta.minor(r.saved) END AS saved_minor,
    CASE WHEN r.is_in_range THEN meta.minor(r.financing) END AS financing_minor,
    CASE WHEN r.is_in_range THEN meta.minor(r.unresolved_in) END AS unresolved_in_minor,
    CASE WHEN r.is_in_range THEN meta.minor(r.unresolved_out) END AS unresolved_out_minor,
    CASE WHEN r.is_in_range THEN meta.minor(r.moved) END AS moved_minor,
    CASE WHEN r.is_in_range THEN meta.minor(r.not_counted) END AS not_counted_minor,
    CASE WHEN r.is_in_range THEN meta.minor(r.net) END AS net_minor,
    CASE WHEN r.is_in_range THEN meta.minor(r.kept) END AS left_minor,
    CASE WHEN r.is_in_range AND r.earned > 0 THEN meta.mean_minor(r.earned, 1000 * r.kept) END
        AS savings_rate_per_mille,
    r.n AS transaction_count, CASE WHEN r.is_in_range THEN 'in_range' ELSE 'out_of_range' END AS value_state,
    r.month_start
FROM ranged r LEFT JOIN expenses.month_states m USING (holder_type, holder_id, month_start)
