//go:build linux && amd64

package harness

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"fcpipe/cmd/crash/oracle"
	"fcpipe/cmd/crash/powercut"
	"fcpipe/cmd/crash/tracer"
	"fcpipe/sync/simulator"
)

// Scenario is a round to disturb: how directory and bank are before it.
type Scenario struct {
	Name        string
	Data        string   // a data directory as it is before the round
	Worlds      []string // the bank before it; recorded ones, after each of its requests too
	Concurrency int
	Calls       int            // calls that matter in an undisturbed round
	Names       []string       // of these calls
	Targets     []string       // the file below the data directory each of them is about; "" is none
	Reads       []string       // the files below the data directory that it reads, read by read
	History     oracle.History // what its file remembers
	Requests    int
	Points      []string // named points, as point:hit
	Changes     []powercut.Operation
	Odd         bool // a row is refused, and the file system has no hard links: for its recorded order alone
}

// life is some days of a world, whose rounds are disturbed.
type life struct {
	world       simulator.Config
	concurrency int
	days        []day
}

// day is a round, and how long the world goes on before it.
type day struct {
	name  string // of the scenario that starts with this round; "" is none
	after time.Duration
	dies  string // named point at which it is killed
}

// The first world is small, so that a round takes little time, and has every kind of change in it;
// of the second, pages of several accounts land at the same time.
var lives = []life{
	{
		simulator.Config{Holders: 2, Accounts: 3, HistoryDays: 40, RowsPerAccount: 60, Calm: true, Linked: true},
		1,
		[]day{
			{name: "first round", after: 25 * time.Hour},
			{after: 24 * time.Hour},
			{name: "a day later", after: 49 * time.Hour},
			{name: "nothing new", after: time.Minute},
			{after: 26 * time.Hour, dies: "landing.sealed"},
			{name: "after a death", after: time.Minute},
		},
	},
	{
		simulator.Config{Holders: 2, Accounts: 4, HistoryDays: 90, RowsPerAccount: 260, Calm: true, Linked: true},
		4,
		[]day{{name: "many pages", after: 25 * time.Hour}},
	},
}

// oddOne is the scenario whose round is recorded once more, as an odd one.
const oddOne = "a day later"

// Prepare makes the scenarios by living through these days; odd ones are only held to their order.
func Prepare(ctx context.Context, program, dir string, seed uint64) (all, odd []*Scenario, err error) {
	w, err := NewWorker(program, filepath.Join(dir, "prepare"))
	if err != nil {
		return nil, nil, err
	}
	for _, l := range lives {
		l.world.Seed = seed
		lived, err := l.live(ctx, w, filepath.Join(dir, fmt.Sprintf("life-%d", len(all))))
		if err != nil {
			return nil, nil, err
		}
		all = append(all, lived...)
	}
	for _, s := range all {
		if s.Name == oddOne {
			again := *s
			again.Name, again.Odd = s.Name+", a row refused, without links", true
			odd = append(odd, &again)
		}
		if err := errors.Join(s.measure(w), s.measureReads(w), s.record(w)); err != nil {
			return nil, nil, fmt.Errorf("%s: %w", s.Name, err)
		}
	}
	for _, s := range odd {
		if err := s.record(w); err != nil {
			return nil, nil, fmt.Errorf("%s: %w", s.Name, err)
		}
	}
	return all, odd, nil
}

func (l life) live(ctx context.Context, w *Worker, dir string) (all []*Scenario, err error) {
	if err := errors.Join(w.Fresh(l.concurrency), os.MkdirAll(w.Data(), 0o700)); err != nil {
		return nil, err
	}
	bank := simulator.New(l.world)
	w.put(bank)
	for _, today := range l.days {
		bank.Advance(today.after)
		if today.name != "" {
			s, err := keep(ctx, w, bank, filepath.Join(dir, fmt.Sprintf("scenario-%d", len(all))), today.name)
			if err != nil {
				return nil, err
			}
			s.Concurrency = l.concurrency
			all = append(all, s)
		}
		if today.dies != "" {
			if d, err := w.DieAt("kill", today.dies); err != nil || !d.Came() {
				return nil, fmt.Errorf("a round was to die at %s: %w", today.dies, err)
			}
			continue
		}
		if code, said, err := w.Clean(ctx); err != nil || code != 0 {
			return nil, fmt.Errorf("an undisturbed round exited with %d: %s: %w", code, said, err)
		}
	}
	return all, nil
}

func keep(ctx context.Context, w *Worker, bank *simulator.Server, dir, name string) (s *Scenario, err error) {
	s = &Scenario{Name: name, Data: filepath.Join(dir, "data"), Worlds: []string{filepath.Join(dir, "world-0.json")}}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	if err := bank.Save(s.Worlds[0]); err != nil {
		return nil, err
	}
	if err := copyTree(w.Data(), s.Data); err != nil {
		return nil, err
	}
	s.History, err = oracle.ReadHistory(ctx, s.Data)
	return s, err
}

// measure counts the points at which an undisturbed round can be killed.
func (s *Scenario) measure(w *Worker) error {
	if err := w.Begin(s); err != nil {
		return err
	}
	r := &recorder{inside: w.Data()}
	exit, err := w.Traced(nil, func(call *tracer.Call, paths []string) tracer.Verdict {
		s.Calls++
		target, inside := r.below(paths[len(paths)-1])
		if !inside {
			target = ""
		}
		s.Names, s.Targets = append(s.Names, call.Name), append(s.Targets, Shape(target))
		return tracer.Verdict{}
	}, "FCPIPE_TEST_FAIL_AT=list")
	s.Requests = w.bank.requests()
	if err == nil && (exit.Signal != syscall.Signal(0) || exit.Code != 0) {
		err = fmt.Errorf("%s: a traced round exited with %d: %s", s.Name, exit.Code, w.Said())
	}
	hits := map[string]int{}
	for line := range strings.Lines(w.Said()) {
		if point, isPoint := strings.CutPrefix(strings.TrimSpace(line), "point "); isPoint {
			hits[point]++
			s.Points = append(s.Points, fmt.Sprintf("%s:%d", point, hits[point]))
		}
	}
	return err
}

// measureReads counts the reads of an undisturbed round.
func (s *Scenario) measureReads(w *Worker) error {
	if err := w.Begin(s); err != nil {
		return err
	}
	r := &recorder{inside: w.Data()}
	exit, err := w.TracedReads(func(_ *tracer.Call, paths []string) tracer.Verdict {
		target, _ := r.below(paths[0])
		s.Reads = append(s.Reads, Shape(target))
		return tracer.Verdict{}
	})
	if err == nil && exit.Code != 0 {
		err = fmt.Errorf("%s: a traced round exited with %d: %s", s.Name, exit.Code, w.Said())
	}
	return err
}
