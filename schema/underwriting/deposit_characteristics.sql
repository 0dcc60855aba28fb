-- model: underwriting.deposit_characteristics
-- about: What two published lists say of deposit accounts, by their own names and definitions: the 21 characteristics
--   of the UltraFICO report, of a holder, and gaps and flows of Plaid's base report, of accounts. Each has a state, as
--   underwriting.attribute_values has it; three months are 90 days, twelve 365, all of them complete days
-- order: holder_id, holder_type, account_key, currency, source, characteristic
-- part: holder_id
-- scope: holder_type, holder_id
-- touched by ledger.accounts (account_key, holder_type, holder_id, category, subcategory, status):
--   SELECT holder_type, holder_id FROM changed WHERE holder_type IS NOT NULL AND holder_id IS NOT NULL
-- column holder_type: VARCHAR NOT NULL. Kind of holder: customer or account
-- column holder_id: VARCHAR NOT NULL. Whose accounts they are
-- column account_key: VARCHAR NOT NULL. Cash account; empty for the holder as a whole
-- column currency: VARCHAR NOT NULL. Lower-case ISO 4217 currency; xxx (no currency) when none is known
-- column source: VARCHAR NOT NULL. Whose list it is of: ultrafico or plaid_base_report
-- column characteristic: VARCHAR NOT NULL. Its name there
-- column value_integer: BIGINT. Money in minor units, a count or days
-- column value_double: DOUBLE. A mean of days
-- column value_date: DATE. A day
-- column value_state: VARCHAR NOT NULL. As in underwriting.attribute_values
-- column state_reason: VARCHAR. Why it is not OK; null when it is
-- column lower_bound_days: INTEGER. Of days since what never happened: it has not in so many days; else null
WITH named (source, characteristic, attribute, window_name, of_accounts, judged_as) AS (VALUES
    ('ultrafico', 'tot_current_balances', 'balance_current_minor', 'now', false, NULL),
    ('ultrafico', 'avg_daily_balance_over_1_month', 'balance_daily_avg_minor', '30d', false, NULL),
    ('ultrafico', 'avg_daily_balance_over_3_months', 'balance_daily_avg_minor', '90d', false, NULL),
    ('ultrafico', 'avg_daily_balance_over_6_months', 'balance_daily_avg_minor', '180d', false, NULL),
    ('ultrafico', 'avg_daily_balance_over_12_months', 'balance_daily_avg_minor', '365d', false, NULL),
    ('ultrafico', 'tot_number_days_with_negative_balance_over_1_month', 'balance_negative_days', '30d', false, NULL),
    ('ultrafico', 'tot_number_days_with_negative_balance_over_3_months', 'balance_negative_days', '90d', false, NULL),
    ('ultrafico', 'tot_number_days_with_negative_balance_over_6_months', 'balance_negative_days', '180d', false, NULL),
    ('ultrafico', 'tot_number_days_with_negative_balance_over_12_months', 'balance_negative_days', '365d', false,
        NULL),
    -- days with rows are always known of what is held; of the whole span they are as sure as its flows
    ('ultrafico', 'days_with_tx_over_1_month', 'coverage_active_days', '30d', false, 'flow_net_minor'),
    ('ultrafico', 'days_with_tx_over_3_months', 'coverage_active_days', '90d', false, 'flow_net_minor'),
    ('ultrafico', 'days_with_tx_over_6_months', 'coverage_active_days', '180d', false, 'flow_net_minor'),
    ('ultrafico', 'days_with_tx_over_12_months', 'coverage_active_days', '365d', false, 'flow_net_minor'),
    ('ultrafico', 'days_since_earliest_tx', 'coverage_account_age_observed_days', 'now', false, NULL),
    ('ultrafico', 'days_since_most_recent_tx', 'coverage_days_since_last_transaction', 'now', false, NULL),
    ('ultrafico', 'days_since_most_recent_negative_ending_balance', 'balance_days_since_negative', 'now', false, NULL),
    ('ultrafico', 'days_since_most_recent_insufficient_funds_fee_debit_tx', 'distress_days_since_nsf_fee', 'now',
        false, NULL),
    ('plaid_base_report', 'days_available', 'coverage_account_age_observed_days', 'now', true, NULL),
    ('plaid_base_report', 'average_days_between_transactions', 'coverage_gap_avg_days', 'held', true, NULL),
    ('plaid_base_report', 'number_of_days_no_transactions', 'coverage_quiet_days', 'held', true, NULL),
    ('plaid_base_report', 'longest_gap_between_transactions_days', 'coverage_gap_max_days', 'held', true, NULL),
    ('plaid_base_report', 'longest_gap_between_transactions_start_date', 'coverage_gap_max_start_date', 'held', true,
        NULL),
    ('plaid_base_report', 'longest_gap_between_transactions_end_date', 'coverage_gap_max_end_date', 'held', true, NULL),
    ('plaid_base_report', 'average_inflow_amount_30d', 'flow_in_avg_minor', '30d', true, NULL),
    ('plaid_base_report', 'average_inflow_amount_60d', 'flow_in_avg_minor', '60d', true, NULL),
    ('plaid_base_report', 'average_inflow_amount_90d', 'flow_in_avg_minor', '90d', true, NULL),
    ('plaid_base_report', 'average_outflow_amount_30d', 'flow_out_avg_minor', '30d', true, NULL),
    ('plaid_base_report', 'average_outflow_amount_60d', 'flow_out_avg_minor', '60d', true, NULL),
    ('plaid_base_report', 'average_outflow_amount_90d', 'flow_out_avg_minor', '90d', true, NULL),
    ('plaid_base_report', 'number_of_inflows_30d', 'flow_in_count', '30d', true, NULL),
    ('plaid_base_report', 'number_of_inflows_60d', 'flow_in_count', '60d', true, NULL),
    ('plaid_base_report', 'number_of_inflows_90d', 'flow_in_count', '90d', true, NULL),
    ('plaid_base_report', 'number_of_outflows_30d', 'flow_out_count', '30d', true, NULL),
    ('plaid_base_report', 'number_of_outflows_60d', 'flow_out_count', '60d', true, NULL),
    ('plaid_base_report', 'number_of_outflows_90d', 'flow_out_count', '90d', true, NULL),
    ('plaid_base_report', 'total_inflow_amount_30d', 'flow_in_gross_minor', '30d', true, NULL),
    ('plaid_base_report', 'total_inflow_amount_60d', 'flow_in_gross_minor', '60d', true, NULL),
    ('plaid_base_report', 'total_inflow_amount_90d', 'flow_in_gross_minor', '90d', true, NULL),
    ('plaid_base_report', 'total_outflow_amount_30d', 'flow_out_gross_minor', '30d', true, NULL),
    ('plaid_base_report', 'total_outflow_amount_60d', 'flow_out_gross_minor', '60d', true, NULL),
    ('plaid_base_report', 'total_outflow_amount_90d', 'flow_out_gross_minor', '90d', true, NULL)),
-- over the longest span that is held: at most a year, at least thirty days
longest AS (
    SELECT holder_type, holder_id, account_key, currency, arg_max(window_name, covered_days) AS window_name
    FROM underwriting.attribute_values
    WHERE attribute = 'coverage_quiet_days' AND value_state IN ('OK', 'PARTIAL') GROUP BY ALL),
kept AS (
    FROM (FROM underwriting.attribute_values
        WHERE attribute IN (SELECT attribute FROM named UNION SELECT judged_as FROM named)) v
    LEFT JOIN longest l USING (holder_type, holder_id, account_key, currency)
    SELECT v.*, l.window_name AS longest_name),
counted AS (
    SELECT s.holder_type, s.holder_id, s.account_key, s.currency, unnest([
            {characteristic: 'num_accounts', value_integer: count(*) FILTER (l.subcategory IN ('checking', 'savings'))},
            {characteristic: 'num_checking_accounts',
                value_integer: count(*) FILTER (l.subcategory = 'checking')},
            {characteristic: 'num_savings_accounts', value_integer: count(*) FILTER (l.subcategory = 'savings')},
            {characteristic: 'num_money_market_accounts', value_integer: NULL}], recursive := true)
    FROM (FROM underwriting.subjects WHERE NOT is_account) s
    LEFT JOIN (FROM ledger.accounts WHERE status = 'active' AND category = 'cash') l USING (holder_type, holder_id)
    GROUP BY s.holder_type, s.holder_id, s.account_key, s.currency)
SELECT k.holder_type, k.holder_id, k.account_key, k.currency, n.source, n.characteristic,
    CASE WHEN j.attribute IS NULL OR j.value_integer IS NOT NULL THEN k.value_integer END AS value_integer,
    k.value_double, k.value_date, coalesce(j.value_state, k.value_state) AS value_state,
    CASE WHEN j.attribute IS NULL THEN k.state_reason ELSE j.state_reason END AS state_reason, k.lower_bound_days
FROM kept k JOIN named n ON n.attribute = k.attribute AND n.of_accounts = (k.account_key <> '')
    AND k.window_name = CASE WHEN n.window_name = 'held' THEN coalesce(k.longest_name, '30d') ELSE n.window_name END
LEFT JOIN kept j ON j.holder_type = k.holder_type AND j.holder_id = k.holder_id AND j.account_key = k.account_key
    AND j.currency = k.currency AND j.window_name = k.window_name AND j.attribute = n.judged_as
UNION ALL
-- Stripe tells no money market account from other savings
SELECT holder_type, holder_id, account_key, currency, 'ultrafico', characteristic, value_integer, NULL, NULL,
    CASE WHEN value_integer IS NULL THEN 'NOT_APPLICABLE' ELSE 'OK' END,
    CASE WHEN value_integer IS NULL THEN 'the bank says checking or savings' END, NULL
FROM counted
