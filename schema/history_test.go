package schema

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestRoundStoppedAnywhereIsFinishedByTheNext(t *testing.T) {
	first := newTestStore(t)
	first.round(Landed{Accounts: []Account{testAccount("fca_1")}, Transactions: []Transaction{testTransaction("fctxn_1", "fca_1", -100, 1)}})
	for _, point := range []string{"landing.sealed", "merge.staged", "merge.replaced", "merge.committed", "derive.done", "publish.checkpointed", "publish.before_rename", "publish.renamed", "landing.merged", "landing.removed"} {
		t.Run(point, func(t *testing.T) {
			s := first.copied(t)
			s.derives = point == "derive.done"
			changed := testTransaction("fctxn_1", "fca_1", -150, 1)
			changed.UpdatedAt = changed.UpdatedAt.Add(time.Hour)
			before := readFile(t, s.Layout().Database())
			s.roundStopped(point, Landed{Accounts: []Account{testAccount("fca_1")}, Transactions: []Transaction{changed, testTransaction("fctxn_2", "fca_1", 700, 2)}})
			s.derives = false
			later := s.copied(t) // DuckDB keeps what this process left open: look through a copy
			if after := readFile(t, later.Layout().Database()); point != "publish.renamed" && !strings.HasPrefix(point, "landing.") && !bytes.Equal(after, before) {
				t.Error("the published file changed before it was replaced")
			} else if point == "publish.renamed" {
				later.want("SELECT count(*) FROM main.transactions", "2")
			}
			later.round()
			later.want("SELECT list(amount_minor ORDER BY transaction_id)::VARCHAR FROM main.transactions", "[-150, 700]")
			later.want("SELECT count(*) FROM main.transaction_versions", "3")
			if report := later.round(Landed{Accounts: []Account{testAccount("fca_1")}, Transactions: []Transaction{changed}}); report.Changes() != 0 {
				t.Errorf("a row merged already changed something: %+v", report)
			}
		})
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

// A row that says it was updated in the year 2300 does not outrank its own correction.
func TestAnUpdateInTheFutureDoesNotOutrankItsCorrection(t *testing.T) {
	s := newTestStore(t)
	first := testTransaction("fctxn_1", "fca_1", -100, 10)
	wrong := first
	wrong.AmountMinor, wrong.UpdatedAt = -999, time.Date(2300, 1, 1, 0, 0, 0, 0, time.UTC)
	accounts := []Account{testAccount("fca_1")}
	s.round(Landed{Accounts: accounts, Transactions: []Transaction{first}})
	s.round(Landed{Accounts: accounts, Transactions: []Transaction{wrong}})
	s.want("SELECT amount_minor || ' ' || version FROM main.transactions", "-999 2")

	corrected := first
	corrected.AmountMinor, corrected.UpdatedAt = -120, first.UpdatedAt.Add(time.Hour)
	report := s.round(Landed{Accounts: accounts, Transactions: []Transaction{corrected, wrong}}) // in one batch, too
	if report.TransactionsChanged != 1 || report.SupersededOnArrival != 0 {
		t.Errorf("%+v", report)
	}
	s.want("SELECT amount_minor || ' ' || version FROM main.transactions", "-120 3")
	s.round(Landed{Accounts: accounts, Transactions: []Transaction{first}}) // older than the correction
	s.want("SELECT amount_minor || ' ' || version FROM main.transactions", "-120 3")
	s.want("SELECT list(superseded_on_arrival ORDER BY version)::VARCHAR FROM main.transaction_versions", "[false, false, false]")
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
	if err := os.WriteFile(filepath.Join(s.Layout().Landing(), "000000000007.duckdb"), []byte("rubbish"), 0o600); err != nil {
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
	if err := s.Overlay(ctx, again, &state); err != nil {
		t.Fatal(err)
	}
	if cursor := state.Accounts["fca_1"].CursorRefreshID; cursor == nil || *cursor != "fctxnref_1" {
		t.Errorf("cursor %v", cursor)
	}
}

func TestLiveAndTestDataDoNotMix(t *testing.T) {
	s := newTestStore(t)
	s.round(Landed{Accounts: []Account{testAccount("fca_1")}})
	before := readFile(t, s.Layout().Database())
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
	if string(before) != string(readFile(t, s.Layout().Database())) {
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
	if _, err := copyDatabase(s.Layout().Database(), s.Layout().Next()); err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(s.compact(t.Context()), swap(s.Store)); err != nil {
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
