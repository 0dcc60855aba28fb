//go:build linux && amd64

package harness

import (
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
	"strings"

	"golang.org/x/sys/unix"

	"fcpipe/cmd/crash/powercut"
	"fcpipe/cmd/crash/tracer"
	"fcpipe/sync/simulator"
	"fcpipe/sync/simulator/faults"
)

// record runs an undisturbed round and writes down every change of the data directory, with
// the world as it was after each request.
func (s *Scenario) record(w *Worker) error {
	if err := w.Begin(s); err != nil {
		return err
	}
	s.worlds, s.Changes = s.worlds[:1:1], nil
	wanted := 0
	if s.OrderOnly {
		wanted = 3 // partial: the account whose row is refused is not complete
		if err := w.stripe.world.AddFault(refusedRow); err != nil {
			return err
		}
	}
	var failure error
	if !s.OrderOnly {
		w.stripe.onServed(func(n int) { failure = errors.Join(failure, s.saveWorld(w, n)) })
	}
	r := &recorder{inside: w.Data()}
	exit, err := w.Traced(func(call *tracer.Call, paths []string) tracer.Verdict {
		if s.OrderOnly && (call.Name == "link" || call.Name == "linkat") {
			return tracer.Verdict{Errno: unix.EPERM}
		}
		if call.Name == "ficlone" { // file systems without it are the common case
			return tracer.Verdict{Errno: unix.EOPNOTSUPP}
		}
		failure = errors.Join(failure, r.record(call, paths, w.stripe.requests()))
		return tracer.Verdict{}
	})
	w.stripe.onServed(nil)
	if failure == nil && err == nil && exit.Code != wanted {
		failure = fmt.Errorf("the recorded round exited with %d: %s", exit.Code, w.Output())
	}
	s.Changes = r.changes
	return errors.Join(err, failure)
}

// saveWorld saves the world as it is after the nth request.
func (s *Scenario) saveWorld(w *Worker, n int) error {
	path := filepath.Join(filepath.Dir(s.Data), fmt.Sprintf("world-%d.json", n))
	s.worlds = append(s.worlds, path)
	return w.stripe.world.Save(path)
}

// refusedRow makes a row of the first page of rows unfit.
var refusedRow = simulator.Fault{
	When: faults.Condition{Path: "/transactions", Nth: 1},
	Do: faults.Actions{ListActions: faults.ListActions{
		Set: map[string]json.RawMessage{"amount": json.RawMessage("null")},
	}},
}

// recorder turns calls into changes of a disk.
type recorder struct {
	inside  string
	changes []powercut.Operation
}

// below is a path below the data directory, and whether it is one that is still there.
func (r *recorder) below(path string) (string, bool) {
	relative, err := filepath.Rel(r.inside, path)
	outside := err != nil || relative == ".." || strings.HasPrefix(relative, "../")
	return relative, !outside && !strings.HasSuffix(path, " (deleted)")
}

func (r *recorder) record(call *tracer.Call, paths []string, requests int) error {
	target, inside := r.below(paths[len(paths)-1])
	if !inside {
		return nil
	}
	o := powercut.Operation{Path: target, Requests: requests}
	if len(paths) == 2 {
		o.Source, _ = r.below(paths[0])
	}
	known, err := describe(&o, call, paths)
	if err != nil {
		return fmt.Errorf("record %s of %s: %w", call.Name, target, err)
	}
	if known {
		r.changes = append(r.changes, o)
	}
	return nil
}

// describe fills in what a call does; false is nothing that lasts.
func describe(o *powercut.Operation, call *tracer.Call, paths []string) (known bool, err error) {
	switch call.Name {
	case "openat":
		o.Kind, o.Offset, o.Truncate = powercut.Create, int64(call.Args[3])&^0o077, call.Args[2]&unix.O_TRUNC != 0
		return call.Args[2]&(unix.O_CREAT|unix.O_TRUNC) != 0, nil
	case "write", "pwrite64", "writev", "pwritev", "pwritev2":
		o.Kind = powercut.Write
		if o.Data, err = call.Data(); err == nil {
			o.Offset, o.Append, err = call.Offset()
		}
		return true, err
	case "copy_file_range":
		o.Kind, o.Size = powercut.Copy, int64(call.Args[4])
		if o.From, err = call.SourceOffset(); err == nil {
			o.Offset, _, err = call.Offset()
		}
		return true, err
	case "fsync", "fdatasync":
		o.Kind = powercut.Sync
	case "ftruncate", "truncate":
		o.Kind, o.Offset = powercut.Resize, int64(call.Args[1])
	case "fchmod", "chmod":
		o.Kind, o.Offset = powercut.Mode, int64(call.Args[1])
	case "fchmodat":
		o.Kind, o.Offset = powercut.Mode, int64(call.Args[2])
	case "rename", "renameat", "renameat2":
		o.Kind = powercut.Rename
	case "link", "linkat":
		o.Kind = powercut.Link
	case "symlink", "symlinkat":
		o.Kind, o.Source = powercut.Symlink, paths[0]
	case "unlink", "unlinkat", "rmdir":
		o.Kind = powercut.Remove
	case "mkdir", "mkdirat":
		o.Kind = powercut.MakeDirectory
	case "sync_file_range":
		return false, nil // promises nothing
	default:
		return false, fmt.Errorf("the model of the disk does not know it")
	}
	return true, nil
}
