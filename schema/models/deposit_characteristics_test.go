package models_test

import "testing"

// TestUltraFICOCharacteristics: all 21 under their own names, each with its state.
func TestUltraFICOCharacteristics(t *testing.T) {
	s := mainAndSavings.published(t)
	s.Want("SELECT count(*) || ' ' || count(DISTINCT characteristic) FROM underwriting.deposit_characteristics "+
		"WHERE source = 'ultrafico' AND account_key = ''", "21 21")
	for characteristic, want := range map[string]string{
		"num_accounts": "2 OK", "num_checking_accounts": "1 OK", "num_savings_accounts": "1 OK",
		"num_money_market_accounts": "- NOT_APPLICABLE", "tot_current_balances": "372700 OK",
		"avg_daily_balance_over_1_month":                      "343233 OK",
		"avg_daily_balance_over_12_months":                    "- NOT_COVERED",
		"tot_number_days_with_negative_balance_over_3_months": "0 OK",
		"days_with_tx_over_1_month":                           "30 OK",
		// only 111 days are held: how many days of twelve months had rows is not known
		"days_with_tx_over_12_months": "- NOT_COVERED", "days_since_earliest_tx": "111 OK",
		"days_since_most_recent_tx": "1 OK", "days_since_most_recent_negative_ending_balance": "- NO_DATA 111",
		"days_since_most_recent_insufficient_funds_fee_debit_tx": "- NO_DATA 111",
	} {
		s.Want("SELECT concat_ws(' ', coalesce(value_integer::VARCHAR, '-'), value_state, lower_bound_days) "+
			"FROM underwriting.deposit_characteristics WHERE source = 'ultrafico' AND characteristic = '"+
			characteristic+"'", want)
	}
}

// TestGapsAndFlowsOfABaseReport: of each account, over the longest span that is held.
func TestGapsAndFlowsOfABaseReport(t *testing.T) {
	s := mainAndSavings.published(t)
	for characteristic, want := range map[string]string{
		"days_available": "111 OK", "number_of_days_no_transactions": "89 OK",
		"longest_gap_between_transactions_days": "80 OK", "average_days_between_transactions": "- NO_DATA",
		"total_inflow_amount_30d": "700 OK", "number_of_outflows_30d": "0 OK", "number_of_inflows_90d": "1 OK",
		"longest_gap_between_transactions_start_date": "2026-03-22 OK",
		"longest_gap_between_transactions_end_date":   "2026-06-09 OK",
		"average_inflow_amount_90d":                   "700 OK", "average_outflow_amount_90d": "- NO_DATA",
	} {
		s.Want("SELECT concat_ws(' ', coalesce(value_integer::VARCHAR, value_double::VARCHAR, value_date::VARCHAR, "+
			"'-'), value_state) FROM underwriting.deposit_characteristics WHERE source = 'plaid_base_report' "+
			"AND account_key = 'fca_b' AND characteristic = '"+characteristic+"'", want)
	}
}
