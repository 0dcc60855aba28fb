package models_test

import (
	"testing"

	"fcpipe/schema"
)

var mainAndSavings = tellHousehold(func(h *household) {
	ninetyDays(h, "fca_a")
	h.account("fca_b", "cus_1", date(6, 20, 12), func(a *schema.Account) { a.Subcategory = "savings" })
	h.says("fca_b", date(3, 1, 9), 5000, "INTEREST PAID")
	h.says("fca_b", date(6, 10, 9), 700, "INTEREST PAID")
	h.observe("fca_b", date(3, 2, 11), 50000)
	h.observe("fca_b", date(6, 20, 11), 50700)
	h.account("fca_card", "cus_1", date(6, 20, 12), func(a *schema.Account) {
		a.Category, a.Subcategory = "credit", "credit_card"
	})
	h.post("fca_card", date(6, 1, 9), -100)
	h.observe("fca_card", date(6, 20, 11), 100)
})

// TestCoverageOfAnAccount: where it begins and ends, and how long nothing moved.
func TestCoverageOfAnAccount(t *testing.T) {
	s := mainAndSavings.published(t)
	wantAccountValues(s, "fca_b", map[[2]string]string{
		{"coverage_start_date", "now"}: "OK 2026-03-01", {"coverage_end_date", "now"}: "OK 2026-06-19",
		{"coverage_account_age_observed_days", "now"}:   "OK 111",
		{"coverage_days_since_last_transaction", "now"}: "OK 10",
		{"coverage_basis", "now"}:                       "OK first_transaction",
		{"coverage_quiet_days", "30d"}:                  "OK 29",
		// from 21 May to 9 June
		{"coverage_gap_max_days", "30d"}: "OK 20", {"coverage_gap_avg_days", "30d"}: "NO_DATA -",
		{"coverage_gap_max_start_date", "30d"}: "OK 2026-05-21", {"coverage_gap_max_end_date", "30d"}: "OK 2026-06-09",
		{"coverage_gap_max_start_date", "365d"}: "NOT_COVERED -",
		{"coverage_gap_max_days", "365d"}:       "NOT_COVERED -", {"coverage_residual_abs_minor", "30d"}: "OK 0",
		{"coverage_residual_ratio", "30d"}: "OK 0.0", {"coverage_is_primary", "90d"}: "OK 0",
	})
	wantAccountValues(s, "fca_a", map[[2]string]string{
		{"coverage_gap_avg_days", "90d"}: "OK 1.0", {"coverage_gap_max_days", "90d"}: "OK 0",
		{"coverage_gap_max_start_date", "90d"}: "NO_DATA -",
		{"flow_in_avg_minor", "30d"}:           "OK 3000", {"flow_out_avg_minor", "30d"}: "OK 1000",
		{"coverage_is_primary", "90d"}:                  "OK 1",
		{"coverage_days_since_last_transaction", "now"}: "OK 1",
	})
	wantValues(t, s, map[string]string{
		"coverage_accounts_cash_count now": "OK 2", "coverage_accounts_credit_count now": "OK 1",
		"coverage_accounts_other_count now": "OK 0", "coverage_missing_account_count 90d": "OK 0",
		"coverage_missing_account_minor 90d": "OK 0",
	})
}

var unexplained = tellHousehold(func(h *household) {
	ninetyDays(h, "fca_a")
	h.says("fca_a", date(6, 1, 9), -10000, "ONLINE TRANSFER TO SAV ...9876")
	h.landed.Transactions = append(h.landed.Transactions[:100], h.landed.Transactions[101:]...)
	h.landed.Balances[1].CurrentMinor = new(*h.landed.Balances[1].CurrentMinor - 10000)
})

// TestWhatIsNotExplainedIsTold: a row is missing, and an account is cited that is not linked.
func TestWhatIsNotExplainedIsTold(t *testing.T) {
	s := unexplained.published(t)
	wantAccountValues(s, "fca_a", map[[2]string]string{
		{"coverage_residual_abs_minor", "30d"}: "UNRECONCILED 3000",
	})
	wantValues(t, s, map[string]string{
		"coverage_missing_account_count 90d": "UNRECONCILED 1",
		"coverage_missing_account_minor 90d": "UNRECONCILED 10000",
	})
}
