package schema

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestLastReadingOfABatchCounts(t *testing.T) {
	s := newTestStore(t)
	read := func(id string, amount int64, updated time.Duration) Landed {
		row := testTransaction(id, "fca_1", amount, 10)
		row.UpdatedAt = row.UpdatedAt.Add(updated)
		return Landed{Accounts: []Account{testAccount("fca_1")}, Transactions: []Transaction{row}}
	}
	report := s.round(
		read("fctxn_same", -1, 0), read("fctxn_same", -2, 0), // the same instant: the later reading
		read("fctxn_newer", -3, 0), read("fctxn_newer", -4, time.Hour),
		read("fctxn_stale", -5, time.Hour), read("fctxn_stale", -6, 0), // a stale page came last
	)
	if report.TransactionsNew != 3 {
		t.Errorf("%+v", report)
	}
	s.want("SELECT list(amount_minor ORDER BY transaction_id)::VARCHAR FROM main.transactions", "[-4, -2, -5]")
}

// TestInstantsOfRoundsNeverStandStill: the clock goes back an hour, observation does not.
func TestInstantsOfRoundsNeverStandStill(t *testing.T) {
	s := newTestStore(t)
	for day := range 3 {
		s.clock = s.clock.Add(-90 * time.Minute) // a round moves it on by an hour
		s.round(Landed{Accounts: []Account{testAccount("fca_1")}, Transactions: []Transaction{testTransaction("fctxn_1", "fca_1", -int64(day+1), day+1)}})
	}
	s.want("SELECT count(DISTINCT observed_at) FROM main.transaction_versions", "3")
	s.want("SELECT list(version ORDER BY observed_at)::VARCHAR FROM main.transaction_versions", "[1, 2, 3]")
	s.want("SELECT max(observed_at) = (SELECT watermark FROM meta.store) FROM main.transaction_versions", "true")
}

// TestASettledRefreshIsNeverPendingAgain: an attempt that was read as succeeded is read as pending
// after it, in another round and in the same one. It stays settled, and its cursor with it.
func TestASettledRefreshIsNeverPendingAgain(t *testing.T) {
	s := newTestStore(t)
	at := time.Date(2026, 6, 1, 0, 0, 0, 0, time.UTC)
	read := func(status string) Landed {
		account := testAccount("fca_1")
		account.TransactionRefresh.Status = status
		return Landed{Accounts: []Account{account}, Refreshes: []RefreshAttempt{
			{Feature: "transactions", AccountID: "fca_1", RefreshID: new("fctxnref_1"), RequestedAt: at, RequestedBy: "us", Status: status},
		}}
	}
	whole := read("succeeded")
	whole.Completions = []Completion{{AccountID: "fca_1", CursorRefreshID: new("fctxnref_1"), CompleteThroughAt: &at}}
	for _, rows := range [][]Landed{{read("pending"), whole, read("pending")}, {read("pending")}} {
		s.round(rows...)
		s.want("SELECT list(status)::VARCHAR FROM main.refreshes", "[succeeded]")
		s.verify()
	}

	landing, err := s.Landing(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer landing.Close()
	if err := errors.Join(landing.Land(t.Context(), read("pending")), landing.Seal(t.Context())); err != nil {
		t.Fatal(err)
	}
	state, err := s.State(t.Context())
	if err := errors.Join(err, s.Overlay(t.Context(), landing, &state)); err != nil {
		t.Fatal(err)
	}
	if got := state.Accounts["fca_1"].Refreshes["transactions"].Status; got != "succeeded" {
		t.Errorf("what landed makes it %s again", got)
	}
}

// TestMergeRefusesAFileThatHoldsARowTwice: which of the two to replace, nobody can say. Nothing is
// published, and what landed stays for the round after the repair.
func TestMergeRefusesAFileThatHoldsARowTwice(t *testing.T) {
	s := newTestStore(t)
	s.round(Landed{Accounts: []Account{testAccount("fca_1")}, Transactions: []Transaction{testTransaction("fctxn_1", "fca_1", -1, 1)}})
	s.alter(s.Layout().Database(), "INSERT INTO main.transactions FROM main.transactions")
	landing, err := s.Landing(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	err = landing.Land(t.Context(), Landed{Transactions: []Transaction{testTransaction("fctxn_1", "fca_1", -2, 2)}})
	if err := errors.Join(err, landing.Seal(t.Context())); err != nil {
		t.Fatal(err)
	}
	if _, err := s.publish(landing); !errors.Is(err, ErrInvariant) || !strings.Contains(err.Error(), "fctxn_1 is stored twice") {
		t.Fatalf("merged into a file with a row twice: %v", err)
	}
	s.alter(s.Layout().Database(), "DELETE FROM main.transactions WHERE rowid = (SELECT max(rowid) FROM main.transactions)")
	if report := s.round(); report.TransactionsChanged != 1 {
		t.Errorf("after the repair: %+v", report)
	}
}

// TestPublishRefusesWhatReadsBackWrong: rows vanish from the finished file, as a bad disk may
// do it. The old file stays, and the next round publishes.
func TestPublishRefusesWhatReadsBackWrong(t *testing.T) {
	s := newTestStore(t)
	s.round(Landed{Accounts: []Account{testAccount("fca_1")}, Transactions: []Transaction{testTransaction("fctxn_1", "fca_1", -1, 1)}})
	before := readFile(t, s.Layout().Database())
	s.hook = func(point string) {
		if point != "publish.checkpointed" {
			return
		}
		database, err := openDatabase(t.Context(), s.Layout().Next(), readWrite, s.Settings(), s.Layout().State())
		if err != nil {
			t.Fatal(err)
		}
		_, err = database.ExecContext(t.Context(), "DELETE FROM main.transactions WHERE transaction_id = 'fctxn_1'")
		if err := errors.Join(err, database.Close()); err != nil {
			t.Fatal(err)
		}
	}
	landing, err := s.Landing(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(landing.Land(t.Context(), Landed{Transactions: []Transaction{testTransaction("fctxn_2", "fca_1", -2, 2)}}), landing.Seal(t.Context())); err != nil {
		t.Fatal(err)
	}
	if _, err := s.publish(landing); !errors.Is(err, ErrInvariant) {
		t.Errorf("published: %v", err)
	}
	if string(before) != string(readFile(t, s.Layout().Database())) {
		t.Error("the published file changed")
	}
	s.hook = func(string) {}
	s.round()
	s.want("SELECT count(*) FROM main.transactions", "2")
}

// TestEveryRowOfARoundIsReadBack: of what a round wrote, one row is gone from the finished file, or is
// another one, or says something else.
func TestEveryRowOfARoundIsReadBack(t *testing.T) {
	s := newTestStore(t)
	s.round(Landed{Accounts: []Account{testAccount("fca_1")}, Transactions: []Transaction{testTransaction("fctxn_1", "fca_1", -1, 1)}})
	landing, err := s.Landing(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(landing.Land(t.Context(), Landed{
		Accounts:     []Account{testAccount("fca_1"), testAccount("fca_2")},
		Transactions: []Transaction{testTransaction("fctxn_2", "fca_1", -2, 2)},
		Balances:     []Balance{{AccountID: "fca_1", Currency: "usd", BalanceType: "cash", CurrentMinor: new(int64(5)), AsOf: s.clock}},
	}), landing.Seal(t.Context())); err != nil {
		t.Fatal(err)
	}
	next, _, err := s.Merge(t.Context(), landing, MergeRun{Run: FinishedRun{RunRecord: RunRecord{RunID: "run-2", StartedAt: s.clock}}, ReportZone: s.zone})
	if err := errors.Join(err, next.Derive(t.Context()), next.finish(t.Context()), next.check(t.Context())); err != nil {
		t.Fatal(err)
	}
	finished := readFile(t, s.Layout().Next())
	for _, damage := range []string{
		"DELETE FROM main.transactions WHERE transaction_id = 'fctxn_1'",
		"UPDATE main.transactions SET transaction_id = 'fctxn_9' WHERE transaction_id = 'fctxn_2'",
		"UPDATE main.transactions SET amount_minor = -200 WHERE transaction_id = 'fctxn_2'",
		"DELETE FROM main.transaction_versions WHERE transaction_id = 'fctxn_2'",
		"DELETE FROM main.account_versions WHERE account_id = 'fca_2'",
		"UPDATE main.balances SET current_minor = 6",
		"UPDATE meta.store SET watermark = watermark - INTERVAL 1 HOUR",
		"DELETE FROM meta.dictionary",
	} {
		if err := os.WriteFile(s.Layout().Next(), finished, 0o600); err != nil {
			t.Fatal(err)
		}
		s.alter(s.Layout().Next(), damage+"; CHECKPOINT")
		if err := next.check(t.Context()); !errors.Is(err, ErrInvariant) {
			t.Errorf("%s: %v", damage, err)
		}
	}
}

// TestAFailedPublishSaysWhichFileIsThere: the rename fails, then what follows it. Either way the next
// round makes it whole.
func TestAFailedPublishSaysWhichFileIsThere(t *testing.T) {
	s := newTestStore(t)
	s.round(Landed{Accounts: []Account{testAccount("fca_1")}, Transactions: []Transaction{testTransaction("fctxn_1", "fca_1", -1, 1)}})
	for day, c := range []struct {
		point     string
		breaks    func(l *Landing) error
		published bool
	}{
		{"publish.before_rename", func(*Landing) error { return os.Rename(s.Layout().Next(), s.Layout().Next()+".lost") }, false},
		{"publish.renamed", func(l *Landing) error {
			segment := l.Segments()[0]
			return errors.Join(os.Rename(segment, segment+".lost"), os.MkdirAll(filepath.Join(segment, "full"), 0o700))
		}, true},
	} {
		s.clock = s.clock.Add(time.Hour)
		landing, err := s.Landing(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		row := testTransaction("fctxn_"+c.point, "fca_1", -2, day+2)
		if err := errors.Join(landing.Land(t.Context(), Landed{Transactions: []Transaction{row}}), landing.Seal(t.Context())); err != nil {
			t.Fatal(err)
		}
		before := s.query("SELECT count(*) FROM main.transactions")
		run := RunRecord{RunID: "run-" + c.point, StartedAt: s.clock, Outcome: "running", ProgramVersion: "test"}
		if err := s.Journal().RecordRunStarted(run); err != nil {
			t.Fatal(err)
		}
		next, _, err := s.Merge(t.Context(), landing, MergeRun{Run: FinishedRun{RunRecord: run}, ReportZone: s.zone})
		if err := errors.Join(err, next.Derive(t.Context())); err != nil {
			t.Fatal(err)
		}
		s.hook = func(point string) {
			if point == c.point {
				if err := c.breaks(landing); err != nil {
					t.Error(err)
				}
			}
		}
		if err := next.Publish(t.Context()); err == nil || next.Published() != c.published {
			t.Errorf("%s: published %v: %v", c.point, next.Published(), err)
		}
		s.hook = func(string) {}
		if got := s.query("SELECT count(*) FROM main.transactions"); (got != before) != c.published {
			t.Errorf("%s: the file had %s rows, it has %s", c.point, before, got)
		}
		for _, lost := range []string{s.Layout().Next() + ".lost", s.Layout().Landing() + "/000000000001.duckdb"} {
			if err := os.RemoveAll(lost); err != nil {
				t.Error(err)
			}
		}
	}
	s.round()
}

func TestWhatIsPublishedIsForTheOperatorOnly(t *testing.T) {
	s := newTestStore(t)
	s.round(Landed{Accounts: []Account{testAccount("fca_1")}})
	err := filepath.WalkDir(s.Layout().Dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || path == s.Layout().Dir || strings.HasPrefix(path, s.Layout().State()+"/") {
			return err // nobody else enters state
		}
		info, err := entry.Info()
		if err == nil && info.Mode().Perm()&0o077 != 0 {
			t.Errorf("%s has mode %v", path, info.Mode())
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}
