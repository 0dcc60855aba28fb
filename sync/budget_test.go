package sync

import (
	"net/http"
	"testing"
	"time"

	"fcpipe/sync/simulator"
)

// TestARoundOfEveryNightBuysEveryNight: each purchase leaves some seconds after its round
// began, so the next night begins less than a day after it.
func TestARoundOfEveryNightBuysEveryNight(t *testing.T) {
	t.Parallel()
	w := newWorld(t, simulator.Config{Seed: 4, Accounts: 3, Holders: 3, HistoryDays: 5, Linked: true, Calm: true})
	w.between = func(r *http.Request) {
		if r.Method == http.MethodPost {
			w.server.Advance(20 * time.Second)
		}
	}
	first := w.server.Now().Add(24 * time.Hour)
	for night := range 4 {
		w.server.Advance(first.AddDate(0, 0, night).Sub(w.server.Now()))
		_, _, err := w.round()
		w.must(err)
		if got, want := w.charges(FeatureBalance), 3*(night+1); got != want {
			t.Fatalf("night %d: %d balances in all, want %d", night, got, want)
		}
	}
}
