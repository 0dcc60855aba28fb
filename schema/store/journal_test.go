package store_test

import (
	"errors"
	"os"
	"testing"
	"time"

	"fcpipe/schema"
	"fcpipe/schema/journal"
	"fcpipe/schema/store"
	"fcpipe/schema/storetest"
)

// TestAJournalThatIsNotOfTheFileIsRefusedAndRebuilt: whatever became of the journal, no round goes on
// beside a file that knows more; a repair takes that from the file, and money counts once.
func TestAJournalThatIsNotOfTheFileIsRefusedAndRebuilt(t *testing.T) {
	t.Parallel()
	s := storetest.New(t)
	path := s.Layout().Journal()
	var older []byte
	for n, key := range []string{"first", "second"} {
		charge := journal.Charge{
			ChargeKey: key, Kind: "balance", AmountMicroUSD: 100_000, AccountID: new("fca_1"),
			ChargedAt: s.Clock.Add(time.Hour), RunID: "run",
		}
		if _, err := s.Journal().RecordCharges(charge); err != nil {
			t.Fatal(err)
		}
		row := storetest.Transaction("fctxn_"+key, "fca_1", -450, n+1)
		s.Round(
			schema.Landed{
				Accounts: []schema.Account{storetest.Account("fca_1")}, Transactions: []schema.Transaction{row},
			},
		)
		if n == 0 {
			older = storetest.ReadFile(t, path)
		}
	}
	whole := storetest.ReadFile(t, path)
	for what, destroy := range map[string]func() error{
		"deleted":          func() error { return os.Remove(path) },
		"emptied":          func() error { return os.Truncate(path, 0) },
		"state gone":       func() error { return os.RemoveAll(s.Layout().State()) },
		"an older copy":    func() error { return os.WriteFile(path, older, 0o600) },
		"begun again":      func() error { return errors.Join(os.Remove(path), begin(path, s.Clock.Add(time.Hour))) },
		"without a charge": func() error { return os.WriteFile(path, withoutCharge(t, whole), 0o600) },
	} {
		if (what == "emptied" || what == "state gone" || what == "begun again") && !*proof {
			continue // like one that is deleted, or an older copy
		}
		if err := errors.Join(
			os.MkdirAll(s.Layout().State(), 0o700), os.WriteFile(path, whole, 0o600), destroy(),
		); err != nil {
			t.Fatal(err)
		}
		if _, err := store.Open(t.Context(), s.Options); !errors.Is(err, store.ErrJournalGone) {
			t.Errorf("%s: %v", what, err)
		}
		wantRefusedAtLock(t, s.Options, store.ErrJournalGone)
		s.Repair()
		store, err := store.Open(t.Context(), s.Options)
		if err != nil {
			t.Errorf("%s: after the repair: %v", what, err)
			continue
		}
		if spent := store.Journal().SpentSince(time.Time{}); spent != 200_000 {
			t.Errorf("%s: %d were spent, not 200000", what, spent)
		}
		runs := store.Journal().Runs()
		for i := range runs[1:] {
			if runs[i+1].StartedAt.Before(runs[i].StartedAt) {
				t.Errorf("%s: %s is behind a run that began later", what, runs[i+1].RunID)
			}
		}
	}
	if err := os.WriteFile(path, whole, 0o600); err != nil {
		t.Fatal(err)
	}
}

// begin makes a journal as a round does that found none.
func begin(path string, at time.Time) error {
	log, err := journal.Open(path)
	if err != nil {
		return err
	}
	return log.RecordRunStarted(journal.RunRecord{RunID: "again", StartedAt: at, Outcome: "running"})
}

// withoutCharge drops the first charge of a journal.
func withoutCharge(t *testing.T, content []byte) []byte {
	t.Helper()
	_, known, _ := journal.Salvage(content)
	var kept []journal.Record
	dropped := false
	for _, run := range known.Runs() {
		kept = append(kept, journal.Record{Run: &run})
	}
	for _, charge := range known.Charges() {
		if dropped {
			kept = append(kept, journal.Record{Charge: &charge})
		}
		dropped = true
	}
	text, err := journal.Encode(kept)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// TestARunIsStoredWithEachOfItsAccounts: what a bank's error says is stored as it is, and what was not said is null.
func TestARunIsStoredWithEachOfItsAccounts(t *testing.T) {
	s := storetest.New(t)
	reason, code, request := `"it's" <down> & \u0041 é`, "", "req_1"
	run := journal.FinishedRun{
		RunRecord: journal.RunRecord{RunID: "run-0", StartedAt: s.Clock, Outcome: "partial", ProgramVersion: "test"},
		Accounts: []journal.RunAccount{
			{AccountID: "fca_2", Outcome: "failed", Reason: &reason, ErrorCode: &code, RequestID: &request},
			{AccountID: "fca_1", Outcome: "complete", Pages: 3, Transactions: 1 << 40},
		},
	}
	if err := s.Journal().RecordRunStarted(run.RunRecord); err != nil {
		t.Fatal(err)
	}
	finished := s.Clock
	run.FinishedAt, run.ExitCode = &finished, new(3)
	if err := s.Journal().RecordRunFinished(run); err != nil {
		t.Fatal(err)
	}
	s.Round(schema.Landed{Accounts: []schema.Account{storetest.Account("fca_1"), storetest.Account("fca_2")}})
	s.Want("SELECT string_agg(concat_ws('|', account_id, outcome, coalesce(reason, 'null'), pages, transactions, "+
		"coalesce('[' || error_code || ']', 'null'), coalesce(request_id, 'null')), ';' ORDER BY rowid) "+
		"FROM meta.run_accounts WHERE run_id = 'run-0'",
		"fca_2|failed|"+reason+"|0|0|[]|req_1;fca_1|complete|null|3|1099511627776|null|null")
}

// wantRefusedAtLock: a store for a round looks at the file under the lock, which is free again where that refuses it.
func wantRefusedAtLock(t *testing.T, options store.Options, want error) {
	t.Helper()
	options.ChecksAtLock = true
	for range 2 {
		opened, err := store.Open(t.Context(), options)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := opened.Lock(t.Context()); !errors.Is(err, want) {
			t.Errorf("under the lock: %v", err)
		}
	}
}
