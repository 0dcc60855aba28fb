package config

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/robfig/cron/v3"

	"fcpipe/schema"
)

// cronParser reads the five fields of crontab, and @daily and its kin.
var cronParser = cron.NewParser(cron.Minute | cron.Hour | cron.Dom | cron.Month | cron.Dow | cron.Descriptor)

// cronReference is where impossible dates are looked for: every date of a leap year follows
// within the five years the library searches.
var cronReference = time.Date(2027, 1, 1, 0, 0, 0, 0, time.UTC)

// Parse reads an entry's expression in its zone. Expressions that panic in the library or
// never come true are errors.
func (e ScheduleEntry) Parse() (schedule cron.Schedule, err error) {
	zone := e.Timezone
	if zone == "" {
		zone = "UTC"
	}
	if err := schema.CheckZone(zone); err != nil {
		return nil, fmt.Errorf("timezone: %w", err)
	}
	expression := strings.TrimSpace(e.Cron)
	switch {
	case expression == "":
		return nil, errors.New(`cron: empty; write five fields, such as "17 2 * * *"`)
	case strings.Contains(expression, "TZ="):
		return nil, errors.New("cron: the zone has a key of its own, timezone")
	case expression[0] != '@' && len(strings.Fields(expression)) != 5:
		return nil, fmt.Errorf("cron: %q has %d fields; write five: minute hour day month weekday", expression,
			len(strings.Fields(expression)))
	}
	defer func() {
		if recovered := recover(); recovered != nil {
			schedule, err = nil, fmt.Errorf("cron: %q cannot be read", expression)
		}
	}()
	schedule, err = cronParser.Parse("CRON_TZ=" + zone + " " + expression)
	if err != nil {
		return nil, fmt.Errorf("cron: %q: %w (Sunday is 0)", expression, err)
	}
	if schedule.Next(cronReference).IsZero() {
		return nil, fmt.Errorf("cron: %q never comes true", expression)
	}
	return schedule, nil
}
