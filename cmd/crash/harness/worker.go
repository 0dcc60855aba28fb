//go:build linux && amd64

package harness

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

	"fcpipe/cmd/crash/oracle"
	"fcpipe/cmd/crash/tracer"
	"fcpipe/sync/simulator"
)

// Worker runs trials one after another, in a directory and with a bank of its own.
type Worker struct {
	program string // fcpipe
	dir     string
	bank    *Bank
	trials  int
	output  *os.File
	Oracle  oracle.Oracle // what must not be forgotten in this trial
}

// NewWorker makes a worker for a program, in a directory that is made.
func NewWorker(program, dir string) (*Worker, error) {
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
	return &Worker{program: program, dir: dir, bank: bank, output: output}, nil
}

// Root is the directory of this trial. Each has another: this process must not see the
// DuckDB file of the last one under the same path.
func (w *Worker) Root() string { return filepath.Join(w.dir, fmt.Sprintf("trial-%d", w.trials)) }

// Data is the data directory of this trial.
func (w *Worker) Data() string { return filepath.Join(w.Root(), "data") }

// Begin puts directory and bank back to how a scenario starts.
func (w *Worker) Begin(s *Scenario) error {
	if err := w.Fresh(s.Concurrency); err != nil {
		return err
	}
	if err := copyTree(s.Data, w.Data()); err != nil {
		return err
	}
	w.Oracle.History = s.History
	return w.PutWorld(s.Worlds[0])
}

// Fresh starts an empty trial.
func (w *Worker) Fresh(concurrency int) error {
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
`, w.bank.url, concurrency)
	return os.WriteFile(filepath.Join(w.Root(), "config.yaml"), []byte(config), 0o600)
}

// PutWorld makes the world of a file what the bank serves.
func (w *Worker) PutWorld(path string) error {
	world, err := simulator.Load(path)
	if err != nil {
		return err
	}
	w.put(world)
	return nil
}

// put makes a world what the bank serves and what the directory is held to.
func (w *Worker) put(world *simulator.Server) {
	w.bank.put(world)
	w.Oracle.World = world
}

func environment(extra ...string) []string {
	return append([]string{"STRIPE_API_KEY=sk_test_crash", "FCPIPE_TEST_SLEEP=never", "GOMAXPROCS=1", "HOME=/nonexistent", "PATH=/usr/bin:/bin"}, extra...)
}

// Clean runs a round nobody disturbs and returns its exit code and what it said.
func (w *Worker) Clean(ctx context.Context, args ...string) (int, string, error) {
	if len(args) == 0 {
		args = []string{"run"}
	}
	command := exec.CommandContext(ctx, w.program, args...)
	command.Dir, command.Env = w.Root(), environment()
	said, err := command.CombinedOutput()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		return 0, "", err
	}
	return command.ProcessState.ExitCode(), strings.TrimSpace(string(said)), nil
}

// Handler decides about a call that names these paths.
type Handler func(call *tracer.Call, paths []string) tracer.Verdict

// Traced runs a round with every call that matters shown to handle: changes below the data
// directory, and bytes sent to the bank.
func (w *Worker) Traced(started func(pid int), handle Handler, extra ...string) (tracer.Exit, error) {
	return w.trace(tracer.Program{Env: environment(extra...)}, started, func(call *tracer.Call, paths []string, inside bool) tracer.Verdict {
		if !inside && (call.Name != "write" || !slices.ContainsFunc(paths, IsSocket)) {
			return tracer.Verdict{}
		}
		return handle(call, paths)
	})
}

// TracedChanges is Traced, for a fault that needs nothing else.
func (w *Worker) TracedChanges(handle Handler) (tracer.Exit, error) { return w.Traced(nil, handle) }

// TracedReads runs a round with every read of the data directory shown to handle.
func (w *Worker) TracedReads(handle Handler) (tracer.Exit, error) {
	return w.trace(tracer.Program{Env: environment(), Reads: true}, nil, func(call *tracer.Call, paths []string, inside bool) tracer.Verdict {
		if !inside || !call.Reads() {
			return tracer.Verdict{}
		}
		return handle(call, paths)
	})
}

// IsSocket reports whether a path of a call is a connection.
func IsSocket(path string) bool { return strings.HasPrefix(path, "socket:") }

// trace runs a round and says of each call whether it is about something in the data directory.
func (w *Worker) trace(program tracer.Program, started func(pid int), handle func(*tracer.Call, []string, bool) tracer.Verdict) (tracer.Exit, error) {
	if err := w.output.Truncate(0); err != nil {
		return tracer.Exit{}, err
	}
	if _, err := w.output.Seek(0, 0); err != nil {
		return tracer.Exit{}, err
	}
	program.Path, program.Args, program.Dir, program.Output = w.program, []string{"run"}, w.Root(), w.output
	data := w.Data()
	return tracer.Run(program, started, func(call *tracer.Call) tracer.Verdict {
		paths := call.Paths()
		return handle(call, paths, slices.ContainsFunc(paths, func(path string) bool {
			return path == data || strings.HasPrefix(path, data+"/")
		}))
	})
}

// Said is what the traced round printed.
func (w *Worker) Said() string {
	text, _ := os.ReadFile(w.output.Name())
	return strings.TrimSpace(string(text))
}

// KillAt runs a round that is killed before its nth call that matters.
func (w *Worker) KillAt(n int) (d Death, err error) {
	count := 0
	d.Wanted = Killed
	d.Exit, err = w.Traced(nil, func(call *tracer.Call, paths []string) tracer.Verdict {
		count++
		if count == n {
			d.Where = call.Name + " " + w.Short(paths)
		}
		return tracer.Verdict{Kill: count == n}
	})
	return d, err
}

// KillInRequest runs a round that is killed at a stage of its nth request.
func (w *Worker) KillInRequest(n int, when Stage) (d Death, err error) {
	d.Wanted, d.Where = Killed, fmt.Sprintf("request %d, stage %d", n, when)
	d.Exit, err = w.Traced(func(pid int) {
		w.bank.killAt(n, when, func() { _ = syscall.Kill(pid, syscall.SIGKILL) })
	}, Pass)
	w.bank.killAt(0, 0, nil)
	return d, err
}

// Pass lets every call happen.
func Pass(*tracer.Call, []string) tracer.Verdict { return tracer.Verdict{} }

// Short writes paths without the trial's directory.
func (w *Worker) Short(paths []string) string {
	return strings.ReplaceAll(strings.Join(paths, " → "), w.Data()+"/", "")
}

// Recover runs a clean round and holds its end to the truth.
func (w *Worker) Recover(ctx context.Context) (problems []string, err error) {
	code, said, err := w.Clean(ctx)
	if err != nil {
		return nil, err
	}
	if code != 0 {
		problems = append(problems, fmt.Sprintf("I11, I12: the clean round exited with %d: %s", code, said))
	}
	complete, err := w.Oracle.CheckComplete(ctx)
	return append(problems, complete...), err
}
