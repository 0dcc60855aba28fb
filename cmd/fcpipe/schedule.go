package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/robfig/cron/v3"
	"github.com/spf13/cobra"

	"fcpipe/cmd/fcpipe/config"
	"fcpipe/cmd/fcpipe/round"
	"fcpipe/schema/store"
)

// stopGrace is how long a round may go on after SIGTERM or SIGINT before it is cut.
const stopGrace = 5 * time.Second

func (a *app) scheduleCommand() *cobra.Command {
	return &cobra.Command{
		Use: "schedule", Short: "run rounds on the configured schedule until stopped", Args: noArguments,
		Long: `Runs a round whenever an entry of "schedule" in the configuration is due. Rounds never overlap: an
entry that comes due while a round is running is skipped. A failed round is logged; the next one runs.

SIGHUP reloads the configuration for the rounds that follow; a running round keeps the old one. If the
new configuration is invalid, the reason is logged and the old one stays in force.
SIGTERM and SIGINT give a running round 5 seconds to finish, then interrupt it cleanly (exit 143 and
130). If no round was interrupted, the exit code is 0.`,
		RunE: func(c *cobra.Command, _ []string) error { return a.schedule(c.Context()) },
	}
}

func (a *app) schedule(ctx context.Context) error {
	a.verbose = true // a service's log, not cron's mail
	s := &scheduler{now: a.now, hangups: a.hangups.take(), read: a.timetable}
	first, err := a.timetable(ctx) // wrong now is better than wrong at night
	if err == nil {
		err = s.run(ctx, first)
	}
	if err != nil && ctx.Err() != nil && !s.cut.Load() {
		return nil // stopped while it looked around: no round was cut
	}
	return err
}

// timetable is what a configuration says of rounds: when, and how.
type timetable struct {
	log     *slog.Logger
	entries []config.ScheduleEntry
	round   func(context.Context) (round.Report, error)
}

// timetable reads the configuration and tries everything a round opens.
func (a *app) timetable(ctx context.Context) (*timetable, error) {
	cfg, err := a.loadConfig()
	if err != nil {
		return nil, err
	}
	if len(cfg.Schedule) == 0 {
		err := configError{errors.New("the configuration has no schedule")}
		return nil, hint(err, `add entries to "schedule", see config.example.yaml`)
	}
	own := *a // a round that runs keeps its logger and progress
	if _, err := own.wireBy(ctx, cfg, store.Options{}); err != nil {
		return nil, err
	}
	return &timetable{log: own.log, entries: cfg.Schedule, round: func(ctx context.Context) (round.Report, error) {
		own := *a
		p, err := own.wireBy(ctx, cfg, store.Options{ChecksAtLock: true})
		if err != nil {
			return round.Report{}, err
		}
		return p.run(ctx)
	}}, nil
}

// scheduler runs rounds, one at a time.
type scheduler struct {
	now     func() time.Time // the next times it names go by it; when a round begins, cron decides
	hangups <-chan struct{}
	read    func(context.Context) (*timetable, error) // the configuration, again
	current atomic.Pointer[timetable]
	planned map[config.ScheduleEntry]cron.EntryID
	running sync.Mutex
	cut     atomic.Bool // a round was stopped before its end
}

// run schedules until ctx ends. It returns the cause of that when a round was cut.
func (s *scheduler) run(ctx context.Context, first *timetable) error {
	rounds, abandon := context.WithCancelCause(context.WithoutCancel(ctx))
	defer abandon(nil)
	runner := cron.New(cron.WithLocation(time.UTC))
	if err := s.adopt(rounds, runner, first); err != nil {
		return err
	}
	runner.Start()
	for ctx.Err() == nil {
		select {
		case <-s.hangups:
			s.reload(ctx, rounds, runner)
		case <-ctx.Done():
		}
	}
	stopped := runner.Stop().Done()
	grace := time.AfterFunc(stopGrace, func() { abandon(context.Cause(ctx)) })
	defer grace.Stop()
	<-stopped
	s.current.Load().log.Info("stopped")
	if s.cut.Load() {
		return context.Cause(ctx)
	}
	return nil
}

// reload takes the configuration as it is now, or says why not and goes on with the old one.
func (s *scheduler) reload(ctx, rounds context.Context, runner *cron.Cron) {
	next, err := s.read(ctx)
	if err == nil {
		err = s.adopt(rounds, runner, next)
	}
	if err != nil {
		s.current.Load().log.Error("new configuration refused, the old one stays in force", "error", err.Error())
		return
	}
	next.log.Info("configuration read again")
}

// adopt plans the entries of a timetable in the place of those before. An entry that is the same stays
// planned: one that is due at this very moment is not skipped.
func (s *scheduler) adopt(rounds context.Context, runner *cron.Cron, next *timetable) error {
	schedules := map[config.ScheduleEntry]cron.Schedule{}
	for _, entry := range next.entries {
		schedule, err := entry.Parse()
		if err != nil {
			return configError{err}
		}
		schedules[entry] = schedule
	}
	s.current.Store(next)
	before := s.planned
	s.planned = map[config.ScheduleEntry]cron.EntryID{}
	for _, entry := range next.entries {
		schedule := schedules[entry]
		id, known := before[entry]
		if !known {
			id = runner.Schedule(schedule, cron.FuncJob(func() { s.fire(rounds, entry.Name) }))
		}
		s.planned[entry] = id
		if warning := entry.ClockWarning(s.now()); warning != "" {
			next.log.Warn(warning)
		}
		due := schedule.Next(s.now()).UTC().Format(time.RFC3339)
		next.log.Info("scheduled", "name", entry.Name, "cron", entry.Cron, "next", due)
	}
	for entry, id := range before {
		if _, stays := s.planned[entry]; !stays {
			runner.Remove(id)
			next.log.Info("not scheduled any more", "name", entry.Name, "cron", entry.Cron)
		}
	}
	return nil
}

// fire runs one round, unless one is running. Nothing that happens in it ends the scheduler.
func (s *scheduler) fire(ctx context.Context, name string) {
	now := s.current.Load()
	if !s.running.TryLock() {
		now.log.Warn("skipped: a round is still running", "name", name)
		return
	}
	defer s.running.Unlock()
	defer func() {
		if recovered := recover(); recovered != nil {
			now.log.Error("round failed", "name", name, "error", fmt.Sprintf("panic: %v", recovered))
		}
	}()
	report, err := now.round(ctx)
	if err != nil {
		s.cut.CompareAndSwap(false, ctx.Err() != nil)
		now.log.Error("round failed", "name", name, "run", report.RunID, "exit_code", exitCode(err), "error",
			err.Error())
		return
	}
	now.log.Info("round finished", "name", name, "run", report.RunID, "summary", summary(report))
}
