package config

import (
	"strings"
	"testing"
	"time"
)

func TestCronRefusesWhatCannotWork(t *testing.T) {
	for expression, want := range map[string]string{
		"0 2 30 2 *": "never comes true", "0 17 2 * * *": "has 6 fields",
		"CRON_TZ=UTC": "the zone has a key of its own", "TZ=UTC 1 2 * * *": "the zone has a key of its own",
		"0 2 * * 7": "Sunday is 0", "": "empty", "nonsense": "has 1 fields", "61 * * * *": "cron:",
	} {
		_, err := ScheduleEntry{Name: "x", Cron: expression}.Parse()
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", expression, err, want)
		}
	}
	if _, err := (ScheduleEntry{Name: "x", Cron: "0 2 29 2 *", Timezone: "America/New_York"}).Parse(); err != nil {
		t.Error(err)
	}
}

// TestClockWarningsNameTheTimes holds the warning to what the scheduler does at changes of clocks.
func TestClockWarningsNameTheTimes(t *testing.T) {
	now := time.Date(2026, 11, 28, 0, 0, 0, 0, time.UTC)
	for entry, want := range map[ScheduleEntry]string{
		{Cron: "30 2 * * *", Timezone: "America/New_York"}:   "02:30 on 2027-03-14 is skipped",
		{Cron: "17 02 * * *", Timezone: "America/New_York"}:  "02:17 on 2027-03-14 is skipped",
		{Cron: "30 1 * * *", Timezone: "America/New_York"}:   "01:30 on 2027-11-07 comes twice",
		{Cron: "0 2,14 * * *", Timezone: "America/New_York"}: "02:00 on 2027-03-14 is skipped",
		{Cron: "0 2-4 * * *", Timezone: "America/New_York"}:  "02:00 on 2027-03-14 is skipped",
		{Cron: "*/30 2 * * *", Timezone: "America/New_York"}: "02:00 on 2027-03-14 is skipped",
		{
			Cron:     "0 1-2 * * *",
			Timezone: "America/New_York",
		}: "02:00 on 2027-03-14 is skipped and 01:00 on 2027-11-07 comes twice",
		{Cron: "0 */2 * * *", Timezone: "America/New_York"}: "02:00 on 2027-03-14 is skipped",
		{Cron: "0 2 14 3 *", Timezone: "America/New_York"}:  "02:00 on 2027-03-14 is skipped",
		{Cron: "0 2 * * SUN", Timezone: "America/New_York"}: "02:00 on 2027-03-14 is skipped",
		{Cron: "30 1 1 11 *", Timezone: "America/New_York"}: "01:30 on 2037-11-01 comes twice",
		{
			Cron:     "@daily",
			Timezone: "America/Havana",
		}: "00:00 on 2027-03-14 is skipped and 00:00 on 2027-11-07 comes twice",
		{Cron: "0 0 * * *", Timezone: "Africa/Cairo"}:         "00:00 on 2027-04-30 is skipped",
		{Cron: "15 2 * * *", Timezone: "Australia/Lord_Howe"}: "02:15 on 2027-10-03 is skipped",
		{
			Cron:     "30 2 * * *",
			Timezone: "Europe/Berlin",
		}: "02:30 on 2027-03-28 is skipped and 02:30 on 2027-10-31 comes twice",
		{Cron: "0 3 * * *", Timezone: "America/New_York"}:    "",
		{Cron: "0 2 * * MON", Timezone: "America/New_York"}:  "",
		{Cron: "@daily", Timezone: "America/New_York"}:       "",
		{Cron: "@hourly", Timezone: "America/New_York"}:      "",
		{Cron: "*/15 * * * *", Timezone: "America/New_York"}: "",
		{Cron: "@every 6h", Timezone: "America/New_York"}:    "",
		{Cron: "30 2 * * *", Timezone: "UTC"}:                "",
		{Cron: "30 2 * * *"}:                                 "",
		{Cron: "30 2 * * *", Timezone: "Asia/Kolkata"}:       "",
		{Cron: "30 2 * * *", Timezone: "America/Phoenix"}:    "",
		{Cron: "30 2 * * *", Timezone: "Etc/GMT+5"}:          "",
	} {
		entry.Name = "nightly"
		whole := want
		if want != "" {
			whole = "nightly: " + want + " when clocks change in " + entry.Timezone + "; UTC has no such times"
		}
		if got := entry.ClockWarning(now); got != whole {
			t.Errorf("%s in %s: %q, want %q", entry.Cron, entry.Timezone, got, whole)
		}
	}
}
