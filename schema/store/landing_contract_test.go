package store_test

import (
	"database/sql"
	"errors"
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"fcpipe/schema"
	"fcpipe/schema/duck"
	"fcpipe/schema/journal"
	"fcpipe/schema/landing"
	"fcpipe/schema/landing/landingtest"
	"fcpipe/schema/reader"
	"fcpipe/schema/store"
	"fcpipe/schema/storetest"
)

var sequences = flag.Int("sequences", 1, "random sequences of rows that store and memory are held to each other on")

// bySequences is the test whose random sequences meet each rule of a story, and hold the store to the memory to which
// every story is told.
const bySequences = "TestLandingKeepsTheContract"

// provenBeside are stories whose rule a test of this package or of schema/landing proves as well, by the tables
// themselves. make proof tells them to the store too.
var provenBeside = map[string]string{
	"a completion counts only on the file it was made for":      "TestLandedCompletionsCountOnTheirFileAlone",
	"completions lead on from one another":                      "TestCompletionsLeadFromOneToTheNext",
	"live and test data do not mix":                             "TestLiveAndTestDataDoNotMix",
	"what is known already publishes nothing":                   "TestRoundWithNothingNewChangesNoByte",
	"observation never stands still":                            "TestInstantsOfRoundsNeverStandStill",
	"an older state of a row never becomes the current one":     "TestOlderStateIsKeptButNeverCurrent",
	"of several readings the newest state wins, then the last":  "TestLastReadingOfABatchCounts",
	"an update of years ahead outranks no correction":           "TestAnUpdateInTheFutureDoesNotOutrankItsCorrection",
	"an id belongs to the account it was first seen in":         "TestAnIDBelongsToTheAccountItWasFirstSeenIn",
	"a snapshot of owners is held by the word that it is whole": "TestOwnersAreHeldBySnapshot",
	"a settled refresh is never pending again":                  "TestASettledRefreshIsNeverPendingAgain",
	"failures count until a refresh succeeds":                   "TestFailuresAreCountedStoredAndLanded",
	"a completion without a cursor moves none":                  "TestCursorMovesOnlyWithACompletion",
	"after a failure nothing lands until the run has ended":     "TestAFailedLandingLandsNoCompletion",
	"the current balance is the latest by its own instant":      "TestBalancesAreAppendedWhenTheyDiffer",

	"a refusal that repeats itself is one, until its account was read whole": "TestARefusalAfterARepairIsAnother",

	"what was sealed outlives a crash, all of a call together":     "TestLandedCompletionIsSeenByTheNextPlan",
	"pages without the last one leave the account incomplete":      bySequences,
	"an audit counts what was missing and what was held otherwise": bySequences,

	"the last reading of an account is the one that is held, from when it was first seen": bySequences,
}

// TestLandingKeepsTheContract tells the stories of every landing to segments on disk and the store that merges them,
// and holds it to the state in memory on random sequences.
func TestLandingKeepsTheContract(t *testing.T) {
	t.Parallel()
	open := copiesOf(seedStore(t))
	var leftOut []string
	if !*proof {
		leftOut = slices.Collect(maps.Keys(provenBeside))
	}
	wantTests(t, slices.Collect(maps.Values(provenBeside)))
	t.Run("stories", func(t *testing.T) { landingtest.Contract(t, open, leftOut...) })
	t.Run("random", func(t *testing.T) { landingtest.Same(t, open, *sequences) })
}

// wantTests fails for a test that neither this package nor schema/landing has.
func wantTests(t *testing.T, names []string) {
	t.Helper()
	var texts strings.Builder
	for _, pattern := range []string{"*_test.go", "../landing/*_test.go"} {
		files, err := filepath.Glob(pattern)
		must(t, err)
		for _, file := range files {
			text, err := os.ReadFile(file)
			must(t, err)
			texts.Write(text)
		}
	}
	for _, name := range names {
		if !strings.Contains(texts.String(), "func "+name+"(") {
			t.Errorf("no test is called %s", name)
		}
	}
}

// stored shows a store with its landing as the contract sees it.
type stored struct {
	*landing.Landing
	store  *store.Store
	rounds int
}

func copiesOf(directory string) landingtest.Open {
	return func(t testing.TB, now func() time.Time) landingtest.Store {
		t.Helper()
		own := t.TempDir()
		must(t, os.CopyFS(own, os.DirFS(directory)))
		s := &stored{store: openStore(t, own, now)}
		s.open(t)
		t.Cleanup(func() { must(t, s.Close()) })
		return s
	}
}

func openStore(t testing.TB, directory string, now func() time.Time) *store.Store {
	t.Helper()
	store, err := store.Open(t.Context(), store.Options{
		Layout: schema.Layout{Dir: directory}, Settings: duck.Settings{Threads: 1, MemoryLimit: 1 << 30},
		ProgramVersion: "test",
		Now:            now, FreeSpace: func(string) (int64, error) { return 1 << 40, nil },
	})
	must(t, err)
	return store
}

// seedStore publishes a file that holds nothing but one refusal. The first file that is published needs its derived
// tables, which cost more than all the rest of a story: stores of stories are copies of this one, without them.
func seedStore(t *testing.T) (directory string) {
	t.Helper()
	directory = t.TempDir()
	s := &stored{store: openStore(t, directory, func() time.Time {
		return time.Date(2020, 1, 1, 0, 0, 0, 0,
			time.UTC)
	})}
	s.open(t)
	must(t, s.Land(t.Context(), schema.Landed{Quarantined: []schema.QuarantinedRow{{
		Object: "account",
		Reason: "seed of a test",
	}}}))
	must(t, s.Seal(t.Context()))
	next, _, err := s.store.Merge(t.Context(), s.Landing, store.MergeRun{ReportZone: "UTC"})
	must(t, err)
	must(t, next.Derive(t.Context()))
	must(t, next.Publish(t.Context()))
	must(t, s.Close())
	storetest.Change(t, s.store.Layout().Database(), []string{storetest.WithoutDerived})
	return directory
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func (s *stored) open(t testing.TB) {
	t.Helper()
	landing, err := s.store.Landing(t.Context())
	must(t, err)
	s.Landing = landing
}

func (s *stored) Crash(t testing.TB) {
	t.Helper()
	must(t, s.Close())
	s.open(t)
}

func (s *stored) State(t testing.TB) schema.State {
	t.Helper()
	state, err := s.store.State(t.Context())
	must(t, err)
	return state
}

func (s *stored) Overlaid(t testing.TB) schema.State {
	t.Helper()
	state := s.State(t)
	must(t, s.store.Overlay(t.Context(), s.Landing, &state))
	return state
}

func (s *stored) Backup(t testing.TB) (restore func()) {
	t.Helper()
	path := s.store.Layout().Database()
	kept, err := os.ReadFile(path)
	must(t, err)
	return func() { must(t, errors.Join(os.Remove(path), os.WriteFile(path, kept, 0o600))) }
}

func (s *stored) Merge(t testing.TB, round landingtest.Round) (merged landingtest.Merged, published bool, err error) {
	t.Helper()
	s.rounds++
	run := store.MergeRun{
		Seen: round.Seen, StripeAccountID: round.StripeAccountID, Livemode: round.Livemode,
		ReportZone: "UTC",
	}
	run.Run.RunRecord = journal.RunRecord{
		RunID: fmt.Sprint("run-", s.rounds), Outcome: "complete",
		ProgramVersion: "test",
	}
	for id, fetched := range round.Audited {
		run.Audits = append(run.Audits, journal.Audit{AccountID: id, RunID: run.Run.RunID, Fetched: fetched})
	}
	next, report, err := s.store.Merge(t.Context(), s.Landing, run)
	if err != nil {
		return merged, false, err
	}
	merged = landingtest.Merged{
		AccountsNew: report.AccountsNew, AccountsChanged: report.AccountsChanged,
		TransactionsNew:     report.TransactionsNew,
		TransactionsChanged: report.TransactionsChanged, SupersededOnArrival: report.SupersededOnArrival,
		BalancesNew:      report.BalancesNew,
		RefreshesChanged: report.RefreshesChanged, OwnersNew: report.OwnersNew, OwnershipsNew: report.OwnershipsNew,
		Quarantined: report.Quarantined, Strangers: report.ForeignRows, Audits: map[string]landingtest.Difference{},
	}
	for _, a := range report.Audits {
		if found := (landingtest.Difference{
			Missing:   a.Missing,
			Different: a.Different,
		}); found != (landingtest.Difference{}) {
			merged.Audits[a.AccountID] = found
		}
	}
	if next == nil {
		return merged, false, nil
	}
	return merged, true, next.Publish(t.Context())
}

func (s *stored) Contents(t testing.TB) (contents landingtest.Contents) {
	t.Helper()
	contents.Transactions = map[string]schema.Transaction{}
	reader, err := reader.Open(t.Context(), s.store.Layout(), duck.Settings{Threads: 1})
	must(t, err)
	defer func() { must(t, reader.Close()) }()
	each(t, reader, selectTransactions, func(rows *sql.Rows) error {
		var r schema.Transaction
		err := rows.Scan(&r.TransactionID, &r.AccountID, &r.AmountMinor, &r.Currency, &r.Description, &r.Status,
			&r.TransactedAt,
			&r.PostedAt, &r.VoidAt, &r.UpdatedAt, &r.TransactionRefreshID, &r.Livemode, &r.Extra)
		contents.Transactions[r.TransactionID] = r
		return err
	})
	each(t, reader, selectOwners, func(rows *sql.Rows) error {
		var o schema.Owner
		err := rows.Scan(&o.OwnershipID, &o.OwnerID, &o.AccountID, &o.Name, &o.Email, &o.Phone, &o.RawAddress,
			&o.RefreshedAt, &o.Extra)
		contents.Owners = append(contents.Owners, o)
		return err
	})
	each(t, reader, selectRefreshes, func(rows *sql.Rows) error {
		var r schema.RefreshAttempt
		err := rows.Scan(&r.Feature, &r.AccountID, &r.StripeAccountID, &r.RefreshID, &r.RequestedAt, &r.RequestedBy,
			&r.Status,
			&r.SettledAt, &r.IdempotencyKey, &r.RequestID)
		contents.Refreshes = append(contents.Refreshes, r)
		return err
	})
	each(t, reader, selectRefused, func(rows *sql.Rows) error {
		var text string
		err := rows.Scan(&text)
		contents.Refused = append(contents.Refused, text)
		return err
	})
	each(t, reader, selectSuperseded, func(rows *sql.Rows) error { return rows.Scan(&contents.Superseded) })
	return contents
}

const (
	selectTransactions = `SELECT transaction_id, account_id, amount_minor, currency, description, status, transacted_at,
		posted_at, void_at, updated_at, transaction_refresh_id, livemode, extra::VARCHAR FROM main.transactions`
	selectOwners = `SELECT ownership_id, owner_id, account_id, name, email, phone, raw_address, refreshed_at,
		extra::VARCHAR FROM pii.owners ORDER BY ownership_id, owner_id`
	selectRefreshes = `SELECT feature, account_id, stripe_account_id, refresh_id, requested_at, requested_by, status,
		settled_at, idempotency_key, request_id FROM main.refreshes ORDER BY account_id, feature, requested_at`
	selectRefused = `SELECT account_id || ' ' || object || ' ' || field || ': ' || reason FROM meta.quarantine
		WHERE reason <> 'seed of a test' ORDER BY ALL`
	selectSuperseded = `SELECT count(*) FROM main.transaction_versions WHERE superseded_on_arrival`
)

func each(t testing.TB, reader *reader.Reader, query string, scan func(*sql.Rows) error) {
	t.Helper()
	rows, err := reader.Database().QueryContext(t.Context(), query)
	must(t, err)
	defer rows.Close()
	for rows.Next() {
		must(t, scan(rows))
	}
	must(t, rows.Err())
}
