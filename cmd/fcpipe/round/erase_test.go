package round_test

import (
	"maps"
	"strings"
	"testing"
	"time"

	"fcpipe/schema"
	"fcpipe/schema/check"
	"fcpipe/schema/erase"
	"fcpipe/schema/journal"
	"fcpipe/schema/reader"
	"fcpipe/schema/storetest"
)

var goneSubject = erase.Subject{Kind: journal.SubjectHolder, ID: goneHolder}

// wantErased holds a data directory to what an erasure promises: not a byte of the person who left, but for the ids in
// the feed's rows of deletions.
func (w *canaryWorld) wantErased() {
	w.t.Helper()
	isRow := map[string]bool{}
	for _, id := range w.rows {
		isRow[id] = true
	}
	texts := append(w.canaries, goneHolder, goneFirst, goneSecond, "req_of_"+goneFirst)
	for text, files := range w.filesWith(texts...) {
		for _, file := range files {
			isFeed := strings.Contains(file, "/changes/transactions/date=2026-06-2") || file == "fcpipe.duckdb"
			if !isRow[text] || !isFeed && !strings.HasPrefix(file, "state/previous/") {
				w.t.Errorf("%s still has %s", file, text)
			}
		}
	}
	if strings.Contains(w.logged.String(), "Canary") {
		w.t.Errorf("a log names the person: %s", &w.logged)
	}
	w.wantWhole()
}

// wantWhole proves file, journal and receipts.
func (w *canaryWorld) wantWhole() {
	w.t.Helper()
	w.read(func(r *reader.Reader) {
		findings, err := check.Verify(w.t.Context(), r, w.store.Layout())
		w.must(err)
		for _, finding := range findings {
			w.t.Errorf("%+v", finding)
		}
	})
}

// TestAnErasureLeavesNotAByte: 500 texts and ids of a person in every place there is. The other person's rows stay bit
// for bit, and the text that both had.
func TestAnErasureLeavesNotAByte(t *testing.T) {
	w := preparedCanaries(t).copied(t)
	if len(w.canaries) < 500 {
		t.Fatalf("only %d canaries", len(w.canaries))
	}
	before, places := w.othersRows(), map[string]bool{}
	held := w.filesWith(append(w.canaries, goneFirst)...)
	for _, canary := range w.canaries {
		if len(held[canary]) == 0 {
			t.Errorf("%s is in no file before", canary)
		}
		for _, file := range held[canary] {
			places[strings.Join(strings.SplitN(file, "/", 3)[:min(2, strings.Count(file, "/")+1)], "/")] = true
		}
	}
	for _, place := range []string{
		"fcpipe.duckdb", "lake/data", "lake/views", "state/landing", "state/quarantine", "state/journal.ndjson",
		"state/previous", "state/damaged",
	} {
		if !places[place] && place != "state/journal.ndjson" || len(held[goneFirst]) == 0 {
			t.Errorf("%s holds no canary before", place)
		}
	}
	erased, done := preparedErasure(t)
	w = erased.copied(t)
	w.wantErased()
	if after := w.othersRows(); !maps.Equal(before, after) {
		for table := range after {
			if before[table] != after[table] {
				t.Errorf("%s: %q became %q", table, before[table], after[table])
			}
		}
	}
	if shared := w.filesWith("COMMON STORE 12345"); len(shared) == 0 {
		t.Error("a text that both had is gone")
	}
	counts := done.Record.Receipt.Counts
	if counts["transactions"] != 180 || counts["landing"] == 0 || counts["scanned_files"] < 10 {
		t.Errorf("the receipt says %v", counts)
	}
	if *proof { // else TestAnErasureThatIsKilledCompletes merges what landed
		w.merges()
	}
	w.forgets()
}

// TestAnErasureForgetsWhatRetentionRemoved: rows of the feed that say what retention removed name ids for as long as
// their account is held. Once it is erased, they are hashed as its other ones are.
func TestAnErasureForgetsWhatRetentionRemoved(t *testing.T) {
	storetest.ForProof(t)
	w := newCanaryWorld(t, t.TempDir())
	w.prepare()
	const removed = "SELECT count(*) FROM meta.removed_transactions WHERE reason = 'retention' AND "
	w.keeps = schema.Retention{TransactionMonths: 1}
	w.now = w.now.AddDate(0, 0, 10)
	w.publish()
	w.keeps = schema.Retention{}
	ofOne := removed + "account_id IN ('" + goneFirst + "', '" + goneSecond + "')"
	if n := w.count(ofOne); n < 20 {
		t.Fatalf("retention removed %d transactions of the person who leaves", n)
	}
	w.now = w.now.Add(169 * time.Hour) // a round after the grace period of the lake leaves them as they are
	before := w.count(removed + "starts_with(transaction_id, 'fctxn_')")
	w.must(w.round().EraseDue(t.Context()))
	if n := w.count(removed + "starts_with(transaction_id, 'fctxn_')"); n != before || n == 0 {
		t.Fatalf("%d ids were %d", n, before)
	}
	_, err := w.round().Erase(t.Context(), goneSubject)
	w.must(err)
	w.wantWhole()
	w.forgets()
	hashed := "starts_with(account_id, 'erased_') AND starts_with(transaction_id, 'erased_')"
	if n := w.count(removed + hashed); n < 20 {
		t.Errorf("%d rows of the feed are left, by their hashes", n)
	}
	if n := w.count(removed + "account_id = '" + otherAccount + "'"); n == 0 {
		t.Error("those of the other person are gone")
	}
}

// merges: what had landed of the other person comes into the file, and nothing of the one who left.
func (w *canaryWorld) merges() {
	w.t.Helper()
	w.rounds, w.recorded = w.rounds+1, []string{otherAccount}
	w.publish()
	w.wantErased()
}

// forgets: after the grace period of the lake not even the ids of transactions are left.
func (w *canaryWorld) forgets() {
	w.t.Helper()
	w.now = w.now.Add(169 * time.Hour)
	_, err := w.round().Erase(w.t.Context(), erase.Subject{})
	w.must(err)
	w.must(w.round().EraseDue(w.t.Context()))
	for text, files := range w.filesWith(append(w.canaries, goneHolder, goneFirst, goneSecond)...) {
		w.t.Errorf("%v still have %s", files, text)
	}
	w.wantWhole()
}
