package config

import (
	"fmt"
	"slices"
	"sort"
	"strings"
	"time"

	"github.com/robfig/cron/v3"
)

// clockYears is how far ahead changes of clocks are looked at: a date in a schedule meets every
// weekday, and with it most changes, within it.
const clockYears = 12

// change is an instant at which a zone's clocks are put forward or back.
type change struct {
	at     time.Time
	before int // seconds east of UTC
	after  int
}

// changesOf finds a zone's changes of clocks. A change that is undone within a week is not seen.
func changesOf(zone *time.Location, from, to time.Time) []change {
	var changes []change
	const week = 7 * 24 * time.Hour
	for begin := from; begin.Before(to); begin = begin.Add(week) {
		_, before := begin.In(zone).Zone()
		_, after := begin.Add(week).In(zone).Zone()
		if before == after {
			continue
		}
		seconds := sort.Search(int(week/time.Second), func(s int) bool {
			_, now := begin.Add(time.Duration(s) * time.Second).In(zone).Zone()
			return now != before
		})
		changes = append(changes, change{begin.Add(time.Duration(seconds) * time.Second), before, after})
	}
	return changes
}

// ClockWarning names the first time of an entry that a change of clocks skips and the first that it
// repeats; "" when there is no such time in the years ahead. It asks the schedule itself, as the
// scheduler does. Entries for every hour go by hours that pass, not by the clock: they lose nothing.
func (e ScheduleEntry) ClockWarning(now time.Time) string {
	schedule, err := e.Parse()
	spec, byClock := schedule.(*cron.SpecSchedule)
	if err != nil || !byClock || everyHour(spec) {
		return ""
	}
	var skipped, repeated string
	for _, c := range changesOf(spec.Location, now, now.AddDate(clockYears, 0, 0)) {
		missing, twice := around(spec, c)
		if skipped == "" && missing != "" {
			skipped = missing + " is skipped"
		}
		if repeated == "" && twice != "" {
			repeated = twice + " comes twice"
		}
	}
	if skipped == "" && repeated == "" {
		return ""
	}
	told := strings.Join(slices.DeleteFunc([]string{skipped, repeated}, func(text string) bool { return text == "" }),
		" and ")
	return fmt.Sprintf("%s: %s when clocks change in %s; UTC has no such times", e.Name, told, spec.Location)
}

func everyHour(spec *cron.SpecSchedule) bool {
	const allHours = 1<<24 - 1
	return spec.Hour&allHours == allHours
}

// around compares the times a schedule means, by the clock on the wall, with those at which it fires
// around a change of clocks: the first that is missing, and the first that is there twice.
func around(spec *cron.SpecSchedule, c change) (missing, twice string) {
	const (
		wall   = "15:04 on 2006-01-02"
		margin = 3 * time.Hour
	)
	fired := map[string]int{}
	for at := spec.Next(c.at.Add(-margin)); !at.IsZero() && at.Before(c.at.Add(margin)); at = spec.Next(at) {
		fired[at.In(spec.Location).Format(wall)]++
		if fired[at.In(spec.Location).Format(wall)] == 2 && twice == "" {
			twice = at.In(spec.Location).Format(wall)
		}
	}
	// the same schedule on a clock that never changes says which times are meant in the gap
	steady := *spec
	steady.Location = time.UTC
	from := c.at.Add(time.Duration(c.before) * time.Second).UTC()
	to := c.at.Add(time.Duration(c.after) * time.Second).UTC()
	for at := steady.Next(from.Add(-time.Second)); !at.IsZero() && at.Before(to); at = steady.Next(at) {
		if fired[at.Format(wall)] == 0 {
			return at.Format(wall), twice
		}
	}
	return "", twice
}
