package schema

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// ofTwo are two accounts with a row each, read whole.
func ofTwo(first, second Transaction) []Landed {
	at := time.Date(2026, 6, 1, 0, 0, 0, 0, time.UTC)
	read := func(id string, row Transaction) Landed {
		return Landed{
			Accounts: []Account{testAccount(id)}, Transactions: []Transaction{row},
			Completions: []Completion{{AccountID: id, CursorRefreshID: new("fctxnref_1"), CompleteThroughAt: &at}},
		}
	}
	return []Landed{read("fca_1", first), read("fca_2", second)}
}

// TestAnIDBelongsToTheAccountItWasFirstSeenIn: a row of another account that carries a stored id is refused
// and named; the owner keeps its row and its version, and the other account is not complete.
func TestAnIDBelongsToTheAccountItWasFirstSeenIn(t *testing.T) {
	s := newTestStore(t)
	s.round(ofTwo(testTransaction("fctxn_1", "fca_1", -1, 1), testTransaction("fctxn_2", "fca_2", -2, 2))...)
	thief := testTransaction("fctxn_1", "fca_2", -999, 20)
	thief.UpdatedAt = thief.UpdatedAt.AddDate(0, 0, 1)
	next := ofTwo(testTransaction("fctxn_3", "fca_1", -3, 3), thief)[1:]
	next[0].Transactions = append(next[0].Transactions, testTransaction("fctxn_4", "fca_2", -4, 4))
	next[0].Completions[0].CursorRefreshID = new("fctxnref_2")
	report := s.round(next...)
	if report.Strangers != 1 || report.TransactionsNew != 1 || report.Quarantined != 1 || len(report.Incomplete) != 1 || report.Incomplete[0].AccountID != "fca_2" {
		t.Errorf("%+v", report)
	}
	s.want("SELECT list(account_id || amount_minor ORDER BY transaction_id)::VARCHAR FROM main.transactions", "[fca_1-1, fca_2-2, fca_2-4]")
	s.want("SELECT count(*) FROM main.transaction_versions", "3")
	s.want("SELECT list(cursor_refresh_id ORDER BY account_id)::VARCHAR FROM main.accounts", "[fctxnref_1, fctxnref_1]")
	s.want("SELECT account_id || ' ' || object || ' ' || field || ': ' || reason FROM meta.quarantine", "fca_2 transaction id: fctxn_1 is a row of account fca_1")
	s.want("SELECT outcome FROM meta.runs ORDER BY started_at DESC LIMIT 1", "partial")
	bodies, err := filepath.Glob(filepath.Join(s.Layout().Quarantine(), "*.json"))
	if err != nil || len(bodies) != 1 || !strings.Contains(string(readFile(t, bodies[0])), "-999") {
		t.Errorf("the refused row is not kept: %v %v", bodies, err)
	}
	if info, err := os.Stat(bodies[0]); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v %v", info, err)
	}
	s.verify()
	if again := s.round(next...); again.Quarantined != 0 || again.Strangers != 1 || len(again.Incomplete) != 1 {
		t.Errorf("the same refusal again is one row, and an outcome: %+v", again)
	}
}

// TestOfOneBatchTheFirstOwnsAnID: both are new; the row that landed first has the id, whatever the other one says.
func TestOfOneBatchTheFirstOwnsAnID(t *testing.T) {
	s := newTestStore(t)
	thief := testTransaction("fctxn_1", "fca_2", -999, 20)
	report := s.round(append(ofTwo(testTransaction("fctxn_1", "fca_1", -1, 1), thief), Landed{Transactions: []Transaction{testTransaction("fctxn_1", "fca_1", -5, 2)}})...)
	if report.Strangers != 1 || report.TransactionsNew != 1 {
		t.Errorf("%+v", report)
	}
	s.want("SELECT list(account_id || amount_minor)::VARCHAR FROM main.transactions", "[fca_1-5]")
	s.want("SELECT list(account_id)::VARCHAR FROM main.accounts WHERE cursor_refresh_id IS NOT NULL", "[fca_1]")
	s.verify()
}

// TestCurrenciesAreLowerCaseInOldFilesToo: rows of an earlier version, stored or landed as they were written.
func TestCurrenciesAreLowerCaseInOldFilesToo(t *testing.T) {
	s := newTestStore(t)
	s.round(ofTwo(testTransaction("fctxn_1", "fca_1", -1, 1), testTransaction("fctxn_2", "fca_2", -2, 2))...)
	s.alter(s.Layout().Database(), "UPDATE main.transactions SET currency = 'USD'; UPDATE main.transaction_versions SET currency = 'Usd'; DELETE FROM meta.migrations WHERE number >= 4")
	shouted := testTransaction("fctxn_3", "fca_1", -3, 3)
	shouted.Currency = "USD"
	if report := s.round(Landed{Transactions: []Transaction{shouted, testTransaction("fctxn_1", "fca_1", -1, 1)}}); report.TransactionsNew != 1 || report.TransactionsChanged != 0 {
		t.Errorf("%+v", report)
	}
	s.want("SELECT list(DISTINCT currency)::VARCHAR FROM (SELECT currency FROM main.transactions UNION ALL SELECT currency FROM main.transaction_versions)", "[usd]")
}

// TestNullPermissionsAreNoConsent: they do not say that anything changed, nor that it changed back.
func TestNullPermissionsAreNoConsent(t *testing.T) {
	s := newTestStore(t)
	silent := testAccount("fca_1")
	silent.Permissions = nil
	for _, account := range []Account{testAccount("fca_1"), silent, testAccount("fca_1")} {
		s.round(Landed{Accounts: []Account{account}})
	}
	s.want("SELECT list(status)::VARCHAR FROM meta.consents", "[granted]")
	s.want("SELECT list(permissions IS NULL ORDER BY observed_at)::VARCHAR FROM main.account_versions", "[false, true, false]")
	fewer := testAccount("fca_1")
	fewer.Permissions = []string{"balances"}
	s.round(Landed{Accounts: []Account{fewer}})
	s.want("SELECT list(status ORDER BY observed_at)::VARCHAR FROM meta.consents", "[granted, changed]")
}

// TestTheJournalTakesEveryInstant: milliseconds taken for seconds are years no JSON has.
func TestTheJournalTakesEveryInstant(t *testing.T) {
	s := newTestStore(t)
	far := time.Unix(1_764_331_200_000, 0).UTC()
	j := s.Journal()
	_, charged := j.RecordCharges(Charge{ChargeKey: "c", ChargedAt: far})
	for _, err := range []error{
		j.RecordIntent(Intent{Key: "k", AccountID: "fca_1", Feature: "balance", At: s.clock}),
		j.RecordResult(RefreshResult{Key: "k", Outcome: ResultStarted, AttemptedAt: &far, At: s.clock}),
		charged, j.RecordEvents(EventCursor{Through: far}),
	} {
		if err != nil {
			t.Error(err)
		}
	}
	read, err := OpenJournal(s.Layout().Journal())
	if err != nil {
		t.Fatal(err)
	}
	for name, journal := range map[string]*Journal{"written": j, "read": read} {
		if _, _, ours := journal.StartedByUs("fca_1", "balance", far); !ours || !journal.Charged("c") {
			t.Errorf("%s: the refresh is not known", name)
		}
	}
}
