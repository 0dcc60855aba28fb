package sync

import (
	"fmt"
	"testing"
)

func TestSeenIDsKnowsEveryIDAgain(t *testing.T) {
	const ids = 200_000 // grows many times
	s := newSeenIDs()
	for turn, want := range []bool{true, false} {
		for n := range ids {
			if s.add(fmt.Sprint("fctxn_", n)) != want {
				t.Fatalf("turn %d: id %d is new: %v", turn, n, !want)
			}
		}
	}
	if perID := float64(8*len(s.slots)) / ids; perID > 26 {
		t.Errorf("%.1f bytes an id", perID)
	}
	s.forget()
	if !s.add("fctxn_1") || s.add("fctxn_1") {
		t.Error("an emptied set knows an id, or forgets one")
	}
}

func TestVeryManyRowsPostponeTheAudit(t *testing.T) {
	r := &round{caughtUp: map[string][]string{}, caughtUpRows: auditableRows - 2}
	for id, rows := range map[string]int{"fca_large": 3, "fca_small": 2} {
		f := &fetch{round: r, ids: make([]string, rows)}
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
