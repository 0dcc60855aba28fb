package sync

import (
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"fcpipe/sync/simulator"
	"fcpipe/sync/stripe"
)

// TestOutageOfPurchasesAloneEndsOnlyBuying: refreshes are not answered at all, lists and rows
// are. What Stripe refreshed by itself is read, the round says that Stripe was not reached, and
// so does the next one, which begins with the purchases of the first.
func TestOutageOfPurchasesAloneEndsOnlyBuying(t *testing.T) {
	t.Parallel()
	w := newWorld(t, simulator.Config{Seed: 4, Accounts: 12, Holders: 6, HistoryDays: 3, Linked: true, Calm: true})
	w.change = func(o *Options) { o.Policy.Deadline = 45 * time.Minute }
	_, _, err := w.round()
	w.must(err)
	posts := 0
	stop := w.meddle(func(r *http.Request) bool { return strings.HasSuffix(r.URL.Path, "/refresh") }, -1,
		func(*http.Request, func() *http.Response) (*http.Response, error) {
			posts++
			return nil, errors.New("connection reset by peer")
		})
	for night := range 2 {
		w.server.Advance(25 * time.Hour)
		report, merged, err := w.round()
		if !errors.Is(err, stripe.ErrUnreachable) || report.AccountsFetched != 12 || merged.TransactionsNew == 0 {
			t.Errorf("night %d: %v, %d of 12 accounts read, %d new rows", night, err, report.AccountsFetched,
				merged.TransactionsNew)
		}
	}
	if posts == 0 || posts > 100 {
		t.Errorf("%d purchases into an outage", posts)
	}
	stop()
	w.server.Advance(25 * time.Hour)
	report, _, err := w.round()
	if w.must(err); !report.Complete {
		t.Errorf("after the outage: %+v", report.Accounts)
	}
	w.wantTruth()
	w.paidOncePerWindow()
}
