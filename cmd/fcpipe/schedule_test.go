package main

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"
)

// scheduledRounds runs a scheduler in virtual time for a while, then stops it as SIGTERM does.
// It returns when rounds began, how long stopping took and the exit code.
func scheduledRounds(t *testing.T, entry ScheduleEntry, lasts time.Duration, round func(context.Context, int) error) (began []time.Time, stopping time.Duration, code int) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		ctx, stop := context.WithCancelCause(t.Context())
		s := &scheduler{}
		done := make(chan error, 1)
		go func() {
			done <- s.run(ctx, &timetable{log: slog.New(slog.DiscardHandler), entries: []ScheduleEntry{entry}, round: func(ctx context.Context) (roundReport, error) {
				began = append(began, time.Now())
				return roundReport{}, round(ctx, len(began))
			}})
		}()
		time.Sleep(lasts)
		asked := time.Now()
		stop(interruption{syscall.SIGTERM})
		code = exitCode(<-done)
		stopping = time.Since(asked)
	})
	return began, stopping, code
}

func TestScheduleRunsRoundsAndSurvivesAFailingOne(t *testing.T) {
	began, stopping, code := scheduledRounds(t, ScheduleEntry{Name: "minute", Cron: "* * * * *"}, 3*time.Minute+time.Second, func(_ context.Context, n int) error {
		switch n {
		case 1:
			return errors.New("this one failed")
		case 2:
			panic("this one worse")
		}
		return nil
	})
	if len(began) != 3 || stopping != 0 || code != 0 { // it was idle
		t.Errorf("%d rounds, stopped after %s with %d", len(began), stopping, code)
	}
}

func TestScheduleNeverOverlapsRounds(t *testing.T) {
	running := 0
	began, _, _ := scheduledRounds(t, ScheduleEntry{Name: "minute", Cron: "* * * * *"}, 10*time.Minute+time.Second, func(ctx context.Context, _ int) error {
		if running++; running > 1 {
			t.Error("two rounds at once")
		}
		defer func() { running-- }()
		select {
		case <-time.After(150 * time.Second):
		case <-ctx.Done():
		}
		return nil
	})
	if len(began) != 4 { // minutes 1, 4, 7, 10; the others are skipped
		t.Errorf("%d rounds", len(began))
	}
}

func TestScheduleAbandonsARoundAfterItsGrace(t *testing.T) {
	var cause error
	_, stopping, code := scheduledRounds(t, ScheduleEntry{Name: "minute", Cron: "* * * * *"}, 90*time.Second, func(ctx context.Context, _ int) error {
		<-ctx.Done()
		cause = context.Cause(ctx)
		return cause
	})
	if stopping != stopGrace || exitCode(cause) != exitTerminate || code != exitTerminate {
		t.Errorf("stopped after %s with %v, exit code %d", stopping, cause, code)
	}
}

func TestScheduleLetsARoundFinishWithinItsGrace(t *testing.T) {
	finished := false
	_, stopping, code := scheduledRounds(t, ScheduleEntry{Name: "minute", Cron: "* * * * *"}, 61*time.Second, func(ctx context.Context, _ int) error {
		select {
		case <-time.After(4 * time.Second):
			finished = true
		case <-ctx.Done():
		}
		return nil
	})
	if !finished || stopping >= stopGrace || code != 0 {
		t.Errorf("finished %t, stopped after %s with %d", finished, stopping, code)
	}
}

// TestScheduleReadsItsConfigurationAgain: a SIGHUP takes what is written now, for the rounds that
// follow; what runs goes on. One that cannot be used changes nothing and is said.
func TestScheduleReadsItsConfigurationAgain(t *testing.T) {
	var log bytes.Buffer
	var rounds []string
	logger := slog.New(slog.NewTextHandler(&log, nil))
	of := func(name string, entries ...ScheduleEntry) *timetable {
		return &timetable{log: logger, entries: entries, round: func(context.Context) (roundReport, error) {
			time.Sleep(90 * time.Second)
			rounds = append(rounds, name)
			return roundReport{}, nil
		}}
	}
	hourly, other := ScheduleEntry{Name: "hourly", Cron: "0 * * * *"}, ScheduleEntry{Name: "half", Cron: "30 * * * *"}
	var next *timetable
	synctest.Test(t, func(t *testing.T) {
		ctx, stop := context.WithCancelCause(t.Context())
		hangups := make(chan struct{}, 1) // of this bubble
		s := &scheduler{hangups: hangups, read: func(context.Context) (*timetable, error) {
			if next == nil {
				return nil, errors.New("config.yaml line 3: unknown key")
			}
			return next, nil
		}}
		done := make(chan error, 1)
		go func() { done <- s.run(ctx, of("old", hourly)) }()
		time.Sleep(time.Hour + time.Minute) // the first round runs
		hangups <- struct{}{}
		time.Sleep(time.Hour) // the second is as before
		next = of("new", hourly, other)
		hangups <- struct{}{} // while it runs
		time.Sleep(40 * time.Minute)
		next = of("last", other)
		hangups <- struct{}{}
		time.Sleep(time.Hour)
		stop(interruption{syscall.SIGTERM})
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
	if got := strings.Join(rounds, " "); got != "old old new last" {
		t.Errorf("rounds were %s", got)
	}
	for _, want := range []string{"new configuration refused, the old one stays in force", "config.yaml line 3: unknown key", "configuration read again", `"not scheduled any more" name=hourly`} {
		if !strings.Contains(log.String(), want) {
			t.Errorf("not said: %s\n%s", want, log.String())
		}
	}
}

func TestScheduleKeepsToUTCAcrossSummerTime(t *testing.T) {
	began, _, _ := scheduledRounds(t, ScheduleEntry{Name: "nightly", Cron: "30 2 * * *", Timezone: "UTC"}, 366*24*time.Hour, func(context.Context, int) error { return nil })
	if len(began) != 366 {
		t.Errorf("%d rounds in 366 days", len(began))
	}
}

func TestCronRefusesWhatCannotWork(t *testing.T) {
	for expression, want := range map[string]string{
		"0 2 30 2 *": "never comes true", "0 17 2 * * *": "has 6 fields", "CRON_TZ=UTC": "the zone has a key of its own", "TZ=UTC 1 2 * * *": "the zone has a key of its own",
		"0 2 * * 7": "Sunday is 0", "": "empty", "nonsense": "has 1 fields", "61 * * * *": "cron:",
	} {
		_, err := ScheduleEntry{Name: "x", Cron: expression}.parse()
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", expression, err, want)
		}
	}
	if _, err := (ScheduleEntry{Name: "x", Cron: "0 2 29 2 *", Timezone: "America/New_York"}).parse(); err != nil {
		t.Error(err)
	}
}

// TestClockWarningsNameTheTimes holds the warning to what the scheduler does at changes of clocks.
func TestClockWarningsNameTheTimes(t *testing.T) {
	now := time.Date(2026, 11, 28, 0, 0, 0, 0, time.UTC)
	for entry, want := range map[ScheduleEntry]string{
		{Cron: "30 2 * * *", Timezone: "America/New_York"}:    "02:30 on 2027-03-14 is skipped",
		{Cron: "17 02 * * *", Timezone: "America/New_York"}:   "02:17 on 2027-03-14 is skipped",
		{Cron: "30 1 * * *", Timezone: "America/New_York"}:    "01:30 on 2027-11-07 comes twice",
		{Cron: "0 2,14 * * *", Timezone: "America/New_York"}:  "02:00 on 2027-03-14 is skipped",
		{Cron: "0 2-4 * * *", Timezone: "America/New_York"}:   "02:00 on 2027-03-14 is skipped",
		{Cron: "*/30 2 * * *", Timezone: "America/New_York"}:  "02:00 on 2027-03-14 is skipped",
		{Cron: "0 1-2 * * *", Timezone: "America/New_York"}:   "02:00 on 2027-03-14 is skipped and 01:00 on 2027-11-07 comes twice",
		{Cron: "0 */2 * * *", Timezone: "America/New_York"}:   "02:00 on 2027-03-14 is skipped",
		{Cron: "0 2 14 3 *", Timezone: "America/New_York"}:    "02:00 on 2027-03-14 is skipped",
		{Cron: "0 2 * * SUN", Timezone: "America/New_York"}:   "02:00 on 2027-03-14 is skipped",
		{Cron: "30 1 1 11 *", Timezone: "America/New_York"}:   "01:30 on 2037-11-01 comes twice",
		{Cron: "@daily", Timezone: "America/Havana"}:          "00:00 on 2027-03-14 is skipped and 00:00 on 2027-11-07 comes twice",
		{Cron: "0 0 * * *", Timezone: "Africa/Cairo"}:         "00:00 on 2027-04-30 is skipped",
		{Cron: "15 2 * * *", Timezone: "Australia/Lord_Howe"}: "02:15 on 2027-10-03 is skipped",
		{Cron: "30 2 * * *", Timezone: "Europe/Berlin"}:       "02:30 on 2027-03-28 is skipped and 02:30 on 2027-10-31 comes twice",
		{Cron: "0 3 * * *", Timezone: "America/New_York"}:     "",
		{Cron: "0 2 * * MON", Timezone: "America/New_York"}:   "",
		{Cron: "@daily", Timezone: "America/New_York"}:        "",
		{Cron: "@hourly", Timezone: "America/New_York"}:       "",
		{Cron: "*/15 * * * *", Timezone: "America/New_York"}:  "",
		{Cron: "@every 6h", Timezone: "America/New_York"}:     "",
		{Cron: "30 2 * * *", Timezone: "UTC"}:                 "",
		{Cron: "30 2 * * *"}:                                  "",
		{Cron: "30 2 * * *", Timezone: "Asia/Kolkata"}:        "",
		{Cron: "30 2 * * *", Timezone: "America/Phoenix"}:     "",
		{Cron: "30 2 * * *", Timezone: "Etc/GMT+5"}:           "",
	} {
		entry.Name = "nightly"
		whole := want
		if want != "" {
			whole = "nightly: " + want + " when clocks change in " + entry.Timezone + "; UTC has no such times"
		}
		if got := entry.clockWarning(now); got != whole {
			t.Errorf("%s in %s: %q, want %q", entry.Cron, entry.Timezone, got, whole)
		}
	}
}
