package household

import "time"

// Cadences, by the names analysts use.
const (
	weekly      = "WEEKLY"
	biweekly    = "BIWEEKLY"
	semiMonthly = "SEMI_MONTHLY"
	monthly     = "MONTHLY"
	nthWeekday  = "MONTHLY_WEEKDAY" // the second, third or fourth Wednesday, as Social Security pays
)

// rolls is where a payment goes that falls on a day without banks.
type rolls int

const (
	stays   rolls = 0
	back    rolls = -1 // wages
	forward rolls = 1  // bills
)

// isBusiness reports whether banks work on a day.
func isBusiness(date time.Time) bool {
	if date.Weekday() == time.Saturday || date.Weekday() == time.Sunday {
		return false
	}
	_, month, day := date.Date()
	nth := (day - 1) / 7
	switch month {
	case time.January:
		return day != 1 && (date.Weekday() != time.Monday || nth != 2)
	case time.May:
		return date.Weekday() != time.Monday || day < 25
	case time.June:
		return day != 19
	case time.July:
		return day != 4
	case time.September:
		return date.Weekday() != time.Monday || nth != 0
	case time.November:
		return day != 11 && (date.Weekday() != time.Thursday || nth != 3)
	case time.December:
		return day != 25
	default:
		return true
	}
}

// isNominal reports whether a payment is due on a day, whatever banks do then.
func isNominal(cadence string, anchor int, date time.Time) bool {
	last := date.AddDate(0, 0, 1).Day() == 1
	switch cadence {
	case weekly:
		return int(date.Weekday()) == anchor%7
	case biweekly:
		return int(date.Unix()/86400)%14 == anchor%14
	case semiMonthly:
		return date.Day() == 15 || last
	case nthWeekday:
		return date.Weekday() == time.Wednesday && (date.Day()-1)/7 == 1+anchor%3
	}
	return date.Day() == anchor || last && date.Day() < anchor
}

// falls reports whether a payment happens on a day: it was due then, or rolled there.
func falls(cadence string, anchor int, to rolls, date time.Time) bool {
	if to == stays {
		return isNominal(cadence, anchor, date)
	}
	if !isBusiness(date) {
		return false
	}
	if isNominal(cadence, anchor, date) {
		return true
	}
	for day := date.AddDate(0, 0, -int(to)); !isBusiness(day); day = day.AddDate(0, 0, -int(to)) {
		if isNominal(cadence, anchor, day) {
			return true
		}
	}
	return false
}
