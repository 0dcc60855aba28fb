package sync

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"strconv"
	"strings"
	stdsync "sync"
	"testing"
	"time"

	"fcpipe/schema"
	"fcpipe/schema/journal"
	"fcpipe/schema/landing/landingtest"
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

// world is a simulator, what is held of it in memory beside a journal on disk, and rounds between them.
type world struct {
	t       testing.TB
	server  *simulator.Server
	file    *landingtest.Memory
	journal *journal.Journal
	layout  schema.Layout       // where the journal lies
	between func(*http.Request) // called before each request
	change  func(*Options)
	log     strings.Builder
	rounds  int
	ahead   time.Duration // of this machine's clock, before the server's
	one     stdsync.Mutex // between is called by one request at a time
}

// merged is what the merge of a round found.
type merged struct {
	landingtest.Merged
	Audits []journal.Audit // those of the round, with what differed
}

func newWorld(t testing.TB, config simulator.Config) *world {
	t.Helper()
	w := &world{t: t, server: simulator.New(config), layout: schema.Layout{Dir: t.TempDir()}}
	w.file = &landingtest.Memory{Now: w.now}
	w.must(os.MkdirAll(w.layout.State(), 0o700))
	opened, err := journal.Open(w.layout.Journal())
	w.must(err)
	w.journal = opened
	return w
}

func (w *world) now() time.Time { return w.server.Now().Add(w.ahead) }

func (w *world) syncer() *Syncer {
	w.t.Helper()
	options := Options{
		Stripe: stripe.Options{
			Key: "sk_test_world", APIBase: "http://simulator", ServerTimeIsClock: true, RequestsPerSecond: 1000,
			Concurrency: 4,
			Clock:       virtualClock{w.server}, Random: func() float64 { return 0.5 },
		},
		Policy: plan.Policy{
			Transactions:   plan.FeaturePolicy{Mode: plan.ModeSubscribe, Every: 24 * time.Hour},
			Balance:        plan.FeaturePolicy{Mode: plan.ModeOnDemand, Every: 24 * time.Hour},
			Prices:         plan.Prices{Balance: 100_000, Ownership: 1_500_000, TransactionsMonth: 300_000},
			ReadsPer30Days: 10_000, ReadsWritten: true, Wait: 10 * time.Minute, Deadline: 30 * 24 * time.Hour,
		},
		Log: slog.New(slog.NewTextHandler(&w.log, nil)),
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
func (w *world) round() (Report, merged, error) {
	w.t.Helper()
	ctx := w.t.Context()
	w.file.Crash() // whatever the run before left
	w.rounds++
	run := journal.RunRecord{
		RunID: fmt.Sprintf("run-%d", w.rounds), StartedAt: w.now(), Outcome: "complete",
		ProgramVersion: "test",
	}
	w.must(w.journal.RecordRunStarted(run))
	syncer := w.syncer()
	report, roundErr := syncer.Run(ctx, run.RunID, w.file.Overlaid(), w.journal, w.file)
	w.must(w.file.Seal(ctx))
	found := w.merge(report, syncer.Livemode())
	finished := w.now()
	run.FinishedAt, run.ExitCode, run.AccountsListed = &finished, new(0), int64(len(report.Seen))
	run.Reads, run.Writes = report.Reads, report.Writes
	w.must(w.journal.RecordRunFinished(journal.FinishedRun{RunRecord: run, Accounts: report.Accounts}))
	return report, found, roundErr
}

// merge publishes what landed, and records what audits found.
func (w *world) merge(report Report, livemode bool) merged {
	w.t.Helper()
	round := landingtest.Round{
		Livemode: livemode, Seen: report.Seen, StripeAccountID: report.StripeAccountID,
		Audited: map[string][]string{},
	}
	for _, audit := range report.Audits {
		round.Audited[audit.AccountID] = audit.Fetched
	}
	found, _, err := w.file.Merge(round)
	w.must(err)
	of := merged{Merged: found, Audits: report.Audits}
	for i := range of.Audits {
		difference := found.Audits[of.Audits[i].AccountID]
		of.Audits[i].Missing, of.Audits[i].Different = difference.Missing, difference.Different
		w.must(w.journal.RecordAudit(of.Audits[i]))
	}
	return of
}

// killed runs a round up to landing that dies with what it had not sealed.
func (w *world) killed(ctx context.Context) (Report, error) {
	w.file.Crash()
	report, err := w.syncer().Run(ctx, "killed", w.file.Overlaid(), w.journal, w.file)
	w.file.Crash()
	return report, err
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
	held := w.file.Rows()
	for id, row := range held {
		if state := row.Status + row.TransactionRefreshID + strconv.FormatInt(row.AmountMinor, 10); want[id] != state {
			w.t.Errorf("%s is %q, the truth is %q", id, state, want[id])
		}
	}
	if len(held) != len(want) {
		w.t.Errorf("%d rows held, the truth has %d", len(held), len(want))
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
