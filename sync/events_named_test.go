package sync

import (
	"errors"
	"testing"
	"time"

	"fcpipe/sync/plan"
	"fcpipe/sync/simulator"
)

// onlyEvents asks events what changed and buys nothing.
func onlyEvents(o *Options) {
	o.Events, o.Policy.Transactions.Mode, o.Policy.Balance.Mode = true, plan.ModeOff, plan.ModeOff
}

// newEventsWorld was listed whole once; nine hours later its first accounts were refreshed by others.
func newEventsWorld(t *testing.T, config simulator.Config, refreshed int) *world {
	t.Helper()
	w := newWorld(t, config)
	w.change = onlyEvents
	w.server.Advance(time.Hour)
	_, _, err := w.round()
	w.must(err)
	w.server.Advance(9 * time.Hour)
	for _, id := range w.server.Accounts()[:refreshed] {
		w.refreshByOthers(id)
	}
	w.server.Advance(time.Minute)
	return w
}

// TestAccountAnEventNamesFailsAlone: the server cannot show one of two accounts that events name.
// The other is read, the cursor of events moves on, and the first is read when it can be.
func TestAccountAnEventNamesFailsAlone(t *testing.T) {
	w := newEventsWorld(t, simulator.Config{Seed: 4, Accounts: 110, Holders: 55, HistoryDays: 3, Linked: true, Calm: true}, 2)
	w.must(w.server.AddFault(fault(`{"when": {"path": "/accounts/` + w.server.Accounts()[0] + `"}, "do": {"status": 500}}`)))
	for range 2 {
		report, _, err := w.round()
		if w.must(err); report.AccountsFailed != 1 || len(report.Accounts) > 2 || orEmpty(report.Accounts[0].ErrorCode) == codeReads {
			t.Errorf("%+v", report.Accounts)
		}
	}
	w.server.ClearFaults()
	report, _, err := w.round()
	if w.must(err); !report.Complete || report.AccountsFetched != 1 {
		t.Errorf("%d accounts read: %+v", report.AccountsFetched, report.Accounts)
	}
	w.wantTruth()
}

// TestEventsOfManyAccountsAreAList: ten accounts changed, all of them are three pages.
func TestEventsOfManyAccountsAreAList(t *testing.T) {
	w := newEventsWorld(t, simulator.Config{Accounts: 250, Holders: 100, HistoryDays: 3, Calm: true, Linked: true}, 10)
	report, _, err := w.round()
	if w.must(err); report.Reads != 1+3+10+2 || report.AccountsFetched != 10 {
		t.Errorf("%d reads for events, a list, 10 pages of rows and the two accounts without any", report.Reads)
	}
	w.wantTruth()
}

// TestAccountsThatEventsNameKeepToTheAllowance: there is room for a list, not for events and the
// accounts they name.
func TestAccountsThatEventsNameKeepToTheAllowance(t *testing.T) {
	w := newEventsWorld(t, simulator.Config{Accounts: 150, Holders: 75, HistoryDays: 3, Calm: true, Linked: true}, 2)
	w.change = func(o *Options) {
		onlyEvents(o)
		o.Policy.ReadsPer30Days = w.store.Journal().ReadsSince(time.Time{}, "") + 2
	}
	if report, _, err := w.round(); !errors.Is(err, ErrReadAllowance) || report.Reads != 1 {
		t.Errorf("%d reads: %v", report.Reads, err)
	}
	w.change = onlyEvents
	report, _, err := w.round()
	if w.must(err); report.AccountsFetched != 2 {
		t.Errorf("%d accounts read afterwards", report.AccountsFetched)
	}
	w.wantTruth()
}

// TestEventsOfManyPagesKeepToTheAllowance: there is room for two pages of them, and none for the list
// they call for.
func TestEventsOfManyPagesKeepToTheAllowance(t *testing.T) {
	w := newEventsWorld(t, simulator.Config{Accounts: 150, Holders: 75, HistoryDays: 3, Calm: true, Linked: true}, 150)
	w.change = func(o *Options) {
		onlyEvents(o)
		o.Policy.ReadsPer30Days = w.store.Journal().ReadsSince(time.Time{}, "") + 2
	}
	if report, _, err := w.round(); !errors.Is(err, ErrReadAllowance) || report.Reads != 2 {
		t.Errorf("%d reads: %v", report.Reads, err)
	}
	w.change = onlyEvents
	_, _, err := w.round()
	w.must(err)
	w.wantTruth()
}
