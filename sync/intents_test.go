package sync

import (
	"context"
	"net/http"
	"testing"
	"time"

	"fcpipe/schema/journal"
	"fcpipe/sync/plan"
	"fcpipe/sync/simulator"
)

// TestEveryPurchaseIsAnnouncedFirst is I16: when a purchase leaves, the journal on disk holds
// its intent under its key.
func TestEveryPurchaseIsAnnouncedFirst(t *testing.T) {
	t.Parallel()
	w := newWorld(t, simulator.Config{Seed: 4, Accounts: 2, Holders: 2, HistoryDays: 20, Linked: true, Calm: true})
	w.server.Advance(30 * time.Hour)
	bought := 0
	w.between = func(r *http.Request) {
		if !onPost(r) {
			return
		}
		bought++
		journal, err := journal.Open(w.layout.Journal())
		w.must(err)
		for _, intent := range journal.OpenIntents() {
			if intent.Key == r.Header.Get("Idempotency-Key") {
				return
			}
		}
		t.Errorf("%s left without an intent", r.URL.Path)
	}
	_, _, err := w.round()
	w.must(err)
	if bought != 4 {
		t.Errorf("%d purchases, want a subscription and a balance of each account", bought)
	}
}

// TestWhatARunThatDiedBoughtIsNotBoughtAgain: a run dies after it bought, with nothing held, and then Stripe does not
// state the balances' refreshes, or states them as they were before. The journal knows of them.
func TestWhatARunThatDiedBoughtIsNotBoughtAgain(t *testing.T) {
	t.Parallel()
	for _, shown := range []string{`"nulls": 100, "rows": "all"`, `"stale_read": "8h"`} {
		w := newWorld(t, simulator.Config{Seed: 4, Accounts: 2, Holders: 2, HistoryDays: 20, Linked: true, Calm: true})
		w.change = func(o *Options) { o.Policy.Balance.Every = 20 * time.Hour }
		w.server.Advance(41 * time.Hour)
		ctx, die := context.WithCancel(t.Context())
		w.between = func(r *http.Request) {
			if !onPost(r) && w.charges(plan.FeatureBalance) == 2 {
				die()
			}
		}
		if _, err := w.killed(ctx); err == nil || w.charges(plan.FeatureBalance) != 2 {
			t.Fatalf("%s: not killed after %d purchases: %v", shown, w.charges(plan.FeatureBalance), err)
		}
		w.between = nil
		w.server.Advance(7 * time.Hour)
		w.server.AddFault(fault(faultScript(`"method": "GET", "path": "/accounts"`, shown)))
		_, _, err := w.round()
		w.must(err)
		if bought := w.charges(plan.FeatureBalance); bought != 2 {
			t.Errorf("%s: %d balances of 2 accounts were bought within 7 hours", shown, bought)
		}
		w.server.ClearFaults()
		w.server.Advance(14 * time.Hour)
		_, _, err = w.round()
		w.must(err)
		if bought := w.charges(plan.FeatureBalance); bought != 4 {
			t.Errorf("%s: %d balances were bought, want another of each account after its interval", shown, bought)
		}
	}
}

func TestStopWhileBuyingAnnouncesNothingMore(t *testing.T) {
	w := newWorld(t, simulator.Config{Seed: 4, Accounts: 40, Holders: 40, HistoryDays: 5, Linked: true, Calm: true})
	ctx, cancel := context.WithCancel(t.Context())
	posts := 0
	w.change = func(o *Options) { o.Stripe.Concurrency = 1 }
	w.between = func(r *http.Request) {
		if r.Method == http.MethodPost {
			if posts++; posts == 3 {
				cancel()
			}
		}
	}
	w.server.Advance(30 * time.Hour)
	if _, err := w.killed(ctx); err == nil {
		t.Error("not stopped")
	}
	if open := len(w.journal.OpenIntents()); open > 1 {
		t.Errorf("%d open intents", open)
	}
}
