package sync

import (
	"testing"
	"time"

	"fcpipe/schema"
	"fcpipe/schema/journal"
	"fcpipe/sync/plan"
	"fcpipe/sync/simulator"
	"fcpipe/sync/wire"
)

// TestBalancesThatKeepFailingMakeRoundsPartial: after twice their interval, as status calls the
// account failing, until one succeeds. What is not asked for is not missed.
func TestBalancesThatKeepFailingMakeRoundsPartial(t *testing.T) {
	t.Parallel()
	w := newWorld(t, simulator.Config{Seed: 4, Accounts: 3, Holders: 3, HistoryDays: 3, Linked: true, Calm: true})
	w.must(w.server.AddFault(refreshesFail(plan.FeatureBalance, 100)))
	w.server.Advance(time.Hour)
	for night, stale := range []int64{0, 0, 3, 3} {
		report, _, err := w.round()
		if w.must(err); report.StaleAccounts != stale || report.Complete != (stale == 0) {
			t.Errorf("night %d: %d of 3 accounts stale, complete %v", night, report.StaleAccounts, report.Complete)
		}
		w.server.Advance(25 * time.Hour)
	}
	for _, change := range []func(*Options){
		func(o *Options) { o.Policy.Balance.Mode = plan.ModeOff },
		func(o *Options) { o.Policy.MaxPerRun = new(int64(0)) },
	} {
		w.change = change
		report, _, err := w.round()
		if w.must(err); !report.Complete {
			t.Errorf("%d accounts stale although no balances are asked for", report.StaleAccounts)
		}
	}
	w.change = nil
	w.server.ClearFaults()
	w.server.Advance(25 * time.Hour)
	report, _, err := w.round()
	if w.must(err); !report.Complete {
		t.Errorf("%d accounts stale after balances came", report.StaleAccounts)
	}
}

// TestBalanceIsStale has one case for every reason it is not.
func TestBalanceIsStale(t *testing.T) {
	days := func(n int) time.Time { return noon.Add(-time.Duration(n) * 24 * time.Hour) }
	for name, test := range map[string]struct {
		change  func(*reading, *schema.AccountState)
		options func(*Options)
		want    bool
	}{
		"failing for long":  {want: true},
		"on change":         {options: func(o *Options) { o.Policy.Balance.Mode = plan.ModeOnChange }, want: true},
		"first seen lately": {change: func(_ *reading, s *schema.AccountState) { s.FirstSeenAt = days(1) }},
		"old, first seen lately": {change: func(a *reading, s *schema.AccountState) {
			a.Balances, s.FirstSeenAt = []schema.Balance{{AsOf: days(3)}}, days(1)
		}, want: true},
		"one that is held": {change: func(_ *reading, s *schema.AccountState) {
			s.Balances = []schema.Balance{{Currency: "usd", AsOf: days(1)}}
		}},
		"one that is shown": {change: func(a *reading,
			_ *schema.AccountState,
		) {
			a.Balances = []schema.Balance{{AsOf: days(1)}}
		}},
		"both are old": {change: func(a *reading, s *schema.AccountState) {
			a.Balances, s.Balances = []schema.Balance{{AsOf: days(3)}},
				[]schema.Balance{{Currency: "usd", AsOf: days(4)}}
		}, want: true},
		"pending":       {change: func(a *reading, _ *schema.AccountState) { a.BalanceRefresh.Status = "pending" }},
		"not asked for": {change: func(a *reading, _ *schema.AccountState) { a.BalanceRefresh = nil }},
		"not shared": {change: func(a *reading,
			_ *schema.AccountState,
		) {
			a.Permissions = []string{"transactions"}
		}},
		"inactive": {change: func(a *reading, _ *schema.AccountState) { a.Status = "inactive" }},
		"off":      {options: func(o *Options) { o.Policy.Balance.Mode = plan.ModeOff }},
		"live, no budget": {options: func(o *Options) {
			o.Stripe.Key, o.Stripe.APIBase = "rk_live_x",
				"https://api.stripe.com"
		}},
		"a longer one": {options: func(o *Options) { o.Policy.Balance.Every = 240 * time.Hour }},
	} {
		t.Run(name, func(t *testing.T) {
			w := &world{t: t, server: simulator.New(simulator.Config{Start: noon})}
			w.change = func(o *Options) {
				if test.options != nil {
					test.options(o)
				}
			}
			a := reading{Reading: wire.Reading{Account: activeAccount("failed")}}
			stored := schema.AccountState{FirstSeenAt: days(5)}
			if test.change != nil {
				test.change(&a, &stored)
			}
			r := &round{
				syncer: w.syncer(),
				state:  schema.State{Accounts: map[string]schema.AccountState{a.AccountID: stored}},
			}
			if got := r.balanceStale(a); got != test.want {
				t.Errorf("stale: %v", got)
			}
		})
	}
	if (&round{syncer: (&world{
		t:      t,
		server: simulator.New(simulator.Config{}),
	}).syncer()}).balanceStale(reading{Reading: wire.Reading{Account: activeAccount("succeeded")}}) {
		t.Error("a new account's balance is stale")
	}
}

// activeAccount shares balances, which were refreshed 30 hours before noon.
func activeAccount(refreshStatus string) schema.Account {
	return schema.Account{
		AccountID: "fca_1", Status: "active", Permissions: []string{"balances", "transactions"},
		BalanceRefresh: &schema.RefreshState{Status: refreshStatus, AttemptedAt: noon.Add(-30 * time.Hour)},
	}
}

// TestAnAccountReadForTheFirstTimeMayBeStale: the same rows are as stale in the round that first reads them as in the
// next one, which finds nothing new.
func TestAnAccountReadForTheFirstTimeMayBeStale(t *testing.T) {
	t.Parallel()
	w := newWorld(t, simulator.Config{Start: noon})
	a := activeAccount("succeeded")
	a.TransactionRefresh = &schema.RefreshState{Status: "succeeded", AttemptedAt: noon.Add(-72 * time.Hour)}
	held := map[string]schema.AccountState{
		a.AccountID: {Account: a, CompleteThroughAt: &a.TransactionRefresh.AttemptedAt, FirstSeenAt: noon},
	}
	if !w.newRound(held).transactionsStale(a) {
		t.Error("rows of 72 hours ago that are held are not stale")
	}
	first := w.newRound(nil)
	first.roster.entryOf(a.AccountID).outcome = &journal.RunAccount{Outcome: outcomeComplete}
	if !first.transactionsStale(a) {
		t.Error("rows of 72 hours ago that were read for the first time are not stale")
	}
	if w.newRound(nil).transactionsStale(a) {
		t.Error("an account that was seen for the first time and not read is stale")
	}
}

// newRound is a round over what is held.
func (w *world) newRound(held map[string]schema.AccountState) *round {
	return w.syncer().newRound("run", schema.State{Accounts: held}, w.journal, nil)
}
