package sync

import (
	"slices"
	"testing"
	"time"

	"fcpipe/sync/plan"
	"fcpipe/sync/simulator"
)

// TestBalancesFollowTransactions: transactions are refreshed every third day, balances may be
// every day. Only the day after a refresh of transactions is paid for, and none costs a read.
func TestBalancesFollowTransactions(t *testing.T) {
	t.Parallel()
	w := newWorld(t, simulator.Config{Seed: 4, Accounts: 1, Holders: 1, HistoryDays: 20, Linked: true, Calm: true})
	w.change = func(o *Options) {
		o.Policy.Transactions, o.Policy.Balance = plan.FeaturePolicy{Mode: plan.ModeOnDemand, Every: 71 * time.Hour},
			plan.FeaturePolicy{Mode: plan.ModeOnChange, Every: 23 * time.Hour}
		o.Policy.Wait = 0
	}
	w.server.Advance(23 * time.Hour)
	var paid []int
	for day := range 6 {
		w.server.Advance(25 * time.Hour)
		report, _, err := w.round()
		w.must(err)
		if day == 3 && report.Reads != 1 {
			t.Errorf("a day on which nothing moved took %d reads", report.Reads)
		}
		w.server.Advance(time.Minute)
		if w.charges(plan.FeatureBalance) > len(paid) {
			paid = append(paid, day)
		}
	}
	if want := []int{2, 5}; !slices.Equal(paid, want) { // transactions were asked for on days 1 and 4
		t.Errorf("balances were paid on days %v, want %v", paid, want)
	}
}
