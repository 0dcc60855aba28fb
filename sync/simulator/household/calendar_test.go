package household

import (
	"slices"
	"testing"
	"time"
)

// due are the days of a year on which something falls.
func due(cadence string, anchor int, to rolls) (days []string) {
	for day := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC); day.Year() == 2026; day = day.AddDate(0, 0, 1) {
		if falls(cadence, anchor, to, day) {
			days = append(days, day.Format("01-02"))
		}
	}
	return days
}

// TestPaymentsFallOnBusinessDays: wages come before a weekend or holiday, bills are taken after it, cards any day.
func TestPaymentsFallOnBusinessDays(t *testing.T) {
	for _, c := range []struct {
		cadence string
		anchor  int
		to      rolls
		count   int
		has     []string
	}{
		// 15 February 2026 is a Sunday, 31 January a Saturday; 25 December and 1 January 2027, a Friday, are holidays
		{semiMonthly, 0, back, 24, []string{"01-30", "02-13", "12-31"}},
		{monthly, 25, back, 12, []string{"01-23", "12-24"}},
		{monthly, 15, forward, 12, []string{"02-16", "03-16"}},
		{monthly, 15, stays, 12, []string{"02-15"}},
		{monthly, 31, stays, 12, []string{"02-28", "04-30"}},
		{weekly, int(time.Friday), back, 53, []string{"12-24", "01-02"}},
		{biweekly, 1, back, 27, []string{"12-31"}},
		{nthWeekday, 0, back, 12, []string{"01-14", "02-11", "04-08"}},
	} {
		days := due(c.cadence, c.anchor, c.to)
		if len(days) != c.count {
			t.Errorf("%s %d: %d times a year: %v", c.cadence, c.anchor, len(days), days)
		}
		for _, want := range c.has {
			if !slices.Contains(days, want) {
				t.Errorf("%s %d: not on %s: %v", c.cadence, c.anchor, want, days)
			}
		}
		for _, day := range days {
			date, _ := time.Parse("2006-01-02", "2026-"+day)
			if c.to != stays && !isBusiness(date) {
				t.Errorf("%s %d: on %s, when banks are closed", c.cadence, c.anchor, day)
			}
		}
	}
}
