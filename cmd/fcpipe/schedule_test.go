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

	"fcpipe/cmd/fcpipe/config"
	"fcpipe/cmd/fcpipe/round"
)

// scheduledRounds runs a scheduler in virtual time for a while, then stops it as SIGTERM does.
// It returns when rounds began, how long stopping took and the exit code.
func scheduledRounds(t *testing.T, entry config.ScheduleEntry, lasts time.Duration,
	live func(context.Context, int) error,
) (began []time.Time, stopping time.Duration, code int) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		ctx, stop := context.WithCancelCause(t.Context())
		s := &scheduler{now: time.Now}
		done := make(chan error, 1)
		go func() {
			done <- s.run(ctx, &timetable{
				log: slog.New(slog.DiscardHandler), entries: []config.ScheduleEntry{entry},
				round: func(ctx context.Context) (round.Report, error) {
					began = append(began, time.Now())
					return round.Report{}, live(ctx, len(began))
				},
			})
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
	began, stopping, code := scheduledRounds(t, config.ScheduleEntry{Name: "minute", Cron: "* * * * *"},
		3*time.Minute+time.Second, func(_ context.Context, n int) error {
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
	began, _, _ := scheduledRounds(t, config.ScheduleEntry{Name: "minute", Cron: "* * * * *"},
		10*time.Minute+time.Second, func(ctx context.Context, _ int) error {
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
	_, stopping, code := scheduledRounds(t, config.ScheduleEntry{Name: "minute", Cron: "* * * * *"}, 90*time.Second,
		func(ctx context.Context, _ int) error {
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
	_, stopping, code := scheduledRounds(t, config.ScheduleEntry{Name: "minute", Cron: "* * * * *"}, 61*time.Second,
		func(ctx context.Context, _ int) error {
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
	of := func(name string, entries ...config.ScheduleEntry) *timetable {
		return &timetable{log: logger, entries: entries, round: func(context.Context) (round.Report, error) {
			time.Sleep(90 * time.Second)
			rounds = append(rounds, name)
			return round.Report{}, nil
		}}
	}
	hourly, other := config.ScheduleEntry{Name: "hourly", Cron: "0 * * * *"},
		config.ScheduleEntry{Name: "half", Cron: "30 * * * *"}
	var next *timetable
	synctest.Test(t, func(t *testing.T) {
		ctx, stop := context.WithCancelCause(t.Context())
		hangups := make(chan struct{}, 1) // of this bubble
		s := &scheduler{now: time.Now, hangups: hangups, read: func(context.Context) (*timetable, error) {
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
	for _, want := range []string{
		"new configuration refused, the old one stays in force",
		"config.yaml line 3: unknown key", "configuration read again", `"not scheduled any more" name=hourly`,
	} {
		if !strings.Contains(log.String(), want) {
			t.Errorf("not said: %s\n%s", want, log.String())
		}
	}
}

func TestScheduleKeepsToUTCAcrossSummerTime(t *testing.T) {
	began, _, _ := scheduledRounds(t, config.ScheduleEntry{Name: "nightly", Cron: "30 2 * * *", Timezone: "UTC"},
		366*24*time.Hour, func(context.Context, int) error { return nil })
	if len(began) != 366 {
		t.Errorf("%d rounds in 366 days", len(began))
	}
}
