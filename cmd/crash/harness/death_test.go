//go:build linux && amd64

package harness

import (
	"testing"

	"fcpipe/cmd/crash/tracer"
)

func TestDeathIsWhatWasAskedFor(t *testing.T) {
	for action, exits := range map[string]struct{ came, strange tracer.Exit }{
		"kill":  {Killed, tracer.Exit{Code: 74}},
		"term":  {tracer.Exit{Code: 143}, tracer.Exit{Code: 65}},
		"panic": {tracer.Exit{Code: 2}, tracer.Exit{Code: 1}},
	} {
		if d := (Death{Wanted: Deaths[action], Exit: exits.came}); !d.Came() || d.Ended() {
			t.Errorf("%s: %+v is not how it ends", action, d.Exit)
		}
		if d := (Death{Wanted: Deaths[action], Exit: exits.strange}); d.Came() || d.Ended() {
			t.Errorf("%s: %+v passes", action, d.Exit)
		}
		if d := (Death{Wanted: Deaths[action]}); d.Came() || !d.Ended() {
			t.Errorf("%s: a round that ended well is something else", action)
		}
	}
}
