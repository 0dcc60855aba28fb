package sync

import (
	"slices"
	"testing"
	"time"

	"fcpipe/schema"
	"fcpipe/sync/plan"
	"fcpipe/sync/simulator"
)

// TestFailedOwnershipIsTriedAgainLessAndLess: two months with an interval of 30 days, at a bank
// that does not answer about owners six times. Failures cost nothing.
func TestFailedOwnershipIsTriedAgainLessAndLess(t *testing.T) {
	t.Parallel()
	w := newWorld(t, simulator.Config{Seed: 11, Accounts: 1, Holders: 1, HistoryDays: 1, Calm: true, Linked: true})
	w.change = ownersOnly
	w.must(w.server.AddFault(refreshesFail(plan.FeatureOwnership, 6)))
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
	if paid := w.charges(plan.FeatureOwnership); paid != 1 {
		t.Errorf("%d refreshes paid", paid)
	}
	if failures := w.account(w.server.Accounts()[0]).Failures; len(failures) != 0 {
		t.Errorf("%v after a success", failures)
	}
}

// TestFailedRefreshWithoutAnInstantIsTriedAgain: a refresh that failed and names no instant from
// which it may be repeated is repeated all the same, less and less often while none begins.
func TestFailedRefreshWithoutAnInstantIsTriedAgain(t *testing.T) {
	for _, feature := range []string{plan.FeatureTransactions, plan.FeatureBalance, plan.FeatureOwnership} {
		t.Run(feature, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, simulator.Config{
				Seed: 11, Accounts: 1, Holders: 1, HistoryDays: 1, Calm: true,
				Linked: true,
			})
			w.change = func(o *Options) {
				o.Policy.Transactions.Mode, o.Policy.Balance.Mode, o.Policy.KeepOwners = plan.ModeOff, plan.ModeOff,
					true
				switch policy := (plan.FeaturePolicy{Mode: plan.ModeOnDemand, Every: 192 * time.Hour}); feature {
				case plan.FeatureTransactions:
					o.Policy.Transactions = policy
				case plan.FeatureBalance:
					o.Policy.Balance = policy
				default:
					o.Policy.Ownership = policy
				}
			}
			name := map[string]string{
				plan.FeatureTransactions: "transaction_refresh",
				plan.FeatureBalance:      "balance_refresh", plan.FeatureOwnership: "ownership_refresh",
			}[feature]
			w.must(w.server.AddFault(fault(`{"when": {"feature": "` + feature + `"}, "do": {"fail_refresh": true}}`)))
			w.server.Advance(200 * time.Hour)
			_, _, err := w.round()
			w.must(err)
			w.must(w.server.AddFault(fault(`{"when": {"method": "GET", "path": "/accounts"}, "do": {"rows": "all",
				"set": {"` + name + `.next_refresh_available_at": null}}}`)))
			w.must(w.server.AddFault(fault(`{"when": {"method": "POST"}, "do": {"status": 400,
				"code": "financial_connections_account_refresh_too_soon"}}`)))
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
			if !slices.ContainsFunc(w.file.Refreshes(),
				func(r schema.RefreshAttempt) bool { return r.Feature == feature && r.Status == "succeeded" }) {
				t.Error("it never came back")
			}
		})
	}
}
