//go:build linux && amd64

package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"fcpipe/cmd/crash/powercut"
	"fcpipe/cmd/crash/tracer"
	"fcpipe/sync/simulator"
)

// scenario is a round to disturb: how directory and bank are before it.
type scenario struct {
	name        string
	data        string   // a data directory as it is before the round
	worlds      []string // the bank before it; recorded ones, after each of its requests too
	concurrency int
	calls       int      // calls that matter in an undisturbed round
	names       []string // of these calls
	targets     []string // the file below the data directory each of them is about; "" is none
	reads       []string // the files below the data directory that it reads, read by read
	history     history  // what its file remembers
	requests    int
	points      []string // named points, as point:hit
	changes     []powercut.Operation
	odd         bool // a row is refused, and the file system has no hard links: for its recorded order alone
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

// prepare makes the scenarios by living through these days; odd ones are only held to their order.
func prepare(ctx context.Context, program, dir string, seed uint64) (all, odd []*scenario, err error) {
	w, err := newWorker(program, filepath.Join(dir, "prepare"))
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
		if s.name == oddOne {
			again := *s
			again.name, again.odd = s.name+", a row refused, without links", true
			odd = append(odd, &again)
		}
		if err := errors.Join(s.measure(w), s.measureReads(w), s.record(w)); err != nil {
			return nil, nil, fmt.Errorf("%s: %w", s.name, err)
		}
	}
	for _, s := range odd {
		if err := s.record(w); err != nil {
			return nil, nil, fmt.Errorf("%s: %w", s.name, err)
		}
	}
	return all, odd, nil
}

func (l life) live(ctx context.Context, w *worker, dir string) (all []*scenario, err error) {
	if err := errors.Join(w.fresh(l.concurrency), os.MkdirAll(w.data(), 0o700)); err != nil {
		return nil, err
	}
	bank := simulator.New(l.world)
	w.bank.put(bank)
	for _, today := range l.days {
		bank.Advance(today.after)
		if today.name != "" {
			s, err := keep(ctx, w, bank, filepath.Join(dir, fmt.Sprintf("scenario-%d", len(all))), today.name)
			if err != nil {
				return nil, err
			}
			s.concurrency = l.concurrency
			all = append(all, s)
		}
		if today.dies != "" {
			if d, err := w.dieAt("kill", today.dies); err != nil || !d.came() {
				return nil, fmt.Errorf("a round was to die at %s: %w", today.dies, err)
			}
			continue
		}
		if code, said, err := w.clean(ctx); err != nil || code != 0 {
			return nil, fmt.Errorf("an undisturbed round exited with %d: %s: %w", code, said, err)
		}
	}
	return all, nil
}

func keep(ctx context.Context, w *worker, bank *simulator.Server, dir, name string) (s *scenario, err error) {
	s = &scenario{name: name, data: filepath.Join(dir, "data"), worlds: []string{filepath.Join(dir, "world-0.json")}}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	if err := bank.Save(s.worlds[0]); err != nil {
		return nil, err
	}
	if err := copyTree(w.data(), s.data); err != nil {
		return nil, err
	}
	s.history, err = remember(ctx, s.data)
	return s, err
}

// measure counts the points at which an undisturbed round can be killed.
func (s *scenario) measure(w *worker) error {
	if err := w.begin(s); err != nil {
		return err
	}
	r := &recorder{inside: w.data()}
	exit, err := w.traced(nil, func(call *tracer.Call, paths []string) tracer.Verdict {
		s.calls++
		target, inside := r.below(paths[len(paths)-1])
		if !inside {
			target = ""
		}
		s.names, s.targets = append(s.names, call.Name), append(s.targets, shape(target))
		return tracer.Verdict{}
	}, "FCPIPE_TEST_FAIL_AT=list")
	s.requests = w.bank.requests()
	if err == nil && (exit.Signal != syscall.Signal(0) || exit.Code != 0) {
		err = fmt.Errorf("%s: a traced round exited with %d: %s", s.name, exit.Code, w.said())
	}
	hits := map[string]int{}
	for line := range strings.Lines(w.said()) {
		if point, isPoint := strings.CutPrefix(strings.TrimSpace(line), "point "); isPoint {
			hits[point]++
			s.points = append(s.points, fmt.Sprintf("%s:%d", point, hits[point]))
		}
	}
	return err
}

// measureReads counts the reads of an undisturbed round.
func (s *scenario) measureReads(w *worker) error {
	if err := w.begin(s); err != nil {
		return err
	}
	r := &recorder{inside: w.data()}
	exit, err := w.tracedReads(func(_ *tracer.Call, paths []string) tracer.Verdict {
		target, _ := r.below(paths[0])
		s.reads = append(s.reads, shape(target))
		return tracer.Verdict{}
	})
	if err == nil && exit.Code != 0 {
		err = fmt.Errorf("%s: a traced round exited with %d: %s", s.name, exit.Code, w.said())
	}
	return err
}
