//go:build linux && amd64

package harness

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"fcpipe/cmd/crash/oracle"
	"fcpipe/sync/simulator"
)

// Worker runs trials one after another, in a directory and against a simulated Stripe of its own.
type Worker struct {
	Oracle oracle.Oracle // of this trial

	program string // fcpipe, built with failpoints
	dir     string
	stripe  *FakeStripe
	trials  int
	command []string // that is disturbed
	output  *os.File // of the traced round
}

// NewWorker makes a worker for a program, in a directory that is made.
func NewWorker(program, dir string) (*Worker, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	stripe, err := newFakeStripe()
	if err != nil {
		return nil, err
	}
	output, err := os.Create(filepath.Join(dir, "output"))
	if err != nil {
		return nil, err
	}
	return &Worker{program: program, dir: dir, stripe: stripe, output: output, command: []string{"run"}}, nil
}

// Root is the directory of this trial. Each trial has another: this process must not see the DuckDB file of
// the last one under the same path.
func (w *Worker) Root() string { return filepath.Join(w.dir, fmt.Sprintf("trial-%d", w.trials)) }

// Data is the data directory of this trial.
func (w *Worker) Data() string { return filepath.Join(w.Root(), "data") }

// Begin starts a trial with directory, world and history as a scenario has them.
func (w *Worker) Begin(s *Scenario) error {
	return w.BeginWith(s, 0, func(data string) error { return copyTree(s.Data, data) })
}

// BeginWith starts a trial of a scenario whose directory is made by fill, and whose world has served some requests.
func (w *Worker) BeginWith(s *Scenario, requests int, fill func(data string) error) error {
	w.Oracle.History, w.command = s.History, s.command()
	return errors.Join(w.reset(s.Concurrency), fill(w.Data()), w.loadWorld(s.worldAfter(requests)))
}

// reset starts a trial in an empty directory.
func (w *Worker) reset(concurrency int) error {
	if err := os.RemoveAll(w.Root()); err != nil {
		return err
	}
	w.trials++
	w.Oracle.Data = w.Data()
	if err := os.MkdirAll(w.Root(), 0o700); err != nil {
		return err
	}
	config := fmt.Sprintf(`stripe: {api_base: %q, requests_per_second: 1000, concurrency: %d}
sync: {wait: 90s}
data: {dir: data, threads: 1, memory_limit: 256MiB}
`, w.stripe.url, concurrency)
	return os.WriteFile(filepath.Join(w.Root(), "config.yaml"), []byte(config), 0o600)
}

func (w *Worker) loadWorld(path string) error {
	world, err := simulator.Load(path)
	if err != nil {
		return err
	}
	w.serve(world)
	return nil
}

// serve makes a world what Stripe answers from and what the oracle holds the directory to.
func (w *Worker) serve(world *simulator.Server) {
	w.stripe.serve(world)
	w.Oracle.World = world
}
