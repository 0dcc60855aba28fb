package round_test

import (
	"testing"
	"time"

	"fcpipe/schema/erase"
	"fcpipe/schema/store"
	"fcpipe/schema/storetest"
	"fcpipe/sync/simulator"
)

// TestRelinkedAccountJoinsItsChain: the holder links a broken account again. It comes under a
// new id with the same bank's rows under new ids: both are kept, one account_key joins them,
// and derived tables count each row once.
func TestRelinkedAccountJoinsItsChain(t *testing.T) {
	if !storetest.HasTables(t, "ledger.transactions") {
		return
	}
	w := newStoredWorld(t, simulator.Config{Accounts: 2, Holders: 2, HistoryDays: 30, Calm: true, Linked: true})
	w.derives = true
	w.server.Advance(time.Hour)
	_, _, err := w.round()
	w.must(err)
	old := w.server.Accounts()[0]
	counted := `SELECT count(*) FROM ledger.transactions
		WHERE status = 'posted' AND suppressed_by IS NULL AND account_key = '` + old + "'"
	before := w.value(counted)

	w.server.Advance(10 * time.Hour)
	id, known := w.server.Relink(old)
	if !known {
		t.Fatal("no such account")
	}
	w.server.Advance(time.Minute)
	_, merged, err := w.round()
	w.must(err)
	w.wantTruth()
	if merged.AccountsLinked != 1 || merged.LinksAmbiguous != 0 {
		t.Fatalf("%d accounts linked, %d to decide", merged.AccountsLinked, merged.LinksAmbiguous)
	}
	if n := w.value("SELECT count(*) FROM main.account_links WHERE action = 'link' AND account_id = '" + id +
		"' AND account_key = '" + old + "' AND (evidence->0->>'matching_rows')::INT >= 3"); n != 1 {
		t.Errorf("%d links with evidence", n)
	}
	if n := w.value("SELECT count(*) FROM main.accounts WHERE account_key = '" + old + "'"); n != 2 {
		t.Errorf("%d accounts in the chain, want 2", n)
	}
	if n := w.value("SELECT count(*) FROM main.account_versions WHERE account_id = '" + id + "' AND account_key = '" +
		old + "'"); n != 1 {
		t.Errorf("%d versions of the new account in the chain, want 1", n)
	}
	if n := w.value("SELECT count(*) FROM ledger.accounts"); n != 2 {
		t.Errorf("%d accounts in the ledger, want 2: one relinked, one other", n)
	}
	after := w.value(counted)
	if after < before || after > before+10 {
		t.Errorf("%d posted rows counted before, %d after: rows are counted twice or lost", before, after)
	}

	again, merged, err := w.round()
	w.must(err)
	if merged.AccountsLinked+merged.LinksAmbiguous != 0 || !again.Complete {
		t.Error("a link that is made is not made again")
	}
}

// TestAChainIsDisconnectedWithItsLastAccount: the accounts of a chain are erased together, so what the holder linked
// again and ended weeks later is not erased by the date on which the account before it ended. The other holder has twin
// accounts, which are flagged and never merged.
func TestAChainIsDisconnectedWithItsLastAccount(t *testing.T) {
	w := newStoredWorld(t, simulator.Config{Accounts: 2, Holders: 2, HistoryDays: 30, Calm: true, Linked: true})
	next := func(after time.Duration) store.MergeReport {
		t.Helper()
		w.server.Advance(after)
		_, merged, err := w.round()
		w.must(err)
		return merged
	}
	next(time.Hour)
	old, other := w.server.Accounts()[0], w.server.Accounts()[1]
	id, _ := w.server.Relink(old)
	w.server.SetStatus(old, "disconnected")
	twin := w.makeTwin(other)
	w.wantFlagged(twin, next(time.Minute))
	since, err := erase.DisconnectedSince(t.Context(), w.store)
	if w.must(err); len(since) != 0 {
		t.Fatalf("the chain has a connected account, and is disconnected since %v", since)
	}
	w.server.SetStatus(id, "disconnected")
	next(20 * 24 * time.Hour)
	ended := w.now()
	since, err = erase.DisconnectedSince(t.Context(), w.store)
	if w.must(err); len(since) != 2 || !since[old].Equal(since[id]) || ended.Sub(since[id]) > time.Hour {
		t.Errorf("disconnected since %v; the last one ended at %s", since, ended)
	}
	for _, c := range []struct {
		days int
		want int
	}{{29, 0}, {31, 2}} {
		due, err := erase.Due(t.Context(), w.store, 30*24*time.Hour, ended.AddDate(0, 0, c.days))
		if w.must(err); len(due) != c.want {
			t.Errorf("%d accounts are due after %d days, want %d", len(due), c.days, c.want)
		}
	}
}

// makeTwin gives the holder of an account another one at the same bank with the same last4 and kind, but other rows.
func (w *storedWorld) makeTwin(account string) (twin string) {
	w.t.Helper()
	twin, known := w.server.Relink(account)
	if !known {
		w.t.Fatal("no such account")
	}
	w.alter("UPDATE main.transaction_versions SET amount_minor = amount_minor + 1 WHERE account_id = '" + account + "'")
	return twin
}

// wantFlagged: twin accounts are flagged and never merged, a person decides; beside them one account was linked again.
func (w *storedWorld) wantFlagged(twin string, merged store.MergeReport) {
	w.t.Helper()
	if merged.AccountsLinked != 1 || merged.LinksAmbiguous != 1 {
		w.t.Fatalf("%d accounts linked, %d to decide, want one and one", merged.AccountsLinked, merged.LinksAmbiguous)
	}
	alone := "SELECT count(*) FROM main.accounts WHERE account_key = account_id AND account_id = '" + twin + "'"
	if n := w.value(alone); n != 1 {
		w.t.Error("an ambiguous account was merged")
	}
}
