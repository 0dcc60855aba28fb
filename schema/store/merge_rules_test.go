package store_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"fcpipe/schema"
	"fcpipe/schema/duck"
	"fcpipe/schema/journal"
	"fcpipe/schema/landing"
	"fcpipe/schema/store"
	"fcpipe/schema/storetest"
)

func TestLastReadingOfABatchCounts(t *testing.T) {
	s := storetest.New(t)
	read := func(id string, amount int64, updated time.Duration) schema.Landed {
		row := storetest.Transaction(id, "fca_1", amount, 10)
		row.UpdatedAt = row.UpdatedAt.Add(updated)
		return schema.Landed{
			Accounts: []schema.Account{storetest.Account("fca_1")}, Transactions: []schema.Transaction{row},
		}
	}
	report := s.Round(
		read("fctxn_same", -1, 0), read("fctxn_same", -2, 0), // the same instant: the later reading
		read("fctxn_newer", -3, 0), read("fctxn_newer", -4, time.Hour),
		read("fctxn_stale", -5, time.Hour), read("fctxn_stale", -6, 0), // a stale page came last
	)
	if report.TransactionsNew != 3 {
		t.Errorf("%+v", report)
	}
	s.Want("SELECT list(amount_minor ORDER BY transaction_id)::VARCHAR FROM main.transactions", "[-4, -2, -5]")
}

// TestInstantsOfRoundsNeverStandStill: the clock goes back an hour, observation does not.
func TestInstantsOfRoundsNeverStandStill(t *testing.T) {
	s := storetest.PublishedTimes(t, 1)
	for day := range 2 {
		s.Clock = s.Clock.Add(-90 * time.Minute) // a round moves it on by an hour
		s.Round(
			schema.Landed{
				Accounts:     []schema.Account{storetest.Account("fca_1")},
				Transactions: []schema.Transaction{storetest.Transaction("fctxn_1", "fca_1", -int64(day+2), day+2)},
			},
		)
	}
	s.Want("SELECT count(DISTINCT observed_at) FROM main.transaction_versions", "3")
	s.Want("SELECT list(version ORDER BY observed_at)::VARCHAR FROM main.transaction_versions", "[1, 2, 3]")
	s.Want("SELECT max(observed_at) = (SELECT watermark FROM meta.store) FROM main.transaction_versions", "true")
}

// TestASettledRefreshIsNeverPendingAgain: an attempt that was read as succeeded is read as pending
// after it, in another round and in the same one. It stays settled, and its cursor with it.
func TestASettledRefreshIsNeverPendingAgain(t *testing.T) {
	storetest.ForProof(t)
	s := storetest.New(t)
	at := time.Date(2026, 6, 1, 0, 0, 0, 0, time.UTC)
	read := func(status string) schema.Landed {
		account := storetest.Account("fca_1")
		account.TransactionRefresh.Status = status
		return schema.Landed{Accounts: []schema.Account{account}, Refreshes: []schema.RefreshAttempt{
			{
				Feature: "transactions", AccountID: "fca_1", RefreshID: new("fctxnref_1"), RequestedAt: at,
				RequestedBy: "us", Status: status,
			},
		}}
	}
	whole := read("succeeded")
	whole.Completions = []schema.Completion{
		{AccountID: "fca_1", CursorRefreshID: new("fctxnref_1"), CompleteThroughAt: &at},
	}
	for _, rows := range [][]schema.Landed{{read("pending"), whole, read("pending")}, {read("pending")}} {
		s.Round(rows...)
		s.Want("SELECT list(status)::VARCHAR FROM main.refreshes", "[succeeded]")
		s.Verify()
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
	if got := state.Accounts["fca_1"].Refresh("transactions").Status; got != "succeeded" {
		t.Errorf("what landed makes it %s again", got)
	}
}

// TestMergeRefusesAFileThatHoldsARowTwice: which of the two to replace, nothing can tell. Nothing is
// published, and what landed stays for the round after the repair.
func TestMergeRefusesAFileThatHoldsARowTwice(t *testing.T) {
	s := storetest.PublishedTimes(t, 1)
	s.Alter(s.Layout().Database(), "INSERT INTO main.transaction_versions FROM main.transaction_versions")
	landing, err := s.Landing(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	err = landing.Land(
		t.Context(),
		schema.Landed{Transactions: []schema.Transaction{storetest.Transaction("fctxn_1", "fca_1", -2, 2)}},
	)
	if err := errors.Join(err, landing.Seal(t.Context())); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Publish(landing); !errors.Is(err, schema.ErrInvariant) ||
		!strings.Contains(err.Error(), "fctxn_1 is stored twice") {
		t.Fatalf("merged into a file with a row twice: %v", err)
	}
	s.Alter(
		s.Layout().Database(),
		"DELETE FROM main.transaction_versions WHERE rowid = (SELECT max(rowid) FROM main.transaction_versions)",
	)
	if report := s.Round(); report.TransactionsChanged != 1 {
		t.Errorf("after the repair: %+v", report)
	}
}

// TestPublishRefusesWhatReadsBackWrong: rows vanish from the finished file, as a bad disk may
// do it. The old file stays, and the next round publishes.
func TestPublishRefusesWhatReadsBackWrong(t *testing.T) {
	s := storetest.PublishedTimes(t, 1)
	before := storetest.ReadFile(t, s.Layout().Database())
	s.Hook = func(point string) {
		if point != "publish.checkpointed" {
			return
		}
		database, err := duck.Open(t.Context(), s.Layout().Next(), duck.ReadWrite, s.Settings(), s.Layout().State())
		if err != nil {
			t.Fatal(err)
		}
		_, err = database.ExecContext(
			t.Context(), "DELETE FROM main.transaction_versions WHERE transaction_id = 'fctxn_1'",
		)
		if err := errors.Join(err, database.Close()); err != nil {
			t.Fatal(err)
		}
	}
	landing, err := s.Landing(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(
		landing.Land(
			t.Context(),
			schema.Landed{Transactions: []schema.Transaction{storetest.Transaction("fctxn_2", "fca_1", -2, 2)}},
		),
		landing.Seal(t.Context()),
	); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Publish(landing); !errors.Is(err, schema.ErrInvariant) {
		t.Errorf("published: %v", err)
	}
	if string(before) != string(storetest.ReadFile(t, s.Layout().Database())) {
		t.Error("the published file changed")
	}
	s.Hook = func(string) {}
	s.Round()
	s.Want("SELECT count(*) FROM main.transactions", "2")
}

// TestEveryRowOfARoundIsReadBack: of what a round wrote, one row is gone from the finished file, or is
// another one, or says something else.
func TestEveryRowOfARoundIsReadBack(t *testing.T) {
	s := storetest.PublishedTimes(t, 1)
	landing, err := s.Landing(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(landing.Land(t.Context(), schema.Landed{
		Accounts:     []schema.Account{storetest.Account("fca_1"), storetest.Account("fca_2")},
		Transactions: []schema.Transaction{storetest.Transaction("fctxn_2", "fca_1", -2, 2)},
		Balances: []schema.Balance{
			{AccountID: "fca_1", Currency: "usd", BalanceType: "cash", CurrentMinor: new(int64(5)), AsOf: s.Clock},
		},
	}), landing.Seal(t.Context())); err != nil {
		t.Fatal(err)
	}
	next, _, err := s.Merge(
		t.Context(),
		landing,
		store.MergeRun{
			Run:        journal.FinishedRun{RunRecord: journal.RunRecord{RunID: "run-2", StartedAt: s.Clock}},
			ReportZone: s.Zone,
		},
	)
	if err := errors.Join(err, next.Finish(t.Context()), next.Check(t.Context())); err != nil {
		t.Fatal(err)
	}
	finished := storetest.ReadFile(t, s.Layout().Next())
	for n, damage := range []string{
		"DELETE FROM main.transaction_versions WHERE transaction_id = 'fctxn_1'",
		"UPDATE main.transaction_versions SET transaction_id = 'fctxn_9' WHERE transaction_id = 'fctxn_2'",
		"UPDATE main.transaction_versions SET amount_minor = -200 WHERE transaction_id = 'fctxn_2'",
		"UPDATE main.transaction_versions SET is_current = false WHERE transaction_id = 'fctxn_1'",
		"UPDATE main.transaction_versions SET is_current = false WHERE transaction_id = 'fctxn_2'",
		"DELETE FROM main.transaction_versions WHERE transaction_id = 'fctxn_2'",
		"DELETE FROM main.account_versions WHERE account_id = 'fca_2'",
		"UPDATE main.balances SET current_minor = 6",
		"UPDATE meta.store SET watermark = watermark - INTERVAL 1 HOUR",
		"DELETE FROM meta.dictionary",
	} {
		if n%2 == 1 && !*proof {
			continue
		}
		if err := os.WriteFile(s.Layout().Next(), finished, 0o600); err != nil {
			t.Fatal(err)
		}
		s.Alter(s.Layout().Next(), damage+"; CHECKPOINT")
		if err := next.Check(t.Context()); !errors.Is(err, schema.ErrInvariant) {
			t.Errorf("%s: %v", damage, err)
		}
	}
}

// TestAFailedPublishSaysWhichFileIsThere: the rename fails, then what follows it. Either way the next
// round makes it whole.
func TestAFailedPublishSaysWhichFileIsThere(t *testing.T) {
	s := storetest.PublishedTimes(t, 1)
	for day, c := range []struct {
		point     string
		breaks    func(l *landing.Landing) error
		published bool
	}{
		{"publish.before_rename", func(*landing.Landing) error {
			return os.Rename(s.Layout().Next(),
				s.Layout().Next()+".lost")
		}, false},
		{"publish.renamed", func(l *landing.Landing) error {
			segment := l.Segments()[0]
			return errors.Join(os.Rename(segment, segment+".lost"), os.MkdirAll(filepath.Join(segment, "full"), 0o700))
		}, true},
	} {
		s.Clock = s.Clock.Add(time.Hour)
		landing, err := s.Landing(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		row := storetest.Transaction("fctxn_"+c.point, "fca_1", -2, day+2)
		if err := errors.Join(
			landing.Land(t.Context(), schema.Landed{Transactions: []schema.Transaction{row}}),
			landing.Seal(t.Context()),
		); err != nil {
			t.Fatal(err)
		}
		before := s.Query("SELECT count(*) FROM main.transactions")
		run := journal.RunRecord{
			RunID: "run-" + c.point, StartedAt: s.Clock, Outcome: "running", ProgramVersion: "test",
		}
		if err := s.Journal().RecordRunStarted(run); err != nil {
			t.Fatal(err)
		}
		next, _, err := s.Merge(
			t.Context(), landing, store.MergeRun{Run: journal.FinishedRun{RunRecord: run}, ReportZone: s.Zone},
		)
		if err != nil {
			t.Fatal(err)
		}
		s.Hook = func(point string) {
			if point == c.point {
				if err := c.breaks(landing); err != nil {
					t.Error(err)
				}
			}
		}
		if err := next.Publish(t.Context()); err == nil || next.Published() != c.published {
			t.Errorf("%s: published %v: %v", c.point, next.Published(), err)
		}
		s.Hook = func(string) {}
		if got := s.Query("SELECT count(*) FROM main.transactions"); (got != before) != c.published {
			t.Errorf("%s: the file had %s rows, it has %s", c.point, before, got)
		}
		for _, lost := range []string{s.Layout().Next() + ".lost", s.Layout().Landing() + "/000000000001.duckdb"} {
			if err := os.RemoveAll(lost); err != nil {
				t.Error(err)
			}
		}
	}
	s.Round()
}

func TestWhatIsPublishedIsForTheOperatorOnly(t *testing.T) {
	s := storetest.New(t)
	s.Round(schema.Landed{Accounts: []schema.Account{storetest.Account("fca_1")}})
	err := filepath.WalkDir(s.Layout().Dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || path == s.Layout().Dir || strings.HasPrefix(path, s.Layout().State()+"/") {
			return err // no other user enters state
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
