//go:build linux && amd64

package main

import (
	"testing"

	"fcpipe/cmd/crash/harness"
	"fcpipe/cmd/crash/tracer"
)

func TestEndingIsWhatWasAskedFor(t *testing.T) {
	for action, exits := range map[string]struct{ expected, strange tracer.Exit }{
		"kill":  {harness.Killed, tracer.Exit{Code: 74}},
		"term":  {tracer.Exit{Code: 143}, tracer.Exit{Code: 65}},
		"panic": {tracer.Exit{Code: 2}, tracer.Exit{Code: 1}},
	} {
		wanted := harness.Endings[action]
		if e := (harness.Ending{Wanted: wanted, Exit: exits.expected}); !e.AsExpected() || e.Completed() {
			t.Errorf("%s: %+v is not how it ends", action, e.Exit)
		}
		if e := (harness.Ending{Wanted: wanted, Exit: exits.strange}); e.AsExpected() || e.Completed() {
			t.Errorf("%s: %+v passes", action, e.Exit)
		}
		if e := (harness.Ending{Wanted: wanted}); e.AsExpected() || !e.Completed() {
			t.Errorf("%s: a round that ended well is something else", action)
		}
	}
}
