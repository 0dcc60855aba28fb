package main

import (
	"errors"
	"strings"
	"testing"

	"fcpipe/schema/erase"
)

// TestAFileOfOnesOwnInTheWayIsNamedByLine: a file that the configuration names is not to be removed whole.
func TestAFileOfOnesOwnInTheWayIsNamedByLine(t *testing.T) {
	left := &erase.LeftError{Files: []string{"loan_requests.csv"}}
	for want, lines := range map[string][]string{
		"name it: remove loan_requests.csv:2, loan_requests.csv:7; remove or move other": {
			"loan_requests.csv:2", "loan_requests.csv:7",
		},
		"remove or move these files, unless fcpipe made them; then run the command again": nil,
	} {
		err := hintErase(left, lines...)
		hinted, isHinted := errors.AsType[hintedError](err)
		if !isHinted || !strings.Contains(hinted.hint, want) || exitCode(err) != exitCode(left) {
			t.Errorf("got %v %q (exit %d), want %s", err, hinted.hint, exitCode(err), want)
		}
	}
}
