package truth

import (
	"time"
	_ "time/tzdata" // a machine without zone files has the same zones
)

// Day is a civil day, counted from 1970-01-01.
type Day int

// Zone is where civil days of instants are taken.
var Zone = func() *time.Location {
	zone, err := time.LoadLocation("America/New_York")
	if err != nil {
		panic(err) // it is carried along
	}
	return zone
}()

// DayOf is the civil day of an instant in a zone.
func DayOf(at time.Time, zone *time.Location) Day {
	year, month, day := at.In(zone).Date()
	return Day(time.Date(year, month, day, 0, 0, 0, 0, time.UTC).Unix() / 86400)
}

// Time is midnight UTC of the day.
func (d Day) Time() time.Time { return time.Unix(int64(d)*86400, 0).UTC() }

// month is its calendar month, counted.
func (d Day) month() int { return d.Time().Year()*12 + int(d.Time().Month()) }

// Window is a span of complete days.
type Window struct {
	Name        string
	First, Last Day
}

func (w Window) days() int { return int(w.Last-w.First) + 1 }

func (w Window) has(d Day) bool { return d >= w.First && d <= w.Last }

// Windows are the spans that end before today, and those of complete months.
func Windows(today Day) (windows []Window) {
	for _, w := range []struct {
		name           string
		oldest, newest Day
	}{
		{"7d", 7, 1},
		{"10d", 10, 1},
		{"28d", 28, 1},
		{"30d", 30, 1},
		{"60d", 60, 1},
		{"90d", 90, 1},
		{"180d", 180, 1},
		{"365d", 365, 1},
		{"31_60d", 60, 31},
		{"61_90d", 90, 61},
	} {
		windows = append(windows, Window{w.name, today - w.oldest, today - w.newest})
	}
	first := today.Time().AddDate(0, 0, 1-today.Time().Day())
	for name, months := range map[string]int{"3m": 3, "6m": 6, "12m": 12} {
		from := first.AddDate(0, -months, 0)
		windows = append(windows, Window{name, DayOf(from, time.UTC), DayOf(first, time.UTC) - 1})
	}
	return windows
}
