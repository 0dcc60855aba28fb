package store_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"fcpipe/schema"
	"fcpipe/schema/durable"
	"fcpipe/schema/store"
	"fcpipe/schema/storetest"
)

func TestRoundStoppedAnywhereIsFinishedByTheNext(t *testing.T) {
	first := storetest.PublishedTimes(t, 1)
	points := []string{"publish.checkpointed", "publish.before_rename", "publish.renamed"}
	if *proof { // each lies before, between or behind those
		points = append(points, "landing.sealed", "merge.staged", "merge.replaced", "merge.committed", "derive.done",
			"landing.merged", "landing.removed")
	}
	for _, point := range points {
		t.Run(point, func(t *testing.T) {
			s := first.Copied(t)
			s.Derives = point == "derive.done"
			changed := storetest.Transaction("fctxn_1", "fca_1", -150, 1)
			changed.UpdatedAt = changed.UpdatedAt.Add(time.Hour)
			before := storetest.ReadFile(t, s.Layout().Database())
			s.RoundStopped(
				point,
				schema.Landed{
					Accounts:     []schema.Account{storetest.Account("fca_1")},
					Transactions: []schema.Transaction{changed, storetest.Transaction("fctxn_2", "fca_1", 700, 2)},
				},
			)
			s.Derives = false
			later := s.Copied(t) // DuckDB keeps what this process left open: look through a copy
			if after := storetest.ReadFile(
				t, later.Layout().Database(),
			); point != "publish.renamed" && !strings.HasPrefix(point, "landing.") &&
				!bytes.Equal(after, before) {
				t.Error("the published file changed before it was replaced")
			} else if point == "publish.renamed" {
				later.Want("SELECT count(*) FROM main.transactions", "2")
			}
			later.Round()
			later.Want(
				"SELECT list(amount_minor ORDER BY transaction_id)::VARCHAR FROM main.transactions", "[-150, 700]",
			)
			later.Want("SELECT count(*) FROM main.transaction_versions", "3")
			if point != "publish.renamed" && point != "landing.removed" {
				return // the row was in no published file when the round stopped
			}
			if report := later.Round(
				schema.Landed{
					Accounts: []schema.Account{storetest.Account("fca_1")}, Transactions: []schema.Transaction{changed},
				},
			); report.Changes() != 0 {
				t.Errorf("a row merged already changed something: %+v", report)
			}
		})
	}
}

func TestOlderStateIsKeptButNeverCurrent(t *testing.T) {
	s := storetest.NewWithModels(t)
	now := storetest.Transaction("fctxn_1", "fca_1", -100, 10)
	now.UpdatedAt = now.UpdatedAt.Add(48 * time.Hour)
	s.Round(
		schema.Landed{Accounts: []schema.Account{storetest.Account("fca_1")}, Transactions: []schema.Transaction{now}},
	)
	older := storetest.Transaction("fctxn_1", "fca_1", -90, 10)
	report := s.Round(
		schema.Landed{
			Accounts: []schema.Account{storetest.Account("fca_1")}, Transactions: []schema.Transaction{older},
		},
	)
	if report.SupersededOnArrival != 1 || report.TransactionsChanged != 0 {
		t.Errorf("%+v", report)
	}
	s.Want("SELECT amount_minor FROM main.transactions", "-100")
	s.Want(
		"SELECT list(version || ' ' || superseded_on_arrival ORDER BY version)::VARCHAR FROM main.transaction_versions",
		"[1 false, 2 true]",
	)
	s.Want("SELECT amount_minor FROM ledger.transactions_as_of((SELECT watermark FROM meta.store))", "-100")

	same := now // the same instant, another payload: the later observation counts
	same.AmountMinor = -111
	s.Round(
		schema.Landed{Accounts: []schema.Account{storetest.Account("fca_1")}, Transactions: []schema.Transaction{same}},
	)
	s.Want("SELECT amount_minor || ' ' || version FROM main.transactions", "-111 3")
}

// A row that says it was updated in the year 2300 does not outrank its own correction.
func TestAnUpdateInTheFutureDoesNotOutrankItsCorrection(t *testing.T) {
	storetest.ForProof(t)
	s := storetest.PublishedTimes(t, 1)
	first := storetest.Transaction("fctxn_1", "fca_1", -1, 1)
	wrong := first
	wrong.AmountMinor, wrong.UpdatedAt = -999, time.Date(2300, 1, 1, 0, 0, 0, 0, time.UTC)
	accounts := []schema.Account{storetest.Account("fca_1")}
	s.Round(schema.Landed{Accounts: accounts, Transactions: []schema.Transaction{wrong}})
	s.Want("SELECT amount_minor || ' ' || version FROM main.transactions", "-999 2")

	corrected := first
	corrected.AmountMinor, corrected.UpdatedAt = -120, first.UpdatedAt.Add(time.Hour)
	report := s.Round(
		schema.Landed{Accounts: accounts, Transactions: []schema.Transaction{corrected, wrong}},
	) // in one batch, too
	if report.TransactionsChanged != 1 || report.SupersededOnArrival != 0 {
		t.Errorf("%+v", report)
	}
	s.Want("SELECT amount_minor || ' ' || version FROM main.transactions", "-120 3")
	s.Round(schema.Landed{Accounts: accounts, Transactions: []schema.Transaction{first}}) // older than the correction
	s.Want("SELECT amount_minor || ' ' || version FROM main.transactions", "-120 3")
	s.Want(
		"SELECT list(superseded_on_arrival ORDER BY version)::VARCHAR FROM main.transaction_versions",
		"[false, false, false]",
	)
}

func TestRowsThatMoveInTimeReplaceTheirOldSelves(t *testing.T) {
	storetest.ForProof(t)
	s := storetest.PublishedTimes(t, 2)
	moved := storetest.Transaction("fctxn_1", "fca_1", -1, 1)
	moved.TransactedAt, moved.UpdatedAt = moved.TransactedAt.AddDate(-1, 0, 0), moved.UpdatedAt.AddDate(0, 0, 1)
	if report := s.Round(
		schema.Landed{
			Transactions: []schema.Transaction{moved}, Accounts: []schema.Account{storetest.Account("fca_1")},
		},
	); report.TransactionsChanged != 1 {
		t.Errorf("%+v", report)
	}
	s.Want("SELECT count(*) || ' ' || count(DISTINCT transaction_id) FROM main.transactions", "2 2")
}

func TestCursorMovesOnlyWithACompletion(t *testing.T) {
	storetest.ForProof(t)
	s := storetest.New(t)
	s.Round(
		schema.Landed{
			Accounts:     []schema.Account{storetest.Account("fca_1")},
			Transactions: []schema.Transaction{storetest.Transaction("fctxn_1", "fca_1", -1, 1)},
			Completions:  []schema.Completion{{AccountID: "fca_1"}},
		},
	)
	s.Want("SELECT cursor_refresh_id FROM main.accounts", "NULL")
	through := time.Date(2026, 6, 1, 0, 0, 0, 0, time.UTC)
	s.Round(
		schema.Landed{
			Completions: []schema.Completion{
				{AccountID: "fca_1", CursorRefreshID: new("fctxnref_1"), CompleteThroughAt: &through},
			},
		},
	)
	s.Want("SELECT cursor_refresh_id FROM main.accounts", "fctxnref_1")
	account := storetest.Account("fca_1")
	account.Status = "inactive"
	s.Round(schema.Landed{Accounts: []schema.Account{account}})
	s.Want("SELECT cursor_refresh_id || ' ' || status FROM main.accounts", "fctxnref_1 inactive")
	s.Want("SELECT count(*) FROM main.account_versions", "3")
}

func TestLandedCompletionIsSeenByTheNextPlan(t *testing.T) {
	s := storetest.New(t)
	ctx := t.Context()
	landing, err := s.Landing(ctx)
	if err != nil {
		t.Fatal(err)
	}
	through := time.Date(2026, 6, 1, 0, 0, 0, 0, time.UTC)
	if err := errors.Join(
		landing.Land(
			ctx,
			schema.Landed{
				Accounts: []schema.Account{storetest.Account("fca_1")},
				Completions: []schema.Completion{
					{AccountID: "fca_1", CursorRefreshID: new("fctxnref_1"), CompleteThroughAt: &through},
				},
			},
		),
		landing.Seal(ctx),
	); err != nil {
		t.Fatal(err)
	}
	// a segment that cannot be read is archived, its neighbours stay
	if err := os.WriteFile(
		filepath.Join(s.Layout().Landing(), "000000000007.duckdb"), []byte("rubbish"), 0o600,
	); err != nil {
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
	s := storetest.WithAccount(t)
	before := storetest.ReadFile(t, s.Layout().Database())
	live := storetest.Account("fca_2")
	live.Livemode = true
	landing, err := s.Landing(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(
		landing.Land(t.Context(), schema.Landed{Accounts: []schema.Account{live}}), landing.Seal(t.Context()),
	); err != nil {
		t.Fatal(err)
	}
	next, _, err := s.Merge(t.Context(), landing, store.MergeRun{ReportZone: s.Zone})
	if next != nil || !errors.Is(err, schema.ErrInvariant) {
		t.Errorf("merged: %v", err)
	}
	if left, err := s.Landing(t.Context()); err != nil || len(left.Segments()) != 1 {
		t.Errorf("what landed is gone: %v", err)
	}
	if string(before) != string(storetest.ReadFile(t, s.Layout().Database())) {
		t.Error("the published file changed")
	}
}

func TestBalancesAreAppendedWhenTheyDiffer(t *testing.T) {
	storetest.ForProof(t)
	s := storetest.WithAccount(t)
	at := time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC)
	reading := func(amount int64, at time.Time) schema.Balance {
		return schema.Balance{
			AccountID: "fca_1", Currency: "usd", BalanceType: "cash", CurrentMinor: &amount, AsOf: at,
		}
	}
	for n, step := range []struct {
		read  []schema.Balance
		added int64
	}{
		{[]schema.Balance{reading(5, at)}, 1},
		{[]schema.Balance{reading(6, at), reading(7, at.Add(-time.Hour))}, 2},
		{[]schema.Balance{reading(6, at)}, 0},
	} {
		if report := s.Round(schema.Landed{Balances: step.read}); report.BalancesNew != step.added {
			t.Errorf("round %d added %d", n, report.BalancesNew)
		}
	}
	state, err := s.State(t.Context())
	current, _ := state.Accounts["fca_1"].Balance("usd")
	if err != nil || *current.CurrentMinor != 6 {
		t.Errorf("current balance %v, %v", current, err)
	}
}

func TestCompactionKeepsRowsAndComments(t *testing.T) {
	storetest.ForProof(t)
	s := storetest.PublishedTimes(t, 1)
	want := []string{
		s.Query("SELECT bit_xor(hash(t)) FROM main.transactions t"),
		s.Query(
			"SELECT bit_xor(hash(schema_name, table_name, column_name, comment)) FROM duckdb_columns() WHERE NOT " +
				"internal",
		),
		s.Query(
			"SELECT count(*) || ' ' || bit_xor(hash(function_name, comment)) FROM duckdb_functions() WHERE NOT " +
				"internal",
		),
		s.Query("SELECT string_agg(t::VARCHAR, '') FROM transactions_as_of((SELECT watermark FROM meta.store)) t"),
	}
	if _, err := durable.CopyFile(s.Layout().Database(), s.Layout().Next()); err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(s.Compact(t.Context()), s.SwapNext()); err != nil {
		t.Fatal(err)
	}
	got := []string{
		s.Query("SELECT bit_xor(hash(t)) FROM main.transactions t"),
		s.Query(
			"SELECT bit_xor(hash(schema_name, table_name, column_name, comment)) FROM duckdb_columns() WHERE NOT " +
				"internal",
		),
		s.Query(
			"SELECT count(*) || ' ' || bit_xor(hash(function_name, comment)) FROM duckdb_functions() WHERE NOT " +
				"internal",
		),
		s.Query("SELECT string_agg(t::VARCHAR, '') FROM transactions_as_of((SELECT watermark FROM meta.store)) t"),
	}
	if strings.Join(got, " ") != strings.Join(want, " ") {
		t.Errorf("compacted to %v from %v", got, want)
	}
}
