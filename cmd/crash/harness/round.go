//go:build linux && amd64

package harness

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"syscall"

	"fcpipe/cmd/crash/failpoint"
	"fcpipe/cmd/crash/tracer"
)

// environment is that of every round: its failpoints are armed by extra, sleeping takes no time, and it has the derived
// tables that this process has.
func environment(extra ...string) []string {
	return append([]string{
		"STRIPE_API_KEY=sk_test_crash", "FCPIPE_TEST_SLEEP=never", "GOMAXPROCS=1",
		"HOME=/nonexistent", "PATH=/usr/bin:/bin", failpoint.Tables + "=" + os.Getenv(failpoint.Tables),
	}, extra...)
}

// Clean runs a command without any fault, "run" unless another is given, and returns its exit code and output.
func (w *Worker) Clean(ctx context.Context, args ...string) (code int, output string, err error) {
	if len(args) == 0 {
		args = []string{"run"}
	}
	command := exec.CommandContext(ctx, w.program, args...)
	command.Dir, command.Env = w.Root(), environment()
	text, err := command.CombinedOutput()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		return 0, "", err
	}
	return command.ProcessState.ExitCode(), strings.TrimSpace(string(text)), nil
}

// Recover runs a clean round and holds its end to the truth.
func (w *Worker) Recover(ctx context.Context) (problems []string, err error) {
	code, output, err := w.Clean(ctx)
	if err != nil {
		return nil, err
	}
	if code != 0 {
		problems = append(problems, fmt.Sprintf("I11, I12: the clean round exited with %d: %s", code, output))
	}
	complete, err := w.Oracle.CheckComplete(ctx)
	return append(problems, complete...), err
}

// RecoverErasure runs a round, then the erasure again, and holds its end to what an erasure promises.
func (w *Worker) RecoverErasure(ctx context.Context, s *Scenario) (problems []string, err error) {
	for _, args := range [][]string{nil, s.command()} {
		code, output, err := w.Clean(ctx, args...)
		if err != nil {
			return nil, err
		}
		if code != 0 {
			problems = append(problems, fmt.Sprintf("I11, I12: %v exited with %d: %s", args, code, output))
		}
	}
	erased, err := w.Oracle.CheckErased(ctx, s.Erases)
	return append(problems, erased...), err
}

// KillAt runs a round that is killed before its nth call that matters.
func (w *Worker) KillAt(n int) (e Ending, err error) {
	count := 0
	e.Wanted = Killed
	e.Exit, err = w.Traced(func(call *tracer.Call, paths []string) tracer.Verdict {
		count++
		if count == n {
			e.Where = call.Name + " " + w.Short(paths)
		}
		return tracer.Verdict{Kill: count == n}
	})
	return e, err
}

// KillInRequest runs a round that is killed at a stage of its nth request.
func (w *Worker) KillInRequest(n int, at Stage) (e Ending, err error) {
	e.Wanted, e.Where = Killed, fmt.Sprintf("request %d, stage %d", n, at)
	e.Exit, err = w.traceChanges(func(pid int) {
		w.stripe.killClient(n, at, func() { _ = syscall.Kill(pid, syscall.SIGKILL) })
	}, pass)
	w.stripe.killClient(0, 0, nil)
	return e, err
}

// RunUntilFailpoint runs a round that ends itself at a named point: POINT, or POINT:HIT counted from 1.
func (w *Worker) RunUntilFailpoint(action, point string) (e Ending, err error) {
	e.Where, e.Wanted = point, Endings[action]
	e.Exit, err = w.traceChanges(nil, pass, "FCPIPE_TEST_FAIL_AT="+action+":"+point)
	return e, err
}

// pass lets every call happen.
func pass(*tracer.Call, []string) tracer.Verdict { return tracer.Verdict{} }
