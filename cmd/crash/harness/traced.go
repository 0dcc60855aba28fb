//go:build linux && amd64

package harness

import (
	"os"
	"slices"
	"strings"

	"fcpipe/cmd/crash/tracer"
)

// Handler decides about a call that names these paths.
type Handler func(call *tracer.Call, paths []string) tracer.Verdict

// Traced runs a round with every call that matters shown to handle: changes below the data directory, and bytes
// sent to Stripe.
func (w *Worker) Traced(handle Handler) (tracer.Exit, error) { return w.traceChanges(nil, handle) }

// TracedReads runs a round with every read of the data directory shown to handle.
func (w *Worker) TracedReads(handle Handler) (tracer.Exit, error) {
	program := tracer.Program{Env: environment(), Reads: true}
	return w.trace(program, nil, func(call *tracer.Call, paths []string, inside bool) tracer.Verdict {
		if !inside || !call.Reads() {
			return tracer.Verdict{}
		}
		return handle(call, paths)
	})
}

// traceChanges is Traced; started is told the process id, and extra is added to the environment.
func (w *Worker) traceChanges(started func(pid int), handle Handler, extra ...string) (tracer.Exit, error) {
	program := tracer.Program{Env: environment(extra...)}
	return w.trace(program, started, func(call *tracer.Call, paths []string, inside bool) tracer.Verdict {
		if !inside && (call.Name != "write" || !slices.ContainsFunc(paths, IsSocket)) {
			return tracer.Verdict{}
		}
		return handle(call, paths)
	})
}

// IsSocket reports whether a path of a call is a connection.
func IsSocket(path string) bool { return strings.HasPrefix(path, "socket:") }

// trace runs a round and says of each call whether it names something in the data directory.
func (w *Worker) trace(program tracer.Program, started func(pid int),
	handle func(call *tracer.Call, paths []string, inside bool) tracer.Verdict,
) (tracer.Exit, error) {
	if err := w.output.Truncate(0); err != nil {
		return tracer.Exit{}, err
	}
	if _, err := w.output.Seek(0, 0); err != nil {
		return tracer.Exit{}, err
	}
	program.Path, program.Args, program.Dir, program.Output = w.program, w.command, w.Root(), w.output
	data := w.Data()
	return tracer.Run(program, started, func(call *tracer.Call) tracer.Verdict {
		paths := call.Paths()
		return handle(call, paths, slices.ContainsFunc(paths, func(path string) bool {
			return path == data || strings.HasPrefix(path, data+"/")
		}))
	})
}

// Output is what the traced round printed.
func (w *Worker) Output() string {
	text, _ := os.ReadFile(w.output.Name())
	return strings.TrimSpace(string(text))
}

// Short writes the paths of a call without the trial's directory.
func (w *Worker) Short(paths []string) string {
	return strings.ReplaceAll(strings.Join(paths, " → "), w.Data()+"/", "")
}
