package sync

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"strings"
	stdsync "sync"
	"testing"
	"time"

	"fcpipe/schema"
	"fcpipe/schema/duck"
	"fcpipe/schema/journal"
	"fcpipe/schema/reader"
	"fcpipe/schema/store"
	"fcpipe/sync/plan"
	"fcpipe/sync/simulator"
	"fcpipe/sync/stripe"
)

// virtualClock is a simulator's time: sleeping passes it.
type virtualClock struct{ server *simulator.Server }

func (c virtualClock) Now() time.Time { return c.server.Now() }

func (c virtualClock) Sleep(ctx context.Context, d time.Duration) error {
	c.server.Advance(d)
	return context.Cause(ctx)
}

// steppedClock is a machine's clock that is off.
type steppedClock struct {
	virtualClock
	ahead time.Duration
}

func (c steppedClock) Now() time.Time { return c.virtualClock.Now().Add(c.ahead) }

// tripper lets a test stand between a round and the simulator.
type tripper func(*http.Request) (*http.Response, error)

func (t tripper) RoundTrip(r *http.Request) (*http.Response, error) { return t(r) }

// world is a simulator, a store, and rounds between them.
type world struct {
	t       testing.TB
	server  *simulator.Server
	store   *store.Store
	between func(*http.Request) // called before each request
	change  func(*Options)
	log     strings.Builder
	rounds  int
	derives bool          // every round derives, not only the first: what costs most, and says nothing of Stripe
	ahead   time.Duration // of this machine's clock, before the server's
	free    int64         // bytes the disk has; 0 is as many as it has
	one     stdsync.Mutex // between is called by one request at a time
}

func newWorld(t testing.TB, config simulator.Config) *world {
	t.Helper()
	w := &world{t: t, server: simulator.New(config)}
	store, err := store.Open(t.Context(), store.Options{
		Layout:   schema.Layout{Dir: t.TempDir()},
		Settings: duck.Settings{Threads: 1, MemoryLimit: 1 << 30}, ProgramVersion: "test", Now: w.now,
		FreeSpace: func(string) (int64, error) { return cmp.Or(w.free, 1<<40), nil },
	})
	if err != nil {
		t.Fatal(err)
	}
	w.store = store
	return w
}

func (w *world) now() time.Time { return w.server.Now().Add(w.ahead) }

func (w *world) syncer() *Syncer {
	w.t.Helper()
	options := Options{
		Stripe: stripe.Options{
			Key: "sk_test_world", APIBase: "http://simulator", ServerTimeIsClock: true, RequestsPerSecond: 1000, Concurrency: 4,
			Clock: virtualClock{w.server}, Random: func() float64 { return 0.5 },
		},
		Policy: plan.Policy{
			Transactions:   plan.FeaturePolicy{Mode: plan.ModeSubscribe, Every: 24 * time.Hour},
			Balance:        plan.FeaturePolicy{Mode: plan.ModeOnDemand, Every: 24 * time.Hour},
			Prices:         plan.Prices{Balance: 100_000, Ownership: 1_500_000, TransactionsMonth: 300_000},
			ReadsPer30Days: 10_000, ReadsWritten: true, Wait: 10 * time.Minute, Deadline: 30 * 24 * time.Hour,
		},
		Log:        slog.New(slog.NewTextHandler(&w.log, nil)),
		CheckSpace: func(rows int64) error { return w.store.CheckSpace(rows) },
	}
	options.Stripe.Transport = tripper(func(r *http.Request) (*http.Response, error) {
		if w.between != nil {
			w.one.Lock()
			w.between(r)
			w.one.Unlock()
		}
		return w.server.Transport().RoundTrip(r)
	})
	if w.change != nil {
		w.change(&options)
	}
	syncer, err := New(options)
	if err != nil {
		w.t.Fatal(err)
	}
	return syncer
}

// round runs a whole round up to the published file.
func (w *world) round() (Report, store.MergeReport, error) {
	w.t.Helper()
	ctx := w.t.Context()
	state, err := w.store.State(ctx)
	w.must(err)
	landing, err := w.store.Landing(ctx)
	w.must(err)
	defer landing.Close()
	w.must(w.store.Overlay(ctx, landing, &state))
	w.rounds++
	run := journal.RunRecord{RunID: fmt.Sprintf("run-%d", w.rounds), StartedAt: w.now(), Outcome: "complete", ProgramVersion: "test"}
	w.must(w.store.Journal().RecordRunStarted(run))
	syncer := w.syncer()
	report, roundErr := syncer.Run(ctx, run.RunID, state, w.store.Journal(), landing)
	w.must(landing.Seal(ctx))
	_, missing := os.Stat(w.store.Layout().Database())
	next, merged, err := w.store.Merge(ctx, landing, store.MergeRun{Run: journal.FinishedRun{RunRecord: run}, Seen: report.Seen, Audits: report.Audits, StripeAccountID: report.StripeAccountID, Livemode: syncer.Livemode(), ReportZone: "UTC"})
	w.must(err)
	for _, audit := range merged.Audits {
		w.must(w.store.Journal().RecordAudit(audit))
	}
	if next != nil {
		if w.derives || missing != nil {
			w.must(next.Derive(ctx))
		}
		w.must(next.Publish(ctx))
	}
	finished := w.now()
	run.FinishedAt, run.ExitCode, run.AccountsListed, run.Reads, run.Writes = &finished, new(0), int64(len(report.Seen)), report.Reads, report.Writes
	w.must(w.store.Journal().RecordRunFinished(journal.FinishedRun{RunRecord: run, Accounts: report.Accounts}))
	return report, merged, roundErr
}

func (w *world) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

// wantTruth compares ids and states of all rows with the simulator's ground truth.
func (w *world) wantTruth() {
	w.t.Helper()
	want := map[string]string{}
	for _, raw := range w.server.Truth().Transactions {
		var row struct {
			ID, Status string
			Refresh    string `json:"transaction_refresh"`
			Amount     json.Number
		}
		w.must(json.Unmarshal(raw, &row))
		want[row.ID] = row.Status + row.Refresh + row.Amount.String()
	}
	reader, err := reader.Open(w.t.Context(), w.store.Layout(), duck.Settings{})
	w.must(err)
	defer reader.Close()
	rows, err := reader.Database().QueryContext(w.t.Context(), "SELECT transaction_id, status || transaction_refresh_id || amount_minor FROM main.transactions")
	w.must(err)
	defer rows.Close()
	held := 0
	for ; rows.Next(); held++ {
		var id, state string
		w.must(rows.Scan(&id, &state))
		if want[id] != state {
			w.t.Errorf("%s is %q, the truth is %q", id, state, want[id])
		}
	}
	if held != len(want) {
		w.t.Errorf("%d rows held, the truth has %d", held, len(want))
	}
}

func (w *world) charges(kind string) int {
	n := 0
	for _, charge := range w.server.Meter().Charges {
		if charge.Kind == kind {
			n++
		}
	}
	return n
}

func fault(text string) (f simulator.Fault) {
	if err := json.Unmarshal([]byte(text), &f); err != nil {
		panic(err)
	}
	return f
}

// state is what is stored and landed.
func (w *world) state() schema.State {
	w.t.Helper()
	state, err := w.store.State(w.t.Context())
	w.must(err)
	return state
}
