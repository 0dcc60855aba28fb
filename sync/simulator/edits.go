package simulator

import (
	"slices"
	"time"
)

// rowEdit is something a fault made happen at a bank. The world keeps them: rows are drawn
// anew whenever it is loaded, and edited again.
type rowEdit struct {
	Row     string    `json:"row"`
	Since   time.Time `json:"since"`
	New     bool      `json:"new,omitempty"`
	Deleted bool      `json:"deleted,omitempty"`
	Change  RowChange `json:"change"`
}

// changeRows edits the row a fault means, and lets refreshes show it when it says so.
func (s *Server) changeRows(a *account, do WorldActions, startingAfter string) {
	v := s.visible(a, s.now)
	since := s.revealFrom(a, do.Reveal)
	target, found := targetOf(v, do.Row, startingAfter)
	edit := func(e rowEdit) {
		e.Since = since
		a.State.Edits = append(a.State.Edits, e)
	}
	for range do.InsertNow {
		edit(s.insertion(a, s.now, -between(draw(s.config.Seed, a.identity(), "inserted", int64(len(a.State.Edits))), 100, 9900), "INSERTED"))
	}
	if found {
		row := v.rows[target]
		switch do.MoveRow {
		case "top":
			edit(rowEdit{Row: row.id, Change: RowChange{TransactedAt: unixOf(v.rows[0].version.at.Add(time.Second))}})
		case "end":
			edit(rowEdit{Row: row.id, Change: RowChange{TransactedAt: unixOf(v.rows[len(v.rows)-1].version.at.Add(-time.Second))}})
		}
		if do.DeleteRow {
			edit(rowEdit{Row: row.id, Deleted: true})
		}
		if do.ChangeStatus != "" {
			edit(rowEdit{Row: row.id, Change: RowChange{Status: &do.ChangeStatus}})
		}
		if do.ChangeRow != nil {
			edit(rowEdit{Row: row.id, Change: *do.ChangeRow})
		}
		if do.ReplaceRow {
			void := "void"
			edit(rowEdit{Row: row.id, Change: RowChange{Status: &void}})
			edit(s.insertion(a, row.version.at, row.version.amount, row.version.description))
		}
	}
	s.generate(a, s.now)
	a.applyEdits()
	a.view = nil
	if do.Reveal == "new_refresh" {
		s.settleAtOnce(a, since)
	}
}

// insertion is a row nobody drew.
func (s *Server) insertion(a *account, at time.Time, amount int64, description string) rowEdit {
	status, n := "posted", len(a.State.Edits)
	return rowEdit{
		Row: identifier("fctxn_", s.config.Seed, a.identity(), "inserted", int64(n)), New: true,
		Change: RowChange{Status: &status, Amount: &amount, Description: &description, TransactedAt: unixOf(at)},
	}
}

func unixOf(at time.Time) *int64 {
	seconds := at.Unix()
	return &seconds
}

// targetOf finds the row a fault means among those that are shown.
func targetOf(v *view, wanted, startingAfter string) (int, bool) {
	after, paging := v.at[startingAfter]
	switch wanted {
	case "", "next":
		if !paging {
			after = -1
		}
		return after + 1, after+1 < len(v.rows)
	case "cursor":
		return after, paging
	}
	at, known := v.at[wanted]
	return at, known
}

// revealFrom is the instant from which refreshes show an edit. A new refresh needs a second
// of its own; an edit without one dates back to the refresh before.
func (s *Server) revealFrom(a *account, reveal string) time.Time {
	done := a.succeeded(s.now)
	switch last, any := a.latest("transactions"); {
	case reveal == "new_refresh" && any && !s.whole().After(last.AttemptedAt):
		s.now = last.AttemptedAt.Add(time.Second)
	case reveal == "silently" && len(done) > 0:
		return slices.MaxFunc(seenBy(done), time.Time.Compare)
	}
	return s.whole()
}

// settleAtOnce is a refresh somebody else asked for, that has succeeded already.
func (s *Server) settleAtOnce(a *account, at time.Time) {
	history := a.State.Refreshes["transactions"]
	a.State.Refreshes["transactions"] = append(history, refresh{
		ID:          identifier("fctxnref_", s.config.Seed, a.identity(), "refresh transactions", int64(len(history))),
		AttemptedAt: at, SettlesAt: at, Succeeds: true, Source: "other",
	})
}

// applyEdits edits the rows that are drawn by now; the others wait until they are.
func (a *account) applyEdits() {
	for i, e := range a.State.Edits {
		if !a.edited[i] && a.apply(e) {
			if a.edited == nil {
				a.edited = map[int]bool{}
			}
			a.edited[i] = true
		}
	}
}

func (a *account) apply(e rowEdit) bool {
	if e.New {
		v := bankVersion{since: e.Since}
		e.Change.apply(&v, e.Since)
		a.rows = append(a.rows, row{id: e.Row, at: v.at, versions: []bankVersion{v}})
		return true
	}
	for i := range a.rows {
		if a.rows[i].id == e.Row {
			a.rows[i].edit(e)
			return true
		}
	}
	return false
}

func (r *row) edit(e rowEdit) {
	if e.Deleted {
		r.deletedAt = e.Since
		return
	}
	n := max(r.stateAt(e.Since), 0)
	v := r.versions[n]
	v.since = e.Since
	e.Change.apply(&v, e.Since)
	r.versions = slices.Insert(r.versions, n+1, v)
}

func (c RowChange) apply(v *bankVersion, at time.Time) {
	if c.Amount != nil {
		v.amount = *c.Amount
	}
	if c.Currency != nil {
		v.currency = *c.Currency
	}
	if c.Description != nil {
		v.description = *c.Description
	}
	if c.TransactedAt != nil {
		v.at = time.Unix(*c.TransactedAt, 0).UTC()
	}
	if c.Status == nil {
		return
	}
	v.status, v.postedAt, v.voidAt = *c.Status, unset, unset
	switch *c.Status {
	case "posted":
		v.postedAt = at
	case "void":
		v.voidAt = at
	}
}
