//go:build linux && amd64

package faults

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"syscall"

	"fcpipe/cmd/crash/harness"
	"fcpipe/cmd/crash/tracer"
)

// failure is a call that goes wrong: the nth that matters, once or from then on.
type failure struct {
	call    int
	errno   syscall.Errno
	forever bool
}

func (f failure) String() string {
	how := "once"
	if f.forever {
		how = "from then on"
	}
	return fmt.Sprintf("call %d fails with %s %s", f.call, errnoName(f.errno), how)
}

func errnoName(errno syscall.Errno) string {
	return map[syscall.Errno]string{syscall.ENOSPC: "ENOSPC", syscall.EIO: "EIO", syscall.EROFS: "EROFS"}[errno]
}

// canFail says which errors a call can meet on a disk that is full, broken or read-only.
func canFail(call string) []syscall.Errno {
	switch call {
	case "write", "pwrite64", "writev", "pwritev", "pwritev2", "copy_file_range", "sendfile", "fallocate":
		return []syscall.Errno{syscall.ENOSPC, syscall.EIO}
	case "fsync", "fdatasync", "sync_file_range", "read", "pread64", "readv", "preadv":
		return []syscall.Errno{syscall.EIO}
	case "openat", "creat", "mkdir", "mkdirat", "link", "linkat", "symlink", "symlinkat", "rename", "renameat", "renameat2":
		return []syscall.Errno{syscall.ENOSPC, syscall.EIO, syscall.EROFS}
	case "unlink", "unlinkat", "rmdir", "ftruncate", "truncate", "chmod", "fchmod", "fchmodat":
		return []syscall.Errno{syscall.EIO, syscall.EROFS}
	}
	return nil
}

func fails(call string, errno syscall.Errno) bool {
	return slices.Contains(canFail(call), errno)
}

// FailingCalls makes every call of every scenario fail in every way it can, once and for ever.
func FailingCalls(all []*harness.Scenario) (trials []harness.Trial) {
	for _, s := range all {
		for n, name := range s.Names {
			for _, errno := range canFail(name) {
				for _, forever := range []bool{false, true} {
					f := failure{n + 1, errno, forever}
					trials = append(trials, harness.Trial{ID: fmt.Sprintf("%s/%s, %s %s", s.Name, f, name, s.Targets[n]), Run: func(ctx context.Context, w *harness.Worker, _ *rand.Rand) (harness.Result, error) {
						return failedOnce(ctx, w, s, f, w.TracedChanges)
					}})
				}
			}
		}
	}
	return trials
}

// FailingReads makes every read of every scenario fail, once and for ever.
func FailingReads(all []*harness.Scenario) (trials []harness.Trial) {
	for _, s := range all {
		for n, target := range s.Reads {
			for _, forever := range []bool{false, true} {
				f := failure{n + 1, syscall.EIO, forever}
				trials = append(trials, harness.Trial{ID: fmt.Sprintf("%s/%s, read of %s", s.Name, f, target), Run: func(ctx context.Context, w *harness.Worker, _ *rand.Rand) (harness.Result, error) {
					return failedOnce(ctx, w, s, f, w.TracedReads)
				}})
			}
		}
	}
	return trials
}

// failedOnce is a story in three acts: a disk fails, the round says the truth about it and a
// reader sees no harm, and once the disk is well a clean round comes to the truth.
func failedOnce(ctx context.Context, w *harness.Worker, s *harness.Scenario, f failure, traced func(harness.Handler) (tracer.Exit, error)) (got harness.Result, err error) {
	if err := w.Begin(s); err != nil {
		return got, err
	}
	count, failed, where := 0, 0, ""
	exit, err := traced(func(call *tracer.Call, paths []string) tracer.Verdict {
		count++
		if harness.IsSocket(paths[0]) || count < f.call || count > f.call && !f.forever || !fails(call.Name, f.errno) {
			return tracer.Verdict{}
		}
		if failed++; failed == 1 {
			where = call.Name + " " + w.Short(paths)
		}
		return tracer.Verdict{Errno: f.errno}
	})
	if err != nil {
		return got, err
	}
	if failed > 0 {
		got.Points = 1
	}
	var problems []string
	switch {
	case exit.Signal != 0:
		problems = append(problems, "I11: died of "+exit.Signal.String()+": "+w.Said())
	case exit.Code == 0: // it may have been of no importance: then all is there
		problems, err = w.Oracle.CheckComplete(ctx)
	case exit.Code == exitIO:
		problems, err = w.Oracle.CheckReadable(ctx, false)
	default:
		problems = append(problems, fmt.Sprintf("I11: exited with %d: %s", exit.Code, w.Said()))
	}
	if err != nil {
		return got, err
	}
	got.Counts = map[string]int{fmt.Sprintf("exit code %d", exit.Code): got.Points}
	recovered, err := w.Recover(ctx)
	for _, problem := range append(problems, recovered...) {
		got.Problems = append(got.Problems, where+" failed with "+errnoName(f.errno)+": "+problem)
	}
	return got, err
}

// exitIO is what fcpipe promises to exit with when input or output fails.
const exitIO = 74
