package plan

import (
	"testing"
	"time"

	"fcpipe/schema"
)

// TestRefreshIntervalGrowsWithFailures counts a failure once, stored or just seen.
func TestRefreshIntervalGrowsWithFailures(t *testing.T) {
	at := hoursAgo(1)
	for _, test := range []struct {
		failures int
		latest   schema.RefreshAttempt
		want     time.Duration
	}{
		{0, schema.RefreshAttempt{}, 24 * time.Hour},
		{1, schema.RefreshAttempt{Status: "failed", RequestedAt: at}, 24 * time.Hour},
		{1, schema.RefreshAttempt{Status: "failed", RequestedAt: at.Add(-25 * time.Hour)}, 48 * time.Hour},
		{1, schema.RefreshAttempt{Status: "pending", RequestedAt: at}, 48 * time.Hour},
		{3, schema.RefreshAttempt{Status: "failed", RequestedAt: at}, 96 * time.Hour},
		{99, schema.RefreshAttempt{Status: "failed", RequestedAt: at}, 720 * time.Hour},
	} {
		test.latest.Feature = FeatureOwnership
		a := someAccount(func(a *Account) {
			a.OwnershipRefresh = &schema.RefreshState{Status: "failed", AttemptedAt: at}
			a.Stored = schema.AccountState{
				Failures:  map[string]int{FeatureOwnership: test.failures},
				Refreshes: []schema.RefreshAttempt{test.latest},
			}
		})
		facts := someFacts(a)
		facts.Policy.Ownership = FeaturePolicy{ModeOnDemand, 720 * time.Hour}
		if got := newPlanner(facts).refreshInterval(a, FeatureOwnership); got != test.want {
			t.Errorf("after %d failures, latest %s: %v, want %v", test.failures, test.latest.Status, got, test.want)
		}
	}
}
