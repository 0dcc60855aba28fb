package schema

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
)

// errStopped stands for a power cut.
var errStopped = errors.New("stopped")

// stopAt makes the store stop at a named point, as kill -9 would there.
func (s *testStore) stopAt(point string) {
	s.hook = func(reached string) {
		if reached == point {
			panic(errStopped)
		}
	}
}

// roundStopped runs a round that stops at the point it was told, then lets the store go on.
func (s *testStore) roundStopped(point string, rows Landed) {
	s.t.Helper()
	s.stopAt(point)
	defer func() {
		s.hook = func(string) {}
		if recovered := recover(); recovered != any(errStopped) {
			s.t.Fatalf("did not stop at %s: %v", point, recovered)
		}
	}()
	s.round(rows)
}

func TestRoundStoppedAnywhereIsFinishedByTheNext(t *testing.T) {
	for _, point := range []string{"landing.sealed", "merge.staged", "merge.replaced", "merge.committed", "derive.done", "publish.checkpointed", "publish.before_rename", "publish.renamed"} {
		t.Run(point, func(t *testing.T) {
			dir := t.TempDir()
			s := openTestStore(t, dir)
			s.round(Landed{Accounts: []Account{testAccount("fca_1")}, Transactions: []Transaction{testTransaction("fctxn_1", "fca_1", -100, 1)}})
			changed := testTransaction("fctxn_1", "fca_1", -150, 1)
			changed.UpdatedAt = changed.UpdatedAt.Add(time.Hour)
			before := readFile(t, s.layout.Database())
			s.roundStopped(point, Landed{Accounts: []Account{testAccount("fca_1")}, Transactions: []Transaction{changed, testTransaction("fctxn_2", "fca_1", 700, 2)}})
			later := copiedStore(t, dir) // DuckDB keeps what this process left open: look through a copy
			if after := readFile(t, later.layout.Database()); point != "publish.renamed" && !bytes.Equal(after, before) {
				t.Error("the published file changed before it was replaced")
			} else if point == "publish.renamed" {
				later.want("SELECT count(*) FROM main.transactions", "2")
			}
			later.clock = s.clock.Add(time.Hour)
			later.round()
			later.want("SELECT list(amount_minor ORDER BY transaction_id)::VARCHAR FROM main.transactions", "[-150, 700]")
			later.want("SELECT count(*) FROM main.transaction_versions", "3")
			if report := later.round(Landed{Accounts: []Account{testAccount("fca_1")}, Transactions: []Transaction{changed}}); report.changes() != 0 {
				t.Errorf("a row merged already changed something: %+v", report)
			}
		})
	}
}

// copiedStore opens a copy of a data directory.
func copiedStore(t *testing.T, from string) *testStore {
	t.Helper()
	dir := t.TempDir()
	copyTree(t, from, dir)
	return openTestStore(t, dir)
}

func copyTree(t *testing.T, from, to string) {
	t.Helper()
	if err := os.RemoveAll(to); err != nil {
		t.Fatal(err)
	}
	layout := Layout{Dir: to} // modes are not copied
	if err := errors.Join(os.CopyFS(to, os.DirFS(from)), os.Chmod(layout.State(), 0o700), os.Chmod(layout.Database(), 0o600)); err != nil {
		t.Fatal(err)
	}
}

func TestOlderStateIsKeptButNeverCurrent(t *testing.T) {
	s := newTestStore(t)
	now := testTransaction("fctxn_1", "fca_1", -100, 10)
	now.UpdatedAt = now.UpdatedAt.Add(48 * time.Hour)
	s.round(Landed{Accounts: []Account{testAccount("fca_1")}, Transactions: []Transaction{now}})
	older := testTransaction("fctxn_1", "fca_1", -90, 10)
	report := s.round(Landed{Accounts: []Account{testAccount("fca_1")}, Transactions: []Transaction{older}})
	if report.SupersededOnArrival != 1 || report.TransactionsChanged != 0 {
		t.Errorf("%+v", report)
	}
	s.want("SELECT amount_minor FROM main.transactions", "-100")
	s.want("SELECT list(version || ' ' || superseded_on_arrival ORDER BY version)::VARCHAR FROM main.transaction_versions", "[1 false, 2 true]")
	s.want("SELECT amount_minor FROM ledger.transactions_as_of((SELECT watermark FROM meta.store))", "-100")

	same := now // the same instant, another payload: the later observation counts
	same.AmountMinor = -111
	s.round(Landed{Accounts: []Account{testAccount("fca_1")}, Transactions: []Transaction{same}})
	s.want("SELECT amount_minor || ' ' || version FROM main.transactions", "-111 3")
}

func TestRowsThatMoveInTimeReplaceTheirOldSelves(t *testing.T) {
	s := newTestStore(t)
	s.round(Landed{Accounts: []Account{testAccount("fca_1")}, Transactions: []Transaction{testTransaction("fctxn_1", "fca_1", -100, 2), testTransaction("fctxn_2", "fca_1", -1, 3)}})
	moved := testTransaction("fctxn_1", "fca_1", -100, 2)
	moved.TransactedAt, moved.UpdatedAt = moved.TransactedAt.AddDate(-1, 0, 0), moved.UpdatedAt.AddDate(0, 0, 1)
	if report := s.round(Landed{Transactions: []Transaction{moved}, Accounts: []Account{testAccount("fca_1")}}); report.TransactionsChanged != 1 {
		t.Errorf("%+v", report)
	}
	s.want("SELECT count(*) || ' ' || count(DISTINCT transaction_id) FROM main.transactions", "2 2")
}

func TestCursorMovesOnlyWithACompletion(t *testing.T) {
	s := newTestStore(t)
	s.round(Landed{Accounts: []Account{testAccount("fca_1")}, Transactions: []Transaction{testTransaction("fctxn_1", "fca_1", -1, 1)}, Completions: []Completion{{AccountID: "fca_1"}}})
	s.want("SELECT cursor_refresh_id FROM main.accounts", "NULL")
	through := time.Date(2026, 6, 1, 0, 0, 0, 0, time.UTC)
	s.round(Landed{Completions: []Completion{{AccountID: "fca_1", CursorRefreshID: new("fctxnref_1"), CompleteThroughAt: &through}}})
	s.want("SELECT cursor_refresh_id FROM main.accounts", "fctxnref_1")
	account := testAccount("fca_1")
	account.Status = "inactive"
	s.round(Landed{Accounts: []Account{account}})
	s.want("SELECT cursor_refresh_id || ' ' || status FROM main.accounts", "fctxnref_1 inactive")
	s.want("SELECT count(*) FROM main.account_versions", "3")
}

func TestLandedCompletionIsSeenByTheNextPlan(t *testing.T) {
	s := newTestStore(t)
	ctx := t.Context()
	landing, err := s.Landing(ctx)
	if err != nil {
		t.Fatal(err)
	}
	through := time.Date(2026, 6, 1, 0, 0, 0, 0, time.UTC)
	if err := errors.Join(landing.Land(ctx, Landed{Accounts: []Account{testAccount("fca_1")}, Completions: []Completion{{AccountID: "fca_1", CursorRefreshID: new("fctxnref_1"), CompleteThroughAt: &through}}}), landing.Seal(ctx)); err != nil {
		t.Fatal(err)
	}
	// a segment that cannot be read is set aside, its neighbours stay
	if err := os.WriteFile(filepath.Join(s.layout.Landing(), "000000000007.duckdb"), []byte("rubbish"), 0o600); err != nil {
		t.Fatal(err)
	}
	again, err := s.Landing(ctx)
	if err != nil || len(again.Unreadable) != 1 {
		t.Fatalf("unreadable %v, %v", again.Unreadable, err)
	}
	state, err := s.State(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if err := again.Overlay(ctx, &state); err != nil {
		t.Fatal(err)
	}
	if cursor := state.Accounts["fca_1"].CursorRefreshID; cursor == nil || *cursor != "fctxnref_1" {
		t.Errorf("cursor %v", cursor)
	}
}

// completed is what a round lands that listed an account after one cursor up to another, both by
// number: one transaction. Nothing is before number 0.
func completed(after, cursor int) Landed {
	at := time.Date(2026, 6, cursor, 0, 0, 0, 0, time.UTC)
	account, name := testAccount("fca_1"), func(n int) *string { return new("fctxnref_" + strconv.Itoa(n)) }
	account.TransactionRefresh = &RefreshState{RefreshID: name(cursor), Status: "succeeded", AttemptedAt: at}
	done := Completion{AccountID: "fca_1", CursorRefreshID: name(cursor), CompleteThroughAt: &at}
	if after > 0 {
		done.AfterRefreshID = name(after)
	}
	return Landed{
		Accounts: []Account{account}, Completions: []Completion{done},
		Transactions: []Transaction{testTransaction("fctxn_"+strconv.Itoa(cursor), "fca_1", int64(-cursor), cursor)},
	}
}

// A round listed what came after cursor 2, landed it, and was killed before its merge. Then the
// file that held everything up to cursor 2 was gone, by damage, by hand, or with its journal: what
// landed is merged, and the cursor stays where its rows end, so that the rest is listed again.
func TestLandedCompletionsCountOnlyOnTheFileTheyWereMadeFor(t *testing.T) {
	damage := func(s *testStore) {
		content := readFile(s.t, s.layout.Database())
		for i := range 4096 {
			content[3*4096+i] ^= 0xff
		}
		if err := os.WriteFile(s.layout.Database(), content, 0o600); err != nil {
			s.t.Fatal(err)
		}
		s.repair()
	}
	for name, test := range map[string]struct {
		befalls func(*testStore)
		held    int    // the cursor of what is left of the file
		want    string // the transactions and the cursor after the merge
	}{
		"nothing": {func(*testStore) {}, 3, "fctxn_1,fctxn_2,fctxn_3 fctxnref_3"},
		"damage":  {damage, 1, "fctxn_1,fctxn_3 fctxnref_1"},
		"damage without a generation before": {func(s *testStore) {
			if err := os.Remove(s.previous()[0]); err != nil {
				s.t.Fatal(err)
			}
			damage(s)
		}, 0, "fctxn_3 -"},
		"a backup brought back": {func(s *testStore) {
			if err := os.Rename(s.previous()[0], s.layout.Database()); err != nil {
				s.t.Fatal(err)
			}
		}, 1, "fctxn_1,fctxn_3 fctxnref_1"},
		"deleted": {func(s *testStore) {
			if err := os.Remove(s.layout.Database()); err != nil {
				s.t.Fatal(err)
			}
		}, 0, "fctxn_3 -"},
		"landed by an earlier version": {func(s *testStore) {
			s.alter(filepath.Join(s.layout.Landing(), "000000000001.duckdb"), "ALTER TABLE completions DROP COLUMN after_refresh_id; CHECKPOINT")
		}, 2, "fctxn_1,fctxn_2,fctxn_3 fctxnref_2"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newTestStore(t)
			s.round(completed(0, 1))
			s.round(completed(1, 2))
			s.land(completed(2, 3))
			test.befalls(s)

			state, err := s.State(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			if err := s.OverlayLanded(t.Context(), &state); err != nil {
				t.Fatal(err)
			}
			overlaid := 0
			if cursor := state.Accounts["fca_1"].CursorRefreshID; cursor != nil {
				overlaid, _ = strconv.Atoi(strings.TrimPrefix(*cursor, "fctxnref_"))
			}
			if overlaid != test.held {
				t.Errorf("the next round lists what came after cursor %d, held is what came up to %d", overlaid, test.held)
			}
			s.round()
			const held = "SELECT (SELECT string_agg(transaction_id, ',' ORDER BY transaction_id) FROM main.transactions) || ' ' || coalesce(any_value(cursor_refresh_id), '-') FROM main.accounts"
			s.want(held, test.want)
			s.round(completed(test.held, 4))
			s.want("SELECT cursor_refresh_id FROM main.accounts", "fctxnref_4")
		})
	}
}

// Of several completions each counts that starts where the ones before it ended.
func TestCompletionsLeadFromOneToTheNext(t *testing.T) {
	for name, test := range map[string]struct {
		landed [][2]int
		want   string
	}{
		"one after another":              {[][2]int{{1, 2}, {2, 3}, {3, 4}}, "fctxnref_4"},
		"merged already":                 {[][2]int{{0, 1}, {1, 2}}, "fctxnref_2"},
		"a gap":                          {[][2]int{{1, 2}, {3, 4}}, "fctxnref_2"},
		"a gap, and listed again":        {[][2]int{{3, 4}, {1, 4}, {4, 5}}, "fctxnref_5"},
		"a gap, and everything is there": {[][2]int{{3, 4}, {0, 3}}, "fctxnref_3"},
		"nothing that fits":              {[][2]int{{7, 8}, {8, 9}}, "fctxnref_1"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newTestStore(t)
			s.round(completed(0, 1))
			for _, c := range test.landed {
				s.land(completed(c[0], c[1]))
			}
			state, err := s.State(t.Context())
			if err == nil {
				err = s.OverlayLanded(t.Context(), &state)
			}
			if err != nil || *state.Accounts["fca_1"].CursorRefreshID != test.want {
				t.Errorf("overlaid to %v, %v", state.Accounts["fca_1"].CursorRefreshID, err)
			}
			s.round()
			s.want("SELECT cursor_refresh_id FROM main.accounts", test.want)
		})
	}
}

func TestLiveAndTestDataDoNotMix(t *testing.T) {
	s := newTestStore(t)
	s.round(Landed{Accounts: []Account{testAccount("fca_1")}})
	before := readFile(t, s.layout.Database())
	live := testAccount("fca_2")
	live.Livemode = true
	landing, err := s.Landing(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(landing.Land(t.Context(), Landed{Accounts: []Account{live}}), landing.Seal(t.Context())); err != nil {
		t.Fatal(err)
	}
	if _, err := s.publish(landing); !errors.Is(err, ErrInvariant) {
		t.Errorf("merged: %v", err)
	}
	if string(before) != string(readFile(t, s.layout.Database())) {
		t.Error("the published file changed")
	}
}

func TestBalancesAreAppendedWhenTheyDiffer(t *testing.T) {
	s := newTestStore(t)
	at := time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC)
	reading := func(amount int64, at time.Time) Landed {
		return Landed{Accounts: []Account{testAccount("fca_1")}, Balances: []Balance{{AccountID: "fca_1", Currency: "usd", BalanceType: "cash", CurrentMinor: &amount, AsOf: at}}}
	}
	for _, step := range []struct {
		amount int64
		at     time.Time
		added  int64
	}{{5, at, 1}, {5, at, 0}, {6, at, 1}, {7, at.Add(-time.Hour), 1}, {6, at, 0}} {
		if report := s.round(reading(step.amount, step.at)); report.BalancesNew != step.added {
			t.Errorf("%d at %s added %d", step.amount, step.at, report.BalancesNew)
		}
	}
	state, err := s.State(t.Context())
	if err != nil || *state.Accounts["fca_1"].Balances["usd"].CurrentMinor != 6 {
		t.Errorf("current balance %v, %v", state.Accounts["fca_1"].Balances, err)
	}
}

func TestCompactionKeepsRowsAndComments(t *testing.T) {
	s := newTestStore(t)
	s.round(Landed{Accounts: []Account{testAccount("fca_1")}, Transactions: []Transaction{testTransaction("fctxn_1", "fca_1", -1, 1)}})
	want := []string{
		s.query("SELECT bit_xor(hash(t)) FROM main.transactions t"), s.query("SELECT bit_xor(hash(schema_name, table_name, column_name, comment)) FROM duckdb_columns() WHERE NOT internal"),
		s.query("SELECT count(*) || ' ' || bit_xor(hash(function_name, comment)) FROM duckdb_functions() WHERE NOT internal"),
		s.query("SELECT string_agg(t::VARCHAR, '') FROM transactions_as_of((SELECT watermark FROM meta.store)) t"),
	}
	if _, err := copyDatabase(s.layout.Database(), s.layout.Next()); err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(s.compact(t.Context()), (&Generation{store: s.Store}).swap()); err != nil {
		t.Fatal(err)
	}
	got := []string{
		s.query("SELECT bit_xor(hash(t)) FROM main.transactions t"), s.query("SELECT bit_xor(hash(schema_name, table_name, column_name, comment)) FROM duckdb_columns() WHERE NOT internal"),
		s.query("SELECT count(*) || ' ' || bit_xor(hash(function_name, comment)) FROM duckdb_functions() WHERE NOT internal"),
		s.query("SELECT string_agg(t::VARCHAR, '') FROM transactions_as_of((SELECT watermark FROM meta.store)) t"),
	}
	if strings.Join(got, " ") != strings.Join(want, " ") {
		t.Errorf("compacted to %v from %v", got, want)
	}
}
