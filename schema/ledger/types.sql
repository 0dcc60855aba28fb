-- Types of columns whose values are closed lists: words that the program itself writes. What a bank or Stripe sends may
-- be new tomorrow, and a value that a type lacks is an error that would stop a round: such columns are texts, as are
-- those of what users make up.
--
-- DuckDB sorts by the place in the list, so each list is in the order of its bytes: then ORDER BY, min and max give
-- what they give for texts. A CASE is of a type where each of its results is, so literals are
-- written 'out'::ledger.flow; beside a plain literal all become texts. To compare with a plain literal costs little.

-- What it is: the codes of the taxonomy, seeds/taxonomy.csv
CREATE OR REPLACE TYPE ledger.category AS ENUM ($categories);
-- The way of money that a category is for
CREATE OR REPLACE TYPE ledger.flow AS ENUM ('both', 'in', 'out');
CREATE OR REPLACE TYPE ledger.treatment AS ENUM ('contra_expense', 'contra_flow', 'contra_revenue', 'debt_service',
    'equity', 'exclude', 'expense', 'financing', 'income', 'income_nonrecurring', 'pass_through', 'revenue', 'review');
-- The same where their use is limited: a group of them, or withheld
CREATE OR REPLACE TYPE underwriting.flow_category AS ENUM ($flow_categories);
CREATE OR REPLACE TYPE ledger.need AS ENUM ('D', 'E', 'N');
CREATE OR REPLACE TYPE ledger.gate AS ENUM ('block', 'collapse', 'open', 'protected');
CREATE OR REPLACE TYPE ledger.counterparty_type AS ENUM ('bank', 'employer', 'government', 'lender', 'merchant', 'own',
    'person');

-- What texts of banks say, by the rules in models/text
CREATE OR REPLACE TYPE ledger.rail AS ENUM ('ach', 'atm', 'card', 'check', 'fee', 'internal', 'p2p_app', 'wire',
    'zelle');
CREATE OR REPLACE TYPE ledger.processor AS ENUM ($processors);
CREATE OR REPLACE TYPE ledger.strength AS ENUM ('exact', 'pattern', 'structural', 'weak');
CREATE OR REPLACE TYPE ledger.direction AS ENUM ('pay', 'spend');
CREATE OR REPLACE TYPE ledger.own_kind AS ENUM ('card', 'named_transfer', 'payment', 'transfer');
CREATE OR REPLACE TYPE ledger.bank_kind AS ENUM ('distress_fee', 'fee', 'fee_reversal', 'representment', 'return',
    'returned_item', 'taken_back');

-- What rows are among each other
CREATE OR REPLACE TYPE ledger.spending_class AS ENUM ('card_payment', 'card_payment_elsewhere', 'counted_elsewhere',
    'no_holder', 'not_posted', 'other_account', 'other_inflow', 'own_transfer', 'refund', 'reversed', 'spending',
    'zero');
-- A class that is no spending, a treatment, or one of counted and user_excluded
CREATE OR REPLACE TYPE ledger.spend_state AS ENUM ('card_payment', 'card_payment_elsewhere', 'contra_expense',
    'contra_flow', 'contra_revenue', 'counted', 'counted_elsewhere', 'debt_service', 'equity', 'exclude', 'expense',
    'financing', 'income', 'income_nonrecurring', 'no_holder', 'not_posted', 'other_account', 'other_inflow',
    'own_transfer', 'pass_through', 'refund', 'revenue', 'reversed', 'review', 'spending', 'user_excluded', 'zero');
CREATE OR REPLACE TYPE ledger.instant_state AS ENUM ('implausible', 'plausible', 'posted_implausible',
    'transacted_implausible');

-- What attributes are called, see underwriting.attributes; over which spans they are; how far they may be relied on
CREATE OR REPLACE TYPE underwriting.attribute_name AS ENUM ('affordability_negative_days_added',
    'affordability_payment_max_refinance_minor', 'affordability_refinance_relief_minor',
    'affordability_residual_after_payment_minor', 'balance_age_days', 'balance_available_minor',
    'balance_buffer_days', 'balance_credit_owed_minor', 'balance_credit_utilisation_ratio', 'balance_current_minor',
    'balance_daily_avg_minor', 'balance_daily_max_minor', 'balance_daily_min_minor', 'balance_daily_p10_minor',
    'balance_daily_p50_minor', 'balance_daily_p90_minor', 'balance_daily_sd', 'balance_days_since_negative',
    'balance_half_paycheck_days_median', 'balance_low_days', 'balance_negative_days',
    'balance_negative_days_intraday', 'balance_negative_episode_count', 'balance_negative_run_max_days',
    'balance_payday_low_median_minor', 'balance_trend_halves', 'balance_trend_slope',
    'business_advance_holdback_ratio', 'business_advance_open_count', 'business_advance_stack_max',
    'business_advertising_month_avg_minor', 'business_commingling_share', 'business_credit_shopping_count',
    'business_daily_in_avg_minor', 'business_daily_net_avg_minor', 'business_daily_out_avg_minor',
    'business_debt_cover_ratio', 'business_friday_balance_avg_minor', 'business_insurance_month_avg_minor',
    'business_inventory_month_avg_minor', 'business_monday_balance_avg_minor', 'business_operating_margin_ratio',
    'business_owner_draw_minor', 'business_payer_count', 'business_payer_hhi', 'business_payer_named_share',
    'business_payer_top1_share', 'business_payer_top3_share', 'business_payroll_missed_count',
    'business_payroll_month_avg_minor', 'business_payroll_tax_month_avg_minor', 'business_rent_month_avg_minor',
    'business_revenue_avg_minor', 'business_revenue_channel_share', 'business_revenue_cv',
    'business_revenue_deposit_days', 'business_revenue_trend_ratio', 'business_saturday_balance_avg_minor',
    'business_seasonality_index', 'business_sunday_balance_avg_minor', 'business_tax_month_avg_minor',
    'business_thursday_balance_avg_minor', 'business_tuesday_balance_avg_minor',
    'business_wednesday_balance_avg_minor', 'coverage_account_age_observed_days', 'coverage_accounts_cash_count',
    'coverage_accounts_credit_count', 'coverage_accounts_other_count', 'coverage_active_days', 'coverage_basis',
    'coverage_days', 'coverage_days_since_last_transaction', 'coverage_end_date', 'coverage_gap_avg_days',
    'coverage_gap_max_days', 'coverage_gap_max_end_date', 'coverage_gap_max_start_date', 'coverage_is_primary',
    'coverage_missing_account_count', 'coverage_missing_account_minor', 'coverage_owner_count',
    'coverage_owner_name_mismatch', 'coverage_primary_account_score', 'coverage_quiet_days',
    'coverage_residual_abs_minor', 'coverage_residual_ratio', 'coverage_start_date', 'coverage_transaction_count',
    'distress_account_closed_or_frozen', 'distress_bank_fee_policy', 'distress_cash_advance_fee_count',
    'distress_days_since_event', 'distress_days_since_nsf_fee', 'distress_event_count', 'distress_event_net_count',
    'distress_extended_overdraft_count', 'distress_fee_count', 'distress_fee_minor', 'distress_fee_reversed_minor',
    'distress_late_fee_count', 'distress_nsf_days', 'distress_overdraft_days', 'distress_protection_transfer_count',
    'distress_returned_deposit_count', 'distress_returned_item_count', 'distress_silent_overdraft_count',
    'distress_stop_payment_count', 'flow_cash_out_minor', 'flow_cash_share', 'flow_cash_withdrawal_cv',
    'flow_daily_volatility_ratio', 'flow_discretionary_out_minor', 'flow_essential_out_minor',
    'flow_gambling_in_minor', 'flow_gambling_income_ratio', 'flow_gambling_out_minor', 'flow_in_avg_minor',
    'flow_in_count', 'flow_in_gross_minor', 'flow_in_month_avg_minor', 'flow_in_month_cv', 'flow_in_month_sd',
    'flow_in_net_minor', 'flow_in_trend_ratio', 'flow_large_deposit_count', 'flow_large_deposit_minor',
    'flow_net_minor', 'flow_net_positive_months_count', 'flow_out_avg_minor', 'flow_out_count',
    'flow_out_gross_minor', 'flow_out_month_avg_minor', 'flow_out_month_cv', 'flow_out_month_sd',
    'flow_out_net_minor', 'flow_p2p_counterparty_count', 'flow_p2p_in_minor', 'flow_p2p_out_minor',
    'flow_p2p_roundtrip_minor', 'flow_round_amount_share', 'flow_unknown_share', 'flow_weekend_post_share',
    'income_all_minor', 'income_annual_observed_minor', 'income_annual_projected_minor',
    'income_bank_statement_minor', 'income_benefit_minor', 'income_buffer_weeks', 'income_dip_months_count',
    'income_gig_minor', 'income_gig_platform_count', 'income_late_days_avg', 'income_missed_count',
    'income_month_avg_minor', 'income_month_cv', 'income_monthly_minor', 'income_nonrecurring_minor',
    'income_payer_changed', 'income_payer_count', 'income_payer_gap_days', 'income_payroll_minor',
    'income_pension_minor', 'income_period_cv', 'income_primary_share', 'income_qualified_minor',
    'income_spike_months_count', 'income_support_minor', 'income_tax_refund_minor', 'income_tenure_days',
    'obligation_bnpl_count', 'obligation_bnpl_minor', 'obligation_bnpl_open_count',
    'obligation_card_external_minor', 'obligation_card_payment_pattern', 'obligation_child_support_paid_minor',
    'obligation_collections_count', 'obligation_collections_minor', 'obligation_debt_service_minor',
    'obligation_debt_service_month_avg_minor', 'obligation_debt_service_ratio', 'obligation_ewa_app_count',
    'obligation_ewa_cost_minor', 'obligation_ewa_count', 'obligation_ewa_minor', 'obligation_fixed_month_minor',
    'obligation_housing_ratio', 'obligation_lender_count', 'obligation_missed_payment_count',
    'obligation_new_lender_count', 'obligation_proceeds_count', 'obligation_proceeds_minor',
    'obligation_rent_month_minor', 'obligation_rent_streak_months', 'obligation_rent_strength',
    'obligation_residual_income_minor');
CREATE OR REPLACE TYPE underwriting.window_name AS ENUM ('10d', '12m', '180d', '28d', '30d', '31_60d', '365d', '3m',
    '60d', '61_90d', '6m', '7d', '90d', 'now');
CREATE OR REPLACE TYPE underwriting.value_state AS ENUM ('NOT_APPLICABLE', 'NOT_COVERED', 'NO_DATA', 'OK',
    'PARTIAL', 'STALE', 'UNRECONCILED');
