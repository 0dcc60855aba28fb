package models_test

import (
	"fmt"
	"testing"

	"fcpipe/schema/rules"
	"fcpipe/schema/storetest"
)

// readPolicy reads a policy of the numbers that its test is about.
func readPolicy(t *testing.T, lines string) []rules.Condition {
	t.Helper()
	read, err := rules.ReadPolicy("policy.csv", []byte(
		"attribute,window,comparison,threshold,currency,reason_code,text\n"+lines), []rules.Attribute{
		{Name: "balance_negative_days", Unit: "days", Windows: []string{"90d"}},
		{Name: "balance_days_since_negative", Unit: "days", Windows: []string{"now"}},
		{Name: "balance_daily_avg_minor", Unit: "minor", Windows: []string{"90d"}},
		{Name: "distress_fee_count", Unit: "count", Windows: []string{"90d"}},
		{Name: "flow_unknown_share", Unit: "ratio", Windows: []string{"90d"}},
	})
	if err != nil {
		t.Fatal(err)
	}
	return read
}

const reasonsOf = `SELECT string_agg(concat_ws(' ', position, currency, outcome, value_state, reason_text,
	'(' || state_reason || ')'), '; ' ORDER BY position) FROM underwriting.reasons WHERE holder_id = '%s'`

const (
	firstPolicy = "balance_negative_days,90d,>,2,,CF06,\n" +
		"balance_days_since_negative,now,>=,30,,LONG,Last below zero {n} days ago\n" +
		"balance_daily_avg_minor,90d,<,5000.00,usd,CF09,{n} over {w} days\n" +
		"balance_daily_avg_minor,90d,<,5000.00,eur,CF09,\n" +
		"distress_fee_count,90d,!=,0,,FEES,{n} fees in {w} days\n"
	laterPolicy = "distress_fee_count,90d,>,5,,FEES,x\n"
)

// tellOfPolicy tells of a holder whose numbers a policy decides on, and of one whose rows were never held.
func tellOfPolicy(h *household) {
	h.account("fca_held", "cus_held", date(6, 20, 12), nil)
	balance := h.pay("fca_held", append(monthly(1, "2025-07-03", 12, -10000, "CHECK 1021"),
		payment{date(5, 18, 12).AddDate(-1, 0, 0), -100, "KROGER #412"},
		payment{date(6, 3, 12), -3500, "OVERDRAFT FEE"},
		payment{date(6, 19, 12), -100, "KROGER #412"}))
	h.observe("fca_held", date(5, 20, 12).AddDate(-1, 0, 0), 500000-100)
	h.observe("fca_held", date(6, 20, 11), 500000+balance)
	h.account("fca_never", "cus_never", date(6, 20, 12).AddDate(-2, 0, 0), nil)
}

// TestReasonsAreThoseOfThePolicy: each condition holds, does not hold or cannot be said; a number that is neither OK
// nor PARTIAL decides nothing, and a file that changes changes the table.
func TestReasonsAreThoseOfThePolicy(t *testing.T) {
	s := withPolicy(t)
	s.Want(fmt.Sprintf(reasonsOf, "cus_held"), "1 usd does_not_hold OK; 2 usd holds NO_DATA Last below zero more than "+
		"365 days ago (not in 365 days); 3 usd holds OK 3,933.89 USD over 90 days; 4 eur cannot_be_said NO_DATA (no "+
		"account in this currency is shared); 5 usd holds OK 1 fee in 90 days")
	s.Want("SELECT evidence FROM underwriting.reasons WHERE holder_id = 'cus_held' AND position = 3",
		"2026-03-22 to 2026-06-19: 90 days held, 4 rows")
	const never = " cannot_be_said NOT_COVERED (rows were never held)"
	const elsewhere = " cannot_be_said NO_DATA (no account in this currency is shared)"
	s.Want(fmt.Sprintf(reasonsOf, "cus_never"), "1 xxx"+never+"; 2 xxx"+never+"; 3 usd"+elsewhere+"; 4 eur"+elsewhere+
		"; 5 xxx"+never)
	s, _ = requestedLoans(t)
	s.Want(fmt.Sprintf(reasonsOf, "cus_held"), "1 usd does_not_hold OK")
	s.Want("SELECT string_agg(reason_code || ' ' || (removed_at IS NULL), ', ' ORDER BY observed_at, position) "+
		"FROM meta.policies", "CF06 false, LONG false, CF09 false, CF09 false, FEES false, FEES true")
}

// TestTheSamePolicyIsNotPublishedAgain: a round without news whose files say what they said leaves the published file.
func TestTheSamePolicyIsNotPublishedAgain(t *testing.T) {
	s := withPolicy(t)
	published := string(storetest.ReadFile(t, s.Layout().Database()))
	s.Derives, s.Zone, s.UserFiles = true, "UTC", &rules.Set{Policy: readPolicy(t, firstPolicy)}
	s.Round()
	if string(storetest.ReadFile(t, s.Layout().Database())) != published {
		t.Error("the same policy is published again")
	}
}
