package main

import (
	"strings"
	"testing"
)

func TestIncompleteMutantsAreRefused(t *testing.T) {
	for text, says := range map[string]string{
		"tests: TestX\n-- func a --\n-- replacement --\n":                         "no promise",
		"promise: 1\n-- func a --\n-- replacement --\n":                           "what must fail",
		"promise: 1\ntests: TestX\ncrash: -cuts=1\n":                              "what must fail",
		"promise: 1\ntests: TestX_|TestY\n":                                       "no whole name",
		"promise: 1\ncrash: -cuts=1\n":                                            "in pairs",
		"promise: 1\ncrash: -cuts=1\n-- func a --\nx\n-- func b --\n":             "want replacement",
		"promise: 1\ncrash: -cuts=1\n-- sync/fetch.go --\nx\n-- replacement --\n": "func, decl or sql",
		"promise: 1\nwhy: not\n":                                                  "unknown key",
	} {
		if _, err := parseMutant("m", []byte(text)); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%q: %v, want %q", text, err, says)
		}
	}
}
