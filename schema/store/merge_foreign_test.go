package store_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"fcpipe/schema"
	"fcpipe/schema/journal"
	"fcpipe/schema/storetest"
)

// ofTwo are two accounts with a row each, read whole.
func ofTwo(first, second schema.Transaction) []schema.Landed {
	at := time.Date(2026, 6, 1, 0, 0, 0, 0, time.UTC)
	read := func(id string, row schema.Transaction) schema.Landed {
		return schema.Landed{
			Accounts:     []schema.Account{storetest.Account(id)},
			Transactions: []schema.Transaction{row},
			Completions: []schema.Completion{
				{AccountID: id, CursorRefreshID: new("fctxnref_1"), CompleteThroughAt: &at},
			},
		}
	}
	return []schema.Landed{read("fca_1", first), read("fca_2", second)}
}

// TestAnIDBelongsToTheAccountItWasFirstSeenIn: a row of another account that carries a stored id is refused
// and named; the owner keeps its row and its version, and the other account is not complete.
func TestAnIDBelongsToTheAccountItWasFirstSeenIn(t *testing.T) {
	s := storetest.New(t)
	s.Round(
		ofTwo(storetest.Transaction("fctxn_1", "fca_1", -1, 1), storetest.Transaction("fctxn_2", "fca_2", -2, 2))...)
	thief := storetest.Transaction("fctxn_1", "fca_2", -999, 20)
	thief.UpdatedAt = thief.UpdatedAt.AddDate(0, 0, 1)
	next := ofTwo(storetest.Transaction("fctxn_3", "fca_1", -3, 3), thief)[1:]
	next[0].Transactions = append(next[0].Transactions, storetest.Transaction("fctxn_4", "fca_2", -4, 4))
	next[0].Completions[0].CursorRefreshID = new("fctxnref_2")
	report := s.Round(next...)
	if report.ForeignRows != 1 || report.TransactionsNew != 1 || report.Quarantined != 1 ||
		len(report.Incomplete) != 1 ||
		report.Incomplete[0].AccountID != "fca_2" {
		t.Errorf("%+v", report)
	}
	s.Want(
		"SELECT list(account_id || amount_minor ORDER BY transaction_id)::VARCHAR FROM main.transactions",
		"[fca_1-1, fca_2-2, fca_2-4]",
	)
	s.Want("SELECT count(*) FROM main.transaction_versions", "3")
	s.Want("SELECT list(cursor_refresh_id ORDER BY account_id)::VARCHAR FROM main.accounts", "[fctxnref_1, fctxnref_1]")
	s.Want(
		"SELECT account_id || ' ' || object || ' ' || field || ': ' || reason FROM meta.quarantine",
		"fca_2 transaction id: fctxn_1 is a row of account fca_1",
	)
	s.Want("SELECT outcome FROM meta.runs ORDER BY started_at DESC LIMIT 1", "partial")
	bodies, err := filepath.Glob(filepath.Join(s.Layout().Quarantine(), "*.json"))
	if err != nil || len(bodies) != 1 || !strings.Contains(string(storetest.ReadFile(t, bodies[0])), "-999") {
		t.Errorf("the refused row is not kept: %v %v", bodies, err)
	}
	if info, err := os.Stat(bodies[0]); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v %v", info, err)
	}
	if again := s.Round(next...); again.Quarantined != 0 || again.ForeignRows != 1 || len(again.Incomplete) != 1 {
		t.Errorf("the same refusal again is one row, and an outcome: %+v", again)
	}
}

// TestOfOneBatchTheFirstOwnsAnID: both are new; the row that landed first has the id, whatever the other one says.
func TestOfOneBatchTheFirstOwnsAnID(t *testing.T) {
	s := storetest.New(t)
	thief := storetest.Transaction("fctxn_1", "fca_2", -999, 20)
	report := s.Round(
		append(
			ofTwo(storetest.Transaction("fctxn_1", "fca_1", -1, 1), thief),
			schema.Landed{Transactions: []schema.Transaction{storetest.Transaction("fctxn_1", "fca_1", -5, 2)}},
		)...)
	if report.ForeignRows != 1 || report.TransactionsNew != 1 {
		t.Errorf("%+v", report)
	}
	s.Want("SELECT list(account_id || amount_minor)::VARCHAR FROM main.transactions", "[fca_1-5]")
	s.Want("SELECT list(account_id)::VARCHAR FROM main.accounts WHERE cursor_refresh_id IS NOT NULL", "[fca_1]")
}

// TestCurrenciesAreLowerCaseInOldFilesToo: rows of an earlier version, stored or landed as they were written.
func TestCurrenciesAreLowerCaseInOldFilesToo(t *testing.T) {
	s := storetest.New(t)
	s.Round(
		ofTwo(storetest.Transaction("fctxn_1", "fca_1", -1, 1), storetest.Transaction("fctxn_2", "fca_2", -2, 2))...)
	s.Alter(
		s.Layout().Database(),
		unmarked+"UPDATE main.transactions SET currency = 'USD'; "+
			"UPDATE main.transaction_versions SET currency = 'Usd'; DELETE FROM meta.migrations WHERE number >= 4",
	)
	s.Derives, s.Broken = *proof, !*proof // else the dictionary is not written
	shouted := storetest.Transaction("fctxn_3", "fca_1", -3, 3)
	shouted.Currency = "USD"
	if report := s.Round(
		schema.Landed{Transactions: []schema.Transaction{shouted, storetest.Transaction("fctxn_1", "fca_1", -1, 1)}},
	); report.TransactionsNew != 1 ||
		report.TransactionsChanged != 0 {
		t.Errorf("%+v", report)
	}
	s.Want(
		"SELECT list(DISTINCT currency)::VARCHAR FROM (SELECT currency FROM main.transactions UNION ALL SELECT "+
			"currency FROM main.transaction_versions)",
		"[usd]",
	)
}

// TestNullPermissionsAreNoConsent: they do not say that anything changed, nor that it changed back.
func TestNullPermissionsAreNoConsent(t *testing.T) {
	s := storetest.WithAccount(t)
	silent := storetest.Account("fca_1")
	silent.Permissions = nil
	s.Round(schema.Landed{Accounts: []schema.Account{silent}})
	if *proof {
		s.Round(schema.Landed{Accounts: []schema.Account{storetest.Account("fca_1")}})
	}
	s.Want("SELECT list(status)::VARCHAR FROM meta.consents", "[granted]")
	s.Want("SELECT list(permissions IS NULL ORDER BY observed_at)[:2]::VARCHAR FROM main.account_versions",
		"[false, true]")
	fewer := storetest.Account("fca_1")
	fewer.Permissions = []string{"balances"}
	s.Round(schema.Landed{Accounts: []schema.Account{fewer}})
	s.Want("SELECT list(status ORDER BY observed_at)::VARCHAR FROM meta.consents", "[granted, changed]")
}

// TestTheJournalTakesEveryInstant: milliseconds taken for seconds are years no JSON has.
func TestTheJournalTakesEveryInstant(t *testing.T) {
	s := storetest.New(t)
	far := time.Unix(1_764_331_200_000, 0).UTC()
	j := s.Journal()
	_, charged := j.RecordCharges(journal.Charge{ChargeKey: "c", ChargedAt: far})
	for _, err := range []error{
		j.RecordIntent(journal.Intent{Key: "k", AccountID: "fca_1", Feature: "balance", At: s.Clock}),
		j.RecordResult(journal.RefreshResult{Key: "k", Outcome: journal.ResultStarted, AttemptedAt: &far, At: s.Clock}),
		charged,
	} {
		if err != nil {
			t.Error(err)
		}
	}
	read, err := journal.Open(s.Layout().Journal())
	if err != nil {
		t.Fatal(err)
	}
	for name, journal := range map[string]*journal.Journal{"written": j, "read": read} {
		if _, _, ours := journal.StartedByUs("fca_1", "balance", far); !ours || !journal.Charged("c") {
			t.Errorf("%s: the refresh is not known", name)
		}
	}
}
