//go:build linux && amd64

package harness

import (
	"testing"

	"fcpipe/cmd/crash/tracer"
)

func TestEndingIsWhatWasAskedFor(t *testing.T) {
	for action, exits := range map[string]struct{ expected, strange tracer.Exit }{
		"kill":  {Killed, tracer.Exit{Code: 74}},
		"term":  {tracer.Exit{Code: 143}, tracer.Exit{Code: 65}},
		"panic": {tracer.Exit{Code: 2}, tracer.Exit{Code: 1}},
	} {
		if e := (Ending{Wanted: Endings[action], Exit: exits.expected}); !e.AsExpected() || e.Completed() {
			t.Errorf("%s: %+v is not how it ends", action, e.Exit)
		}
		if e := (Ending{Wanted: Endings[action], Exit: exits.strange}); e.AsExpected() || e.Completed() {
			t.Errorf("%s: %+v passes", action, e.Exit)
		}
		if e := (Ending{Wanted: Endings[action]}); e.AsExpected() || !e.Completed() {
			t.Errorf("%s: a round that ended well is something else", action)
		}
	}
}
