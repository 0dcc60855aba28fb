//go:build linux && amd64

package faults

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"syscall"

	"fcpipe/cmd/crash/harness"
	"fcpipe/cmd/crash/tracer"
)

// exitIO is what fcpipe promises to exit with when input or output fails.
const exitIO = 74

// failure is a call that fails: the nth that matters, once or from then on.
type failure struct {
	call    int // counted from 1
	errno   syscall.Errno
	forever bool
}

func (f failure) String() string { return fmt.Sprintf("call %d fails with %s", f.call, f.how()) }

func (f failure) how() string {
	if f.forever {
		return errnoNames[f.errno] + " from then on"
	}
	return errnoNames[f.errno] + " once"
}

var errnoNames = map[syscall.Errno]string{syscall.ENOSPC: "ENOSPC", syscall.EIO: "EIO", syscall.EROFS: "EROFS"}

// errorsOf are the errors that a call can meet on a disk that is full, broken or read-only.
func errorsOf(call string) []syscall.Errno {
	switch call {
	case "write", "pwrite64", "writev", "pwritev", "pwritev2", "copy_file_range", "sendfile", "fallocate":
		return []syscall.Errno{syscall.ENOSPC, syscall.EIO}
	case "fsync", "fdatasync", "sync_file_range", "read", "pread64", "readv", "preadv":
		return []syscall.Errno{syscall.EIO}
	case "openat", "creat", "mkdir", "mkdirat", "link", "linkat", "symlink", "symlinkat",
		"rename", "renameat", "renameat2":
		return []syscall.Errno{syscall.ENOSPC, syscall.EIO, syscall.EROFS}
	case "unlink", "unlinkat", "rmdir", "ftruncate", "truncate", "chmod", "fchmod", "fchmodat":
		return []syscall.Errno{syscall.EIO, syscall.EROFS}
	}
	return nil
}

// traced runs a round with its calls shown to a handler.
type traced func(*harness.Worker, harness.Handler) (tracer.Exit, error)

// FailingCalls makes every call of every scenario fail in every way it can, once and from then on.
func FailingCalls(all []*harness.Scenario) (trials []harness.Trial) {
	for _, s := range all {
		for n, call := range s.Calls {
			for _, errno := range errorsOf(call.Name) {
				for _, forever := range []bool{false, true} {
					f := failure{n + 1, errno, forever}
					name := fmt.Sprintf("%s, %s %s", f, call.Name, call.Target)
					trials = append(trials, failing(s, name, f, (*harness.Worker).Traced))
				}
			}
		}
	}
	return trials
}

// FailingReads makes every read of every scenario fail, once and from then on.
func FailingReads(all []*harness.Scenario) (trials []harness.Trial) {
	for _, s := range all {
		for n, target := range s.ReadTargets {
			for _, forever := range []bool{false, true} {
				f := failure{n + 1, syscall.EIO, forever}
				name := fmt.Sprintf("%s, read of %s", f, target)
				trials = append(trials, failing(s, name, f, (*harness.Worker).TracedReads))
			}
		}
	}
	return trials
}

// failing is a trial in three steps: the disk fails in a round, whose exit code must say so; a reader looks; once the
// disk is well, a clean round recovers.
func failing(s *harness.Scenario, name string, f failure, traced traced) harness.Trial {
	return trial(s, f.how(), name, func(ctx context.Context, w *harness.Worker, _ *rand.Rand) (got result, err error) {
		if err := w.Begin(s); err != nil {
			return got, err
		}
		where, exit, err := f.meet(w, traced)
		if err != nil {
			return got, err
		}
		if where != "" {
			got.Points = 1
		}
		got.Counts = map[string]int{fmt.Sprintf("exit code %d", exit.Code): got.Points}
		problems, err := f.checkFailed(ctx, w, exit)
		if err != nil {
			return got, err
		}
		recovered, err := w.Recover(ctx)
		got.Problems = within(where+" failed with "+errnoNames[f.errno], append(problems, recovered...))
		return got, err
	})
}

// meet runs a round that meets the failure; where is the first call that failed, "" when none did.
func (f failure) meet(w *harness.Worker, traced traced) (where string, exit tracer.Exit, err error) {
	count := 0
	exit, err = traced(w, func(call *tracer.Call, paths []string) tracer.Verdict {
		count++
		isIt := count == f.call || count > f.call && f.forever
		if !isIt || harness.IsSocket(paths[0]) || !slices.Contains(errorsOf(call.Name), f.errno) {
			return tracer.Verdict{}
		}
		if where == "" {
			where = call.Name + " " + w.Short(paths)
		}
		return tracer.Verdict{Errno: f.errno}
	})
	return where, exit, err
}

// checkFailed holds what a round left to its exit code. The failure may have been of no importance: then everything
// is there.
func (f failure) checkFailed(ctx context.Context, w *harness.Worker, exit tracer.Exit) (problems []string, err error) {
	switch {
	case f.forever && aborted(exit, w.Output()):
		return w.Oracle.CheckReadable(ctx, false)
	case exit.Signal != 0:
		return []string{"I11: ended by " + exit.Signal.String() + ": " + w.Output()}, nil
	case exit.Code == 0:
		return w.Oracle.CheckComplete(ctx)
	case exit.Code == exitIO:
		return w.Oracle.CheckReadable(ctx, false)
	}
	return []string{fmt.Sprintf("I11: exited with %d: %s", exit.Code, w.Output())}, nil
}

// aborted reports whether DuckDB ended the process. Where the disk fails and fails again while DuckDB undoes what it
// began, it throws where no exception may leave, and C++ calls std::terminate: fcpipe's documented exit code 2.
func aborted(exit tracer.Exit, output string) bool {
	ended := exit.Signal == syscall.SIGABRT || exit.Signal == 0 && exit.Code == 2
	return ended && strings.Contains(output, "SIGABRT") && strings.Contains(output, "duckdb::")
}
