package main

import (
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
// It returns when rounds began and how long stopping took.
func scheduledRounds(t *testing.T, entry ScheduleEntry, lasts time.Duration, round func(context.Context, int) error) (began []time.Time, stopping time.Duration) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		ctx, stop := context.WithCancelCause(t.Context())
		s := &scheduler{
			log: slog.New(slog.DiscardHandler), entries: []ScheduleEntry{entry},
			round: func(ctx context.Context) (roundReport, error) {
				began = append(began, time.Now())
				return roundReport{}, round(ctx, len(began))
			},
		}
		done := make(chan error, 1)
		go func() { done <- s.run(ctx) }()
		time.Sleep(lasts)
		asked := time.Now()
		stop(interruption{syscall.SIGTERM})
		err := <-done
		stopping = time.Since(asked)
		if exitCode(err) != exitTerminate {
			t.Errorf("stopped with %v, exit code %d", err, exitCode(err))
		}
	})
	return began, stopping
}

func TestScheduleRunsRoundsAndSurvivesAFailingOne(t *testing.T) {
	began, stopping := scheduledRounds(t, ScheduleEntry{Name: "minute", Cron: "* * * * *"}, 3*time.Minute+time.Second, func(_ context.Context, n int) error {
		switch n {
		case 1:
			return errors.New("this one failed")
		case 2:
			panic("this one worse")
		}
		return nil
	})
	if len(began) != 3 || stopping != 0 {
		t.Errorf("%d rounds, stopped after %s", len(began), stopping)
	}
}

func TestScheduleNeverOverlapsRounds(t *testing.T) {
	running := 0
	began, _ := scheduledRounds(t, ScheduleEntry{Name: "minute", Cron: "* * * * *"}, 10*time.Minute+time.Second, func(ctx context.Context, _ int) error {
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
	_, stopping := scheduledRounds(t, ScheduleEntry{Name: "minute", Cron: "* * * * *"}, 90*time.Second, func(ctx context.Context, _ int) error {
		<-ctx.Done()
		cause = context.Cause(ctx)
		return cause
	})
	if stopping != stopGrace || exitCode(cause) != exitTerminate {
		t.Errorf("stopped after %s with %v", stopping, cause)
	}
}

func TestScheduleLetsARoundFinishWithinItsGrace(t *testing.T) {
	finished := false
	_, stopping := scheduledRounds(t, ScheduleEntry{Name: "minute", Cron: "* * * * *"}, 61*time.Second, func(ctx context.Context, _ int) error {
		select {
		case <-time.After(4 * time.Second):
			finished = true
		case <-ctx.Done():
		}
		return nil
	})
	if !finished || stopping >= stopGrace {
		t.Errorf("finished %t, stopped after %s", finished, stopping)
	}
}

func TestScheduleKeepsToUTCAcrossSummerTime(t *testing.T) {
	began, _ := scheduledRounds(t, ScheduleEntry{Name: "nightly", Cron: "30 2 * * *", Timezone: "UTC"}, 366*24*time.Hour, func(context.Context, int) error { return nil })
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
	if warning := (ScheduleEntry{Name: "x", Cron: "30 2 * * *", Timezone: "America/New_York"}).summerTime(); warning == "" {
		t.Error("no warning about summer time")
	}
}
