package round_test

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"net/http"
	"testing"

	fcsync "fcpipe/sync"
	"fcpipe/sync/synctest"
)

var histories = flag.Int("histories", 1,
	"random histories the store lives through; make proof tells the number of the proof")

// TestRandomHistoriesOnTheStore lives through histories as the sync engine does on memory, up to published files:
// after every round the file keeps its rules too (I4, I5). One history again:
// go test ./cmd/fcpipe/round -run RandomHistories -histories N runs the first N seeds.
func TestRandomHistoriesOnTheStore(t *testing.T) {
	for n := range *histories {
		seed := uint64(n) + 1
		t.Run(fmt.Sprintf("seed=%d", seed), func(t *testing.T) {
			t.Parallel()
			config := synctest.ConfigOf(seed)
			w := &historyWorld{storedWorld: newStoredWorld(t, config)}
			w.History = synctest.New(t, seed, w.server, config.Calm)
			w.World, w.JournalPath = w, w.store.Layout().Journal()
			if *histories == 1 {
				w.Rounds = 2 // engine and memory live through long ones
			}
			w.between, w.change = w.Watch, w.options
			w.Live()
		})
	}
}

// historyWorld is a world on disk that lives through a history.
type historyWorld struct {
	*storedWorld
	*synctest.History
}

func (w *historyWorld) options(o *fcsync.Options) {
	w.SetPolicy(&o.Policy)
	o.Stripe.ServerTimeIsClock = !w.OwnClock
}

var errKilled = errors.New("killed")

// Round runs a round, or one that dies at a request.
func (w *historyWorld) Round(kill int) (synctest.Outcome, error) {
	w.ahead = w.Ahead
	if kill < 0 {
		report, _, err := w.round()
		w.wantRules()
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
	w.change = func(o *fcsync.Options) { synctest.SetLastPolicy(&o.Policy) }
	return w.Round(-1)
}

func outcomeOf(r fcsync.Report) synctest.Outcome {
	return synctest.Outcome{
		Reads: r.Reads, Writes: r.Writes, Retries: r.Retries, Pages: r.Pages, RefreshesAsked: r.RefreshesAsked,
		Stale: r.StaleAccounts, Complete: r.Complete,
	}
}

// Cursors are none before anything is published.
func (w *historyWorld) Cursors() map[string]string {
	return w.pairs("SELECT account_id, cursor_refresh_id FROM main.accounts WHERE cursor_refresh_id IS NOT NULL")
}

func (w *historyWorld) Rows() map[string]string { return w.rows() }

func (w *historyWorld) WantRules() { w.wantTruth() }
