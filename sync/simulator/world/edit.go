package world

import (
	"slices"
	"time"
)

// Edit is something a fault made happen at a bank. The world keeps them: rows are drawn again whenever it is loaded,
// and edited again.
type Edit struct {
	Row     string    `json:"row"`
	Since   time.Time `json:"since"`
	New     bool      `json:"new,omitempty"`
	Deleted bool      `json:"deleted,omitempty"`
	Change  RowChange `json:"change"`
}

// ApplyEdits edits the rows that are drawn by now; the others wait until they are.
func (a *Account) ApplyEdits() {
	for i, e := range a.State.Edits {
		if !a.edited[i] && a.apply(e) {
			if a.edited == nil {
				a.edited = map[int]bool{}
			}
			a.edited[i] = true
		}
	}
}

func (a *Account) apply(e Edit) bool {
	if e.New {
		v := Version{since: e.Since}
		e.Change.apply(&v, e.Since)
		a.Rows = append(a.Rows, Row{ID: e.Row, at: v.At, Versions: []Version{v}})
		return true
	}
	for i := range a.Rows {
		if a.Rows[i].ID == e.Row {
			a.Rows[i].edit(e)
			return true
		}
	}
	return false
}

func (r *Row) edit(e Edit) {
	if e.Deleted {
		r.deletedAt = e.Since
		return
	}
	n := max(r.stateAt(e.Since), 0)
	v := r.Versions[n]
	v.since = e.Since
	e.Change.apply(&v, e.Since)
	r.Versions = slices.Insert(r.Versions, n+1, v)
}

func (c RowChange) apply(v *Version, at time.Time) {
	if c.Amount != nil {
		v.Amount = *c.Amount
	}
	if c.Currency != nil {
		v.currency = *c.Currency
	}
	if c.Description != nil {
		v.Description = *c.Description
	}
	if c.TransactedAt != nil {
		v.At = time.Unix(*c.TransactedAt, 0).UTC()
	}
	if c.Status == nil {
		return
	}
	v.Status, v.PostedAt, v.VoidAt = *c.Status, unset, unset
	switch *c.Status {
	case "posted":
		v.PostedAt = at
	case "void":
		v.VoidAt = at
	}
}

// RowChange is what becomes of a row at its bank. Nil fields stay.
type RowChange struct {
	Status       *string `json:"status,omitempty"`
	Amount       *int64  `json:"amount,omitempty"`
	Currency     *string `json:"currency,omitempty"`
	Description  *string `json:"description,omitempty"`
	TransactedAt *int64  `json:"transacted_at,omitempty"`
}
