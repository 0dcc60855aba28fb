package sync

import "testing"

func TestVeryManyRowsPostponeTheAudit(t *testing.T) {
	r := &round{caughtUp: map[string][]string{}, caughtUpRows: auditableRows - 2}
	for id, rows := range map[string]int{"fca_large": 3, "fca_small": 2} {
		f := newFetch(r, reading{}, 1)
		f.ids = make([]string, rows)
		f.account.AccountID = id
		f.noteCaughtUp()
		if _, kept := r.caughtUp[id]; kept != (id == "fca_small") {
			t.Errorf("%s: its ids are kept for an audit: %v", id, kept)
		}
	}
	if r.caughtUpRows != auditableRows {
		t.Errorf("%d ids are kept of at most %d", r.caughtUpRows, auditableRows)
	}
}
