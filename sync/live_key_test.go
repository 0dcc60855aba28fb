package sync

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"fcpipe/sync/simulator"
)

// TestLiveKeyWithoutBudgetIsToldOnce: it buys nothing, reads what is there, is complete, and
// says so once in a round, however many accounts wait.
func TestLiveKeyWithoutBudgetIsToldOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t, simulator.Config{Seed: 11, Accounts: 5, Holders: 3, HistoryDays: 5, Calm: true, Linked: true})
	w.server.Advance(25 * time.Hour)
	w.change = func(o *Options) {
		o.Stripe.Key, o.Stripe.APIBase, o.Stripe.ServerTimeIsClock = "rk_live_world", "https://api.stripe.com", false
	}
	w.between = func(r *http.Request) {
		r.Header.Set("Authorization",
			"Bearer sk_test_world")
	} // all the simulator takes
	w.meddle(func(*http.Request) bool { return true }, -1, rewritten(func(body string) string {
		return strings.ReplaceAll(body, `"livemode":false`, `"livemode":true`)
	}))
	report, _, err := w.round()
	w.must(err)
	if !report.Complete || report.Rows == 0 || report.Writes != 0 || report.Plan.Blocked {
		t.Errorf("complete %v with %d rows, %d purchases", report.Complete, report.Rows, report.Writes)
	}
	if said := strings.Count(w.log.String(), "max_usd_per_month"); said != 1 {
		t.Errorf("said %d times:\n%s", said, w.log.String())
	}
	// with a budget there is nothing to say
	change := w.change
	w.change = func(o *Options) { change(o); o.Policy.MaxPerMonth = new(int64(100_000_000)) }
	report, _, err = w.round()
	w.must(err)
	if said := strings.Count(w.log.String(), "max_usd_per_month"); said != 1 || report.Writes == 0 {
		t.Errorf("said %d times in all, %d purchases", said, report.Writes)
	}
}
