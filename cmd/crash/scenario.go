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
	name     string
	data     string   // a data directory as it is before the round
	worlds   []string // the bank before it; recorded ones, after each of its requests too
	calls    int      // calls that matter in an undisturbed round
	names    []string // of these calls
	targets  []string // the file below the data directory each of them is about; "" is none
	reads    []string // the files below the data directory that it reads, read by read
	history  history  // what its file remembers
	requests int
	points   []string // named points, as point:hit
	changes  []powercut.Operation
}

// world is small, so that a round takes little time, and has every kind of change in it.
var world = simulator.Config{Seed: 7, Holders: 2, Accounts: 3, HistoryDays: 40, RowsPerAccount: 60, Calm: true, Linked: true}

// prepare makes the scenarios by living through some days of rounds.
func prepare(ctx context.Context, program, dir string, seed uint64) ([]*scenario, error) {
	w, err := newWorker(program, filepath.Join(dir, "prepare"))
	if err != nil {
		return nil, err
	}
	if err := w.fresh(); err != nil {
		return nil, err
	}
	config := world
	config.Seed = seed
	bank := simulator.New(config)
	w.bank.put(bank)
	if err := os.MkdirAll(w.data(), 0o700); err != nil {
		return nil, err
	}
	var all []*scenario
	for _, step := range []struct {
		name  string
		after time.Duration
		keep  bool
	}{
		{"first round", 25 * time.Hour, true},
		{"", 24 * time.Hour, false},
		{"a day later", 49 * time.Hour, true},
		{"nothing new", time.Minute, true},
	} {
		bank.Advance(step.after)
		if step.keep {
			s, err := keep(ctx, w, bank, filepath.Join(dir, fmt.Sprintf("scenario-%d", len(all))), step.name)
			if err != nil {
				return nil, err
			}
			all = append(all, s)
		}
		if code, said, err := w.clean(ctx); err != nil || code != 0 {
			return nil, fmt.Errorf("an undisturbed round exited with %d: %s: %w", code, said, err)
		}
	}
	for _, s := range all {
		if err := errors.Join(s.measure(w), s.measureReads(w), s.record(w)); err != nil {
			return nil, fmt.Errorf("%s: %w", s.name, err)
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
