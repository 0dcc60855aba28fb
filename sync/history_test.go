package sync

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"maps"
	"net/http"
	"strings"
	"testing"
	"time"

	"fcpipe/schema"
	"fcpipe/schema/landing/landingtest"
	"fcpipe/sync/plan"
	"fcpipe/sync/simulator"
	"fcpipe/sync/synctest"
)

var (
	histories = flag.Int("histories", 6, "random histories the property test lives through")
	firstSeed = flag.Uint64("seed", 1, "seed of the first history")
	proof     = flag.Bool("proof", false, "every schedule of crashes instead of every third: make proof")
)

// TestRandomHistoriesKeepTheInvariants lives through histories of people, banks, faults, kills,
// clocks and budgets, on memory. One history again:
// go test ./sync -run RandomHistories -histories 1 -seed N
func TestRandomHistoriesKeepTheInvariants(t *testing.T) {
	for n := range *histories {
		seed := *firstSeed + uint64(n)
		t.Run(fmt.Sprintf("seed=%d", seed), func(t *testing.T) {
			t.Parallel()
			config := synctest.ConfigOf(seed)
			newHistoryWorld(t, seed, config).Live()
		})
	}
}

// TestHistoriesThatBrokeABudget: in seed 220 Stripe bills the month of an account that lists leave out from the first
// round on, which cannot be counted before it is listed. In seed 336 a list is older than what a killed round bought.
func TestHistoriesThatBrokeABudget(t *testing.T) {
	t.Parallel()
	for _, seed := range []uint64{220, 336} {
		newHistoryWorld(t, seed, synctest.ConfigOf(seed)).Live()
	}
}

// historyWorld is a world on memory that lives through a history.
type historyWorld struct {
	*world
	*synctest.History
}

func newHistoryWorld(t testing.TB, seed uint64, config simulator.Config) *historyWorld {
	t.Helper()
	w := &historyWorld{world: newWorld(t, config)}
	w.History = synctest.New(t, seed, w.server, config.Calm)
	w.World, w.JournalPath = w, w.layout.Journal()
	w.between, w.change = w.Watch, w.options
	return w
}

func (w *historyWorld) options(o *Options) {
	w.SetPolicy(&o.Policy)
	if w.OwnClock {
		o.Stripe.ServerTimeIsClock, o.Stripe.Clock = false, steppedClock{virtualClock{w.server}, w.Ahead}
	}
}

var errKilled = errors.New("killed")

// Round runs a round, or one that dies at a request.
func (w *historyWorld) Round(kill int) (synctest.Outcome, error) {
	w.ahead = w.Ahead
	if kill < 0 {
		report, _, err := w.round()
		return outcomeOf(report), err
	}
	ctx, die := context.WithCancelCause(w.t.Context())
	defer die(nil)
	watch := w.between
	w.between = func(r *http.Request) {
		if kill--; kill < 0 {
			die(errKilled)
		}
		watch(r)
	}
	defer func() { w.between = watch }()
	report, err := w.killed(ctx)
	return outcomeOf(report), errors.Join(err, errKilled)
}

func (w *historyWorld) LastRound() (synctest.Outcome, error) {
	w.change = func(o *Options) { synctest.SetLastPolicy(&o.Policy) }
	return w.Round(-1)
}

func outcomeOf(r Report) synctest.Outcome {
	return synctest.Outcome{
		Reads: r.Reads, Writes: r.Writes, Retries: r.Retries, Pages: r.Pages, RefreshesAsked: r.RefreshesAsked,
		Stale: r.StaleAccounts, Complete: r.Complete,
	}
}

func (w *historyWorld) Cursors() map[string]string {
	cursors := map[string]string{}
	for id, a := range w.file.State().Accounts {
		if a.CursorRefreshID != nil {
			cursors[id] = *a.CursorRefreshID
		}
	}
	return cursors
}

func (w *historyWorld) Rows() map[string]string {
	rows := map[string]string{}
	for id, row := range w.file.Rows() {
		rows[id] = synctest.State(row.Status, row.TransactionRefreshID, row.AmountMinor)
	}
	return rows
}

func (w *historyWorld) WantRules() {
	w.wantTruth()
	w.wantOwners()
}

// moveCursor says of an account that it is complete up to a refresh.
func (w *historyWorld) moveCursor(id, refresh string) {
	w.t.Helper()
	w.must(w.file.Land(w.t.Context(), schema.Landed{Completions: []schema.Completion{{
		AccountID:       id,
		CursorRefreshID: &refresh,
	}}}))
	w.must(w.file.Seal(w.t.Context()))
	_, _, err := w.file.Merge(landingtest.Round{})
	w.must(err)
}

// TestHistoriesNoticeWhatIsBroken: the rules that histories are held to are broken by hand, on
// accounts whose newest refresh is later than their cursor, one after the other.
func TestHistoriesNoticeWhatIsBroken(t *testing.T) {
	t.Parallel()
	h := newHistoryWorld(t, 4, simulator.Config{
		Seed: 4, Accounts: 2, Holders: 2, HistoryDays: 20, Linked: true,
		Calm: true,
	})
	h.change, h.between = nil, nil
	h.server.Advance(25 * time.Hour)
	_, _, err := h.round()
	h.must(err)
	h.server.Advance(25 * time.Hour)
	h.refreshAll()
	h.server.Advance(time.Minute)
	settled := h.NewestSucceeded()
	h.HoldUpTo(settled)
	h.must(h.server.AddFault(refreshesPend(plan.FeatureTransactions, 2, "30h")))
	h.server.Advance(7 * time.Hour)
	h.refreshAll()
	if hidden := h.NewestSucceeded(); len(hidden) != 2 || !maps.Equal(hidden, settled) {
		t.Errorf("behind pending refreshes %v are seen, want %v", hidden, settled)
	}
	row := ""
	for id, held := range h.file.Rows() {
		if held.TransactionRefreshID == orEmpty(h.account(held.AccountID).CursorRefreshID) {
			row = id
		}
	}
	for _, step := range []struct {
		rule   string
		breaks func()
	}{
		{"", func() {}},
		{"I3 after round 0: " + row, func() {
			h.file.Alter(func(rows map[string]landingtest.Row) { delete(rows, row) })
		}},
		{"is no refresh that succeeded", func() { h.moveCursor(h.server.Accounts()[0], "fctxnref_failed") }},
	} {
		step.breaks()
		h.HeldUpToCursors(0)
		if found := strings.Join(h.Broken(), "\n"); !strings.Contains(found, step.rule) ||
			(step.rule == "") != (found == "") {
			t.Errorf("%q: found %q", step.rule, found)
		}
		if h.HeldUpToDate(0); len(h.Broken()) == 0 {
			t.Error("rows of the newest refresh are not missed")
		}
	}
	charged := int64(2*100_000 + 2*300_000)
	for limit, broken := range map[int64]bool{charged: false, charged - 1: true, 100_000: true} {
		h.PerMonth = &limit
		h.WithinBudget(0)
		if found := h.Broken(); (len(found) > 0) != broken {
			t.Errorf("with a budget of %d: %q", limit, found)
		}
	}
}
