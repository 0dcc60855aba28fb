//go:build linux && amd64

package harness

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"fcpipe/cmd/crash/oracle"
	"fcpipe/sync/simulator"
)

// timeline is some days of a world with a round each; scenarios are copies of its directory before some of them.
type timeline struct {
	world       simulator.Config
	concurrency int
	days        []day
}

// day is a round, and the time that passes before it.
type day struct {
	name     string        // of the scenario that starts with this round; "" is none
	after    time.Duration // since the day before
	killedAt string        // the named point at which this round is killed; "" is none
	erases   bool          // the scenario erases an account, with rows that landed and were not merged
}

// The first world is small, so that a round takes little time, and has every kind of change in it; of the second,
// pages of several accounts land at the same time.
var timelines = []timeline{
	{
		simulator.Config{Holders: 2, Accounts: 3, HistoryDays: 40, RowsPerAccount: 60, Calm: true, Linked: true},
		1,
		[]day{
			{name: "first round", after: 25 * time.Hour},
			{after: 24 * time.Hour},
			{name: "a day later", after: 49 * time.Hour},
			{name: "nothing new", after: time.Minute},
			{after: 26 * time.Hour, killedAt: "landing.sealed"},
			{name: "after a kill", after: time.Minute},
			{after: 26 * time.Hour, killedAt: "landing.sealed"},
			{name: "erasure", after: time.Minute, erases: true},
		},
	},
	{
		simulator.Config{Holders: 2, Accounts: 4, HistoryDays: 90, RowsPerAccount: 260, Calm: true, Linked: true},
		4,
		[]day{{name: "many pages", after: 25 * time.Hour}},
	},
}

// run lets the days pass and saves the scenarios below dir.
func (l timeline) run(ctx context.Context, w *Worker, dir string) (all []*Scenario, err error) {
	if err := errors.Join(w.reset(l.concurrency), os.MkdirAll(w.Data(), 0o700)); err != nil {
		return nil, err
	}
	world := simulator.New(l.world)
	w.serve(world)
	for _, today := range l.days {
		world.Advance(today.after)
		if today.name != "" {
			s, err := saveScenario(ctx, w, world, filepath.Join(dir, fmt.Sprintf("scenario-%d", len(all))), today.name)
			if err != nil {
				return nil, err
			}
			if s.Concurrency = l.concurrency; today.erases {
				s.Erases = world.Accounts()[0]
			}
			all = append(all, s)
		}
		if err := today.round(ctx, w); err != nil {
			return nil, err
		}
	}
	return all, nil
}

// round is the round of a day; one that is not killed must end well.
func (d day) round(ctx context.Context, w *Worker) error {
	if d.killedAt != "" {
		e, err := w.RunUntilFailpoint("kill", d.killedAt)
		if err == nil && !e.AsExpected() {
			err = fmt.Errorf("a round was to be killed at %s and ended with %+v: %s", d.killedAt, e.Exit, w.Output())
		}
		return err
	}
	code, output, err := w.Clean(ctx)
	if err == nil && code != 0 {
		err = fmt.Errorf("an undisturbed round exited with %d: %s", code, output)
	}
	return err
}

// saveScenario copies directory and world as they are now.
func saveScenario(ctx context.Context, w *Worker, world *simulator.Server, dir, name string) (s *Scenario, err error) {
	s = &Scenario{Name: name, Data: filepath.Join(dir, "data"), worlds: []string{filepath.Join(dir, "world-0.json")}}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	if err := world.Save(s.worlds[0]); err != nil {
		return nil, err
	}
	if err := copyTree(w.Data(), s.Data); err != nil {
		return nil, err
	}
	s.History, err = oracle.ReadHistory(ctx, s.Data)
	return s, err
}
