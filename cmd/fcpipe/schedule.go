package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/robfig/cron/v3"
	"github.com/spf13/cobra"
)

// stopGrace is how long a round may go on after SIGTERM before it is abandoned.
const stopGrace = 5 * time.Second

func (a *app) scheduleCommand() *cobra.Command {
	return &cobra.Command{
		Use: "schedule", Short: "run rounds on the configured schedule until stopped", Args: noArguments,
		Long: `Runs a round whenever an entry of "schedule" in the configuration is due. Rounds never overlap: an
entry that is due while a round runs is skipped. A round that fails is logged, the next one runs.
SIGTERM lets a running round finish for 5 seconds, then abandons it cleanly.`,
		RunE: func(c *cobra.Command, _ []string) error { return a.schedule(c.Context()) },
	}
}

func (a *app) schedule(ctx context.Context) error {
	config, err := a.loadConfig()
	if err != nil {
		return err
	}
	a.verbose = true // a service's log, not cron's mail
	a.log = a.newLogger(config.Log)
	if len(config.Schedule) == 0 {
		return hint(configError{errors.New("the configuration has no schedule")}, `add entries to "schedule", see config.example.yaml`)
	}
	if _, err := a.openPipeline(ctx); err != nil { // wrong now is better than wrong at night
		return err
	}
	s := &scheduler{log: a.log, entries: config.Schedule, round: func(ctx context.Context) (roundReport, error) {
		p, err := a.openPipeline(ctx)
		if err != nil {
			return roundReport{}, err
		}
		return p.round(ctx)
	}}
	return s.run(ctx)
}

// scheduler runs rounds, one at a time.
type scheduler struct {
	log     *slog.Logger
	entries []ScheduleEntry
	round   func(context.Context) (roundReport, error)
	running sync.Mutex
}

// run schedules until ctx ends, and returns its cause.
func (s *scheduler) run(ctx context.Context) error {
	rounds, abandon := context.WithCancelCause(context.WithoutCancel(ctx))
	defer abandon(nil)
	runner := cron.New(cron.WithLocation(time.UTC))
	for _, entry := range s.entries {
		schedule, err := entry.parse()
		if err != nil {
			return configError{err}
		}
		if warning := entry.summerTime(); warning != "" {
			s.log.Warn(warning)
		}
		runner.Schedule(schedule, cron.FuncJob(func() { s.fire(rounds, entry.Name) }))
		s.log.Info("scheduled", "name", entry.Name, "cron", entry.Cron, "next", schedule.Next(time.Now()).UTC().Format(time.RFC3339))
	}
	runner.Start()
	<-ctx.Done()
	stopped := runner.Stop().Done()
	grace := time.AfterFunc(stopGrace, func() { abandon(context.Cause(ctx)) })
	defer grace.Stop()
	<-stopped
	s.log.Info("stopped")
	return context.Cause(ctx)
}

// fire runs one round, unless one is running. Nothing that happens in it ends the scheduler.
func (s *scheduler) fire(ctx context.Context, name string) {
	if !s.running.TryLock() {
		s.log.Warn("skipped: a round is still running", "name", name)
		return
	}
	defer s.running.Unlock()
	defer func() {
		if recovered := recover(); recovered != nil {
			s.log.Error("round failed", "name", name, "error", fmt.Sprintf("panic: %v", recovered))
		}
	}()
	report, err := s.round(ctx)
	if err != nil {
		s.log.Error("round failed", "name", name, "run", report.RunID, "exit_code", exitCode(err), "error", err.Error())
		return
	}
	s.log.Info("round finished", "name", name, "run", report.RunID, "summary", report.summary())
}
