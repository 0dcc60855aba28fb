package sync

import (
	"testing"
	"time"
)

// Nothing in an answer shows these lies: the round believes them, and only an audit can know.

func TestA6_RowsBehindALastPageThatWasNotTheLastAreFoundByTheAudit(t *testing.T) {
	w := newFaultWorld(t)
	w.hiddenUntilAudited(`{"when": {"path": "/transactions", "page": 1}, "do": {"full_page_no_more": true}}`, 60)
}

func TestA4_RowThatMovesSilentlyBetweenPagesIsFoundByTheAudit(t *testing.T) {
	w := newFaultWorld(t)
	w.hiddenUntilAudited(
		`{"when": {"path": "/transactions", "page": 2, "per_account": true, "times": 1}, "do": {"move_row": "top", `+
			`"reveal": "silently"}}`,
		3,
	)
}

// hiddenUntilAudited: a first round under a fault misses so many rows at least and cannot
// know it; within the interval of audits nightly rounds find every one, say so, and hold the
// truth.
func (w *world) hiddenUntilAudited(script string, least int64) {
	w.t.Helper()
	const interval = 72 * time.Hour
	w.change = func(o *Options) { o.Policy.AuditEvery = interval }
	w.must(w.server.AddFault(fault(script)))
	report, _, err := w.round()
	w.must(err)
	if happened := w.server.FaultsHappened(); !report.Complete || happened != 3 {
		w.t.Fatalf("complete %v, the fault happened %d times, want once per account", report.Complete, happened)
	}
	w.server.ClearFaults()
	hidden := int64(len(w.server.Truth().Transactions) - w.rowsHeld())
	if hidden < least {
		w.t.Fatalf("%d rows are hidden, want %d at least", hidden, least)
	}
	var found int64
	for passed := time.Duration(0); passed < interval; passed += 24 * time.Hour {
		w.server.Advance(24 * time.Hour)
		report, merged, err := w.round()
		if w.must(err); !report.Complete {
			w.t.Errorf("%+v", report.Accounts)
		}
		for _, audit := range merged.Audits {
			found += audit.Missing
		}
	}
	reported := int64(0)
	for _, audit := range w.journal.Audits() {
		reported += audit.Missing
	}
	if found != hidden || reported != hidden {
		w.t.Errorf("audits found %d rows missing, the journal says %d, there were %d", found, reported, hidden)
	}
	w.wantTruth()
}
