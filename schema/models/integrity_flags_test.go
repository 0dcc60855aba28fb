package models_test

import (
	"testing"

	"fcpipe/schema"
)

const flagsOf = `SELECT string_agg(concat_ws(' ', flag, row_count, amount_minor, round(measure, 2)), '; ' ORDER BY flag)
	FROM underwriting.integrity_flags`

// circling is a holder with two accounts: 2,000.00 go around between them every third day.
var circling = tellHousehold(func(h *household) {
	ninetyDays(h, "fca_a")
	h.account("fca_b", "cus_1", date(6, 20, 12), nil)
	h.post("fca_b", date(3, 1, 9), 500)
	h.post("fca_b", date(3, 1, 10), -500)
	for day := range 30 {
		at := date(3, 20, 12).AddDate(0, 0, 3*day)
		from, to := "fca_a", "fca_b"
		if day%2 == 1 {
			from, to = to, from
		}
		h.says(from, at, -200000, "ONLINE TRANSFER TO CHK")
		h.says(to, at, 200000, "ONLINE TRANSFER FROM CHK")
	}
	h.observe("fca_b", date(3, 2, 11), 10000)
	h.observe("fca_b", date(6, 20, 11), 10000)
})

// TestMoneyInCirclesIsFlagged: and income is what it is without the circles.
func TestMoneyInCirclesIsFlagged(t *testing.T) {
	s := circling.published(t)
	s.Want(flagsOf, "CIRCULAR_TRANSFERS 29 5800000 22.48; WEEKEND_ACH 25 75000 0.28")
	wantValues(t, s, map[string]string{"flow_in_net_minor 90d": "OK 270000", "income_all_minor 90d": "OK 270000"})
}

var savingOnly = tellHousehold(func(h *household) {
	h.account("fca_s", "cus_1", date(6, 20, 12), func(a *schema.Account) { a.Subcategory = "savings" })
	for month := 1; month <= 6; month++ {
		h.says("fca_s", date(month, 5, 15), 30000, "ACH DEPOSIT FROM CHASE 8890")
		h.says("fca_s", date(month, 15, 15), 4120, "INTEREST PAID")
	}
	h.observe("fca_s", date(6, 20, 11), 1500000)
})

// TestAMonthlySavingIsNoCircle: own money that only comes, and stays, goes around nowhere.
func TestAMonthlySavingIsNoCircle(t *testing.T) {
	s := savingOnly.published(t)
	s.Want("SELECT count(*) FROM underwriting.integrity_flags WHERE flag = 'CIRCULAR_TRANSFERS'", "0")
	s.Want("SELECT count(*) FROM ledger.labels WHERE category = 'xfer.own_unlinked_in'", "6")
}

var goingBack = tellSteady(func(h *household) {
	for _, day := range []int{1, 8} {
		h.says("fca_a", date(6, day, 9), 30000, "ZELLE FROM JANE DOE")
		h.says("fca_a", date(6, day+2, 9), -30000, "ZELLE TO JANE DOE")
	}
	h.says("fca_a", date(6, 14, 9), 150000, "ZELLE FROM JANE DOE PAYROLL")
	h.says("fca_a", date(6, 15, 9), 2000000, "WIRE IN")
})

// TestWhatGoesBackAndWhatIsCalledPayIsFlagged: with the rows that show it; no attribute changes by a flag. What a
// person calls pay is none, so it is among what was loaded.
func TestWhatGoesBackAndWhatIsCalledPayIsFlagged(t *testing.T) {
	s := goingBack.published(t)
	s.Want(flagsOf, "LOADED 2 2150000 0.87; ROUND_TRIPS 2 60000; WAGE_BY_PERSON 1 150000; WEEKEND_ACH 25 75000 0.28")
}

var steadyWeekends = tellSteady(func(*household) {})

// TestWagesEveryDayOfTheWeekAreFlagged: the clearing house does not work on weekends; an account that is fine otherwise
// has no other flag.
func TestWagesEveryDayOfTheWeekAreFlagged(t *testing.T) {
	s := steadyWeekends.published(t)
	s.Want(flagsOf, "WEEKEND_ACH 25 75000 0.28")
	s.Want("SELECT len(transaction_ids) || ' ' || reason FROM underwriting.integrity_flags",
		"20 25 of 90 entries posted on a weekend")
}

var replaced = tellHousehold(func(h *household) {
	h.account("fca_a", "cus_1", date(6, 20, 12), nil)
	for day := range 70 {
		h.post("fca_a", date(3, 1, 9).AddDate(0, 0, day), -1000)
	}
	h.account("fca_b", "cus_1", date(6, 20, 12), nil)
	h.post("fca_b", date(3, 1, 9), 5000)
	for _, day := range []int{1, 5, 9} {
		h.says("fca_b", date(6, day, 9), 5000, "ONLINE TRANSFER FROM CHK ...9876")
	}
})

// TestAnAccountThatIsUsedNoMoreIsFlagged: while texts cite one that is not linked, and another one only receives.
func TestAnAccountThatIsUsedNoMoreIsFlagged(t *testing.T) {
	s := replaced.published(t)
	s.Want(`SELECT string_agg(account_key || ' ' || flag || ' ' || row_count, '; ' ORDER BY flag, account_key)
		FROM underwriting.integrity_flags WHERE account_key <> ''`,
		"fca_a GONE_ELSEWHERE 3; fca_b NEVER_PAYS 3")
}
