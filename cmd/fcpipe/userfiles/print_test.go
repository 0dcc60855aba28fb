package userfiles

import (
	"fmt"
	"strings"
	"testing"

	"fcpipe/schema/rules/stored"
)

// TestAnotherPolicyIsNoNothing: files that label no transaction change tables all the same, and rules check says which.
func TestAnotherPolicyIsNoNothing(t *testing.T) {
	for differ, want := range map[string]string{
		"": "nothing changes with the next round",
		stored.PolicyFile: "what changes with the next round:\n" +
			"  the policy is another one than the last round read: underwriting.reasons\n",
		stored.RequestsFile: "what changes with the next round:\n" +
			"  loan requests are others than the last round read: affordability_* of underwriting.attribute_values",
	} {
		var out strings.Builder
		Report{Policy: "policy.csv", Requests: "loan_requests.csv", Differ: strings.Fields(differ)}.Print(&out)
		if !strings.Contains(out.String(), want) {
			t.Errorf("%q: got\n%s\nwant\n%s", differ, out.String(), want)
		}
	}
}

// TestManyProblemsOfOneKindAreCounted: a file with thousands of unknown holders is no page of thousands of lines.
func TestManyProblemsOfOneKindAreCounted(t *testing.T) {
	report := Report{Requests: "loan_requests.csv"}
	for i := range 1000 {
		where := fmt.Sprintf("loan_requests.csv:%d", i+2)
		report.Problems = append(report.Problems, Problem{where, notHeld, "not held"})
	}
	report.Problems = append(report.Problems, Problem{"rules.csv:7", "shadowed", "never decides"})
	var out strings.Builder
	report.Print(&out)
	if lines := strings.Count(out.String(), "not held"); lines != shownProblems ||
		!strings.Contains(out.String(), "  loan_requests.csv: and 990 more of this kind; --json lists them\n") ||
		!strings.Contains(out.String(), "  rules.csv:7: never decides\n") {
		t.Errorf("%d lines in:\n%s", lines, out.String())
	}
}

// TestRowsThatAreNoSpendingAreToldApart: a line that moves rows between two categories names those apart that count as
// spending neither before nor after.
func TestRowsThatAreNoSpendingAreToldApart(t *testing.T) {
	counted := Change{From: "fin_out.mortgage", To: "housing.rent", Counted: true, WillCount: true, Rows: 48}
	others := counted
	others.Counted, others.WillCount, others.Rows = false, false, 6
	report := Report{Rules: "rules.csv", Changes: []Change{counted, others}}
	var out strings.Builder
	report.Print(&out)
	const apart = "housing.rent, none counted as spending (ledger.labels.spend_state says why)"
	if strings.Count(out.String(), apart) != 1 {
		t.Errorf("got\n%s", out.String())
	}
}
