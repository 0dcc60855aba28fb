package world

import (
	"slices"
	"testing"
	"time"
)

// TestWhatARefreshRevealedStays: a refresh reveals its rows once and for all. A client that has listed them could never
// find one that joined them later, as it lists only what later refreshes revealed.
func TestWhatARefreshRevealedStays(t *testing.T) {
	for _, otherwise := range []bool{false, true} {
		w := New(Config{Seed: 1, Accounts: 6, Holders: 2, HistoryDays: 20, Calm: true, Linked: true})
		grown := 0
		for _, linked := range slices.Clone(w.Accounts) {
			a := w.Link(Link{
				Relinks: linked.ID, Permissions: linked.Permissions, At: w.Config.Start, Otherwise: otherwise,
			})
			var done []Refresh
			var revealed [][]string
			for at := w.Config.Start; len(done) < 60; at = at.Add(7 * time.Hour) {
				r := Refresh{ID: at.Format(time.RFC3339), AttemptedAt: at, SettlesAt: at, Succeeds: true}
				done = append(done, r)
				revealed = append(revealed, revealedBy(w, a, done))
			}
			grown += len(revealed[len(done)-1]) - len(revealed[0])
			for i, then := range revealed {
				if now := revealedBy(w, a, done[:i+1]); !slices.Equal(now, then) {
					t.Errorf("otherwise %v: refresh %d of %s revealed %d rows, and later %d",
						otherwise, i, a.ID, len(then), len(now))
				}
			}
		}
		if grown < 100 {
			t.Errorf("otherwise %v: refreshes revealed only %d rows after the first", otherwise, grown)
		}
	}
}

// revealedBy are the rows that refreshes revealed, as the API shows them.
func revealedBy(w *World, a *Account, done []Refresh) (rows []string) {
	for _, row := range w.RevealedBy(a, done).Rows {
		rows = append(rows, string(row.Rendered))
	}
	return rows
}
