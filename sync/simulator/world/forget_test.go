package world

import (
	"slices"
	"testing"
	"time"
)

// TestRowsThatWereForgottenAreDrawnAgain: a world that keeps few accounts in memory answers as one that keeps all, and
// rows of an account with many rows a day have ids of their own.
func TestRowsThatWereForgottenAreDrawnAgain(t *testing.T) {
	config := Config{Seed: 3, Accounts: 5, Holders: 3, HistoryDays: 4, RowsPerAccount: 1000, Calm: true, Linked: true}
	all := New(config)
	config.KeepDrawn = 2
	few := New(config)
	forgotten := 0
	for day := range 3 {
		at := config.withDefaults().Start.AddDate(0, 0, day)
		for n := range all.Accounts {
			for _, w := range []*World{all, few} {
				w.BeginRefresh(w.Accounts[n], "transactions", "request", at)
			}
			now := at.Add(time.Hour)
			want, got := all.Visible(all.Accounts[n], now), few.Visible(few.Accounts[n], now)
			same := func(x, y VisibleRow) bool { return string(x.Rendered) == string(y.Rendered) }
			isSame := slices.EqualFunc(want.Rows, got.Rows, same)
			if !isSame || len(want.Rows) < 900 || len(got.Position) != len(got.Rows) {
				t.Errorf("day %d, account %d: %d rows, want %d; %d ids", day, n, len(got.Rows), len(want.Rows),
					len(got.Position))
			}
		}
		for _, a := range few.Accounts {
			if a.Rows == nil {
				forgotten++
			}
		}
	}
	if forgotten != 9 {
		t.Errorf("%d accounts had no rows in memory, want 3 on each of 3 days", forgotten)
	}
}
