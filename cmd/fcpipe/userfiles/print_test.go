package userfiles

import (
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
