package models_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"testing"
	"time"

	"fcpipe/schema/rules"
	"fcpipe/schema/storetest"
)

// debtor has wages, a rent, a car loan and what is bought every five days, and balances that are proved.
func debtor(h *household, account, holder string, opening int64) {
	h.account(account, holder, date(6, 20, 12), nil)
	balance := h.pay(account, slices.Concat(every(14, "2025-07-04", 26, 200000, steadyWage),
		monthly(1, "2025-07-03", 12, -310000, "CHECK 1021"), every(5, "2025-07-02", 70, -7777, "KROGER #412"),
		monthly(1, "2025-07-10", 12, -32000, toyota), []payment{
			{date(5, 18, 12).AddDate(-1, 0, 0), -100, "KROGER #412"}, {date(6, 19, 12), -100, "KROGER #412"},
		}))
	h.observe(account, date(5, 20, 12).AddDate(-1, 0, 0), opening-100)
	h.observe(account, date(6, 20, 11), opening+balance)
}

// loanAsked is a request as the test replays it.
type loanAsked struct {
	payment  int64
	cadence  string
	firstDue time.Time // of the replay: due dates follow from it both ways
	most     int       // payments
	relief   map[string]int64
}

// isDue reports whether a day is a due date.
func (a loanAsked) isDue(day time.Time) bool {
	days := int(day.Sub(a.firstDue).Hours() / 24)
	switch a.cadence {
	case "weekly":
		return days%7 == 0
	case "biweekly":
		return days%14 == 0
	}
	last := time.Date(day.Year(), day.Month()+1, 0, 0, 0, 0, 0, time.UTC).Day()
	return day.Day() == min(a.firstDue.Day(), last)
}

// below counts days below zero, with payments of so much on every due date.
func (a loanAsked) below(balances []int64, first time.Time, payment int64) (days int) {
	var paid int64
	dues := 0
	for n, balance := range balances {
		day := first.AddDate(0, 0, n)
		if a.isDue(day) && dues < a.most {
			dues++
			paid += payment
		}
		paid -= a.relief[day.Format(time.DateOnly)]
		if balance < paid {
			days++
		}
	}
	return days
}

// largest is the largest payment that leaves every day at zero or above.
func (a loanAsked) largest(balances []int64, first time.Time) int64 {
	low, high := int64(0), int64(1)<<40
	for low < high {
		if middle := (low + high + 1) / 2; a.below(balances, first, middle) == 0 {
			low = middle
		} else {
			high = middle - 1
		}
	}
	return low
}

// tablesOfUserFiles are those that tests of loan requests and policies ask.
var tablesOfUserFiles = []string{"underwriting.attribute_values", "ledger.classed_payments", "underwriting.reasons"}

// withPolicy is a store with five debtors, who ask for nothing yet, and the holders of a policy.
func withPolicy(t *testing.T) *storetest.Store {
	t.Helper()
	storetest.WithTables(t, tablesOfUserFiles...)
	return storetest.Prepared(t, "a policy", func() *storetest.Store {
		var h household
		for n := range 5 {
			debtor(&h, fmt.Sprintf("fca_%d", n), fmt.Sprintf("cus_%d", n), 300000)
		}
		tellOfPolicy(&h)
		s := storetest.NewDerivedStore(t)
		s.Clock, s.Zone = date(6, 20, 11), "UTC"
		s.UserFiles = &rules.Set{Policy: readPolicy(t, firstPolicy)}
		s.Round(h.landed)
		return s
	})
}

// requestedLoans is withPolicy after a round in which four of the debtors ask for a loan and the policy is another one,
// and the obligation of one.
func requestedLoans(t *testing.T) (*storetest.Store, string) {
	t.Helper()
	storetest.WithTables(t, tablesOfUserFiles...)
	s := storetest.Prepared(t, "requested loans", func() *storetest.Store {
		s := withPolicy(t)
		s.Want(fmt.Sprintf(loanValue, "cus_1", "negative_days_added", "90d"), "NOT_APPLICABLE no loan is asked for")
		read, err := rules.ReadLoanRequests("loan_requests.csv", []byte(
			"holder,currency,payment,cadence,first_due,payments,refinances\n"+
				"cus_0,usd,900.00,monthly,2026-08-31,,\ncus_1,usd,450.55,weekly,,,\n"+
				"cus_2,usd,1800,biweekly,2026-07-01,4,"+s.Query(loanOfTwo)+"\ncus_3,usd,100,monthly,,,no_such_loan\n"))
		if err != nil {
			t.Fatal(err)
		}
		s.Derives, s.Zone = true, "UTC"
		s.UserFiles = &rules.Set{Requests: read, Policy: readPolicy(t, laterPolicy)}
		s.Round()
		return s
	})
	return s, s.Query(loanOfTwo)
}

const (
	loanValue = `SELECT concat_ws(' ', value_state, value_integer, state_reason) FROM underwriting.attribute_values
		WHERE holder_id = '%s' AND account_key = '' AND attribute = 'affordability_%s' AND window_name = '%s'`
	loanOfTwo = "SELECT stream_id FROM ledger.obligations WHERE holder_id = 'cus_2' AND class = 'auto'"
)

// TestLoanRequestsAreThoseOfBruteForce: days below zero that the payment adds, and the largest payment when an
// obligation is paid off, are those of counting day by day.
func TestLoanRequestsAreThoseOfBruteForce(t *testing.T) {
	s, loan := requestedLoans(t)
	var paid []string
	if err := json.Unmarshal([]byte(s.Query(`SELECT to_json(list(posted_date::VARCHAR)) FROM ledger.classed_payments
		WHERE stream_id = '`+loan+`'`)), &paid); err != nil || len(paid) != 12 {
		t.Fatal(paid, err)
	}
	for window, days := range map[string]int{"90d": 90, "180d": 180} {
		first := date(6, 20, 0).AddDate(0, 0, -days)
		relief := map[string]int64{}
		for _, day := range paid {
			if day >= first.Format(time.DateOnly) {
				relief[day] = 32000
			}
		}
		for holder, a := range map[string]loanAsked{
			"cus_0": {90000, "monthly", date(8, 31, 0), 1000, nil}, "cus_1": {45055, "weekly", first, 1000, nil},
			"cus_2": {180000, "biweekly", date(7, 1, 0), 4, relief},
		} {
			var balances []int64
			if err := json.Unmarshal([]byte(s.Query(fmt.Sprintf(`SELECT to_json(list(end_of_day_minor ORDER BY day))
				FROM ledger.holder_daily_balances WHERE holder_id = '%s' AND day BETWEEN DATE '%s' AND
				DATE '2026-06-19'`, holder, first.Format(time.DateOnly)))), &balances); err != nil ||
				len(balances) != days {
				t.Fatal(len(balances), err)
			}
			added := a.below(balances, first, a.payment) - loanAsked{}.below(balances, first, 0)
			t.Logf("%s %s: %d days, %d", holder, window, added, a.largest(balances, first))
			s.Want(fmt.Sprintf(loanValue, holder, "negative_days_added", window), fmt.Sprint("OK ", added))
			if a.relief != nil {
				s.Want(fmt.Sprintf(loanValue, holder, "payment_max_refinance_minor", window),
					fmt.Sprint("OK ", a.largest(balances, first)))
			}
		}
	}
}

// TestWhatALoanLeavesOfIncome: a month of its payment less, and with what it eases; an obligation that is not there
// makes it partial, and gives no number to what needs it. Where the user's files are empty neither a loan nor a reason
// is left.
func TestWhatALoanLeavesOfIncome(t *testing.T) {
	s, _ := requestedLoans(t)
	for holder, want := range map[string]string{
		"cus_0": "OK -90000", "cus_1": "OK -195238", "cus_2": "OK -358000", "cus_3": "PARTIAL -10000",
	} {
		s.Want(fmt.Sprintf(`SELECT a.value_state || ' ' || (a.value_integer - b.value_integer)
			FROM underwriting.attribute_values a JOIN underwriting.attribute_values b USING (holder_id, account_key)
			WHERE holder_id = '%s' AND a.attribute = 'affordability_residual_after_payment_minor'
			AND b.attribute = 'obligation_residual_income_minor'`, holder), want)
	}
	const unknown = "no obligation that is paid has the id that the request would pay off"
	s.Want(fmt.Sprintf(loanValue, "cus_2", "refinance_relief_minor", "90d"), "OK 32000")
	s.Want(fmt.Sprintf(loanValue, "cus_3", "refinance_relief_minor", "90d"), "NO_DATA "+unknown)
	s.Want(fmt.Sprintf(loanValue, "cus_3", "payment_max_refinance_minor", "90d"), "NO_DATA "+unknown)
	s.Want(fmt.Sprintf(loanValue, "cus_1", "refinance_relief_minor", "90d"),
		"NOT_APPLICABLE the loan that is asked for pays off no obligation")
	s.Want(fmt.Sprintf(loanValue, "cus_4", "residual_after_payment_minor", "90d"),
		"NOT_APPLICABLE no loan is asked for")
	s.Derives, s.Zone, s.UserFiles = true, "UTC", &rules.Set{}
	s.Round()
	s.Want("SELECT count(*) FROM underwriting.loan_values", "0")
	s.Want("SELECT count(*) FROM underwriting.reasons", "0")
}
