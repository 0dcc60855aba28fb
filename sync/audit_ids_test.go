package sync

import "testing"

func TestVeryManyRowsPostponeTheAudit(t *testing.T) {
	r := &round{roster: roster{rowsKept: auditableRows - 2}}
	for id, rows := range map[string]int{"fca_large": 3, "fca_small": 2} {
		f := newFetch(r, reading{}, 1)
		f.ids = make([]string, rows)
		f.account.AccountID = id
		f.noteCompleted()
		if kept := r.roster.get(id).isCompleted; kept != (id == "fca_small") {
			t.Errorf("%s: its ids are kept for an audit: %v", id, kept)
		}
	}
	if r.roster.rowsKept != auditableRows {
		t.Errorf("%d ids are kept of at most %d", r.roster.rowsKept, auditableRows)
	}
}
