package sync

import (
	"context"
	"flag"
	"fmt"
	"net/http"
	"testing"
	"time"

	"fcpipe/sync/plan"
	"fcpipe/sync/simulator"
	"fcpipe/sync/wire"
)

// minimum is the fewest requests that read everything: pages, one more reading of each
// account of more than one page, and lists.
func (w *world) minimum() (pages, rereads int64) {
	rows := map[string]int64{}
	for _, raw := range w.server.Truth().Transactions {
		t, err := wire.DecodeTransaction(raw)
		w.must(err)
		rows[t.AccountID]++
	}
	for _, n := range rows {
		pages += (n + 99) / 100
		if n > 100 {
			rereads++
		}
	}
	return pages, rereads
}

// quietly asks for nothing: what is there is read.
func quietly(o *Options) {
	o.Policy.ReadsPer30Days, o.Policy.Transactions.Mode, o.Policy.Balance.Mode, o.Stripe.RequestsPerSecond = 0,
		plan.ModeOff, plan.ModeOff, 0
}

func TestFirstSyncTakesTheFewestRequests(t *testing.T) {
	w := newWorld(t, simulator.Config{Accounts: 40, Holders: 20, RowsPerAccount: 250, Calm: true, Linked: true})
	w.change = quietly
	w.server.Advance(time.Hour)
	report, _, err := w.round()
	w.must(err)
	pages, rereads := w.minimum()
	if want := pages + rereads + 1 + 1; report.Reads != want { // the key's own account, once, and one list
		t.Errorf("%d reads, want %d: %d pages, %d readings of accounts, a list and the key's account", report.Reads,
			want, pages, rereads)
	}
	w.wantTruth()
}

// large is said by "make bench"; beside the tests, benchmarks only show that they work.
var large = flag.Bool("large", false, "benchmarks of requests on worlds of thousands of accounts")

// BenchmarkRequests counts requests, not time: the first sync of 1,000 accounts with 1,000
// rows each, and rounds over 10,000 accounts of which 1 % changed.
func BenchmarkRequests(b *testing.B) {
	accounts, rows, many := 4, 150, 100
	if *large {
		accounts, rows, many = 1000, 1000, 10_000
	}
	b.Run(fmt.Sprintf("first sync %d x %d", accounts, rows), func(b *testing.B) {
		for b.Loop() {
			w := newWorld(b, simulator.Config{
				Accounts: accounts, Holders: accounts / 2, RowsPerAccount: rows,
				Calm: true, Linked: true,
			})
			w.change = quietly
			w.server.Advance(time.Hour)
			report, _, err := w.round()
			w.must(err)
			pages, rereads := w.minimum()
			b.ReportMetric(float64(report.Reads), "requests")
			b.ReportMetric(float64(pages), "pages")
			b.ReportMetric(float64(report.Reads-pages-rereads), "others")
		}
	})
	b.Run(fmt.Sprintf("%d of %d changed", many/100, many), func(b *testing.B) { benchChanges(b, many) })
}

// benchChanges counts the requests of a round that finds one in a hundred accounts changed.
func benchChanges(b *testing.B, accounts int) {
	for b.Loop() {
		w := newWorld(b, simulator.Config{
			Accounts: accounts, Holders: accounts / 2, RowsPerAccount: 5,
			HistoryDays: 10, Calm: true, Linked: true,
		})
		w.change = quietly
		w.server.Advance(time.Hour)
		_, _, err := w.round()
		w.must(err)
		w.server.Advance(9 * time.Hour)
		for _, id := range w.server.Accounts()[:accounts/100] {
			w.refreshByOthers(id)
		}
		w.server.Advance(time.Hour)
		report, _, err := w.round()
		w.must(err)
		b.ReportMetric(float64(report.Reads), "requests")
		b.ReportMetric(float64(report.AccountsFetched), "accounts-changed")
	}
}

// TestPlannedCostIsTheMeters: what a plan says it will cost is never below what is charged
// then, and exactly that when every refresh succeeds. With what it says is spent or due it is
// never below what a month is charged, also in a month that began between two rounds.
func TestPlannedCostIsTheMeters(t *testing.T) {
	atEndOfMonth := time.Date(2026, 6, 29, 18, 0, 0, 0, time.UTC)
	for name, config := range map[string]simulator.Config{
		"calm": {Accounts: 12, Holders: 5, HistoryDays: 20, Calm: true}, "as people live": {
			Accounts: 30, Holders: 15,
			HistoryDays: 20, Seed: 3,
		},
		"calm, over the end of a month": {Accounts: 6, Holders: 4, HistoryDays: 5, Calm: true, Start: atEndOfMonth},
		"over the end of a month":       {Accounts: 12, Holders: 6, HistoryDays: 5, Seed: 3, Start: atEndOfMonth},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, config)
			w.change = func(o *Options) {
				o.Policy.Wait = 24 * time.Hour
				keepOwners(47 * time.Hour)(o)
			}
			days := 3
			if !config.Start.IsZero() {
				days = 4
			}
			for day := range days {
				before := w.charged("")
				report, _, err := w.round()
				w.must(err)
				planned, paid := report.Plan.CostMicroUSD, w.charged("")-before
				if paid > planned && config.Start.IsZero() || config.Calm && day == 0 &&
					paid != planned { // a renewal may fall into a round of a new month
					t.Errorf("day %d: planned %d, charged %d", day, planned, paid)
				}
				m := plan.Month(report.Plan.At)
				if all, charged := report.Plan.SpentMonth+planned, w.charged(m); charged > all || config.Calm &&
					day == 3 && charged != all {
					t.Errorf("day %d: %s is charged %d, spent, due and planned were %d", day, m, charged, all)
				}
				w.server.Advance(23 * time.Hour)
			}
			if w.charges(plan.FeatureOwnership) == 0 {
				t.Error("no owners were bought")
			}
		})
	}
}

// schedulesOfCrashes is the number sync/README.md publishes.
const schedulesOfCrashes = 243

// TestOneChargeOverEveryScheduleOfCrashes: a round that buys dies at each of its requests, in
// three ways; so does the round after it; then one goes well. Nothing is paid for twice. make proof has each schedule,
// any other run every third.
func TestOneChargeOverEveryScheduleOfCrashes(t *testing.T) {
	t.Parallel()
	ways := []string{"before", "after", "error"}
	schedules := 0
	for first := range 9 {
		for second := range 9 {
			if !*proof && first%3 != second%3 { // each way at each of them
				continue
			}
			for _, way := range ways {
				schedules++
				w := newWorld(t, simulator.Config{
					Seed: 5, Accounts: 2, Holders: 1, HistoryDays: 3, Calm: true,
					Linked: true,
				})
				w.server.Advance(25 * time.Hour)
				bought := []string{plan.FeatureBalance, plan.FeatureOwnership}[(first+second)%2]
				w.change = func(o *Options) {
					o.Policy.Wait = time.Second
					// in the place of balances: as many requests, as many schedules
					if bought == plan.FeatureOwnership {
						o.Policy.Balance.Mode = plan.ModeOff
						keepOwners(24 * time.Hour)(o)
					}
				}
				w.dieAt(first, way)
				w.server.Advance(time.Duration(first%3) * 7 * time.Minute)
				w.dieAt(second, ways[(first+second)%3])
				w.server.Advance(5 * time.Minute)
				w.dieAt(never, "") // two runs that live: what was bought is adopted, the rest is asked for
				w.server.Advance(5 * time.Minute)
				w.dieAt(never, "")
				w.server.Advance(5 * time.Minute)
				paid := map[string]int{}
				for _, charge := range w.server.Meter().Charges {
					if charge.Kind == bought {
						paid[charge.Account]++
					}
				}
				for id, n := range paid {
					if n > 1 {
						t.Fatalf("dying at request %d and %d (%s): the %s of %s was paid %d times", first, second, way,
							bought, id, n)
					}
				}
				if len(paid) != 2 {
					t.Fatalf("dying at request %d and %d (%s): %d of 2 bought (%s)", first, second, way, len(paid),
						bought)
				}
			}
		}
	}
	if t.Logf("%d schedules, at most one charge for each account, feature and window",
		schedules); schedules != schedulesOfCrashes && *proof {
		t.Errorf("%d schedules, sync/README.md says %d", schedules, schedulesOfCrashes)
	}
}

// never is a request no run comes to.
const never = 1 << 20

// dieAt runs a round up to landing that dies at a request: before it leaves, after it was done without its
// answer, or once the server has answered with an error it will repeat.
func (w *world) dieAt(request int, way string) {
	ctx, kill := context.WithCancelCause(w.t.Context())
	defer kill(nil)
	change := w.change
	w.change = func(o *Options) {
		change(o)
		next := o.Stripe.Transport
		o.Stripe.Transport = tripper(func(r *http.Request) (*http.Response, error) {
			if request--; request != -1 {
				return next.RoundTrip(r)
			}
			defer kill(errKilled)
			switch way {
			case "before":
				kill(errKilled)
				return nil, errKilled
			case "error":
				w.server.AddFault(fault(`{"when": {"times": 1}, "do": {"status": 500}}`))
			}
			_, _ = next.RoundTrip(r)
			return nil, errKilled
		})
	}
	defer func() { w.change = change }()
	_, _ = w.killed(ctx)
}
