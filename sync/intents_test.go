package sync

import (
	"net/http"
	"testing"
	"time"

	"fcpipe/schema/journal"
	"fcpipe/sync/simulator"
)

// TestEveryPurchaseIsAnnouncedFirst is I16: when a purchase leaves, the journal on disk holds
// its intent under its key.
func TestEveryPurchaseIsAnnouncedFirst(t *testing.T) {
	t.Parallel()
	w := newWorld(t, simulator.Config{Seed: 4, Accounts: 2, Holders: 2, HistoryDays: 20, Linked: true, Calm: true})
	w.server.Advance(30 * time.Hour)
	bought := 0
	w.between = func(r *http.Request) {
		if !onPost(r) {
			return
		}
		bought++
		journal, err := journal.Open(w.layout.Journal())
		w.must(err)
		for _, intent := range journal.OpenIntents() {
			if intent.Key == r.Header.Get("Idempotency-Key") {
				return
			}
		}
		t.Errorf("%s left without an intent", r.URL.Path)
	}
	_, _, err := w.round()
	w.must(err)
	if bought != 4 {
		t.Errorf("%d purchases, want a subscription and a balance of each account", bought)
	}
}
