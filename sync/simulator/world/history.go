package world

import (
	"slices"
	"time"

	"fcpipe/sync/simulator/household"
)

// Row is one bank transaction with everything that ever happens to it.
type Row struct {
	ID        string
	at        time.Time // when it happened
	Versions  []Version
	entry     *household.Entry // in a world with styles: what it is
	deletedAt time.Time        // zero: never
}

// Version is a state of a row at its bank, since an instant.
type Version struct {
	since       time.Time
	Status      string
	Amount      int64
	Description string
	currency    string    // "" is usd
	At          time.Time // transacted_at; may change when it posts
	PostedAt    time.Time // zero: not
	VoidAt      time.Time // zero: not
}

// stateAt is the number of the row's state at an instant; -1 when its bank does not know it
// yet, or not any more.
func (r *Row) stateAt(instant time.Time) int {
	if !r.deletedAt.IsZero() && !instant.Before(r.deletedAt) {
		return -1
	}
	for i, v := range slices.Backward(r.Versions) {
		if !v.since.After(instant) {
			return i
		}
	}
	return -1
}

// Extend draws the bank's history of an account up to an instant, and applies its edits. Everything its bank knows at
// that instant is drawn: a refresh reveals what the bank knew, and nothing joins that later.
func (w *World) Extend(a *Account, until time.Time) {
	start := a.historyStart()
	w.keep(a)
	if a.otherwise { // some of its rows happen on the day before the one they are drawn for
		until = until.AddDate(0, 0, 1)
	}
	for ; !start.AddDate(0, 0, a.rowsThrough).After(until); a.rowsThrough++ {
		day, n := a.rowsThrough, 0
		date := start.AddDate(0, 0, day)
		add := func(r Row) {
			w.vanish(a, &r)
			a.book.balance += r.settles()
			a.Rows = append(a.Rows, r)
			n++
		}
		enter := func(what purchase) { add(w.newRow(a, date, rowNumber(day, n), what)) }
		if w.HasStyles() {
			entries := w.entriesOn(a, date)
			for i := range entries {
				add(w.rowOf(a, date, rowNumber(day, n), &entries[i]))
			}
			continue
		}
		if w.Config.RowsPerAccount == 0 {
			w.eventsOn(a, date, enter)
			continue
		}
		for range w.rowsOn(day) {
			enter(w.describe(a, date, rowNumber(day, n)))
		}
	}
	a.ApplyEdits()
}

// rowNumber is another one for every row of an account: its ids and draws are made of it.
func rowNumber(day, n int) int64 { return int64(n/100)<<32 + int64(day)*100 + int64(n%100) }

// settles is what a row comes to in the end.
func (r *Row) settles() int64 {
	if last := r.Versions[len(r.Versions)-1]; last.Status != "void" {
		return last.Amount
	}
	return 0
}

// rowsOn is how many rows happen on a day of an account with a fixed number of them.
func (w *World) rowsOn(day int) int {
	perDay, more := w.Config.RowsPerAccount/w.Config.HistoryDays, w.Config.RowsPerAccount%w.Config.HistoryDays
	if day%w.Config.HistoryDays < more {
		perDay++
	}
	return perDay
}

// balanceAt is what the bank's books say at an instant: posted rows only.
func (w *World) balanceAt(a *Account, instant time.Time) (current, pending int64) {
	w.Extend(a, instant)
	current = a.opening
	for i := range a.Rows {
		if n := a.Rows[i].stateAt(instant); n >= 0 {
			switch v := a.Rows[i].Versions[n]; v.Status {
			case "posted":
				current += v.Amount
			case "pending":
				pending += v.Amount
			}
		}
	}
	return current, pending
}

// keep notes that rows of an account are drawn. Where a world may keep those of so many accounts only, it forgets what
// was drawn first: accounts with a fixed number of rows are the same when they are drawn again.
func (w *World) keep(a *Account) {
	if w.Config.KeepDrawn == 0 || w.Config.RowsPerAccount == 0 || a.rowsThrough > 0 {
		return
	}
	if w.drawn = append(w.drawn, a); len(w.drawn) > w.Config.KeepDrawn {
		w.drawn[0].forget()
		w.drawn = w.drawn[1:]
	}
}

// forget leaves what clients and time did to an account, its State, and no row.
func (a *Account) forget() {
	a.Rows, a.rowsThrough, a.edited, a.view, a.book = nil, 0, nil, nil, book{}
}
