package models_test

import (
	"slices"
	"testing"
	"time"
)

// paydays are every other Friday, or the business day before a Friday on which banks do not work, in the two years up
// to 28 February 2027.
func paydays(amount func(n int) int64) (all []payment) {
	closed := []string{"2025-07-04", "2026-06-19", "2026-07-03", "2026-12-25"}
	n := 0
	for at := day("2025-03-07"); at.Before(day("2027-02-28")); at = at.AddDate(0, 0, 14) {
		paid := at
		if slices.Contains(closed, at.Format(time.DateOnly)) {
			paid = at.AddDate(0, 0, -1)
		}
		all = append(all, payment{paid, amount(n), wage})
		n++
	}
	return all
}

// TestSteadyBiweeklyWage: the wage per period is steady whatever months have two or three paydays, none is missed over
// weekends and holidays, and its cadence is the same on whatever day the history ends.
func TestSteadyBiweeklyWage(t *testing.T) { steadyPaydays.test(t) }

var steadyPaydays = tellDiary(sharedEnd, func(d *diary) (ask func(t *testing.T)) {
	cents := func(n int) int64 { return 210050 + int64(n%3) }
	holder := d.tell(paydays(cents))
	for n := range 12 { // histories that end in the middle of each month: of two paydays, and of three
		end := day("2026-03-14").AddDate(0, n, 0)
		d.tell(slices.DeleteFunc(paydays(cents), func(p payment) bool { return p.day.After(end) }))
	}
	d.asks("expenses.price_changes", "ledger.expected_payments")
	return func(t *testing.T) {
		for question, want := range map[string]string{
			`SELECT concat_ws(' ', kind, cadence, payment_count, met_count, missed_count, amount_cv < 0.001, status)
		FROM ledger.streams WHERE holder_id = '` + holder + "'": "payroll biweekly 52 52 0 true active",
			`SELECT string_agg(DISTINCT state, ' ' ORDER BY state) FROM ledger.expected_payments
		WHERE holder_id = '` + holder + "'": "due on_time",
			`SELECT concat_ws(' ', count(*), stddev(minor) / avg(minor) < 0.01) FROM (SELECT sum(paid_minor) AS minor
		FROM ledger.expected_payments WHERE met_by IS NOT NULL AND holder_id = '` + holder + `'
		GROUP BY due_date)`: "52 true",
			`SELECT string_agg(DISTINCT concat_ws(' ', kind, cadence, missed_count, monthly_minor // 1000), '; ')
		FROM ledger.streams`: "payroll biweekly 0 455",
			`SELECT concat_ws(' ', count(*), count(DISTINCT holder_id)) FROM ledger.streams`: "13 13",
		} {
			if found := d.strings(question)[0]; found != want {
				t.Errorf("%s\nfound %q, want %q", question, found, want)
			}
		}
	}
})

// TestSecondWednesdayBenefitIsOneStreamOverSixMonths, whichever six they are: gaps are of four and five weeks.
func TestSecondWednesdayBenefitIsOneStreamOverSixMonths(t *testing.T) { secondWednesdays.test(t) }

var secondWednesdays = tellDiary(sharedEnd, func(d *diary) (ask func(t *testing.T)) {
	for n := range 24 {
		var payments []payment
		for month := range 6 {
			first := day("2024-09-01").AddDate(0, n+month, 0)
			offset := (int(time.Wednesday-first.Weekday()) + 7) % 7
			payments = append(payments, payment{first.AddDate(0, 0, offset+7), 164200, "SSA TREAS 310 XXSOC SEC PPD"})
		}
		d.tell(payments)
	}
	d.asks("expenses.price_changes", "ledger.expected_payments")
	return func(t *testing.T) {
		found := d.strings(`SELECT concat_ws(' ', kind, cadence, payment_count, missed_count, n) FROM (
		SELECT kind, cadence, payment_count, missed_count, count(*) AS n FROM ledger.streams GROUP BY ALL)`)
		if !slices.Equal(found, []string{"benefit monthly 6 0 24"}) {
			t.Errorf("found %q", found)
		}
	}
})

// TestHabitIsNoSubscription: what people buy every week or two, of equal or unequal amounts, is neither subscription
// nor bill.
func TestHabitIsNoSubscription(t *testing.T) { habits.test(t) }

var habits = tellDiary(sharedEnd, func(d *diary) (ask func(t *testing.T)) {
	d.tell(every(7, "2026-09-01", 25, -575, "STARBUCKS STORE 04412"))
	var groceries, fuel []payment
	for i, p := range every(7, "2026-09-05", 25, -8000, "KROGER #412") {
		p.amount -= int64(i%4) * 3100
		groceries = append(groceries, p)
	}
	for i, p := range every(14, "2026-09-04", 12, -3500, "SHELL OIL 57444812") {
		p.amount -= int64(i%3) * 900
		fuel = append(fuel, p)
	}
	d.tell(groceries)
	d.tell(fuel)
	d.asks("expenses.bills", "expenses.subscriptions")
	return func(t *testing.T) {
		if kinds := d.strings("SELECT DISTINCT kind FROM ledger.streams"); !slices.Equal(kinds, []string{"habit"}) {
			t.Errorf("kinds %q", kinds)
		}
		for _, table := range []string{"subscriptions", "bills"} {
			if found := d.strings("SELECT merchant_key FROM expenses." + table); len(found) > 0 {
				t.Errorf("%s has %q", table, found)
			}
		}
	}
})

// TestPriceChangeIsKeptOnceItIsPaidAgain: a new price is a change with the first payment of it, is kept with the
// second, and a single odd payment is none.
func TestPriceChangeIsKeptOnceItIsPaidAgain(t *testing.T) { newPrices.test(t) }

var newPrices = tellDiary(sharedEnd, func(d *diary) (ask func(t *testing.T)) {
	once := d.tell(slices.Concat(monthly(1, "2026-08-11", 6, -1549, netflix), on("2027-02-11", -1799, netflix)))
	twice := d.tell(slices.Concat(monthly(1, "2026-08-11", 5, -1549, netflix),
		monthly(1, "2027-01-11", 2, -1799, netflix)))
	odd := d.tell(slices.Concat(monthly(1, "2026-08-11", 3, -1549, netflix), on("2026-11-11", -1799, netflix),
		monthly(1, "2026-12-11", 3, -1549, netflix)))
	d.asks("expenses.price_changes", "ledger.expected_payments")
	return func(t *testing.T) {
		for holder, want := range map[string][]string{
			once: {"2027-02-11 1549 1799 161 3000 false"}, twice: {"2027-01-11 1549 1799 161 3000 true"}, odd: nil,
		} {
			found := d.strings(`SELECT concat_ws(' ', change_date, old_minor, new_minor, change_per_mille, annual_minor,
			is_kept) FROM expenses.price_changes WHERE holder_id = '` + holder + "'")
			if !slices.Equal(found, want) {
				t.Errorf("%s: found %q, want %q", holder, found, want)
			}
		}
	}
})

// kindStories are what streams are called, of six payments each up to February 2027: by the words of their texts, or
// by how they are paid.
var kindStories = map[string][]payment{
	"payroll": every(14, "2026-12-04", 6, 182412, "ORIG CO NAME:ACME LOGISTICS ORIG ID:9111111101 "+
		"DESC DATE:261204 CO ENTRY DESCR:PAYROLL SEC:PPD"),
	"payroll by day": every(14, "2026-12-04", 6, 182412, "BLUESTEM LANDSCA"),
	"benefit": monthly(1, "2026-09-03", 6, 91400, "SSI TREAS 310 DES:XXSUPP SEC ID:XXXXX INDN:JANE DOE "+
		"CO ID:9101736039 PPD"),
	"pension":       monthly(1, "2026-09-01", 6, 120000, "OPM1 TREAS 310 XXCIV SERV PPD ID: 9101736156"),
	"interest":      monthly(1, "2026-09-30", 6, 412, "INTEREST PAYMENT"),
	"person":        monthly(1, "2026-09-15", 6, 20000, "Zelle payment from JANE DOE 12345678901"),
	"rent":          monthly(1, "2026-09-01", 6, -145000, "OAKWOOD APARTMENTS DES:WEB RENT"),
	"rent by Zelle": monthly(1, "2026-09-02", 6, -145000, "Zelle payment to JOHN DOE 12345678901"),
	"mortgage":      monthly(1, "2026-09-01", 6, -184210, "WOLDER MTG PYMTS PPD ID: 1234567890"),
	"loan":          monthly(1, "2026-09-20", 6, -38667, "WOLDER AUTO FINANCE PAYMENT PPD"),
	// the same every month, by card
	"bill":           monthly(1, "2026-09-20", 6, -9331, "VZWRLSS*APOCC VISB 888-198-2014 MA"),
	"subscription":   monthly(1, "2026-09-20", 6, -1549, "NETFLIX.COM"),
	"cheapest plan":  monthly(1, "2026-09-20", 6, -99, "APPLE.COM/BILL 866-712-7753 CA"),
	"app of lessons": monthly(1, "2026-09-20", 6, -1299, "DUOLINGO.COM 412-567-6602 PA"),
	"fee":            monthly(1, "2026-09-30", 6, -1200, "MONTHLY SERVICE FEE"),
}

func TestKindsOfStreams(t *testing.T) { toldKinds.test(t) }

var toldKinds = tellDiary(sharedEnd, func(d *diary) (ask func(t *testing.T)) {
	holders := map[string]string{}
	for name, payments := range kindStories {
		holders[name] = d.tell(payments)
	}
	d.asks("expenses.price_changes", "ledger.expected_payments")
	return func(t *testing.T) {
		want := map[string]string{
			"payroll by day": "payroll", "rent by Zelle": "rent", "cheapest plan": "subscription",
			"app of lessons": "subscription",
		}
		for name, holder := range holders {
			kind := want[name]
			if kind == "" {
				kind = name
			}
			found := d.strings("SELECT kind FROM ledger.streams WHERE holder_id = '" + holder + "'")
			if !slices.Equal(found, []string{kind}) {
				t.Errorf("%s is %q", name, found)
			}
		}
	}
})

// TestOnePriceIsAStreamThoughPaymentsAreLateOrMissing: a card that is declined is tried again days later, and one month
// may be missing; amounts that differ on such days are no stream.
func TestOnePriceIsAStreamThoughPaymentsAreLateOrMissing(t *testing.T) { latePayments.test(t) }

var latePayments = tellDiary(sharedEnd, func(d *diary) (ask func(t *testing.T)) {
	on := func(text string, amounts []int64, days ...string) (payments []payment) {
		for i, d := range days {
			payments = append(payments, payment{day(d), amounts[i%len(amounts)], text})
		}
		return payments
	}
	late := []string{"2026-09-05", "2026-10-05", "2026-11-10", "2026-12-13", "2027-01-05", "2027-02-05"}
	d.tell(on("NETFLIX.COM 866-716-0414 CA", []int64{-1549}, late...))
	d.tell(on("PLANET FIT CLUB FEES 885-555-0126 UT", []int64{-2499}, "2026-11-08", "2026-12-08", "2027-02-08"))
	d.tell(on("HULU 877-824-4858 CA", []int64{-1900, -3350, -950}, late...))
	d.tell(on("SPOTIFY USA 877-778-1161 NY", []int64{-1199}, "2026-11-08", "2026-12-01", "2027-02-14"))
	d.asks("ledger.streams")
	return func(t *testing.T) {
		found := d.strings("SELECT merchant_key || ' ' || cadence || ' ' || kind FROM ledger.streams ORDER BY 1")
		if !slices.Equal(found, []string{"NETFLIX monthly subscription", "PLANET FITNESS monthly subscription"}) {
			t.Errorf("found %q", found)
		}
	}
})
