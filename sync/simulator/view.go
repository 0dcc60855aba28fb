package simulator

import (
	"slices"
	"strings"
	"time"
)

// view is what the succeeded refreshes of an account have revealed: the rows a client can list.
type view struct {
	refreshes int // succeeded refreshes it was built from
	ids       map[string]int
	rows      []visibleRow // newest first
	removed   []string     // ids a client may have seen, not listed any more
	at        map[string]int
}

// visibleRow is a row as the API shows it.
type visibleRow struct {
	id       string
	version  bankVersion
	refresh  int // ordinal of the refresh that last created or changed it
	updated  time.Time
	rendered []byte
}

// succeeded lists the refreshes of transactions that have succeeded by now, in the order in which
// they did: one that was pending for long comes after those that overtook it, and shows only what
// they had not.
func (a *account) succeeded(now time.Time) []refresh {
	var done []refresh
	for _, r := range a.State.Refreshes["transactions"] {
		if r.status(now) == "succeeded" {
			done = append(done, r)
		}
	}
	slices.SortStableFunc(done, func(x, y refresh) int { return x.SettlesAt.Compare(y.SettlesAt) })
	return done
}

// seenBy are the instants up to which refreshes, in the order in which they succeeded, had seen
// their bank, each with those before it.
func seenBy(done []refresh) []time.Time {
	seen := make([]time.Time, len(done))
	for i, r := range done {
		if seen[i] = r.AttemptedAt; i > 0 && seen[i-1].After(seen[i]) {
			seen[i] = seen[i-1]
		}
	}
	return seen
}

// visible returns what the account shows now.
func (s *Server) visible(a *account, now time.Time) *view {
	done := a.succeeded(now)
	if a.view != nil && a.view.refreshes == len(done) {
		return a.view
	}
	a.view = s.revealedBy(a, done)
	return a.view
}

// revealedBy builds what refreshes revealed, up to the last of them.
func (s *Server) revealedBy(a *account, done []refresh) *view {
	v := &view{refreshes: len(done), ids: map[string]int{}, at: map[string]int{}}
	for i, r := range done {
		v.ids[r.ID] = i
	}
	if len(done) == 0 {
		return v
	}
	seen := seenBy(done)
	last := seen[len(seen)-1]
	s.generate(a, last)
	for i := range a.rows {
		switch n := a.rows[i].stateAt(last); {
		case n >= 0 && !a.rows[i].versions[n].at.Before(a.State.HistoryCut):
			v.rows = append(v.rows, reveal(&a.rows[i], n, done, seen))
		case n >= 0 || reached(a.rows[i].deletedAt, last):
			v.removed = append(v.removed, a.rows[i].id)
		}
	}
	slices.SortFunc(v.rows, func(x, y visibleRow) int {
		if order := y.version.at.Compare(x.version.at); order != 0 {
			return order
		}
		return strings.Compare(x.id, y.id)
	})
	for i := range v.rows {
		v.rows[i].rendered = renderTransaction(a, &v.rows[i], done[v.rows[i].refresh].ID)
		v.at[v.rows[i].id] = i
	}
	return v
}

// reveal finds the first refresh that saw the row's current state.
func reveal(r *row, n int, done []refresh, seen []time.Time) visibleRow {
	v := r.versions[n]
	first, _ := slices.BinarySearchFunc(seen, v.since, time.Time.Compare)
	return visibleRow{id: r.id, version: v, refresh: first, updated: done[first].SettlesAt}
}
