package store_test

import (
	"errors"
	"fmt"
	"maps"
	"strings"
	"testing"
	"time"

	"fcpipe/schema"
	"fcpipe/schema/duck"
	"fcpipe/schema/storetest"
)

// keeping is a store with a few rows of May and June, whose clock stands in June, and a retention of a month.
func keeping(t *testing.T) *storetest.Store {
	t.Helper()
	s := storetest.Prepared(t, "keeping", func() *storetest.Store { return kept(t) })
	s.Derives = true
	return s
}

// cut is a store in which a round has removed what that retention does not keep.
func cut(t *testing.T) *storetest.Store {
	t.Helper()
	month := schema.Retention{TransactionMonths: 1, BalanceMonths: 1}
	s := storetest.Prepared(t, "cut", func() *storetest.Store {
		s := keeping(t)
		s.Retention = month
		s.Round()
		return s
	})
	s.Derives, s.Retention = true, month
	return s
}

func kept(t *testing.T) *storetest.Store {
	t.Helper()
	s := storetest.NewToDerive(t)
	s.Clock = time.Date(2026, 6, 20, 12, 0, 0, 0, time.UTC)
	rows := shared("fca_1", "balances", "transactions")
	for day := 1; day <= 28; day += 9 { // 1, 10, 19, 28 May
		id := fmt.Sprintf("fctxn_%02d", day)
		rows.Transactions = append(rows.Transactions, storetest.Transaction(id, "fca_1", -int64(day), day))
	}
	for _, at := range []time.Time{s.Clock.AddDate(0, -2, 0), s.Clock} {
		rows.Balances = append(rows.Balances, schema.Balance{
			AccountID: "fca_1", Currency: "usd", BalanceType: "cash", CurrentMinor: new(int64(5)), AsOf: at,
		})
	}
	s.Round(rows)
	changed := storetest.Transaction("fctxn_10", "fca_1", -99, 10)
	changed.UpdatedAt = changed.UpdatedAt.Add(time.Hour)
	s.Round(schema.Landed{Transactions: []schema.Transaction{changed}})
	s.Want("SELECT count(*) || ' ' || count(DISTINCT transaction_id) FROM main.transaction_versions", "5 4")
	return s
}

// wantRebuilt compares the derived tables with a rebuild.
func wantRebuilt(t *testing.T, s *storetest.Store) {
	t.Helper()
	maintained := derivedRows(t, s)
	next, err := s.RebuildModels(t.Context(), s.Zone)
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(next.Derive(t.Context()), next.Publish(t.Context())); err != nil {
		t.Fatal(err)
	}
	if rebuilt := derivedRows(t, s); len(rebuilt) == 0 || !maps.Equal(maintained, rebuilt) {
		t.Errorf("maintained are\n%v, rebuilt\n%v", maintained, rebuilt)
	}
}

// derivedRows are the numbers of rows of derived tables, with a hash.
func derivedRows(t *testing.T, s *storetest.Store) map[string]string {
	t.Helper()
	reader := storetest.OpenReader(t, s)
	rows := listed(t, reader.Database(), "SELECT schema_name || '.' || table_name, '' FROM duckdb_tables() WHERE "+
		"schema_name IN ('ledger', 'quality', 'underwriting', 'expenses')")
	for table := range rows {
		rows[table] = allRows(t, reader.Database(), "SELECT count(*), bit_xor(hash(t)) FROM "+table+" t")
	}
	return rows
}

const heldIDs = "SELECT coalesce(string_agg(DISTINCT transaction_id, ' ' ORDER BY transaction_id), '') FROM "

func TestRetentionRemovesWholeTransactions(t *testing.T) {
	if *proof && !storetest.AllTables(t) {
		return
	}
	if !*proof {
		storetest.WithTables(t, "ledger.transactions")
	}
	s := kept(t)
	s.Retention = schema.Retention{TransactionMonths: 1, BalanceMonths: 1}
	report := s.Round() // nothing landed
	if report.TransactionsRemoved != 3 || report.BalancesRemoved != 1 {
		t.Errorf("%+v", report)
	}
	for _, table := range []string{
		"main.transactions", "main.transaction_versions", "ledger.transactions", "ledger.dated_transactions",
	} {
		s.Want(heldIDs+table, "fctxn_28")
	}
	s.Want(heldIDs+"meta.removed_transactions WHERE reason = 'retention'", "fctxn_01 fctxn_10 fctxn_19")
	s.Want("SELECT count(*) FROM main.balances", "1")
	s.Want("SELECT transactions_since::VARCHAR FROM meta.store", "2026-05-20 04:00:00+00")
	if *proof {
		wantRebuilt(t, s)
	}
	before := storetest.ReadFile(t, s.Layout().Database())
	if s.Round(); string(before) != string(storetest.ReadFile(t, s.Layout().Database())) {
		t.Error("a round that removes nothing changed the file")
	}
}

// TestWhatWasRemovedDoesNotComeBack: nor a late row that was never held, nor when the policy is gone.
func TestWhatWasRemovedDoesNotComeBack(t *testing.T) {
	s := cut(t)
	before := storetest.ReadFile(t, s.Layout().Database())
	late := schema.Landed{
		Transactions: []schema.Transaction{
			storetest.Transaction("fctxn_10", "fca_1", -99, 10), storetest.Transaction("fctxn_02", "fca_1", -2, 2),
		},
		Balances: []schema.Balance{{
			AccountID: "fca_1", Currency: "usd", BalanceType: "cash", AsOf: s.Clock.AddDate(0, -2, 0),
		}},
	}
	changed := storetest.Transaction("fctxn_02", "fca_1", -3, 2)
	changed.UpdatedAt = changed.UpdatedAt.Add(time.Hour)
	again := schema.Landed{Transactions: []schema.Transaction{changed}, Balances: late.Balances} // counted once
	policies := []schema.Retention{s.Retention, {}}
	if *proof {
		policies = append(policies, schema.Retention{TransactionMonths: 9})
	}
	for _, policy := range policies {
		s.Retention = policy
		report := s.Round(late, again)
		if report.TransactionsDropped != 2 || report.BalancesDropped != 1 || report.Changes() != 0 {
			t.Errorf("%+v: %+v", policy, report)
		}
		if string(before) != string(storetest.ReadFile(t, s.Layout().Database())) {
			t.Error("a late row changed the file")
		}
	}
}

// TestARowThatMovesBehindTheHorizonGoes: the row that is held decides, and a row that moves before it is kept.
func TestARowThatMovesBehindTheHorizonGoes(t *testing.T) {
	s := keeping(t)
	s.Retention = schema.Retention{TransactionMonths: 1}
	moved := func(id string, day int) schema.Transaction {
		row := storetest.Transaction(id, "fca_1", -7, day)
		row.UpdatedAt = s.Clock
		return row
	}
	s.Round(schema.Landed{Transactions: []schema.Transaction{moved("fctxn_28", 3), moved("fctxn_01", 29)}})
	s.Want(heldIDs+"main.transactions", "fctxn_01")
	s.Want("SELECT count(*) FROM main.transaction_versions", "2")
	wantRebuilt(t, s)
}

func TestAQuestionBeforeTheHorizonIsAnError(t *testing.T) {
	s := cut(t)
	reader := storetest.OpenReader(t, s)
	for _, macro := range []string{"transactions_as_of", "ledger.transactions_as_of", "balances_as_of"} {
		for instant, want := range map[string]string{"2026-05-19 23:59:59+00": "before 2026-05-20 04:00:00+00, the " +
			"horizon", "2026-06-20 13:30:00+00": ""} {
			var rows int64
			err := reader.Database().QueryRowContext(
				t.Context(), "SELECT count(*) FROM "+macro+"("+duck.Quote(instant)+")",
			).Scan(&rows)
			if (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
				t.Errorf("%s(%s): %d rows, %v", macro, instant, rows, err)
			}
		}
	}
	s.Want("SELECT count(*) FROM accounts_as_of('2026-06-20 13:30:00+00')", "1")
}

// TestFreedSpaceIsUsedAgain: a year of rounds with a retention of a month does not make the file grow.
func TestFreedSpaceIsUsedAgain(t *testing.T) {
	storetest.ForProof(t)
	s := storetest.New(t)
	s.Retention = schema.Retention{TransactionMonths: 1}
	s.Round(shared("fca_1", "transactions"))
	var sizes []int
	for month := range 12 {
		s.Clock = time.Date(2026, time.Month(6+month), 1, 12, 0, 0, 0, time.UTC)
		var rows schema.Landed
		for n := range 2000 {
			row := storetest.Transaction(fmt.Sprintf("fctxn_%d_%d", month, n), "fca_1", int64(n), 1)
			row.TransactedAt = s.Clock.Add(-24*time.Hour - time.Duration(n)*time.Minute)
			row.Description = strings.Repeat(fmt.Sprint(n*month), 40)
			rows.Transactions = append(rows.Transactions, row)
		}
		s.Round(rows)
		sizes = append(sizes, len(storetest.ReadFile(t, s.Layout().Database())))
	}
	s.Want("SELECT count(*) FROM main.transactions", "2000")
	if last, first := sizes[len(sizes)-1], sizes[2]; last > first*3/2 {
		t.Errorf("the file grows: %v", sizes)
	}
}
