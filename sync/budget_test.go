package sync

import (
	"context"
	"net/http"
	"testing"
	"time"

	"fcpipe/sync/plan"
	"fcpipe/sync/simulator"
)

// TestARoundOfEveryNightBuysEveryNight: each purchase leaves some seconds after its round
// began, so the next night begins less than a day after it.
func TestARoundOfEveryNightBuysEveryNight(t *testing.T) {
	t.Parallel()
	w := newWorld(t, simulator.Config{Seed: 4, Accounts: 3, Holders: 3, HistoryDays: 5, Linked: true, Calm: true})
	w.between = func(r *http.Request) {
		if r.Method == http.MethodPost {
			w.server.Advance(20 * time.Second)
		}
	}
	first := w.server.Now().Add(24 * time.Hour)
	for night := range 4 {
		w.server.Advance(first.AddDate(0, 0, night).Sub(w.server.Now()))
		_, _, err := w.round()
		w.must(err)
		if got, want := w.charges(plan.FeatureBalance), 3*(night+1); got != want {
			t.Fatalf("night %d: %d balances in all, want %d", night, got, want)
		}
	}
}

// charged is what the server bills for a month, or for all of them, in millionths of a US dollar.
func (w *world) charged(month string) (sum int64) {
	prices := map[string]int64{
		plan.FeatureBalance: 100_000, plan.FeatureOwnership: 1_500_000,
		"transactions_month": 300_000,
	}
	for _, charge := range w.server.Meter().Charges {
		if month == "" || time.Unix(charge.At, 0).UTC().Format("2006-01") == month {
			sum += prices[charge.Kind]
		}
	}
	return sum
}

// TestRenewalsAreReservedFromTheBudget: a new month begins with nothing spent, but Stripe
// will renew every subscription in it; balances get only what that leaves.
func TestRenewalsAreReservedFromTheBudget(t *testing.T) {
	t.Parallel()
	w := newWorld(t, simulator.Config{
		Seed: 4, Accounts: 5, Holders: 5, HistoryDays: 5, Calm: true,
		Start: time.Date(2026, 6, 30, 18, 17, 0, 0, time.UTC),
	})
	limit := int64(5*300_000 + 7*100_000)
	w.change = func(o *Options) { o.Policy.MaxPerMonth, o.Policy.Balance.Every = &limit, 6*time.Hour }
	for range 7 {
		report, _, err := w.round()
		w.must(err)
		month := report.Plan.At.Format("2006-01")
		if planned, charged := report.Plan.SpentMonth+report.Plan.CostMicroUSD, w.charged(month); charged > planned ||
			planned > limit {
			t.Errorf("%s: charged %d, spent and planned %d, the budget is %d", month, charged, planned, limit)
		}
		w.server.Advance(6 * time.Hour)
	}
	if june, july := w.charged("2026-06"), w.charged("2026-07"); june != 5*400_000 || july != limit {
		t.Errorf("June costs %d, want %d; July %d, want %d", june, 5*400_000, july, limit)
	}
	if counted := w.journal.SpentSince(time.Date(2026, 7, 1, 0, 0, 0, 0, time.UTC)); counted != limit {
		t.Errorf("%d of July counted, want %d", counted, limit)
	}
}

// TestNothingIsBoughtInAnotherMonthThanItsPlan: a month's budget allowed it, and that month is
// over when its turn comes. The next round decides again.
func TestNothingIsBoughtInAnotherMonthThanItsPlan(t *testing.T) {
	t.Parallel()
	w := newWorld(t, simulator.Config{
		Seed: 4, Accounts: 4, Holders: 4, HistoryDays: 5, Linked: true, Calm: true,
		Start: time.Date(2026, 6, 29, 22, 59, 30, 0, time.UTC),
	})
	w.change = func(o *Options) { o.Stripe.Concurrency, o.Policy.Transactions.Mode = 1, plan.ModeOff }
	posts := 0
	w.between = func(r *http.Request) {
		if r.Method == http.MethodPost {
			posts++
			w.server.Advance(20 * time.Second) // on its way
		}
	}
	w.server.Advance(25 * time.Hour)
	_, _, err := w.round()
	w.must(err)
	if posts != 2 {
		t.Errorf("%d purchases left before midnight, want 2", posts)
	}
	w.server.Advance(time.Hour)
	_, _, err = w.round()
	w.must(err)
	if got := w.charges(plan.FeatureBalance); got != 4 {
		t.Errorf("%d balances bought in both months, want 4", got)
	}
}

// TestBudgetCountsWhatAListDoesNotShowYet: a round dies after it bought, and the next one's list is older than that.
func TestBudgetCountsWhatAListDoesNotShowYet(t *testing.T) {
	t.Parallel()
	w := newWorld(t, simulator.Config{Seed: 4, Accounts: 4, Holders: 4, HistoryDays: 5, Linked: true, Calm: true})
	w.server.Advance(25 * time.Hour)
	limit := w.charged("") + 2*1_500_000
	w.change = func(o *Options) {
		o.Policy.MaxPerMonth, o.Policy.Wait = &limit, 0
		keepOwners(70 * time.Hour)(o)
		ownersOnly(o)
	}
	ctx, die := context.WithCancel(t.Context())
	posts := 0
	w.between = func(r *http.Request) {
		if r.Method == http.MethodPost {
			posts++
		} else if posts > 0 {
			die()
		}
	}
	if _, err := w.killed(ctx); err == nil || posts != 2 {
		t.Fatalf("%d refreshes bought, want 2 and the end: %v", posts, err)
	}
	w.between = nil
	w.server.Advance(time.Hour)
	w.must(w.server.AddFault(fault(`{"when": {"path": "/accounts"}, "do": {"stale_read": "90m"}}`)))
	report, _, err := w.round()
	w.must(err)
	w.server.Advance(time.Minute) // what was bought succeeds
	if report.Plan.SpentMonth != limit || w.charged("") != limit {
		t.Errorf("%d counted, %d charged, want %d", report.Plan.SpentMonth, w.charged(""), limit)
	}
}

func TestRefreshThatSettlesBetweenRoundsIsCountedAndKeepsToTheBudget(t *testing.T) {
	w := newWorld(t, simulator.Config{Seed: 4, Accounts: 3, Holders: 3, HistoryDays: 20, Linked: true, Calm: true})
	limit := int64(1_500_000)
	w.change = func(o *Options) { o.Policy.Wait, o.Policy.MaxPerMonth = 0, &limit }
	for range 14 {
		w.server.Advance(30 * time.Hour)
		_, _, err := w.round()
		w.must(err)
		spent := map[string]int64{}
		for _, c := range w.server.Meter().Charges {
			spent[time.Unix(c.At, 0).UTC().Format("2006-01")] += map[string]int64{
				"balance":            100_000,
				"transactions_month": 300_000,
			}[c.Kind]
		}
		for month, amount := range spent {
			if amount > limit {
				t.Fatalf("%s: the server charged %d, the budget is %d", month, amount, limit)
			}
		}
	}
	w.change = nil
	_, _, err := w.round()
	w.must(err)
	counted := 0
	for _, c := range w.journal.Charges() {
		if c.Kind == plan.FeatureBalance {
			counted++
		}
	}
	if charged := w.charges(plan.FeatureBalance); counted != charged {
		t.Errorf("%d balances counted, the server charged %d", counted, charged)
	}
}
