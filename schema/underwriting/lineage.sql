-- What an attribute was computed from, row by row and day by day, so that a reader can compute it again.

-- Which rows an attribute of flows adds up, and how: those on a side whose treatment is of a kind and whose category
-- fits a pattern, if there is one. part: value, over where it is a share of something, or read where amounts do not add
-- up to the value. A grain is A for accounts, H for holders. A name that is not here has every row that its kind of
-- attribute reads, as part read.
CREATE OR REPLACE MACRO underwriting.lineage_terms() AS TABLE
SELECT attribute, part, grain, unit, side, sign, kind, pattern, need FROM (VALUES
    ('flow_in_gross_minor', 'value', 'A', 'minor', 'in', 1, 'all', NULL, NULL),
    ('flow_out_gross_minor', 'value', 'A', 'minor', 'out', 1, 'all', NULL, NULL),
    ('flow_in_count', 'value', 'A', 'count', 'in', 1, 'all', NULL, NULL),
    ('flow_out_count', 'value', 'A', 'count', 'out', 1, 'all', NULL, NULL),
    ('flow_in_net_minor', 'value', 'H', 'minor', 'in', 1, 'plain', NULL, NULL),
    ('flow_in_net_minor', 'value', 'H', 'minor', 'out', -1, 'came_back', NULL, NULL),
    ('flow_in_month_avg_minor', 'value', 'H', 'minor', 'in', 1, 'plain', NULL, NULL),
    ('flow_in_month_avg_minor', 'value', 'H', 'minor', 'out', -1, 'came_back', NULL, NULL),
    ('flow_in_month_cv', 'value', 'H', 'minor', 'in', 1, 'plain', NULL, NULL),
    ('flow_in_month_cv', 'value', 'H', 'minor', 'out', -1, 'came_back', NULL, NULL),
    ('flow_in_month_sd', 'value', 'H', 'minor', 'in', 1, 'plain', NULL, NULL),
    ('flow_in_month_sd', 'value', 'H', 'minor', 'out', -1, 'came_back', NULL, NULL),
    ('flow_out_net_minor', 'value', 'H', 'minor', 'out', 1, 'flow', NULL, NULL),
    ('flow_out_net_minor', 'value', 'H', 'minor', 'in', -1, 'contra', NULL, NULL),
    ('flow_out_month_avg_minor', 'value', 'H', 'minor', 'out', 1, 'flow', NULL, NULL),
    ('flow_out_month_avg_minor', 'value', 'H', 'minor', 'in', -1, 'contra', NULL, NULL),
    ('flow_out_month_cv', 'value', 'H', 'minor', 'out', 1, 'flow', NULL, NULL),
    ('flow_out_month_cv', 'value', 'H', 'minor', 'in', -1, 'contra', NULL, NULL),
    ('flow_out_month_sd', 'value', 'H', 'minor', 'out', 1, 'flow', NULL, NULL),
    ('flow_out_month_sd', 'value', 'H', 'minor', 'in', -1, 'contra', NULL, NULL),
    ('flow_net_minor', 'value', 'H', 'minor', 'in', 1, 'net', NULL, NULL),
    ('flow_net_minor', 'value', 'H', 'minor', 'out', -1, 'net', NULL, NULL),
    ('flow_net_positive_months_count', 'value', 'H', 'minor', 'in', 1, 'net', NULL, NULL),
    ('flow_net_positive_months_count', 'value', 'H', 'minor', 'out', -1, 'net', NULL, NULL),
    ('flow_essential_out_minor', 'value', 'H', 'minor', 'out', 1, 'spending', NULL, 'E'),
    ('flow_discretionary_out_minor', 'value', 'H', 'minor', 'out', 1, 'spending', NULL, 'D'),
    ('flow_p2p_in_minor', 'value', 'H', 'minor', 'in', 1, 'cash', 'xfer.p2p_in', NULL),
    ('flow_p2p_out_minor', 'value', 'H', 'minor', 'out', 1, 'all', 'xfer.p2p_out', NULL),
    ('flow_cash_out_minor', 'value', 'H', 'minor', 'out', 1, 'all', 'xfer.cash_withdrawal', NULL),
    ('flow_cash_share', 'value', 'H', 'minor', 'out', 1, 'all', 'xfer.cash_withdrawal', NULL),
    ('flow_cash_share', 'over', 'H', 'minor', 'out', 1, 'flow', NULL, NULL),
    ('flow_cash_share', 'over', 'H', 'minor', 'in', -1, 'contra', NULL, NULL),
    ('flow_gambling_in_minor', 'value', 'H', 'minor', 'in', 1, 'all', 'fun.gambling', NULL),
    ('flow_gambling_out_minor', 'value', 'H', 'minor', 'out', 1, 'all', 'fun.gambling', NULL),
    ('flow_gambling_income_ratio', 'value', 'H', 'minor', 'out', 1, 'all', 'fun.gambling', NULL),
    ('flow_gambling_income_ratio', 'over', 'H', 'minor', 'in', 1, 'qualified', NULL, NULL),
    ('flow_unknown_share', 'value', 'H', 'minor', 'in', 1, 'all', 'other.unknown', NULL),
    ('flow_unknown_share', 'value', 'H', 'minor', 'out', 1, 'all', 'other.unknown', NULL),
    ('flow_unknown_share', 'over', 'H', 'minor', 'in', 1, 'all', NULL, NULL),
    ('flow_unknown_share', 'over', 'H', 'minor', 'out', 1, 'all', NULL, NULL),
    ('flow_round_amount_share', 'value', 'H', 'count', 'in', 1, 'round', NULL, NULL),
    ('flow_round_amount_share', 'over', 'H', 'count', 'in', 1, 'no_wage', NULL, NULL),
    ('income_all_minor', 'value', 'H', 'minor', 'in', 1, 'income', NULL, NULL),
    ('income_month_avg_minor', 'value', 'H', 'minor', 'in', 1, 'income', NULL, NULL),
    ('income_month_cv', 'value', 'H', 'minor', 'in', 1, 'income', NULL, NULL),
    ('income_qualified_minor', 'value', 'H', 'minor', 'in', 1, 'qualified', NULL, NULL),
    ('income_payroll_minor', 'value', 'H', 'minor', 'in', 1, 'cash', 'income.payroll', NULL),
    ('income_benefit_minor', 'value', 'H', 'minor', 'in', 1, 'cash', 'income.ben_*', NULL),
    ('income_pension_minor', 'value', 'H', 'minor', 'in', 1, 'cash', 'income.pension', NULL),
    ('income_support_minor', 'value', 'H', 'minor', 'in', 1, 'cash', 'income.support', NULL),
    ('income_gig_minor', 'value', 'H', 'minor', 'in', 1, 'cash', 'income.gig', NULL),
    ('income_tax_refund_minor', 'value', 'H', 'minor', 'in', 1, 'cash', 'income.tax_refund', NULL),
    ('income_nonrecurring_minor', 'value', 'H', 'minor', 'in', 1, 'nonrecurring', NULL, NULL),
    ('obligation_debt_service_minor', 'value', 'H', 'minor', 'out', 1, 'debt_service', NULL, NULL),
    ('obligation_debt_service_ratio', 'value', 'H', 'minor', 'out', 1, 'debt_service', NULL, NULL),
    ('obligation_debt_service_ratio', 'over', 'H', 'minor', 'in', 1, 'qualified', NULL, NULL),
    ('obligation_proceeds_count', 'value', 'H', 'count', 'in', 1, 'all', 'fin_in.*', NULL),
    ('obligation_proceeds_minor', 'value', 'H', 'minor', 'in', 1, 'all', 'fin_in.*', NULL),
    ('obligation_ewa_count', 'value', 'H', 'count', 'in', 1, 'all', 'fin_in.ewa', NULL),
    ('obligation_ewa_minor', 'value', 'H', 'minor', 'in', 1, 'all', 'fin_in.ewa', NULL),
    ('obligation_bnpl_count', 'value', 'H', 'count', 'out', 1, 'all', 'fin_out.bnpl', NULL),
    ('obligation_bnpl_minor', 'value', 'H', 'minor', 'out', 1, 'all', 'fin_out.bnpl', NULL),
    ('obligation_card_external_minor', 'value', 'H', 'minor', 'out', 1, 'all', 'fin_out.card_external', NULL),
    ('obligation_card_payment_pattern', 'read', 'H', 'minor', 'in', 1, 'all', 'xfer.own_card_payment', NULL),
    ('obligation_collections_minor', 'value', 'H', 'minor', 'out', 1, 'all', 'fin_out.collections', NULL),
    ('distress_fee_count', 'value', 'AH', 'count', 'out', 1, 'all', 'fee.nsf', NULL),
    ('distress_fee_count', 'value', 'AH', 'count', 'out', 1, 'all', 'fee.overdraft', NULL),
    ('distress_fee_count', 'value', 'AH', 'count', 'out', 1, 'all', 'fee.overdraft_extended', NULL),
    ('distress_fee_minor', 'value', 'AH', 'minor', 'out', 1, 'all', 'fee.nsf', NULL),
    ('distress_fee_minor', 'value', 'AH', 'minor', 'out', 1, 'all', 'fee.overdraft', NULL),
    ('distress_fee_minor', 'value', 'AH', 'minor', 'out', 1, 'all', 'fee.overdraft_extended', NULL),
    ('distress_late_fee_count', 'value', 'H', 'count', 'out', 1, 'all', 'fee.late', NULL),
    ('distress_cash_advance_fee_count', 'value', 'H', 'count', 'out', 1, 'all', 'fee.cash_advance', NULL),
    ('distress_overdraft_days', 'value', 'AH', 'count', 'out', 1, 'cash', 'fee.overdraft*', NULL),
    ('distress_nsf_days', 'value', 'AH', 'count', 'out', 1, 'cash', 'fee.nsf', NULL),
    ('distress_extended_overdraft_count', 'value', 'AH', 'count', 'out', 1, 'cash', 'fee.overdraft_extended', NULL),
    ('distress_returned_deposit_count', 'value', 'AH', 'count', 'out', 1, 'cash', 'adj.returned_deposit', NULL),
    ('obligation_debt_service_month_avg_minor', 'value', 'H', 'minor', 'out', 1, 'debt_service', NULL, NULL),
    ('coverage_missing_account_minor', 'value', 'H', 'minor', 'any', 1, 'all', 'xfer.own_unlinked_*', NULL),
    ('coverage_transaction_count', 'value', 'AH', 'count', 'any', 1, 'posted', NULL, NULL),
    ('coverage_active_days', 'value', 'AH', 'count', 'any', 1, 'posted', NULL, NULL),
    ('flow_weekend_post_share', 'value', 'A', 'count', 'any', 1, 'weekend', NULL, NULL),
    ('flow_weekend_post_share', 'over', 'A', 'count', 'any', 1, 'all', NULL, NULL),
    ('flow_in_trend_ratio', 'value', 'H', 'minor', 'in', 1, 'plain', NULL, NULL),
    ('flow_in_trend_ratio', 'value', 'H', 'minor', 'out', -1, 'came_back', NULL, NULL),
    ('flow_daily_volatility_ratio', 'value', 'H', 'minor', 'in', 1, 'net', NULL, NULL),
    ('flow_daily_volatility_ratio', 'value', 'H', 'minor', 'out', -1, 'net', NULL, NULL),
    ('flow_daily_volatility_ratio', 'over', 'H', 'minor', 'out', 1, 'flow', NULL, NULL),
    ('flow_daily_volatility_ratio', 'over', 'H', 'minor', 'in', -1, 'contra', NULL, NULL),
    ('flow_cash_withdrawal_cv', 'value', 'H', 'minor', 'out', 1, 'weeks', 'xfer.cash_withdrawal', NULL),
    ('flow_p2p_counterparty_count', 'read', 'H', 'minor', 'any', 1, 'person', 'xfer.p2p_*', NULL),
    ('business_revenue_avg_minor', 'value', 'H', 'minor', 'in', 1, 'earned', NULL, NULL),
    ('business_revenue_avg_minor', 'value', 'H', 'minor', 'out', -1, 'given_back', NULL, NULL),
    ('business_revenue_cv', 'value', 'H', 'minor', 'in', 1, 'earned', NULL, NULL),
    ('business_revenue_cv', 'value', 'H', 'minor', 'out', -1, 'given_back', NULL, NULL),
    ('business_revenue_trend_ratio', 'value', 'H', 'minor', 'in', 1, 'earned', NULL, NULL),
    ('business_revenue_trend_ratio', 'value', 'H', 'minor', 'out', -1, 'given_back', NULL, NULL),
    ('business_revenue_deposit_days', 'value', 'H', 'count', 'in', 1, 'earned', NULL, NULL),
    ('business_revenue_channel_share', 'value', 'H', 'minor', 'in', 1, 'all', 'income.biz_processor', NULL),
    ('business_revenue_channel_share', 'value', 'H', 'minor', 'in', 1, 'all', 'income.biz_marketplace', NULL),
    ('business_revenue_channel_share', 'over', 'H', 'minor', 'in', 1, 'earned', NULL, NULL),
    ('business_revenue_channel_share', 'over', 'H', 'minor', 'out', -1, 'given_back', NULL, NULL),
    ('business_operating_margin_ratio', 'value', 'H', 'minor', 'in', 1, 'earned', NULL, NULL),
    ('business_operating_margin_ratio', 'value', 'H', 'minor', 'out', -1, 'given_back', NULL, NULL),
    ('business_operating_margin_ratio', 'value', 'H', 'minor', 'out', -1, 'expense', NULL, NULL),
    ('business_operating_margin_ratio', 'over', 'H', 'minor', 'in', 1, 'earned', NULL, NULL),
    ('business_operating_margin_ratio', 'over', 'H', 'minor', 'out', -1, 'given_back', NULL, NULL),
    ('business_debt_cover_ratio', 'value', 'H', 'minor', 'in', 1, 'earned', NULL, NULL),
    ('business_debt_cover_ratio', 'value', 'H', 'minor', 'out', -1, 'given_back', NULL, NULL),
    ('business_debt_cover_ratio', 'value', 'H', 'minor', 'out', -1, 'expense', NULL, NULL),
    ('business_debt_cover_ratio', 'over', 'H', 'minor', 'out', 1, 'debt_service', NULL, NULL),
    ('business_payer_named_share', 'value', 'H', 'minor', 'in', 1, 'payer', NULL, NULL),
    ('business_payer_named_share', 'over', 'H', 'minor', 'in', 1, 'earned', NULL, NULL),
    ('business_payer_named_share', 'over', 'H', 'minor', 'out', -1, 'given_back', NULL, NULL),
    ('business_payer_count', 'read', 'H', 'minor', 'in', 1, 'payer', NULL, NULL),
    ('business_payer_hhi', 'read', 'H', 'minor', 'in', 1, 'payer', NULL, NULL),
    ('business_payer_top1_share', 'read', 'H', 'minor', 'in', 1, 'payer', NULL, NULL),
    ('business_payer_top3_share', 'read', 'H', 'minor', 'in', 1, 'payer', NULL, NULL),
    ('business_daily_in_avg_minor', 'value', 'H', 'minor', 'in', 1, 'flow', NULL, NULL),
    ('business_daily_in_avg_minor', 'value', 'H', 'minor', 'out', -1, 'came_back', NULL, NULL),
    ('business_daily_out_avg_minor', 'value', 'H', 'minor', 'out', 1, 'flow', NULL, NULL),
    ('business_daily_out_avg_minor', 'value', 'H', 'minor', 'in', -1, 'came_back', NULL, NULL),
    ('business_daily_net_avg_minor', 'value', 'H', 'minor', 'in', 1, 'flow', NULL, NULL),
    ('business_daily_net_avg_minor', 'value', 'H', 'minor', 'out', -1, 'came_back', NULL, NULL),
    ('business_daily_net_avg_minor', 'value', 'H', 'minor', 'out', -1, 'flow', NULL, NULL),
    ('business_daily_net_avg_minor', 'value', 'H', 'minor', 'in', 1, 'came_back', NULL, NULL),
    ('business_owner_draw_minor', 'value', 'H', 'minor', 'out', 1, 'all', 'fin_out.owner_draw', NULL),
    ('business_payroll_month_avg_minor', 'value', 'H', 'minor', 'out', 1, 'all', 'biz.payroll_run', NULL),
    ('business_payroll_tax_month_avg_minor', 'value', 'H', 'minor', 'out', 1, 'all', 'biz.payroll_tax', NULL),
    ('business_rent_month_avg_minor', 'value', 'H', 'minor', 'out', 1, 'all', 'housing.rent', NULL),
    ('business_insurance_month_avg_minor', 'value', 'H', 'minor', 'out', 1, 'all', 'services.insurance', NULL),
    ('business_tax_month_avg_minor', 'value', 'H', 'minor', 'out', 1, 'all', 'gov.tax', NULL),
    ('business_tax_month_avg_minor', 'value', 'H', 'minor', 'out', 1, 'all', 'biz.sales_tax', NULL),
    ('business_inventory_month_avg_minor', 'value', 'H', 'minor', 'out', 1, 'all', 'biz.inventory', NULL),
    ('business_advertising_month_avg_minor', 'value', 'H', 'minor', 'out', 1, 'all', 'biz.advertising', NULL),
    ('business_commingling_share', 'value', 'H', 'minor', 'out', 1, 'private', NULL, NULL),
    ('business_commingling_share', 'over', 'H', 'minor', 'out', 1, 'expense', NULL, NULL),
    ('coverage_gap_avg_days', 'read', 'A', 'count', 'any', 1, 'posted', NULL, NULL),
    ('coverage_gap_max_days', 'read', 'A', 'count', 'any', 1, 'posted', NULL, NULL),
    ('coverage_quiet_days', 'read', 'A', 'count', 'any', 1, 'posted', NULL, NULL),
    ('coverage_gap_max_start_date', 'read', 'A', 'count', 'any', 1, 'posted', NULL, NULL),
    ('coverage_gap_max_end_date', 'read', 'A', 'count', 'any', 1, 'posted', NULL, NULL),
    ('flow_in_avg_minor', 'value', 'A', 'minor', 'in', 1, 'all', NULL, NULL),
    ('flow_out_avg_minor', 'value', 'A', 'minor', 'out', 1, 'all', NULL, NULL),
    ('business_seasonality_index', 'read', 'H', 'minor', 'in', 1, 'earned', NULL, NULL),
    ('business_seasonality_index', 'read', 'H', 'minor', 'out', -1, 'given_back', NULL, NULL),
    ('business_payroll_missed_count', 'read', 'H', 'minor', 'out', 1, 'all', 'biz.payroll_run', NULL))
    t (attribute, part, grain, unit, side, sign, kind, pattern, need);

-- Rows that attributes of flows and coverage of a holder add up, and the days that those of balances are computed from.
-- Categories whose use in lending is limited are what underwriting.flow_days says of them.
CREATE OR REPLACE MACRO underwriting.lineage_rows(holder) AS TABLE
SELECT t.holder_type, t.holder_id, t.account_key, t.currency, t.posted_date AS day, t.transaction_id, v.version,
    t.amount_minor,
    CASE WHEN ledger.came_back(t.spending_class, l.treatment, l.reversal_of_id) THEN 'adj.balance_correction' ELSE
        CASE l.gate WHEN 'collapse' THEN split_part(l.category, '.', 1) WHEN 'block' THEN 'withheld' ELSE l.category END
        END AS category,
    CASE WHEN l.gate IN ('collapse', 'block') THEN NULL ELSE l.rule_id END AS rule_id,
    CASE WHEN l.gate IN ('collapse', 'block') THEN NULL ELSE l.rule_version END AS rule_version,
    l.treatment, coalesce(l.need, 'N') AS need, t.category = 'cash' AS is_cash,
    t.amount_minor <> 0 AND t.category IN ('cash', 'credit') AS is_flow, c.account_key IS NOT NULL AS is_counted,
    l.treatment = 'expense' AND l.category <> 'other.unknown' AND l.gate <> 'block' AND (l.gate = 'collapse'
        OR l.category NOT IN (SELECT code FROM ledger.categories WHERE schedule_c_line IS NOT NULL)) AS is_private,
    t.merchant_key <> '' AS has_name,
    CASE WHEN t.category = 'cash' AND l.category IN ('xfer.p2p_in', 'xfer.p2p_out') AND l.treatment <> 'exclude'
        THEN ledger.person_id(t.holder_type, t.holder_id, t.merchant_key) END AS person,
    t.category = 'cash' AND (t.holder_type, t.currency) IN (SELECT (holder_type, currency)
        FROM underwriting.business_revenue_month WHERE holder_id = holder) AS is_business,
    t.transaction_id IN (SELECT p.transaction_id FROM ledger.classed_payments p JOIN ledger.income_streams s
        ON s.holder_type = p.holder_type AND s.holder_id = p.holder_id AND s.income_stream_id = p.group_id
        WHERE p.holder_id = holder AND p.side = 'income' AND ledger.is_qualified(ledger.payment_tier(s.tier, p.class)))
        AS is_qualified
FROM ledger.transactions t JOIN ledger.labels l USING (transaction_id) JOIN main.transactions v USING (transaction_id)
LEFT JOIN ledger.cash_accounts c ON c.account_key = t.account_key AND c.currency = t.currency
WHERE t.holder_id = holder AND t.holder_type IS NOT NULL AND t.status = 'posted' AND t.suppressed_by IS NULL;

CREATE OR REPLACE MACRO underwriting.lineage_days(holder) AS TABLE
SELECT a.holder_type, a.holder_id, b.account_key, b.currency, b.day, b.end_of_day_minor, b.basis,
    b.reconciled AS proof
FROM ledger.daily_balances b JOIN (FROM ledger.cash_accounts WHERE holder_id = holder) a USING (account_key, currency)
WHERE b.end_of_day_minor IS NOT NULL
UNION ALL
SELECT h.holder_type, h.holder_id, '', h.currency, h.day, h.end_of_day_minor, 'sum of ' || h.account_count,
    CASE WHEN d.broken THEN 'broken' WHEN d.proved THEN 'proved' ELSE 'unproved' END
FROM (FROM ledger.holder_daily_balances WHERE holder_id = holder AND end_of_day_minor IS NOT NULL) h
JOIN (SELECT a.holder_type, a.currency, b.day, bool_and(b.reconciled = 'proved') AS proved,
        bool_or(b.reconciled = 'broken') AS broken
    FROM ledger.daily_balances b JOIN (FROM ledger.cash_accounts WHERE holder_id = holder) a
        USING (account_key, currency) GROUP BY ALL) d USING (holder_type, currency, day);

CREATE OR REPLACE MACRO underwriting.lineage(holder) AS TABLE
WITH
-- read once for all that follows: a holder has few of them, and they are found among all
own_rows AS MATERIALIZED (FROM underwriting.lineage_rows(holder)),
paid AS (
    SELECT p.*, row_number() OVER (PARTITION BY p.holder_type, p.group_id
            ORDER BY p.posted_date DESC, p.transaction_id DESC) = 1 AS is_newest,
        ledger.is_qualified(ledger.payment_tier(s.tier, p.class)) AS is_qualified,
        s.status = 'active' AS is_active, o.status IN ('active', 'missed') OR p.side = 'obligation'
            AND p.stream_id IS NULL AND (p.class IN ('rent', 'mortgage') OR ledger.is_debt_class(p.class)) AS is_owed
    FROM (FROM ledger.classed_payments WHERE holder_id = holder) p
    LEFT JOIN ledger.income_streams s ON p.side = 'income' AND s.holder_type = p.holder_type
        AND s.holder_id = p.holder_id AND s.income_stream_id = p.group_id
    LEFT JOIN ledger.obligations o ON p.side = 'obligation' AND o.holder_type = p.holder_type
        AND o.holder_id = p.holder_id AND o.stream_id = p.stream_id),
-- without an account of cash in a currency no attribute of the holder is applicable in it
cash AS (SELECT DISTINCT holder_type, currency FROM ledger.cash_accounts WHERE holder_id = holder),
events AS (
    FROM ledger.distress_events SEMI JOIN (FROM ledger.cash_accounts WHERE holder_id = holder)
        USING (account_key, currency)),
-- the payer of most of the qualified income of 90 days
primaries AS (
    SELECT holder_type, currency, arg_max(counterparty_id, (minor, counterparty_id)) AS counterparty_id
    FROM (SELECT p.holder_type, p.currency, p.counterparty_id, sum(p.amount_minor) AS minor
        FROM (FROM paid WHERE is_qualified) p JOIN underwriting.windows w ON w.window_name = '90d'
            AND p.posted_date BETWEEN w.first_day AND w.last_day GROUP BY ALL)
    GROUP BY ALL),
limits AS (
    SELECT holder_type, currency, max(greatest(meta.units(5000, currency), value_integer // 2)) AS least_minor
    FROM underwriting.income_values
    WHERE holder_id = holder AND attribute = 'income_monthly_minor' AND window_name = '90d' GROUP BY ALL),
people AS (FROM own_rows WHERE person IS NOT NULL),
-- of a holder both halves of a transfer that covers an overdraft are one, see underwriting.distress_values
notices AS (
    SELECT *, kind = 'protection_transfer' AND amount_minor < 0 AND coalesce(counter_id IN (SELECT transaction_id
            FROM ledger.bank_notices WHERE kind = 'protection_transfer')
        OR row_number() OVER (PARTITION BY kind, holder_type, currency, ledger.size(amount_minor), posted_date,
            amount_minor > 0 ORDER BY transaction_id) <= count(*) FILTER (amount_minor > 0) OVER (PARTITION BY kind,
            holder_type, currency, ledger.size(amount_minor), posted_date), false) AS is_half
    FROM (FROM ledger.bank_notices WHERE kind IN ('stop_payment', 'protection_transfer'))
    JOIN (SELECT account_key, currency, holder_type FROM ledger.cash_accounts WHERE holder_id = holder)
        USING (account_key, currency)),
-- Rows that attributes of distress, income and obligations read, which no category or treatment names: each counts in
-- every span that reaches from first_day to last_day. Where amounts or days of rows do not add up to the value, part is
-- read.
told AS (
    SELECT 'distress_event_count' AS attribute, 'AH' AS grain, 'value' AS part, transaction_id,
        (transaction_id = event)::BIGINT AS counted, first_day, last_day
    FROM (SELECT *, unnest(transaction_ids) AS transaction_id FROM events)
    UNION ALL
    SELECT 'distress_event_net_count', 'AH', 'value', transaction_id, (transaction_id = event)::BIGINT, first_day,
        last_day
    FROM (SELECT *, unnest(transaction_ids) AS transaction_id FROM events WHERE NOT is_reversed)
    UNION ALL
    SELECT 'distress_days_since_event', 'AH', 'value', transaction_id, 0, first_day, last_day
    FROM (SELECT *, unnest(transaction_ids) AS transaction_id FROM events)
    UNION ALL
    SELECT 'distress_days_since_nsf_fee', 'AH', 'value', transaction_id, 0, day, day
    FROM own_rows WHERE category = 'fee.nsf' AND is_cash AND is_flow AND amount_minor < 0
    UNION ALL
    SELECT 'distress_fee_reversed_minor', 'AH', 'value', r.reversal_id, r.size_minor::BIGINT,
        r.posted_date - r.lag_days::INTEGER, r.posted_date - r.lag_days::INTEGER
    FROM ledger.reversals r
    SEMI JOIN (SELECT unnest(reversal_ids) AS reversal_id FROM events) e USING (reversal_id)
    UNION ALL
    SELECT 'distress_returned_item_count', 'AH', 'value', reversal_id, 1, posted_date, posted_date
    FROM ledger.reversals WHERE kind = 'returned_item'
    UNION ALL
    SELECT 'distress_' || kind || '_count', unnest(CASE WHEN is_half THEN ['A', 'H'] ELSE ['AH'] END), 'value',
        transaction_id, unnest(CASE WHEN is_half THEN [1, 0] ELSE [1] END), posted_date, posted_date
    FROM notices
    UNION ALL
    SELECT 'coverage_missing_account_count', 'H', 'read', unnest(transaction_ids), 1, first_day, last_day
    FROM quality.missing_accounts WHERE holder_id = holder
    UNION ALL
    SELECT 'income_annual_observed_minor', 'H', 'value', transaction_id,
        amount_minor, posted_date, posted_date
    FROM paid WHERE is_qualified
    UNION ALL
    SELECT 'obligation_housing_ratio', 'H', CASE side WHEN 'income' THEN 'over' ELSE 'value' END, transaction_id,
        amount_minor, posted_date, posted_date
    FROM paid WHERE is_qualified OR (class IN ('rent', 'mortgage', 'housing') AND side = 'obligation')
    UNION ALL
    SELECT CASE class WHEN 'collections' THEN 'obligation_collections_count'
            ELSE 'obligation_child_support_paid_minor' END, 'H', 'value', transaction_id,
        CASE class WHEN 'collections' THEN 1 ELSE amount_minor END, posted_date, posted_date
    FROM paid WHERE class = 'support_paid' OR (class = 'collections' AND side = 'obligation')
    UNION ALL
    SELECT unnest(['flow_large_deposit_count', 'flow_large_deposit_minor']), 'H', 'value', transaction_id,
        unnest([1, amount_minor]), day, day
    FROM own_rows r LEFT JOIN limits USING (holder_type, currency)
    WHERE is_cash AND amount_minor > coalesce(least_minor, meta.units(5000, currency)) AND category <> 'income.payroll'
        AND treatment NOT IN ('exclude', 'contra_flow', 'contra_expense')
    UNION ALL
    SELECT 'flow_p2p_roundtrip_minor', 'H', 'value', o.transaction_id, -o.amount_minor, o.day, o.day
    FROM (FROM people WHERE amount_minor < 0) o SEMI JOIN (FROM people WHERE amount_minor > 0) i
        ON i.holder_type = o.holder_type AND i.currency = o.currency AND i.person = o.person
        AND i.amount_minor = -o.amount_minor::HUGEINT AND i.day BETWEEN o.day - 7 AND o.day + 7
    UNION ALL
    SELECT 'income_bank_statement_minor', 'H', 'read', transaction_id, amount_minor, posted_date, posted_date
    FROM paid WHERE side = 'income' AND class <> 'unclear'
    UNION ALL
    SELECT unnest(['income_monthly_minor', 'income_annual_projected_minor', 'income_payer_count',
            'income_period_cv']), 'H', 'read', transaction_id, amount_minor, posted_date, posted_date
    FROM paid WHERE is_qualified AND is_active
    UNION ALL
    SELECT 'income_primary_share', 'H', 'over', transaction_id, amount_minor, posted_date, posted_date
    FROM paid WHERE is_qualified
    UNION ALL
    SELECT 'income_primary_share', 'H', 'value', transaction_id, amount_minor, posted_date, posted_date
    FROM (FROM paid WHERE is_qualified) SEMI JOIN primaries USING (holder_type, currency, counterparty_id)
    UNION ALL
    SELECT unnest(['income_payer_changed', 'income_payer_gap_days', 'income_tenure_days',
            'income_spike_months_count', 'income_dip_months_count', 'income_late_days_avg']),
        'H', 'read', transaction_id, amount_minor, posted_date, posted_date
    FROM paid WHERE is_qualified
    UNION ALL
    -- the newest payment says that others fall due after it
    SELECT 'income_missed_count', 'H', 'read', transaction_id, amount_minor, posted_date,
        CASE WHEN is_newest THEN posted_date + 180 ELSE posted_date END
    FROM paid WHERE is_qualified
    UNION ALL
    SELECT 'income_gig_platform_count', 'H', 'read', transaction_id, amount_minor, posted_date, posted_date
    FROM paid WHERE class = 'gig' AND side = 'income'
    UNION ALL
    SELECT unnest(['obligation_lender_count', 'obligation_new_lender_count']), 'H', 'read', transaction_id,
        amount_minor, posted_date, posted_date
    FROM paid WHERE ledger.is_debt_class(class) OR ledger.is_advance_class(class) OR class = 'card'
    UNION ALL
    SELECT unnest(['obligation_ewa_app_count', 'obligation_ewa_cost_minor']), 'H', 'read', transaction_id,
        amount_minor, posted_date, posted_date
    FROM paid WHERE class = 'ewa'
    UNION ALL
    SELECT 'obligation_bnpl_open_count', 'H', 'read', transaction_id, amount_minor, posted_date, posted_date
    FROM paid WHERE class = 'instalments' AND side = 'obligation'
    UNION ALL
    SELECT unnest(['obligation_fixed_month_minor', 'obligation_missed_payment_count']), 'H', 'read', transaction_id,
        amount_minor, posted_date,
        CASE WHEN is_newest AND stream_id IS NOT NULL THEN DATE '9999-12-31' ELSE posted_date END
    FROM paid WHERE is_owed
    UNION ALL
    SELECT unnest(['obligation_rent_month_minor', 'obligation_rent_streak_months', 'obligation_rent_strength']), 'H',
        'read', transaction_id, amount_minor, posted_date,
        CASE WHEN is_newest AND stream_id IS NOT NULL THEN DATE '9999-12-31' ELSE posted_date END
    FROM paid WHERE is_owed AND class = 'rent'),
terms AS (
    FROM underwriting.lineage_terms()
    UNION ALL
    SELECT a.attribute, 'read', CASE WHEN a.of_holders THEN 'H' ELSE 'A' END, 'minor', 'any', 1, 'all', NULL, NULL
    FROM (FROM underwriting.attributes WHERE needs = 'flows' AND (attribute = 'obligation_residual_income_minor'
        OR NOT regexp_matches(attribute, '^(distress_|income_|obligation_|flow_large_deposit_|flow_p2p_roundtrip_|'
            || 'coverage_missing_account_count)'))) a
    ANTI JOIN (FROM underwriting.lineage_terms()) k USING (attribute)),
wanted AS (
    SELECT a.attribute, a.needs, a.of_accounts, a.of_holders, w.window_name, w.first_day, w.last_day,
        starts_with(a.attribute, 'business_') AS is_business
    FROM (SELECT *, unnest(windows) AS window_name FROM underwriting.attributes) a
    JOIN underwriting.windows w USING (window_name)),
days AS (FROM underwriting.lineage_days(holder)),
-- of now: the newest balance that was observed, and the newest that was negative
points AS (
    SELECT *, 'balance_current_minor' AS attribute FROM days
    WHERE account_key = '' OR basis IN ('observed', 'anchor_intraday')
    QUALIFY row_number() OVER (PARTITION BY holder_type, account_key, currency ORDER BY day DESC) = 1
    UNION ALL
    SELECT *, 'balance_days_since_negative' FROM days WHERE end_of_day_minor < 0
    QUALIFY row_number() OVER (PARTITION BY holder_type, account_key, currency ORDER BY day DESC) = 1)
SELECT r.holder_type, r.holder_id, CASE g.grain WHEN 'A' THEN r.account_key ELSE '' END AS account_key, r.currency,
    t.attribute, w.window_name, t.part, 'transaction' AS evidence, r.account_key AS of_account_key, r.transaction_id,
    r.version, r.day, meta.minor(CASE t.unit WHEN 'count' THEN t.sign ELSE t.sign * abs(r.amount_minor::HUGEINT) END)
        AS counted, r.amount_minor, r.category, r.treatment, r.rule_id, r.rule_version, NULL::VARCHAR AS proof
FROM own_rows r
JOIN terms t ON (t.side = 'any' OR (t.side = 'in') = (r.amount_minor > 0)) AND (t.need IS NULL OR t.need = r.need)
    AND (t.pattern IS NULL OR r.category GLOB t.pattern) AND (t.kind IN ('posted', 'person') OR r.is_flow)
    AND CASE t.kind WHEN 'all' THEN true WHEN 'cash' THEN r.is_cash WHEN 'person' THEN r.is_cash
        WHEN 'posted' THEN r.is_counted
        WHEN 'flow' THEN r.treatment NOT IN ('exclude', 'contra_flow')
        WHEN 'plain' THEN r.is_cash
            AND r.treatment NOT IN ('exclude', 'contra_flow', 'contra_expense', 'contra_revenue')
        WHEN 'came_back' THEN r.is_cash AND r.treatment = 'contra_flow'
        WHEN 'contra' THEN r.treatment IN ('contra_expense', 'contra_revenue')
            OR (r.is_cash AND r.treatment = 'contra_flow')
        WHEN 'net' THEN r.treatment <> 'exclude' AND (r.is_cash OR r.treatment IN ('contra_expense', 'contra_revenue')
            OR (r.amount_minor < 0 AND r.treatment <> 'contra_flow'))
        WHEN 'income' THEN r.is_cash AND r.treatment IN ('income', 'revenue')
        WHEN 'qualified' THEN r.is_qualified
        WHEN 'nonrecurring' THEN r.is_cash AND r.treatment = 'income_nonrecurring'
        WHEN 'debt_service' THEN r.treatment = 'debt_service'
        WHEN 'spending' THEN r.treatment IN ('expense', 'debt_service')
        WHEN 'expense' THEN r.treatment = 'expense' WHEN 'private' THEN r.is_private
        WHEN 'earned' THEN ledger.earned_minor(r.treatment, r.category, 1) = 1
        WHEN 'given_back' THEN ledger.is_given_back(r.treatment, r.category)
        WHEN 'payer' THEN r.has_name AND r.category IN ('income.biz_invoice', 'income.contractor', 'other.unknown',
            'xfer.wire_in')
        WHEN 'weekend' THEN isodow(r.day) >= 6 WHEN 'weeks' THEN true
        WHEN 'no_wage' THEN r.category NOT IN ('income.payroll', 'adj.balance_correction')
        WHEN 'round' THEN r.category NOT IN ('income.payroll', 'adj.balance_correction')
            AND r.amount_minor % meta.units(100, r.currency) = 0 END
JOIN (VALUES ('A'), ('H')) g (grain) ON contains(t.grain, g.grain)
    AND CASE g.grain WHEN 'A' THEN r.is_cash ELSE (r.holder_type, r.currency) IN (FROM cash) END
JOIN wanted w ON w.attribute = t.attribute AND r.day BETWEEN w.first_day AND w.last_day
    AND (t.kind <> 'weeks' OR r.day > w.last_day - 84) AND (r.is_business OR NOT w.is_business)
UNION ALL
SELECT r.holder_type, r.holder_id, CASE g.grain WHEN 'A' THEN r.account_key ELSE '' END, r.currency, e.attribute,
    a.window_name, e.part, 'transaction', r.account_key, r.transaction_id, r.version, r.day, e.counted, r.amount_minor,
    r.category, r.treatment, r.rule_id, r.rule_version, NULL
FROM told e JOIN own_rows r USING (transaction_id)
JOIN (VALUES ('A'), ('H')) g (grain) ON contains(e.grain, g.grain)
    AND (g.grain = 'A' OR (r.holder_type, r.currency) IN (FROM cash))
JOIN (SELECT *, unnest(windows) AS window_name FROM underwriting.attributes) a ON a.attribute = e.attribute
LEFT JOIN underwriting.windows w ON w.window_name = a.window_name
WHERE a.window_name = 'now' OR (e.first_day <= w.last_day AND e.last_day >= w.first_day)
UNION ALL
SELECT d.holder_type, d.holder_id, d.account_key, d.currency, w.attribute, w.window_name, 'value', 'balance',
    d.account_key, NULL, NULL, d.day, d.end_of_day_minor, d.end_of_day_minor, NULL, NULL, d.basis, NULL, d.proof
FROM days d JOIN (FROM wanted WHERE needs = 'balances') w ON d.day BETWEEN w.first_day AND w.last_day
    AND CASE WHEN d.account_key = '' THEN w.of_holders ELSE w.of_accounts END
    AND (NOT w.is_business OR ((d.holder_type, d.currency) IN (SELECT (holder_type, currency)
            FROM underwriting.business_revenue_month WHERE holder_id = holder)
        AND lower(dayname(d.day)) = split_part(w.attribute, '_', 2)))
UNION ALL
SELECT p.holder_type, p.holder_id, p.account_key, p.currency, a.attribute, 'now', 'value', 'balance', p.account_key,
    NULL, NULL, p.day, p.end_of_day_minor, p.end_of_day_minor, NULL, NULL, p.basis, NULL, p.proof
FROM points p JOIN underwriting.attributes a
    ON a.attribute = p.attribute OR (a.attribute = 'balance_age_days' AND p.attribute = 'balance_current_minor')
UNION ALL
-- what the bank states
SELECT holder_type, holder_id, grain_key, currency, CASE category WHEN 'cash' THEN 'balance_available_minor'
        ELSE 'balance_credit_owed_minor' END, 'now', 'value', 'balance', account_key, NULL, NULL, balance_date, counted,
    counted, NULL, NULL, 'observed', NULL, NULL
FROM (SELECT *, unnest(CASE category WHEN 'cash' THEN [account_key, ''] ELSE [account_key] END) AS grain_key,
        CASE category WHEN 'cash' THEN available_minor ELSE meta.minor(-current_minor::HUGEINT) END AS counted
    FROM ledger.stated_balances WHERE holder_id = holder AND category IN ('cash', 'credit'))
WHERE counted IS NOT NULL;
COMMENT ON MACRO TABLE underwriting.lineage IS
    'What the attributes of a holder were computed from: transactions with their versions, or balances with their '
    'proof; counted is what a row adds, part is value, over (of a share, what it is a share of) or read (the attribute '
    'reads it among others). Example: SELECT transaction_id, version, day, counted, category, rule_id '
    'FROM underwriting.lineage(''cus_1'') WHERE attribute = ''income_all_minor'' AND window_name = ''90d''';
