//go:build linux && amd64

package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"

	"fcpipe/cmd/crash/tracer"
	"fcpipe/sync/simulator"
)

// worker runs trials one after another, in a directory and with a bank of its own.
type worker struct {
	program string // fcpipe
	dir     string
	bank    *bank
	trials  int
	output  *os.File
	history history // what must not be forgotten in this trial
}

func newWorker(program, dir string) (*worker, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	bank, err := openBank()
	if err != nil {
		return nil, err
	}
	output, err := os.Create(filepath.Join(dir, "output"))
	if err != nil {
		return nil, err
	}
	return &worker{program: program, dir: dir, bank: bank, output: output}, nil
}

// root is the directory of this trial. Each has another: this process must not see the
// DuckDB file of the last one under the same path.
func (w *worker) root() string { return filepath.Join(w.dir, fmt.Sprintf("trial-%d", w.trials)) }

func (w *worker) data() string { return filepath.Join(w.root(), "data") }

// begin puts directory and bank back to how a scenario starts.
func (w *worker) begin(s *scenario) error {
	if err := w.fresh(s.concurrency); err != nil {
		return err
	}
	if err := copyTree(s.data, w.data()); err != nil {
		return err
	}
	w.history = s.history
	return w.putWorld(s.worlds[0])
}

// fresh starts an empty trial.
func (w *worker) fresh(concurrency int) error {
	if err := os.RemoveAll(w.root()); err != nil {
		return err
	}
	w.trials++
	if err := os.MkdirAll(w.root(), 0o700); err != nil {
		return err
	}
	config := fmt.Sprintf(`stripe: {api_base: %q, requests_per_second: 1000, concurrency: %d}
sync: {wait: 90s}
data: {dir: data, threads: 1, memory_limit: 256MiB}
`, w.bank.url, concurrency)
	return os.WriteFile(filepath.Join(w.root(), "config.yaml"), []byte(config), 0o600)
}

func (w *worker) putWorld(path string) error {
	world, err := simulator.Load(path)
	if err != nil {
		return err
	}
	w.bank.put(world)
	return nil
}

func environment(extra ...string) []string {
	return append([]string{"STRIPE_API_KEY=sk_test_crash", "FCPIPE_TEST_SLEEP=never", "GOMAXPROCS=1", "HOME=/nonexistent", "PATH=/usr/bin:/bin"}, extra...)
}

// clean runs a round nobody disturbs and returns its exit code and what it said.
func (w *worker) clean(ctx context.Context, args ...string) (int, string, error) {
	if len(args) == 0 {
		args = []string{"run"}
	}
	command := exec.CommandContext(ctx, w.program, args...)
	command.Dir, command.Env = w.root(), environment()
	said, err := command.CombinedOutput()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		return 0, "", err
	}
	return command.ProcessState.ExitCode(), strings.TrimSpace(string(said)), nil
}

// handler decides about a call that names these paths.
type handler func(call *tracer.Call, paths []string) tracer.Verdict

// traced runs a round with every call that matters shown to handle: changes below the data
// directory, and bytes sent to the bank.
func (w *worker) traced(started func(pid int), handle handler, extra ...string) (tracer.Exit, error) {
	return w.trace(tracer.Program{Env: environment(extra...)}, started, func(call *tracer.Call, paths []string, inside bool) tracer.Verdict {
		if !inside && (call.Name != "write" || !slices.ContainsFunc(paths, isSocket)) {
			return tracer.Verdict{}
		}
		return handle(call, paths)
	})
}

func (w *worker) tracedChanges(handle handler) (tracer.Exit, error) { return w.traced(nil, handle) }

// tracedReads runs a round with every read of the data directory shown to handle.
func (w *worker) tracedReads(handle handler) (tracer.Exit, error) {
	return w.trace(tracer.Program{Env: environment(), Reads: true}, nil, func(call *tracer.Call, paths []string, inside bool) tracer.Verdict {
		if !inside || !call.Reads() {
			return tracer.Verdict{}
		}
		return handle(call, paths)
	})
}

func isSocket(path string) bool { return strings.HasPrefix(path, "socket:") }

// trace runs a round and says of each call whether it is about something in the data directory.
func (w *worker) trace(program tracer.Program, started func(pid int), handle func(*tracer.Call, []string, bool) tracer.Verdict) (tracer.Exit, error) {
	if err := w.output.Truncate(0); err != nil {
		return tracer.Exit{}, err
	}
	if _, err := w.output.Seek(0, 0); err != nil {
		return tracer.Exit{}, err
	}
	program.Path, program.Args, program.Dir, program.Output = w.program, []string{"run"}, w.root(), w.output
	data := w.data()
	return tracer.Run(program, started, func(call *tracer.Call) tracer.Verdict {
		paths := call.Paths()
		return handle(call, paths, slices.ContainsFunc(paths, func(path string) bool {
			return path == data || strings.HasPrefix(path, data+"/")
		}))
	})
}

// said is what the traced round printed.
func (w *worker) said() string {
	text, _ := os.ReadFile(w.output.Name())
	return strings.TrimSpace(string(text))
}

// killAt runs a round that is killed before its nth call that matters.
func (w *worker) killAt(n int) (d death, err error) {
	count := 0
	d.wanted = killed
	d.exit, err = w.traced(nil, func(call *tracer.Call, paths []string) tracer.Verdict {
		count++
		if count == n {
			d.where = call.Name + " " + w.short(paths)
		}
		return tracer.Verdict{Kill: count == n}
	})
	return d, err
}

// killInRequest runs a round that is killed at a stage of its nth request.
func (w *worker) killInRequest(n int, when stage) (d death, err error) {
	d.wanted, d.where = killed, fmt.Sprintf("request %d, stage %d", n, when)
	d.exit, err = w.traced(func(pid int) {
		w.bank.killAt(n, when, func() { _ = syscall.Kill(pid, syscall.SIGKILL) })
	}, pass)
	w.bank.killAt(0, 0, nil)
	return d, err
}

// pass lets every call happen.
func pass(*tracer.Call, []string) tracer.Verdict { return tracer.Verdict{} }

// short writes paths without the trial's directory.
func (w *worker) short(paths []string) string {
	return strings.ReplaceAll(strings.Join(paths, " → "), w.data()+"/", "")
}

// recover runs a clean round and holds its end to the truth.
func (w *worker) recover(ctx context.Context) (problems []string, err error) {
	code, said, err := w.clean(ctx)
	if err != nil {
		return nil, err
	}
	if code != 0 {
		problems = append(problems, fmt.Sprintf("I11, I12: the clean round exited with %d: %s", code, said))
	}
	complete, err := w.checkComplete(ctx)
	return append(problems, complete...), err
}
