//go:build linux && amd64

package faults

import (
	"syscall"
	"testing"

	"fcpipe/cmd/crash/tracer"
)

// TestOnlyAnAbortOfDuckDBIsAborted: a panic and a fault in native code stay findings.
func TestOnlyAnAbortOfDuckDBIsAborted(t *testing.T) {
	const terminate = "terminate called after throwing an instance of 'duckdb::IOException'\nSIGABRT: abort\n"
	for name, test := range map[string]struct {
		exit   tracer.Exit
		output string
		want   bool
	}{
		"terminate":           {tracer.Exit{Code: 2}, terminate, true},
		"terminate, signaled": {tracer.Exit{Signal: syscall.SIGABRT}, terminate, true},
		"panic":               {tracer.Exit{Code: 2}, "panic: x\ngoroutine 1", false},
		"fault":               {tracer.Exit{Code: 2}, "SIGSEGV: segmentation violation\nduckdb::", false},
		"killed":              {tracer.Exit{Signal: syscall.SIGKILL}, terminate, false},
		"failed":              {tracer.Exit{Code: 1}, terminate, false},
	} {
		if got := aborted(test.exit, test.output); got != test.want {
			t.Errorf("%s: %t", name, got)
		}
	}
}
