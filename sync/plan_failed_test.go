package sync

import (
	"slices"
	"testing"
	"time"

	"fcpipe/schema"
	"fcpipe/sync/simulator"
)

// TestFailedOwnershipIsTriedAgainLessAndLess: two months with an interval of 30 days, at a bank
// that does not answer about owners six times. Failures cost nothing.
func TestFailedOwnershipIsTriedAgainLessAndLess(t *testing.T) {
	t.Parallel()
	w := newWorld(t, simulator.Config{Seed: 11, Accounts: 1, Holders: 1, HistoryDays: 1, Calm: true, Linked: true})
	w.change = ownersOnly
	w.must(w.server.AddFault(fault(`{"when": {"feature": "ownership", "times": 6}, "do": {"fail_refresh": true}}`)))
	begun := w.server.Now()
	var asked []int
	for _, night := range []int{0, 1, 2, 3, 4, 6, 7, 8, 14, 15, 16, 30, 31, 32, 59, 60, 61} {
		w.server.Advance(begun.Add(time.Duration(night) * (24*time.Hour + 10*time.Minute)).Sub(w.server.Now()))
		report, _, err := w.round()
		w.must(err)
		if report.RefreshesAsked > 0 {
			asked = append(asked, night)
		}
	}
	// after 1, 2, 4, 8 and 16 days, then after the interval
	if want := []int{0, 1, 3, 7, 15, 31, 61}; !slices.Equal(asked, want) {
		t.Errorf("asked in nights %v, want %v", asked, want)
	}
	w.wantOwners()
	if paid := w.charges(FeatureOwnership); paid != 1 {
		t.Errorf("%d refreshes paid", paid)
	}
	state, err := w.store.State(t.Context())
	w.must(err)
	if failures := state.Accounts[w.server.Accounts()[0]].Failures; len(failures) != 0 {
		t.Errorf("%v after a success", failures)
	}
}

// TestPatienceGrowsWithFailures counts a failure once, stored or just seen.
func TestPatienceGrowsWithFailures(t *testing.T) {
	at := planNow.Add(-time.Hour)
	a := planAccount(func(a *schema.Account) { a.OwnershipRefresh = &schema.RefreshState{Status: "failed", AttemptedAt: at} })
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
		p := &planner{facts: planFacts{options: Options{Ownership: FeaturePolicy{ModeOnDemand, 720 * time.Hour}}, state: schema.State{Accounts: map[string]schema.AccountState{
			"fca_1": {Failures: map[string]int{FeatureOwnership: test.failures}, Refreshes: map[string]schema.RefreshAttempt{FeatureOwnership: test.latest}},
		}}}}
		if got := p.patience(a, FeatureOwnership); got != test.want {
			t.Errorf("after %d failures, latest %s: %v, want %v", test.failures, test.latest.Status, got, test.want)
		}
	}
}

// TestFailedRefreshWithoutAnInstantIsTriedAgain: a refresh that failed and names no instant from
// which it may be repeated is repeated all the same, less and less often while none begins.
func TestFailedRefreshWithoutAnInstantIsTriedAgain(t *testing.T) {
	for _, feature := range []string{FeatureTransactions, FeatureBalance, FeatureOwnership} {
		t.Run(feature, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, simulator.Config{Seed: 11, Accounts: 1, Holders: 1, HistoryDays: 1, Calm: true, Linked: true})
			w.change = func(o *Options) {
				o.Transactions.Mode, o.Balance.Mode, o.KeepOwners = ModeOff, ModeOff, true
				switch policy := (FeaturePolicy{ModeOnDemand, 192 * time.Hour}); feature {
				case FeatureTransactions:
					o.Transactions = policy
				case FeatureBalance:
					o.Balance = policy
				default:
					o.Ownership = policy
				}
			}
			name := map[string]string{FeatureTransactions: "transaction_refresh", FeatureBalance: "balance_refresh", FeatureOwnership: "ownership_refresh"}[feature]
			w.must(w.server.AddFault(fault(`{"when": {"feature": "` + feature + `"}, "do": {"fail_refresh": true}}`)))
			w.server.Advance(200 * time.Hour)
			_, _, err := w.round()
			w.must(err)
			w.must(w.server.AddFault(fault(`{"when": {"method": "GET", "path": "/accounts"}, "do": {"rows": "all", "set": {"` + name + `.next_refresh_available_at": null}}}`)))
			w.must(w.server.AddFault(fault(`{"when": {"method": "POST"}, "do": {"status": 400, "code": "financial_connections_account_refresh_too_soon"}}`)))
			var asked []int
			for night := range 20 {
				w.server.Advance(24 * time.Hour)
				report, _, err := w.round()
				w.must(err)
				if report.RefreshesAsked > 0 {
					asked = append(asked, night+1)
				}
			}
			// a day after the failure, then two, four and at most the interval of eight days after the last asking
			if want := []int{1, 3, 7, 15}; !slices.Equal(asked, want) {
				t.Errorf("asked in nights %v, want %v", asked, want)
			}
			w.server.ClearFaults()
			for range 9 {
				w.server.Advance(24 * time.Hour)
				_, _, err = w.round()
				w.must(err)
			}
			if w.value("SELECT count(*) FROM main.refreshes WHERE feature = '"+feature+"' AND status = 'succeeded'") == 0 {
				t.Error("it never came back")
			}
		})
	}
}
