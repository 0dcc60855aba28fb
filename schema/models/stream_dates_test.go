package models_test

import "testing"

// TestCalendarOfPayments: holidays of the Federal Reserve Banks of a year, and where due dates go.
func TestCalendarOfPayments(t *testing.T) {
	s := newShelf(t)
	s.derive("ledger.categories")
	for question, want := range map[string]string{
		`SELECT string_agg(strftime(d, '%m-%d'), ' ' ORDER BY d)
		FROM (SELECT DATE '2022-01-01' + unnest(range(365))::INTEGER AS d)
		WHERE NOT ledger.is_business_day(d) AND isodow(d) < 6`:
		// Juneteenth and Christmas of 2022 fall on Sundays
		"01-17 02-21 05-30 06-20 07-04 09-05 10-10 11-11 11-24 12-26",
		// before and after Labor Day
		`SELECT concat_ws(' ', ledger.rolled(DATE '2026-09-06', 'back'), ledger.rolled(DATE '2026-09-05', 'forward'),
			ledger.rolled(DATE '2026-09-07', 'none'), ledger.rolled(DATE '2026-09-09', 'back'))`: "2026-09-04 " +
			"2026-09-08 2026-09-07 2026-09-09",
		// the last Wednesday, the second, the first; the last Thursday of a month with five
		`SELECT concat_ws(' ', ledger.weekday_of_month(DATE '2026-09-01', 5, 3),
			ledger.weekday_of_month(DATE '2026-09-01', 2, 3), ledger.weekday_of_month(DATE '2026-07-01', 1, 3),
			ledger.weekday_of_month(DATE '2026-10-01', 5, 4))`: "2026-09-30 2026-09-09 2026-07-01 2026-10-29",
		// the 31st of shorter months, and days before and after it
		`SELECT concat_ws(' ', ledger.day_of_month(DATE '2026-02-01', 31), ledger.days_off(DATE '2026-02-28', 31),
			ledger.days_off(DATE '2026-03-02', 31), ledger.days_off(DATE '2026-04-28', 31))`: "2026-02-28 0 2 -2",
		// three months after January's last day, and two Fridays on
		`SELECT concat_ws(' ', ledger.due_date(DATE '2026-01-31', 0, 3, 31, NULL, NULL, 1),
			ledger.due_date(DATE '2026-01-09', 14, 0, 0, NULL, NULL, 1))`: "2026-04-30 2026-01-23",
	} {
		if found := s.strings(question)[0]; found != want {
			t.Errorf("%s: found %q, want %q", question, found, want)
		}
	}
}
