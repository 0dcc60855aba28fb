package schema

import (
	"fmt"
	"time"
)

// Retention says how long data is kept. Zero months keep it for ever.
type Retention struct {
	TransactionMonths int // by when they happened: a transaction goes with all its versions
	BalanceMonths     int // by when the institution computed them
}

// Horizon is the first instant of the day, in a time zone, that lies some months before the day of an instant: what is
// earlier is past its retention. The 31st of a month without one is its last day.
func Horizon(at time.Time, zone string, months int) (time.Time, error) {
	if err := CheckZone(zone); err != nil {
		return time.Time{}, fmt.Errorf("retention: %w", err)
	}
	location, err := time.LoadLocation(zone)
	if err != nil {
		return time.Time{}, fmt.Errorf("retention: %w", err)
	}
	year, month, day := at.In(location).Date()
	first := time.Date(year, month-time.Month(months), 1, 0, 0, 0, 0, location)
	last := first.AddDate(0, 1, -1).Day()
	return time.Date(first.Year(), first.Month(), min(day, last), 0, 0, 0, 0, location).UTC(), nil
}
