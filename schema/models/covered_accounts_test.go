package models_test

import (
	"testing"
	"time"

	"fcpipe/schema"
	"fcpipe/schema/storetest"
)

// accountsOf are the months of a holder: state, accounts covered and not, and the share of the flow that is covered.
const accountsOf = `SELECT string_agg(regexp_replace(concat_ws(' ', month, flow_state,
	array_to_string(covered_accounts, '+') || '-' || array_to_string(uncovered_accounts, '+'), covered_flow_per_mille),
	'@[0-9]+', '', 'g'), '; ' ORDER BY month) FROM underwriting.cash_flow_month WHERE holder_id = 'cus_1'`

var closedAccount = tellHousehold(func(h *household) {
	ninetyDays(h, "fca_a")
	h.account("fca_old", "cus_1", date(4, 21, 12), func(a *schema.Account) { a.Status = "inactive" })
	h.post("fca_old", date(3, 1, 9), 5000)
	h.post("fca_old", date(4, 20, 9), -5000)
	h.observe("fca_old", date(3, 2, 11), 5000)
	h.observe("fca_old", date(4, 21, 11), 0)
})

// TestClosedAccountEndsAtZero: after its end it is no gap, and no month is lost.
func TestClosedAccountEndsAtZero(t *testing.T) {
	s := closedAccount.published(t)
	s.Want(accountsOf, "2026-03 complete fca_a+fca_old- 1000; 2026-04 complete fca_a+fca_old- 1000; "+
		"2026-05 complete fca_a- 1000; 2026-06 partial -fca_a 633")
	wantValues(t, s, map[string]string{
		"flow_net_minor 30d": "OK 60000", "balance_daily_avg_minor 30d": "OK 293000", "coverage_days 90d": "OK 90",
		"coverage_accounts_cash_count now": "OK 1",
	})
}

var fourAccounts = tellHousehold(func(h *household) {
	ninetyDays(h, "fca_a")
	for _, id := range []string{"fca_b", "fca_c", "fca_d"} {
		through := date(6, 20, 12)
		if id == "fca_d" {
			through = date(5, 10, 12)
		}
		h.account(id, "cus_1", through, nil)
		h.post(id, date(3, 1, 9), 1000)
		h.post(id, date(5, 1, 9), -100)
		h.observe(id, date(3, 2, 11), 1000)
		h.observe(id, through.Add(-time.Hour), 900)
	}
})

// TestOneAccountOfFourIsStale: it carries little of the flow, so flows are told and say that it is missing; the sum of
// balances is not known without it.
func TestOneAccountOfFourIsStale(t *testing.T) {
	s := fourAccounts.published(t)
	s.Want(accountsOf, "2026-03 complete fca_a+fca_b+fca_c+fca_d- 1000; "+
		"2026-04 complete fca_a+fca_b+fca_c+fca_d- 1000; "+
		"2026-05 complete fca_a+fca_b+fca_c-fca_d 997; 2026-06 partial -fca_a+fca_b+fca_c+fca_d 630")
	s.Want(`SELECT excluded_accounts FROM underwriting.subject_windows WHERE account_key = '' AND holder_id = 'cus_1'
		AND window_name = '30d'`, "1")
	wantValues(t, s, map[string]string{
		"flow_net_minor 30d": "PARTIAL 60000", "balance_daily_avg_minor 30d": "NO_DATA -",
	})
	wantAccountValues(s, "fca_d", map[[2]string]string{
		{"flow_in_gross_minor", "30d"}: "NOT_COVERED -", {"balance_daily_avg_minor", "30d"}: "NOT_COVERED -",
	})
}

// TestPostedAtMidnightWithTransactedAtAtNoon: the bank knows the hour of a purchase and the date of posting; neither
// moves to the day before in a zone west of Greenwich.
func TestPostedAtMidnightWithTransactedAtAtNoon(t *testing.T) {
	storetest.ForProof(t)
	storetest.WithTables(t, "underwriting.attribute_values")
	var h household
	ninetyDays(&h, "fca_a")
	for i := range h.landed.Transactions {
		at := h.landed.Transactions[i].TransactedAt.Truncate(24 * time.Hour)
		h.landed.Transactions[i].TransactedAt, h.landed.Transactions[i].PostedAt = at.Add(16*time.Hour), &at
	}
	s := storetest.NewDerivedStore(t)
	s.Clock, s.Zone = date(6, 20, 11), "America/New_York"
	s.Round(h.landed)
	s.Want("SELECT date_basis || ' ' || posted_date_basis FROM ledger.accounts", "local_time utc_date")
	s.Want("SELECT min(day) || ' ' || max(day) || ' ' || count(DISTINCT day) FROM underwriting.flow_days",
		"2026-03-01 2026-06-19 111")
	wantValues(t, s, map[string]string{"flow_net_minor 30d": "OK 60000"})
}
