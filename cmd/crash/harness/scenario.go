//go:build linux && amd64

package harness

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"syscall"

	"golang.org/x/sync/errgroup"

	"fcpipe/cmd/crash/oracle"
	"fcpipe/cmd/crash/powercut"
	"fcpipe/cmd/crash/tracer"
)

// Scenario is a round to disturb: directory, world and history before it, and what it does when nothing disturbs it.
type Scenario struct {
	Name        string
	Data        string         // a data directory as it is before the round
	History     oracle.History // of its published file
	Concurrency int            // of requests
	Erases      string         // the account that the command erases; "" is a round

	Calls       []Call               // that change the directory or send bytes
	ReadTargets []string             // the generic path of each read of the directory
	Requests    int                  // HTTP requests
	Points      []string             // named points it reaches, as POINT:HIT counted from 1
	Changes     []powercut.Operation // of the directory, as recorded

	// OrderOnly is true of a round that is recorded for the order of its durable writes and not disturbed: a
	// row is refused, and the file system has no hard links.
	OrderOnly bool

	worlds []string // files of the world before the round, and after each of its requests
}

// Call is a system call of an undisturbed round.
type Call struct {
	Name   string // as the kernel calls it
	Target string // the generic path below the data directory of what it is about; "" when it is a connection
}

// worldAfter is the file of the world that has served so many requests of the recorded round.
func (s *Scenario) worldAfter(requests int) string { return s.worlds[min(requests, len(s.worlds)-1)] }

// orderOnlyOf is the scenario whose round is recorded a second time for its order alone.
const orderOnlyOf = "a day later"

var errNoFailpoints = errors.New("the program reaches no named point: build it with -tags failpoints")

// Rounds are the scenarios that are rounds; Erasures the others.
func Rounds(all []*Scenario) []*Scenario {
	return slices.DeleteFunc(slices.Clone(all), func(s *Scenario) bool { return s.Erases != "" })
}

// Erasures are the scenarios whose command erases an account.
func Erasures(all []*Scenario) []*Scenario {
	return slices.DeleteFunc(slices.Clone(all), func(s *Scenario) bool { return s.Erases == "" })
}

// command is what a scenario disturbs.
func (s *Scenario) command() []string {
	if s.Erases == "" {
		return []string{"run"}
	}
	return []string{"erase", "--account", s.Erases}
}

// Prepare makes the scenarios below dir, several at the same time: it runs the timelines, then measures and records
// each round.
func Prepare(ctx context.Context, program, dir string, seed uint64, workers int,
) (all, orderOnly []*Scenario, err error) {
	pool := make(chan *Worker, max(workers, 1))
	for n := range cap(pool) {
		w, err := NewWorker(program, filepath.Join(dir, fmt.Sprintf("prepare-%d", n)))
		if err != nil {
			return nil, nil, err
		}
		pool <- w
	}
	saved := make([][]*Scenario, len(timelines))
	if err := withWorkers(pool, len(timelines), func(w *Worker, n int) (err error) {
		l := timelines[n]
		l.world.Seed = seed
		saved[n], err = l.run(ctx, w, filepath.Join(dir, fmt.Sprintf("timeline-%d", n)))
		return err
	}); err != nil {
		return nil, nil, err
	}
	all = slices.Concat(saved...)
	for _, s := range all {
		if s.Name == orderOnlyOf {
			again := *s
			again.Name, again.OrderOnly = s.Name+", a row refused, without links", true
			orderOnly = append(orderOnly, &again)
		}
	}
	every := slices.Concat(all, orderOnly)
	err = withWorkers(pool, len(every), func(w *Worker, n int) error { return every[n].prepare(w) })
	if err == nil && !slices.ContainsFunc(all, func(s *Scenario) bool { return len(s.Points) > 0 }) {
		err = errNoFailpoints
	}
	return all, orderOnly, err
}

// withWorkers calls work for each number below n, with a worker of the pool that nothing else uses meanwhile.
func withWorkers(pool chan *Worker, n int, work func(w *Worker, n int) error) error {
	var group errgroup.Group
	for i := range n {
		group.Go(func() error {
			w := <-pool
			defer func() { pool <- w }()
			return work(w, i)
		})
	}
	return group.Wait()
}

// prepare measures and records the round.
func (s *Scenario) prepare(w *Worker) error {
	var err error
	switch {
	case s.OrderOnly:
		err = s.record(w)
	case s.Erases != "":
		err = s.measure(w)
	default:
		err = errors.Join(s.measure(w), s.measureReads(w), s.record(w))
	}
	if err != nil {
		return fmt.Errorf("%s: %w", s.Name, err)
	}
	return nil
}

// measure lists the calls, requests and named points of an undisturbed round: all at which it can be killed.
func (s *Scenario) measure(w *Worker) error {
	if err := w.Begin(s); err != nil {
		return err
	}
	r := &recorder{inside: w.Data()}
	exit, err := w.traceChanges(nil, func(call *tracer.Call, paths []string) tracer.Verdict {
		target, inside := r.below(paths[len(paths)-1])
		if !inside {
			target = ""
		}
		s.Calls = append(s.Calls, Call{call.Name, GenericPath(target)})
		return tracer.Verdict{}
	}, "FCPIPE_TEST_FAIL_AT=list")
	s.Requests = w.stripe.requests()
	if err == nil && (exit.Signal != syscall.Signal(0) || exit.Code != 0) {
		err = fmt.Errorf("%s: a traced round exited with %d: %s", s.Name, exit.Code, w.Output())
	}
	s.Points = pointsIn(w.Output())
	return err
}

// pointsIn reads what a program prints that lists its named points.
func pointsIn(output string) (points []string) {
	hits := map[string]int{}
	for line := range strings.Lines(output) {
		if point, isPoint := strings.CutPrefix(strings.TrimSpace(line), "point "); isPoint {
			hits[point]++
			points = append(points, fmt.Sprintf("%s:%d", point, hits[point]))
		}
	}
	return points
}

// measureReads lists the reads of an undisturbed round.
func (s *Scenario) measureReads(w *Worker) error {
	if err := w.Begin(s); err != nil {
		return err
	}
	r := &recorder{inside: w.Data()}
	exit, err := w.TracedReads(func(_ *tracer.Call, paths []string) tracer.Verdict {
		target, _ := r.below(paths[0])
		s.ReadTargets = append(s.ReadTargets, GenericPath(target))
		return tracer.Verdict{}
	})
	if err == nil && exit.Code != 0 {
		err = fmt.Errorf("%s: a traced round exited with %d: %s", s.Name, exit.Code, w.Output())
	}
	return err
}
