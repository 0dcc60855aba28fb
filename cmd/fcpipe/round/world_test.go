package round_test

import (
	"cmp"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"net/http"
	"os"
	"slices"
	stdsync "sync"
	"testing"
	"time"

	"fcpipe/schema"
	"fcpipe/schema/check"
	"fcpipe/schema/duck"
	"fcpipe/schema/journal"
	"fcpipe/schema/landing"
	"fcpipe/schema/reader"
	"fcpipe/schema/store"
	fcsync "fcpipe/sync"
	"fcpipe/sync/plan"
	"fcpipe/sync/simulator"
	"fcpipe/sync/stripe"
)

// storedWorld is a simulator, a store on disk, and rounds between them up to the published file. What a round does
// is tested on memory beside the engine; here are the tests that need the store itself.
type storedWorld struct {
	t       testing.TB
	server  *simulator.Server
	store   *store.Store
	between func(*http.Request)   // called before each request, one at a time
	change  func(*fcsync.Options) // nil changes nothing
	ahead   time.Duration         // of this machine's clock, before the server's
	rounds  int
	derives bool           // every round derives, not only the first
	free    int64          // bytes the disk has; 0 is as many as it has
	reader  *reader.Reader // of the published file, until a round begins; nil before it was asked
	one     stdsync.Mutex
}

func newStoredWorld(t testing.TB, config simulator.Config) *storedWorld {
	t.Helper()
	w := &storedWorld{t: t, server: simulator.New(config)}
	opened, err := store.Open(t.Context(), store.Options{
		Layout: schema.Layout{Dir: t.TempDir()}, Settings: duck.Settings{Threads: 1, MemoryLimit: 1 << 30},
		ProgramVersion: "test", Now: w.now, FreeSpace: func(string) (int64, error) {
			return cmp.Or(w.free, 1<<40),
				nil
		},
	})
	w.must(err)
	w.store = opened
	t.Cleanup(w.forget)
	return w
}

func (w *storedWorld) now() time.Time { return w.server.Now().Add(w.ahead) }

func (w *storedWorld) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

// worldClock is a simulator's time on a machine that may be off: sleeping passes it.
type worldClock struct{ *storedWorld }

func (c worldClock) Now() time.Time { return c.now() }

func (c worldClock) Sleep(ctx context.Context, d time.Duration) error {
	c.server.Advance(d)
	return context.Cause(ctx)
}

type roundTripper func(*http.Request) (*http.Response, error)

func (r roundTripper) RoundTrip(request *http.Request) (*http.Response, error) { return r(request) }

func (w *storedWorld) syncer() *fcsync.Syncer {
	w.t.Helper()
	options := fcsync.Options{
		Stripe: stripe.Options{
			Key: "sk_test_world", APIBase: "http://simulator", ServerTimeIsClock: true, RequestsPerSecond: 1000,
			Concurrency: 4,
			Clock:       worldClock{w}, Random: func() float64 { return 0.5 },
		},
		Policy: plan.Policy{
			Transactions:   plan.FeaturePolicy{Mode: plan.ModeSubscribe, Every: 24 * time.Hour},
			Balance:        plan.FeaturePolicy{Mode: plan.ModeOnDemand, Every: 24 * time.Hour},
			Prices:         plan.Prices{Balance: 100_000, Ownership: 1_500_000, TransactionsMonth: 300_000},
			ReadsPer30Days: 10_000, ReadsWritten: true, Wait: 10 * time.Minute, Deadline: 30 * 24 * time.Hour,
		},
		Log:        slog.New(slog.DiscardHandler),
		CheckSpace: w.store.CheckSpace,
	}
	options.Stripe.Transport = roundTripper(func(r *http.Request) (*http.Response, error) {
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
	syncer, err := fcsync.New(options)
	w.must(err)
	return syncer
}

// published has the published file open. Another file in its place is seen once this one was forgotten.
func (w *storedWorld) published() (*reader.Reader, error) {
	w.t.Helper()
	var err error
	if w.reader == nil {
		w.reader, err = reader.Open(w.t.Context(), w.store.Layout(), duck.Settings{Threads: 1})
	}
	return w.reader, err
}

func (w *storedWorld) forget() {
	if w.reader != nil {
		w.must(w.reader.Close())
		w.reader = nil
	}
}

// begin is what a round begins with: what is stored, and what landed on top of it.
func (w *storedWorld) begin() (schema.State, *landing.Landing) {
	w.t.Helper()
	w.forget()
	state, err := w.store.State(w.t.Context())
	w.must(err)
	landed, err := w.store.Landing(w.t.Context())
	w.must(err)
	w.must(w.store.Overlay(w.t.Context(), landed, &state))
	return state, landed
}

// round runs a whole round up to the published file.
func (w *storedWorld) round() (fcsync.Report, store.MergeReport, error) {
	w.t.Helper()
	ctx := w.t.Context()
	state, landed := w.begin()
	defer landed.Close()
	w.rounds++
	run := journal.RunRecord{
		RunID: fmt.Sprintf("run-%d", w.rounds), StartedAt: w.now(), Outcome: "complete",
		ProgramVersion: "test",
	}
	w.must(w.store.Journal().RecordRunStarted(run))
	syncer := w.syncer()
	report, roundErr := syncer.Run(ctx, run.RunID, state, w.store.Journal(), landed)
	w.must(landed.Seal(ctx))
	merged := w.publish(landed, store.MergeRun{
		Run: journal.FinishedRun{RunRecord: run}, Seen: report.Seen, Audits: report.Audits,
		StripeAccountID: report.StripeAccountID,
		Livemode:        syncer.Livemode(), ReportZone: "UTC",
	})
	finished := w.now()
	run.FinishedAt, run.ExitCode, run.AccountsListed = &finished, new(0), int64(len(report.Seen))
	run.Reads, run.Writes = report.Reads, report.Writes
	w.must(w.store.Journal().RecordRunFinished(journal.FinishedRun{RunRecord: run, Accounts: report.Accounts}))
	return report, merged, roundErr
}

func (w *storedWorld) publish(landed *landing.Landing, run store.MergeRun) store.MergeReport {
	w.t.Helper()
	_, missing := os.Stat(w.store.Layout().Database())
	next, merged, err := w.store.Merge(w.t.Context(), landed, run)
	w.must(err)
	for _, audit := range merged.Audits {
		w.must(w.store.Journal().RecordAudit(audit))
	}
	if next == nil {
		return merged
	}
	if w.derives || missing != nil {
		w.must(next.Derive(w.t.Context()))
	}
	w.must(next.Publish(w.t.Context()))
	return merged
}

// killed runs a round up to landing that dies with what it had not sealed.
func (w *storedWorld) killed(ctx context.Context) (fcsync.Report, error) {
	w.t.Helper()
	state, landed := w.begin()
	report, err := w.syncer().Run(ctx, "killed", state, w.store.Journal(), landed)
	w.must(landed.Close())
	return report, err
}

// wantTruth compares ids and states of all rows with ground truth, and holds the file to its rules.
func (w *storedWorld) wantTruth() {
	w.t.Helper()
	want := map[string]string{}
	for _, raw := range w.server.Truth().Transactions {
		var row struct {
			ID, Status string
			Refresh    string `json:"transaction_refresh"`
			Amount     int64
		}
		w.must(json.Unmarshal(raw, &row))
		want[row.ID] = rowState(row.Status, row.Refresh, row.Amount)
	}
	if held := w.rows(); !maps.Equal(held, want) {
		for _, id := range slices.Sorted(maps.Keys(held)) {
			if held[id] != want[id] {
				w.t.Errorf("%s is %q, the truth is %q", id, held[id], want[id])
			}
		}
		w.t.Errorf("%d rows held, the truth has %d", len(held), len(want))
	}
	w.wantRules()
}

func rowState(status, refresh string, amount int64) string {
	return fmt.Sprint(status, " ", refresh, " ", amount)
}

// rows are the states of all rows by id.
func (w *storedWorld) rows() map[string]string {
	w.t.Helper()
	return w.pairs(`SELECT transaction_id, status || ' ' || transaction_refresh_id || ' ' || amount_minor
		FROM main.transactions`)
}

// wantRules holds the file to its rules; to those of derived tables where every round derives.
func (w *storedWorld) wantRules() {
	w.t.Helper()
	read, err := w.published()
	if errors.Is(err, schema.ErrNoDatabase) {
		return
	}
	w.must(err)
	findings, err := check.Verify(w.t.Context(), read, w.store.Layout())
	w.must(err)
	for _, finding := range findings {
		if !finding.IsDerived || w.derives {
			w.t.Errorf("%+v", finding)
		}
	}
}

// pairs asks the published file for names and values; none before there is one.
func (w *storedWorld) pairs(query string) map[string]string {
	w.t.Helper()
	all := map[string]string{}
	read, err := w.published()
	if errors.Is(err, schema.ErrNoDatabase) {
		return all
	}
	w.must(err)
	rows, err := read.Database().QueryContext(w.t.Context(), query)
	w.must(err)
	defer rows.Close()
	for rows.Next() {
		var name, value string
		w.must(rows.Scan(&name, &value))
		all[name] = value
	}
	w.must(rows.Err())
	return all
}

// value asks the published file for one number.
func (w *storedWorld) value(query string) (n int64) {
	w.t.Helper()
	read, err := w.published()
	w.must(err)
	w.must(read.Database().QueryRowContext(w.t.Context(), query).Scan(&n))
	return n
}

// alter changes the published file behind fcpipe's back.
func (w *storedWorld) alter(statements ...string) {
	w.t.Helper()
	w.forget()
	database, err := sql.Open("duckdb", w.store.Layout().Database())
	w.must(err)
	defer database.Close()
	for _, statement := range slices.Concat(statements, []string{"CHECKPOINT"}) {
		_, err = database.ExecContext(w.t.Context(), statement)
		w.must(err)
	}
}
