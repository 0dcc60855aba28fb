//go:build linux && amd64

package harness

import (
	"syscall"

	"fcpipe/cmd/crash/tracer"
)

// Death is how a round ended that was to die.
type Death struct {
	Where        string
	Wanted, Exit tracer.Exit
}

// Killed is how a process ends that is killed.
var Killed = tracer.Exit{Code: -1, Signal: syscall.SIGKILL}

// Deaths are how a round ends that is Killed, told to stop, or meets a defect of its own. One that is
// told to stop when all is done may end well.
var Deaths = map[string]tracer.Exit{"kill": Killed, "term": {Code: 143}, "panic": {Code: 2}}

// Came reports whether the round ended as it was to.
func (d Death) Came() bool { return d.Exit == d.Wanted }

// Ended is a round that came to its end before anything could kill it.
func (d Death) Ended() bool { return d.Exit == tracer.Exit{} }

// DieAt runs a round that ends itself at a named point.
func (w *Worker) DieAt(action, point string) (d Death, err error) {
	d.Where, d.Wanted = point, Deaths[action]
	d.Exit, err = w.Traced(nil, Pass, "FCPIPE_TEST_FAIL_AT="+action+":"+point)
	return d, err
}
