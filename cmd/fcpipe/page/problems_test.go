package page

import (
	"strings"
	"testing"
)

// TestABankThatChargesNoFeesIsNamed, since its counts of fees are zero whatever happens; one that charges is not.
func TestABankThatChargesNoFeesIsNamed(t *testing.T) {
	t.Parallel()
	r := &Report{Accounts: []Account{{Key: "fca_1", Institution: "Free Bank", CoverageEnd: "2026-06-01"}}}
	for policy, want := range map[string]int{"NONE_SEEN_WITH_NEGATIVE_DAYS": 1, "CHARGES": 0, "UNKNOWN": 0} {
		r.Values = []Value{{AccountKey: "fca_1", Attribute: "distress_bank_fee_policy", Window: "now", Text: policy}}
		n := 0
		for _, p := range r.findProblems() {
			if p.Code == "no_fee_seen" && p.Severity == care && strings.HasPrefix(p.Words, "Free Bank was below zero") {
				n++
			}
		}
		if n != want {
			t.Errorf("%s: %d problems, want %d", policy, n, want)
		}
	}
}
