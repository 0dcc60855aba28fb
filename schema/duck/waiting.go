package duck

import (
	"runtime"
	"sync"
	"time"

	bindings "github.com/duckdb/duckdb-go-bindings"
	"github.com/duckdb/duckdb-go/v2/mapping"
)

// waitInSleep makes the driver's statements sleep while only other threads have work. DuckDB's own loop asks for a task
// all the time, which took a twelfth of the CPU seconds of a derivation on two cores. The driver calls DuckDB through
// variables, two of which are replaced.
var waitInSleep = sync.OnceFunc(func() {
	mapping.ExecutePending, mapping.ResultError = executePending, resultError
})

const (
	askedInVain = 32 // times before a statement sleeps: most gaps between tasks are shorter than a nap
	firstNap    = 50 * time.Microsecond
	longestNap  = 800 * time.Microsecond
)

// failures are the messages of statements that failed, by their result, until the driver asks for them.
var failures sync.Map

// executePending runs a statement until its result is ready. What failed is not executed further: DuckDB would say that
// it was tried again, and not why it failed. It stays on one thread: DuckDB's allocator keeps freed pages for a second
// in one of several arenas, by the thread, and what threads by turns free and allocate is kept in each of them.
func executePending(pending bindings.PendingResult, result *bindings.Result) bindings.State {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	nap := firstNap
	for inVain := 0; ; {
		switch state := bindings.PendingExecuteTask(pending); state {
		case bindings.PendingStateError:
			failures.Store(result, bindings.PendingError(pending))
			return bindings.StateError
		case bindings.PendingStateResultReady:
			return bindings.ExecutePending(pending, result)
		case bindings.PendingStateNoTasksAvailable: // others work, or tasks wait for each other
			if inVain++; inVain > askedInVain {
				<-time.NewTimer(nap).C
				nap = min(2*nap, longestNap)
			}
		default: // it has worked on a task
			inVain, nap = 0, firstNap
		}
	}
}

// resultError is the message of a statement that failed.
func resultError(result *bindings.Result) string {
	if message, failed := failures.LoadAndDelete(result); failed {
		return message.(string)
	}
	return bindings.ResultError(result)
}
