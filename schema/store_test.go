package schema

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// testStore is a store whose clock the test moves; it is verified when the test ends.
type testStore struct {
	*Store
	t     *testing.T
	clock time.Time
	zone  string // of civil dates
}

func newTestStore(t *testing.T) *testStore {
	t.Helper()
	return openTestStore(t, t.TempDir())
}

func openTestStore(t *testing.T, dir string) *testStore {
	t.Helper()
	s := &testStore{t: t, zone: "America/New_York", clock: time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC)}
	store, err := OpenStore(t.Context(), StoreOptions{
		Layout: Layout{Dir: dir}, Settings: Settings{Threads: 2, MemoryLimit: 512 << 20}, KeepGenerations: 1,
		ProgramVersion: "test", Now: func() time.Time { return s.clock },
	})
	if err != nil {
		t.Fatal(err)
	}
	s.Store = store
	t.Cleanup(s.verify)
	return s
}

// verify holds what the test published to every rule.
func (s *testStore) verify() {
	ctx := context.Background()
	reader, err := OpenReader(ctx, s.layout, s.settings())
	if errors.Is(err, ErrNoDatabase) {
		return
	}
	if err != nil {
		s.t.Error(err)
		return
	}
	defer reader.Close()
	findings, err := Verify(ctx, reader, s.layout)
	if err != nil || len(findings) > 0 {
		s.t.Errorf("verify: %v %v", findings, err)
	}
}

// round lands rows, merges, derives and publishes, and returns what changed.
func (s *testStore) round(rows ...Landed) MergeReport {
	s.t.Helper()
	s.clock = s.clock.Add(time.Hour)
	ctx := s.t.Context()
	landing, err := s.Landing(ctx)
	if err != nil {
		s.t.Fatal(err)
	}
	for _, landed := range rows {
		if err := landing.Land(ctx, landed); err != nil {
			s.t.Fatal(err)
		}
	}
	if err := landing.Seal(ctx); err != nil {
		s.t.Fatal(err)
	}
	report, err := s.publish(landing)
	if err != nil {
		s.t.Fatal(err)
	}
	return report
}

// land makes rows durable that no round has merged yet.
func (s *testStore) land(rows ...Landed) {
	s.t.Helper()
	landing, err := s.Landing(s.t.Context())
	if err != nil {
		s.t.Fatal(err)
	}
	for _, landed := range rows {
		err = errors.Join(err, landing.Land(s.t.Context(), landed))
	}
	if err := errors.Join(err, landing.Seal(s.t.Context())); err != nil {
		s.t.Fatal(err)
	}
}

// damage turns bits of the published file.
func (s *testStore) damage() {
	s.t.Helper()
	content := readFile(s.t, s.layout.Database())
	for i := range 4096 {
		content[3*4096+i] ^= 0xff
	}
	if err := os.WriteFile(s.layout.Database(), content, 0o600); err != nil {
		s.t.Fatal(err)
	}
}

// repair mends the data directory, as between two runs of the program.
func (s *testStore) repair() {
	s.t.Helper()
	r, err := OpenRepair(s.options, false)
	if err != nil {
		s.t.Fatal(err)
	}
	if err := errors.Join(r.Run(s.t.Context(), ""), r.Close()); err != nil {
		s.t.Fatal(err)
	}
	if s.journal, err = OpenJournal(s.layout.Journal()); err != nil {
		s.t.Fatal(err)
	}
}

func (s *testStore) publish(landing *Landing) (MergeReport, error) {
	run := FinishedRun{RunRecord: RunRecord{RunID: fmt.Sprintf("run-%d", s.clock.Unix()), StartedAt: s.clock, Outcome: "complete", ProgramVersion: "test"}}
	if err := s.journal.RecordRunStarted(run.RunRecord); err != nil {
		return MergeReport{}, err
	}
	report, err := s.publishRun(landing, run)
	finished := s.clock
	run.FinishedAt, run.ExitCode = &finished, new(0)
	return report, errors.Join(err, s.journal.RecordRunFinished(run))
}

func (s *testStore) publishRun(landing *Landing, run FinishedRun) (MergeReport, error) {
	ctx := s.t.Context()
	next, report, err := s.Merge(ctx, landing, MergeRun{Run: run, ReportZone: s.zone})
	if err != nil || next == nil {
		return report, err
	}
	if err := next.Derive(ctx); err != nil {
		return report, errors.Join(err, next.Discard())
	}
	return report, next.Publish(ctx)
}

// query returns the first column of the first row, as text.
func (s *testStore) query(sql string) string {
	s.t.Helper()
	reader, err := OpenReader(s.t.Context(), s.layout, s.settings())
	if err != nil {
		s.t.Fatal(err)
	}
	defer reader.Close()
	var text *string
	if err := reader.Database().QueryRowContext(s.t.Context(), "SELECT CAST(("+sql+") AS VARCHAR)").Scan(&text); err != nil {
		s.t.Fatalf("%s: %v", sql, err)
	}
	if text == nil {
		return "NULL"
	}
	return *text
}

func (s *testStore) want(sql, want string) {
	s.t.Helper()
	if got := s.query(sql); got != want {
		s.t.Errorf("%s\n got %s\nwant %s", sql, got, want)
	}
}

func testAccount(id string) Account {
	return Account{
		AccountID: id, HolderType: new("customer"), HolderID: new("cus_1"), InstitutionName: "First Bank", Last4: new("4242"),
		Category: "cash", Subcategory: "checking", Status: "active", Permissions: []string{"balances", "transactions"},
		CreatedAt:          time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC),
		TransactionRefresh: &RefreshState{RefreshID: new("fctxnref_1"), Status: "succeeded", AttemptedAt: time.Date(2026, 6, 1, 0, 0, 0, 0, time.UTC)},
	}
}

func testTransaction(id, account string, amount int64, day int) Transaction {
	at := time.Date(2026, 5, day, 15, 0, 0, 0, time.UTC)
	return Transaction{
		TransactionID: id, AccountID: account, AmountMinor: amount, Currency: "usd", Description: "TST* BLUE OWL COFFEE 0042 AUSTIN TX",
		Status: "posted", TransactedAt: at, PostedAt: &at, UpdatedAt: at, TransactionRefreshID: "fctxnref_1",
	}
}

func TestRoundPublishesWhatLanded(t *testing.T) {
	s := newTestStore(t)
	pending := testTransaction("fctxn_2", "fca_1", -1000, 20)
	pending.Status, pending.PostedAt = "pending", nil
	first := s.round(Landed{
		Accounts:     []Account{testAccount("fca_1")},
		Transactions: []Transaction{testTransaction("fctxn_1", "fca_1", -450, 4), pending},
		Balances:     []Balance{{AccountID: "fca_1", Currency: "usd", BalanceType: "cash", CurrentMinor: new(int64(100)), AsOf: time.Date(2026, 5, 31, 12, 0, 0, 0, time.UTC)}},
		Completions:  []Completion{{AccountID: "fca_1", CursorRefreshID: new("fctxnref_1"), CompleteThroughAt: new(time.Date(2026, 6, 1, 0, 0, 0, 0, time.UTC))}},
	})
	if first.TransactionsNew != 2 || first.AccountsNew != 1 || first.BalancesNew != 1 {
		t.Errorf("first round: %+v", first)
	}
	s.want("SELECT count(*) FROM main.transactions", "2")
	s.want("SELECT cursor_refresh_id FROM main.accounts", "fctxnref_1")
	if left, _ := filepath.Glob(filepath.Join(s.layout.Landing(), "*")); len(left) != 0 {
		t.Errorf("what is published is still in landing: %v", left)
	}

	posted := testTransaction("fctxn_2", "fca_1", -1200, 20)
	posted.UpdatedAt = posted.UpdatedAt.Add(24 * time.Hour)
	second := s.round(Landed{Accounts: []Account{testAccount("fca_1")}, Transactions: []Transaction{posted, testTransaction("fctxn_1", "fca_1", -450, 4)}})
	if second.TransactionsChanged != 1 || second.PostedWithOtherAmount != 1 || second.AccountsChanged != 0 || second.TransactionsNew != 0 {
		t.Errorf("second round: %+v", second)
	}
	s.want("SELECT amount_minor FROM main.transactions WHERE transaction_id = 'fctxn_2'", "-1200")
	s.want("SELECT list(version || ':' || amount_minor ORDER BY version) FROM main.transaction_versions WHERE transaction_id = 'fctxn_2'", "['1:-1000', '2:-1200']")

	stale := s.round(Landed{Accounts: []Account{testAccount("fca_1")}, Transactions: []Transaction{pending}})
	if stale.changes() != 0 {
		t.Errorf("a stale answer changed something: %+v", stale)
	}
}

func TestRoundWithNothingNewChangesNoByte(t *testing.T) {
	s := newTestStore(t)
	rows := Landed{Accounts: []Account{testAccount("fca_1")}, Transactions: []Transaction{testTransaction("fctxn_1", "fca_1", -450, 4)}}
	s.round(rows)
	before := readFile(t, s.layout.Database())
	if report := s.round(rows); report.changes() != 0 {
		t.Errorf("something changed: %+v", report)
	}
	if string(before) != string(readFile(t, s.layout.Database())) {
		t.Error("the published file changed")
	}
	if left, _ := filepath.Glob(filepath.Join(s.layout.Landing(), "*")); len(left) != 0 {
		t.Errorf("landing was not cleared: %v", left)
	}
}

func readFile(t *testing.T, path string) []byte {
	t.Helper()
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return content
}
