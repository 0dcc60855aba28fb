package round

import (
	"errors"
	"strings"
	"testing"
)

// TestJournalKeepsNoCellOfTheUsersFiles: the place and what is wrong stay, what stands in a cell does not.
func TestJournalKeepsNoCellOfTheUsersFiles(t *testing.T) {
	for problem, want := range map[string]string{
		`rules.csv:2: unknown category "Jane Doe"; see there`: "rules.csv:2: unknown category …; see there",
		"overrides.csv:3: line 2 decides of fctxn_1Ab2 already; take one out\nx\ny": "overrides.csv:3: line 2 " +
			"decides of … already; take one out, and 2 more problems",
		"rules.csv:4: pattern: missing closing ]: `[jane doe`; words in the column words need no such signs": "" +
			"rules.csv:4: pattern: missing closing ]: …; words in the column words need no such signs",
		strings.Repeat("é", 400): strings.Repeat("é", longestSaid),
	} {
		if got := impersonal(problem); got != want {
			t.Errorf("%q is kept as %q, want %q", problem, got, want)
		}
	}
	report := Report{Reason: "2 accounts stale", userFiles: errors.New("x"), RulesProblem: "rules.csv: is empty"}
	const want = "2 accounts stale; your own rules are not applied: rules.csv: is empty"
	if report.noteUserFiles(); report.Reason != want {
		t.Error(report.Reason)
	}
}
