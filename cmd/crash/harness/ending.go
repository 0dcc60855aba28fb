//go:build linux && amd64

package harness

import (
	"syscall"

	"fcpipe/cmd/crash/tracer"
)

// Ending is how a disturbed round ended, and how it was meant to end.
type Ending struct {
	Where        string // the call, request or named point of the fault; "" when it never came
	Wanted, Exit tracer.Exit
}

// Killed is the end of a process that SIGKILL ended.
var Killed = tracer.Exit{Code: -1, Signal: syscall.SIGKILL}

// Endings are how a round ends by the action of a failpoint. One that is told to stop when all is done may also
// complete.
var Endings = map[string]tracer.Exit{"kill": Killed, "term": {Code: 143}, "panic": {Code: 2}}

// AsExpected reports whether the fault ended the round, in the way it was meant to.
func (e Ending) AsExpected() bool { return e.Exit == e.Wanted }

// Completed reports whether the round came to its end before anything could disturb it.
func (e Ending) Completed() bool { return e.Exit == tracer.Exit{} }
