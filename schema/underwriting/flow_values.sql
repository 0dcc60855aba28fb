-- model: underwriting.flow_values
-- about: Attributes of flows, income, obligations and spending, before it is judged how far they may be relied on: sums
--   over the complete days of a span, of accounts as they are, and of holders without own transfers and what was given
--   back
-- order: holder_id, holder_type, account_key, currency, window_name, attribute
-- lake: none
-- part: holder_id
-- part bytes: 128
-- scope: holder_type, holder_id
-- input underwriting.windows: FROM underwriting.windows
-- input underwriting.attributes: FROM underwriting.attributes
-- column holder_type: VARCHAR NOT NULL. Kind of holder: customer or account
-- column holder_id: VARCHAR NOT NULL. Whose flows they are
-- column account_key: VARCHAR NOT NULL. Cash account; empty for the holder as a whole
-- column currency: VARCHAR NOT NULL. Lower-case ISO 4217 currency
-- column window_name: VARCHAR NOT NULL. Span of days, see underwriting.windows
-- column attribute: VARCHAR NOT NULL. Name, see underwriting.attributes
-- column value_integer: BIGINT. Money in minor units, or a count; null where value_double is set
-- column value_double: DOUBLE. A ratio or deviation
WITH
-- sums of accounts and of holders are asked for over some spans; of complete months nothing is summed here
spans AS (
    SELECT *, window_name NOT IN ('31_60d', '61_90d') AS of_accounts,
        window_name NOT IN ('7d', '10d', '28d') AS of_holders
    FROM underwriting.windows WHERE window_name NOT IN ('3m', '6m', '12m')),
-- spans overlap: what lies between two borders of any of them, or of a month, is summed once
borders AS (
    SELECT first_day AS piece FROM spans UNION SELECT last_day + 1 FROM spans
    UNION
    SELECT unnest(generate_series(first_day::TIMESTAMP, last_day::TIMESTAMP + INTERVAL 1 DAY, INTERVAL 1 MONTH))::DATE
    FROM underwriting.windows WHERE window_name = '12m'),
pieces AS (
    SELECT d.day, max(b.piece) AS piece
    FROM (SELECT DISTINCT day FROM underwriting.flow_days) d JOIN borders b ON b.piece <= d.day GROUP BY d.day),
window_pieces AS (
    SELECT b.piece, w.window_name, w.of_accounts, w.of_holders
    FROM borders b JOIN spans w ON b.piece BETWEEN w.first_day AND w.last_day),
accounts AS (
    SELECT holder_type, holder_id, account_key, currency, window_name,
        sum(in_minor) AS flow_in_gross_minor, sum(out_minor) AS flow_out_gross_minor,
        sum(in_count) AS flow_in_count, sum(out_count) AS flow_out_count
    FROM (
        SELECT holder_type, holder_id, account_key, currency, piece, sum(in_minor) AS in_minor,
            sum(out_minor) AS out_minor, sum(in_count) AS in_count, sum(out_count) AS out_count
        FROM (FROM underwriting.flow_days WHERE is_cash) JOIN pieces USING (day) GROUP BY ALL)
    JOIN (FROM window_pieces WHERE of_accounts) USING (piece) GROUP BY ALL),
placed AS NOT MATERIALIZED (SELECT f.*, p.piece FROM underwriting.flow_days f JOIN pieces p USING (day)),
-- what all rows are asked for, and what only the few rows of some kinds are
all_pieces AS (
    SELECT holder_type, holder_id, currency, piece,
        sum(ledger.flow_in(treatment, is_cash, in_minor, out_minor)) AS flow_in_minor,
        sum(ledger.flow_out(treatment, is_cash, in_minor, out_minor)) AS flow_out_minor,
        sum(in_minor) FILTER (is_cash AND treatment IN ('income', 'revenue')) AS income_all_minor,
        sum(out_minor) FILTER (need = 'E' AND treatment IN ('expense', 'debt_service')) AS flow_essential_out_minor,
        sum(out_minor) FILTER (need = 'D' AND treatment IN ('expense', 'debt_service'))
            AS flow_discretionary_out_minor,
        sum(coalesce(in_minor, 0)::HUGEINT + coalesce(out_minor, 0)) FILTER (category = 'other.unknown') AS unknown,
        sum(coalesce(in_minor, 0)::HUGEINT + coalesce(out_minor, 0)) AS everything,
        sum(round_in_count) FILTER (category NOT IN ('income.payroll', 'adj.balance_correction')) AS round_in,
        sum(in_count) FILTER (category NOT IN ('income.payroll', 'adj.balance_correction')) AS other_in
    FROM placed GROUP BY holder_type, holder_id, currency, piece),
some_pieces AS (
    SELECT holder_type, holder_id, currency, piece,
        sum(in_minor) FILTER (is_cash AND category = 'income.payroll') AS income_payroll_minor,
        sum(in_minor) FILTER (is_cash AND starts_with(category, 'income.ben_')) AS income_benefit_minor,
        sum(in_minor) FILTER (is_cash AND category = 'income.pension') AS income_pension_minor,
        sum(in_minor) FILTER (is_cash AND category = 'income.support') AS income_support_minor,
        sum(in_minor) FILTER (is_cash AND category = 'income.gig') AS income_gig_minor,
        sum(in_minor) FILTER (is_cash AND category = 'income.tax_refund') AS income_tax_refund_minor,
        sum(in_minor) FILTER (is_cash AND treatment = 'income_nonrecurring') AS income_nonrecurring_minor,
        sum(in_minor) FILTER (is_cash AND category = 'xfer.p2p_in') AS flow_p2p_in_minor,
        sum(out_minor) FILTER (category = 'xfer.p2p_out') AS flow_p2p_out_minor,
        sum(out_minor) FILTER (category = 'xfer.cash_withdrawal') AS flow_cash_out_minor,
        sum(out_minor) FILTER (category = 'fun.gambling') AS flow_gambling_out_minor,
        sum(in_minor) FILTER (category = 'fun.gambling') AS flow_gambling_in_minor,
        sum(in_count) FILTER (starts_with(category, 'fin_in.')) AS obligation_proceeds_count,
        sum(in_minor) FILTER (starts_with(category, 'fin_in.')) AS obligation_proceeds_minor,
        sum(in_count) FILTER (category = 'fin_in.ewa') AS obligation_ewa_count,
        sum(in_minor) FILTER (category = 'fin_in.ewa') AS obligation_ewa_minor,
        sum(out_count) FILTER (category = 'fin_out.bnpl') AS obligation_bnpl_count,
        sum(out_minor) FILTER (category = 'fin_out.bnpl') AS obligation_bnpl_minor,
        sum(out_minor) FILTER (category = 'fin_out.card_external') AS obligation_card_external_minor,
        sum(out_minor) FILTER (category = 'fin_out.collections') AS obligation_collections_minor,
        sum(out_count) FILTER (category IN ('fee.nsf', 'fee.overdraft', 'fee.overdraft_extended'))
            AS distress_fee_count,
        sum(out_minor) FILTER (category IN ('fee.nsf', 'fee.overdraft', 'fee.overdraft_extended'))
            AS distress_fee_minor,
        sum(out_count) FILTER (category = 'fee.late') AS distress_late_fee_count,
        sum(out_count) FILTER (category = 'fee.cash_advance') AS distress_cash_advance_fee_count
    FROM placed
    WHERE split_part(category, '.', 1) IN ('income', 'xfer', 'fun', 'fin_in', 'fin_out', 'fee')
        OR treatment = 'income_nonrecurring'
    GROUP BY holder_type, holder_id, currency, piece),
holder_pieces AS (FROM all_pieces LEFT JOIN some_pieces USING (holder_type, holder_id, currency, piece)),
holders AS (
    SELECT holder_type, holder_id, '' AS account_key, currency, window_name,
        coalesce(sum(flow_in_minor), 0) AS flow_in_net_minor,
        coalesce(sum(flow_out_minor), 0) AS flow_out_net_minor,
        flow_in_net_minor - flow_out_net_minor AS flow_net_minor,
        sum(income_all_minor) AS income_all_minor, sum(income_payroll_minor) AS income_payroll_minor,
        sum(income_benefit_minor) AS income_benefit_minor, sum(income_pension_minor) AS income_pension_minor,
        sum(income_support_minor) AS income_support_minor, sum(income_gig_minor) AS income_gig_minor,
        sum(income_tax_refund_minor) AS income_tax_refund_minor,
        sum(income_nonrecurring_minor) AS income_nonrecurring_minor,
        sum(flow_essential_out_minor) AS flow_essential_out_minor,
        sum(flow_discretionary_out_minor) AS flow_discretionary_out_minor,
        sum(flow_p2p_in_minor) AS flow_p2p_in_minor, sum(flow_p2p_out_minor) AS flow_p2p_out_minor,
        sum(flow_cash_out_minor) AS flow_cash_out_minor, sum(flow_gambling_out_minor) AS flow_gambling_out_minor,
        sum(flow_gambling_in_minor) AS flow_gambling_in_minor, sum(unknown) AS unknown, sum(everything) AS everything,
        sum(obligation_proceeds_count) AS obligation_proceeds_count,
        sum(obligation_proceeds_minor) AS obligation_proceeds_minor,
        sum(obligation_ewa_count) AS obligation_ewa_count, sum(obligation_ewa_minor) AS obligation_ewa_minor,
        sum(obligation_bnpl_count) AS obligation_bnpl_count, sum(obligation_bnpl_minor) AS obligation_bnpl_minor,
        sum(obligation_card_external_minor) AS obligation_card_external_minor,
        sum(obligation_collections_minor) AS obligation_collections_minor,
        sum(distress_fee_count) AS distress_fee_count, sum(distress_fee_minor) AS distress_fee_minor,
        sum(distress_late_fee_count) AS distress_late_fee_count,
        sum(distress_cash_advance_fee_count) AS distress_cash_advance_fee_count, sum(round_in) AS round_in,
        sum(other_in) AS other_in
    FROM holder_pieces JOIN (FROM window_pieces WHERE of_holders) USING (piece)
    GROUP BY holder_type, holder_id, currency, window_name),
-- a span in which nothing moved has true zeros
filled AS (
    SELECT c.holder_type, c.holder_id, c.account_key, c.currency, c.window_name,
        meta.minor(coalesce(flow_in_net_minor, 0)) AS flow_in_net_minor,
        meta.minor(coalesce(flow_out_net_minor, 0)) AS flow_out_net_minor,
        meta.minor(coalesce(flow_net_minor, 0)) AS flow_net_minor,
        meta.minor(coalesce(income_all_minor, 0)) AS income_all_minor,
        meta.minor(coalesce(income_payroll_minor, 0)) AS income_payroll_minor,
        meta.minor(coalesce(income_benefit_minor, 0)) AS income_benefit_minor,
        meta.minor(coalesce(income_pension_minor, 0)) AS income_pension_minor,
        meta.minor(coalesce(income_support_minor, 0)) AS income_support_minor,
        meta.minor(coalesce(income_gig_minor, 0)) AS income_gig_minor,
        meta.minor(coalesce(income_tax_refund_minor, 0)) AS income_tax_refund_minor,
        meta.minor(coalesce(income_nonrecurring_minor, 0)) AS income_nonrecurring_minor,
        meta.minor(coalesce(flow_essential_out_minor, 0)) AS flow_essential_out_minor,
        meta.minor(coalesce(flow_discretionary_out_minor, 0)) AS flow_discretionary_out_minor,
        meta.minor(coalesce(flow_p2p_in_minor, 0)) AS flow_p2p_in_minor,
        meta.minor(coalesce(flow_p2p_out_minor, 0)) AS flow_p2p_out_minor,
        meta.minor(coalesce(flow_cash_out_minor, 0)) AS flow_cash_out_minor,
        meta.minor(coalesce(flow_gambling_out_minor, 0)) AS flow_gambling_out_minor,
        meta.minor(coalesce(flow_gambling_in_minor, 0)) AS flow_gambling_in_minor,
        meta.minor(coalesce(obligation_proceeds_count, 0)) AS obligation_proceeds_count,
        meta.minor(coalesce(obligation_proceeds_minor, 0)) AS obligation_proceeds_minor,
        meta.minor(coalesce(obligation_ewa_count, 0)) AS obligation_ewa_count,
        meta.minor(coalesce(obligation_ewa_minor, 0)) AS obligation_ewa_minor,
        meta.minor(coalesce(obligation_bnpl_count, 0)) AS obligation_bnpl_count,
        meta.minor(coalesce(obligation_bnpl_minor, 0)) AS obligation_bnpl_minor,
        meta.minor(coalesce(obligation_card_external_minor, 0)) AS obligation_card_external_minor,
        meta.minor(coalesce(obligation_collections_minor, 0)) AS obligation_collections_minor,
        meta.minor(coalesce(distress_fee_count, 0)) AS distress_fee_count,
        meta.minor(coalesce(distress_fee_minor, 0)) AS distress_fee_minor,
        meta.minor(coalesce(distress_late_fee_count, 0)) AS distress_late_fee_count,
        meta.minor(coalesce(distress_cash_advance_fee_count, 0)) AS distress_cash_advance_fee_count
    FROM (FROM underwriting.subject_windows SEMI JOIN (FROM spans WHERE of_holders) USING (window_name)
        WHERE account_key = '') c
    LEFT JOIN holders USING (holder_type, holder_id, account_key, currency, window_name)),
gross AS (
    SELECT c.holder_type, c.holder_id, c.account_key, c.currency, c.window_name,
        meta.minor(coalesce(flow_in_gross_minor, 0)) AS flow_in_gross_minor,
        meta.minor(coalesce(flow_out_gross_minor, 0)) AS flow_out_gross_minor,
        meta.minor(coalesce(flow_in_count, 0)) AS flow_in_count,
        meta.minor(coalesce(flow_out_count, 0)) AS flow_out_count,
        CASE WHEN flow_in_count > 0 THEN meta.mean_minor(flow_in_count, flow_in_gross_minor) END AS flow_in_avg_minor,
        CASE WHEN flow_out_count > 0 THEN meta.mean_minor(flow_out_count, flow_out_gross_minor) END
            AS flow_out_avg_minor
    FROM (FROM underwriting.subject_windows SEMI JOIN (FROM spans WHERE of_accounts) USING (window_name)
        WHERE account_key <> '') c
    LEFT JOIN accounts USING (holder_type, holder_id, account_key, currency, window_name)),
shares AS (
    SELECT holder_type, holder_id, account_key, currency, window_name,
        meta.share(coalesce(unknown, 0), everything) AS flow_unknown_share,
        meta.share(round_in, other_in) AS flow_round_amount_share,
        meta.share(coalesce(flow_cash_out_minor, 0), flow_out_net_minor) AS flow_cash_share,
        meta.share(coalesce(flow_gambling_out_minor, 0), q.minor) AS flow_gambling_income_ratio
    FROM holders LEFT JOIN (SELECT holder_type, holder_id, currency, window_name, value_integer AS minor
        FROM underwriting.income_values WHERE attribute = 'income_qualified_minor') q
        USING (holder_type, holder_id, currency, window_name)),
-- complete calendar months, at least three
months AS (
    SELECT holder_type, holder_id, currency, date_trunc('month', piece)::DATE AS month,
        coalesce(sum(flow_in_minor), 0) AS money_in, coalesce(sum(flow_out_minor), 0) AS money_out,
        coalesce(sum(income_all_minor), 0) AS income
    FROM holder_pieces GROUP BY ALL),
all_months AS (
    SELECT c.holder_type, c.holder_id, c.currency, c.window_name,
        unnest(generate_series(w.first_day, w.last_day, INTERVAL 1 MONTH))::DATE AS month
    FROM (FROM underwriting.subject_windows WHERE account_key = '' AND window_name IN ('3m', '6m', '12m')) c
    JOIN underwriting.windows w USING (window_name)),
monthly AS (
    SELECT a.holder_type, a.holder_id, '' AS account_key, a.currency, a.window_name, count(*) AS n,
        sum(coalesce(m.money_in, 0)) AS ins, meta.sum_of_squares(coalesce(m.money_in, 0)) AS in_squares,
        sum(coalesce(m.money_out, 0)) AS outs, meta.sum_of_squares(coalesce(m.money_out, 0)) AS out_squares,
        sum(coalesce(m.income, 0)) AS incomes, meta.sum_of_squares(coalesce(m.income, 0)) AS income_squares,
        count(*) FILTER (m.money_in > m.money_out) AS positive
    FROM all_months a LEFT JOIN months m USING (holder_type, holder_id, currency, month)
    GROUP BY a.holder_type, a.holder_id, a.currency, a.window_name),
month_integers AS (
    UNPIVOT (
        SELECT holder_type, holder_id, account_key, currency, window_name, meta.mean_minor(n, ins)
            AS flow_in_month_avg_minor, meta.mean_minor(n, outs) AS flow_out_month_avg_minor,
            meta.mean_minor(n, incomes) AS income_month_avg_minor, positive AS flow_net_positive_months_count
        FROM monthly)
    ON COLUMNS('^(flow|income)_') INTO NAME attribute VALUE value_integer),
month_doubles AS (
    UNPIVOT (
        SELECT holder_type, holder_id, account_key, currency, window_name, meta.sd(n, ins, in_squares)
                AS flow_in_month_sd, meta.sd(n, outs, out_squares) AS flow_out_month_sd,
            CASE WHEN ins > 0 THEN meta.sd(n, ins, in_squares) * n / ins::DOUBLE END AS flow_in_month_cv,
            CASE WHEN outs > 0 THEN meta.sd(n, outs, out_squares) * n / outs::DOUBLE END AS flow_out_month_cv,
            CASE WHEN incomes > 0 THEN meta.sd(n, incomes, income_squares) * n / incomes::DOUBLE END AS income_month_cv
        FROM monthly)
    ON COLUMNS('_(cv|sd)$') INTO NAME attribute VALUE value_double)
FROM (
    SELECT holder_type, holder_id, account_key, currency, window_name, attribute, value_integer,
        NULL::DOUBLE AS value_double
    FROM (UNPIVOT filled ON COLUMNS('^(flow|income|obligation|distress)_') INTO NAME attribute VALUE value_integer)
    UNION ALL
    SELECT holder_type, holder_id, account_key, currency, window_name, attribute, value_integer, NULL
    FROM (UNPIVOT gross ON COLUMNS('^flow_') INTO NAME attribute VALUE value_integer)
    UNION ALL
    SELECT holder_type, holder_id, account_key, currency, window_name, attribute, NULL, value_double
    FROM (UNPIVOT shares ON COLUMNS('^flow_') INTO NAME attribute VALUE value_double)
    UNION ALL
    SELECT holder_type, holder_id, account_key, currency, window_name, attribute, value_integer, NULL
    FROM month_integers
    UNION ALL
    SELECT holder_type, holder_id, account_key, currency, window_name, attribute, NULL, value_double FROM month_doubles)
SEMI JOIN (SELECT attribute, unnest(windows) AS window_name FROM underwriting.attributes) USING (attribute, window_name)
