package failpoint

import (
	"fmt"
	"io"
	"os"
	"os/signal"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"

	"fcpipe/schema/models"
)

// Tables is the variable that names the derived tables of a process, which need not name what these read; without it
// all are there. Programs of tests, which storetest.Only begins, read the same one.
const Tables = "FCPIPE_TEST_TABLES"

// LeaveTables leaves this process the derived tables that the variable names.
func LeaveTables(getenv func(string) string) {
	if tables := strings.Fields(getenv(Tables)); len(tables) > 0 {
		models.Replace(models.Some(tables...))
	}
}

// Switches are what the environment of a process asks for. cmd/fcpipe's own type of hooks has the same fields.
type Switches struct {
	// Reached is called at every named point, by several goroutines. It is never nil.
	Reached func(point string)

	// Sleepless makes sleeping take no time: against a server whose time moves with its requests.
	Sleepless bool

	// FreeSpace stands in for the bytes that the file system says are free; nil asks it.
	FreeSpace func(directory string) (int64, error)
}

// FromEnvironment reads the variables:
//
//	FCPIPE_TEST_FAIL_AT  ACTION:POINT, or ACTION:POINT:HIT counted from 1; ACTION is kill, term, hup, fault or panic.
//	                     A point at which the process signals itself is left once the signal was handled.
//	                     "list" prints every point that is reached, as a line "point POINT" on stderr.
//	FCPIPE_TEST_SLEEP    "never"
//	FCPIPE_TEST_FREE     bytes
//
// The channel stopped is closed when the process handles a signal that stops it.
func FromEnvironment(stopped <-chan struct{}, getenv func(string) string, stderr io.Writer) Switches {
	return Switches{
		Reached:   failAt(getenv("FCPIPE_TEST_FAIL_AT"), stopped, stderr),
		Sleepless: getenv("FCPIPE_TEST_SLEEP") == "never",
		FreeSpace: freeSpace(getenv("FCPIPE_TEST_FREE")),
	}
}

func failAt(wanted string, stopped <-chan struct{}, stderr io.Writer) func(string) {
	if wanted == "" {
		return func(string) {}
	}
	if wanted == "list" {
		return func(point string) { fmt.Fprintf(stderr, "point %s\n", point) }
	}
	action, rest, _ := strings.Cut(wanted, ":")
	name, hit, counted := strings.Cut(rest, ":")
	number, _ := strconv.ParseInt(hit, 10, 64)
	var hits atomic.Int64
	return func(point string) {
		if point == name && (!counted || hits.Add(1) == number) {
			fail(action, point, stopped)
		}
	}
}

func freeSpace(bytes string) func(string) (int64, error) {
	if bytes == "" {
		return nil
	}
	return func(string) (int64, error) { return strconv.ParseInt(bytes, 10, 64) }
}

// fail ends the process as a power cut, a service manager, a terminal that hung up, a fault in native code or a
// defect would.
func fail(action, point string, stopped <-chan struct{}) {
	switch action {
	case "kill":
		_ = syscall.Kill(os.Getpid(), syscall.SIGKILL)
		select {}
	case "term":
		stop(syscall.SIGTERM, stopped)
	case "hup":
		stop(syscall.SIGHUP, stopped)
	case "fault":
		_ = syscall.Kill(os.Getpid(), syscall.SIGSEGV)
		select {}
	default:
		panic("failpoint " + point)
	}
}

// stop signals the process and waits until it has handled that: a round must not come to its end before, however
// late the signal arrives.
func stop(s syscall.Signal, stopped <-chan struct{}) {
	_ = syscall.Kill(os.Getpid(), s)
	if !signal.Ignored(s) {
		<-stopped
	}
}
