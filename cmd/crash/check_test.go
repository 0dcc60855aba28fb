//go:build linux && amd64

package main

import (
	"slices"
	"strings"
	"testing"

	"fcpipe/cmd/crash/tracer"
)

func TestDifferencesAreNamed(t *testing.T) {
	for _, c := range []struct {
		name   string
		stored []string
		says   []string
	}{
		{"the same", []string{"a\t1", "b\t2"}, nil},
		{"one is missing", []string{"a\t1"}, []string{"1 balances are missing"}},
		{"one twice in the place of another", []string{"a\t1", "a\t1"}, []string{"that is not so: a\t1", "1 balances are missing"}},
		{"one twice", []string{"a\t1", "b\t2", "a\t1"}, []string{"that is not so: a\t1"}},
		{"another amount", []string{"a\t1", "b\t3"}, []string{"that is not so: b\t3", "1 balances are missing"}},
	} {
		got := differences("balance", c.stored, map[string]bool{"a\t1": true, "b\t2": true})
		if !slices.EqualFunc(got, c.says, strings.Contains) {
			t.Errorf("%s: %q, want %q", c.name, got, c.says)
		}
	}
}

func TestDeathIsWhatWasAskedFor(t *testing.T) {
	for action, exits := range map[string]struct{ came, strange tracer.Exit }{
		"kill":  {killed, tracer.Exit{Code: 74}},
		"term":  {tracer.Exit{Code: 143}, tracer.Exit{Code: 65}},
		"panic": {tracer.Exit{Code: 2}, tracer.Exit{Code: 1}},
	} {
		if d := (death{wanted: deaths[action], exit: exits.came}); !d.came() || d.ended() {
			t.Errorf("%s: %+v is not how it ends", action, d.exit)
		}
		if d := (death{wanted: deaths[action], exit: exits.strange}); d.came() || d.ended() {
			t.Errorf("%s: %+v passes", action, d.exit)
		}
		if d := (death{wanted: deaths[action]}); d.came() || !d.ended() {
			t.Errorf("%s: a round that ended well is something else", action)
		}
	}
}
