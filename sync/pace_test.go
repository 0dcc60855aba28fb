package sync

import (
	"fmt"
	"testing"
	"time"

	"fcpipe/schema"
	"fcpipe/sync/simulator"
)

// TestTheIntervalThatFitsDoesFit: the plan of a world that reads too much names an interval. A
// world that lives by it never runs out of reads, and every account is up to date within the
// interval; what all accounts bring in one night may be read over several.
func TestTheIntervalThatFitsDoesFit(t *testing.T) {
	t.Parallel()
	const allowed = 100
	config := simulator.Config{Seed: 4, Accounts: 12, Holders: 6, HistoryDays: 3, Calm: true, Linked: true}
	told := newWorld(t, config)
	told.change = func(o *Options) { o.ReadsPer30Days = allowed }
	plan, err := told.syncer().Plan(t.Context(), schema.State{}, told.store.Journal())
	told.must(err)
	every := plan.Projections[0].IntervalThatFit
	if every != 10*24*time.Hour { // 30 lists, 3 times 12 accounts with a page and two polls
		t.Fatalf("%v is said to fit: %+v", every, plan.Projections[0])
	}
	w := newWorld(t, config)
	w.change = func(o *Options) {
		told.change(o)
		o.Transactions, o.Balance.Every = FeaturePolicy{ModeOnDemand, every}, every
	}
	for night := range 32 {
		w.server.Advance(24 * time.Hour)
		report, _, err := w.round()
		w.must(err)
		used := w.store.Journal().ReadsSince(w.server.Now().AddDate(0, 0, -30), "")
		if used > allowed || report.StaleAccounts > 0 {
			t.Fatalf("night %d: %d reads in 30 days, %d accounts stale", night, used, report.StaleAccounts)
		}
		behind := w.value(fmt.Sprintf("SELECT count(*) FROM main.accounts WHERE complete_through_at IS NULL OR complete_through_at < to_timestamp(%d)", w.server.Now().Add(-every-3*24*time.Hour).Unix()))
		if night > 3 && behind > 0 {
			t.Fatalf("night %d: %d accounts are behind their interval by three days", night, behind)
		}
	}
}

// TestNoIntervalThatFits: lists alone take more than is allowed, and rounds by the hour list by
// the hour, whatever the interval. Nothing is said to fit that does not.
func TestNoIntervalThatFits(t *testing.T) {
	var accounts []schema.Account
	for n := range 320 {
		accounts = append(accounts, planAccount(func(a *schema.Account) { a.AccountID = fmt.Sprint("fca_", n) }))
	}
	o := Options{ReadsPer30Days: 1200, Wait: 10 * time.Minute, Transactions: FeaturePolicy{ModeSubscribe, 24 * time.Hour}, Balance: FeaturePolicy{ModeOnDemand, 24 * time.Hour}}
	for _, test := range []struct {
		allowed, lists int64
		now            pace
		days           time.Duration
	}{
		{872, 4, pace{}, 15},            // 784: 32 × 4 lists, 2 × 320 pages, 2 × 4 × 2 polls
		{871, 4, pace{}, 30},            // one short of that
		{503, 4, pace{}, 30},            // 452: 31 × 4 lists, 320 pages, 4 × 2 polls
		{502, 4, pace{}, 0},             // one short of that
		{1200, 4, pace{rounds: 720}, 0}, // lists take 2,880
		{10_000, 4, pace{}, 2},          // with a page a day each it is close
		{12_000, 4, pace{}, 1},
		{10_000, 4, pace{overhead: 8000}, 10},
	} {
		o.ReadsPer30Days = test.allowed
		if got := o.intervalThatFits(accounts, test.lists, test.now); got != test.days*24*time.Hour {
			t.Errorf("%d allowed, %+v: %v fits, want %d days", test.allowed, test.now, got, test.days)
		}
	}
}
