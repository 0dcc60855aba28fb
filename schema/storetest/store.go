package storetest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"testing"
	"time"

	"fcpipe/schema"
	"fcpipe/schema/check"
	"fcpipe/schema/duck"
	"fcpipe/schema/durable"
	"fcpipe/schema/journal"
	"fcpipe/schema/landing"
	"fcpipe/schema/reader"
	"fcpipe/schema/rules"
	"fcpipe/schema/store"
)

// Store is a store whose clock the test moves; it is verified when the test ends.
type Store struct {
	*store.Store
	T         *testing.T
	Clock     time.Time
	Zone      string // of civil dates
	Retention schema.Retention
	UserFiles *rules.Set    // what the user's own files say, to every round; nil says nothing
	Derives   bool          // every round derives, as it does from the first one on that finds no file
	begun     []byte        // the file that was verified last, which may be the one it began with
	Options   store.Options // take effect with Reopen
	Hook      func(point string)
	FreeSpace func(directory string) (int64, error) // nil asks the file system
	Broken    bool                                  // on purpose: not verified when the test ends
}

// New is a store with a published file that has no row and no derived table. Its rounds do not derive:
// that is what costs most of a round, and most tests look at no model. The file says that another
// program derived it, so that no rule asks for its models; a round without news publishes nonetheless.
func New(t *testing.T) *Store {
	t.Helper()
	return NewIn(t, t.TempDir())
}

// NewIn is New in a directory that is there.
func NewIn(t *testing.T, dir string) *Store {
	t.Helper()
	file, err := storedTemplate()
	if err != nil {
		t.Fatal(err)
	}
	return openFile(t, dir, file)
}

// NewWithModels is New with the derived tables, which are empty, and their macros; with none during WithTables.
func NewWithModels(t *testing.T) *Store {
	t.Helper()
	if hasFewTables {
		return New(t)
	}
	file, err := wholeTemplate()
	if err != nil {
		t.Fatal(err)
	}
	return openFile(t, t.TempDir(), file)
}

// openFile is a store that begins with a published file.
func openFile(t *testing.T, dir string, file []byte) *Store {
	t.Helper()
	layout := schema.Layout{Dir: dir}
	if err := os.WriteFile(layout.Database(), file, 0o600); err != nil {
		t.Fatal(err)
	}
	s := openMade(t, layout.Dir)
	s.Derives, s.begun = false, file
	return s
}

// NewDerivedStore is New for a test of models, or of what has to agree with them.
func NewDerivedStore(t *testing.T) *Store {
	t.Helper()
	s := NewWithModels(t)
	s.Derives = true
	return s
}

// NewToDerive is NewDerivedStore for a test program that makes few of them: its first round makes the derived tables,
// which costs less than a template of all of them.
func NewToDerive(t *testing.T) *Store {
	t.Helper()
	s := New(t)
	s.Derives = true
	return s
}

// NewEmptyStore is a store without a published file, for a test of the round that makes it.
func NewEmptyStore(t *testing.T) *Store {
	t.Helper()
	return Open(t, t.TempDir())
}

// Open opens a data directory; its rounds derive.
func Open(t *testing.T, dir string) *Store {
	t.Helper()
	s := unopened(t, dir)
	s.Reopen()
	t.Cleanup(s.Verify)
	return s
}

// openMade is Open for a directory that a test store made: its file is not held against its journal, which would cost
// an instance of DuckDB.
func openMade(t *testing.T, dir string) *Store {
	t.Helper()
	s := unopened(t, dir)
	options := s.Options
	options.ChecksAtLock = true
	made, err := store.Open(t.Context(), options)
	if err == nil {
		err = made.ReadJournal()
	}
	if err != nil {
		t.Fatal(err)
	}
	s.Store = made
	t.Cleanup(s.Verify)
	return s
}

// unopened is a store of a data directory before it is opened.
func unopened(t *testing.T, dir string) *Store {
	s := &Store{T: t, Zone: testZone, Derives: true, Clock: time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC)}
	s.Options = store.Options{
		Layout: schema.Layout{
			Dir: dir,
		},
		Settings:        duck.Settings{Threads: 1, MemoryLimit: 512 << 20},
		KeepGenerations: 1,
		ProgramVersion:  "test",
		Now:             func() time.Time { return s.Clock },
		Hook:            s.reached,
		FreeSpace:       s.free,
	}
	return s
}

// Reopen opens the store again, as the next run of the program would, with the options as they are now.
func (s *Store) Reopen() {
	s.T.Helper()
	store, err := store.Open(s.T.Context(), s.Options)
	if err != nil {
		s.T.Fatal(err)
	}
	s.Store = store
}

func (s *Store) reached(point string) {
	if s.Hook != nil {
		s.Hook(point)
	}
}

func (s *Store) free(directory string) (int64, error) {
	if s.FreeSpace != nil {
		return s.FreeSpace(directory)
	}
	return durable.FreeSpace(directory)
}

// Verify holds what the test published to every rule.
func (s *Store) Verify() {
	if s.Broken {
		return
	}
	content, err := os.ReadFile(s.Layout().Database())
	if err == nil && bytes.Equal(content, s.begun) {
		return
	}
	ctx := context.Background()
	reader, err := reader.Open(ctx, s.Layout(), s.Settings())
	if errors.Is(err, schema.ErrNoDatabase) {
		return
	}
	if err != nil {
		s.T.Error(err)
		return
	}
	defer reader.Close()
	findings, err := check.Verify(ctx, reader, s.Layout())
	if err != nil || len(findings) > 0 {
		s.T.Errorf("verify: %v %v", findings, err)
		return
	}
	s.begun = content
}

// Round lands rows, merges, derives and publishes, and returns what changed.
func (s *Store) Round(rows ...schema.Landed) store.MergeReport {
	s.T.Helper()
	s.Clock = s.Clock.Add(time.Hour)
	ctx := s.T.Context()
	landing, err := s.Landing(ctx)
	if err != nil {
		s.T.Fatal(err)
	}
	for _, landed := range rows {
		if err := landing.Land(ctx, landed); err != nil {
			s.T.Fatal(err)
		}
	}
	if err := landing.Seal(ctx); err != nil {
		s.T.Fatal(err)
	}
	report, err := s.Publish(landing)
	if err != nil {
		s.T.Fatal(err)
	}
	return report
}

// Land makes rows durable that no round has merged yet.
func (s *Store) Land(rows ...schema.Landed) {
	s.T.Helper()
	landing, err := s.Landing(s.T.Context())
	if err != nil {
		s.T.Fatal(err)
	}
	for _, landed := range rows {
		err = errors.Join(err, landing.Land(s.T.Context(), landed))
	}
	if err := errors.Join(err, landing.Seal(s.T.Context())); err != nil {
		s.T.Fatal(err)
	}
}

// Publish merges what landed, derives and publishes, and records the run in the journal.
func (s *Store) Publish(landing *landing.Landing) (store.MergeReport, error) {
	run := journal.FinishedRun{
		RunRecord: journal.RunRecord{
			RunID: fmt.Sprintf("run-%d", s.Clock.Unix()), StartedAt: s.Clock, Outcome: "complete",
			ProgramVersion: "test",
		},
	}
	if err := s.Journal().RecordRunStarted(run.RunRecord); err != nil {
		return store.MergeReport{}, err
	}
	report, err := s.publishRun(landing, run)
	finished := s.Clock
	run.FinishedAt, run.ExitCode = &finished, new(0)
	return report, errors.Join(err, s.Journal().RecordRunFinished(run))
}

func (s *Store) publishRun(landing *landing.Landing, run journal.FinishedRun) (store.MergeReport, error) {
	ctx := s.T.Context()
	next, report, err := s.Merge(ctx, landing, store.MergeRun{
		Run: run, ReportZone: s.Zone, Retention: s.Retention, UserFiles: s.UserFiles,
	})
	if err != nil || next == nil {
		return report, err
	}
	if exists, err := durable.FileExists(s.Layout().Database()); err == nil && !exists {
		s.Derives = true // else its rows and its models would differ from the second round on
	}
	if s.Derives {
		if err := next.Derive(ctx); err != nil {
			return report, errors.Join(err, next.Discard())
		}
	}
	return report, next.Publish(ctx)
}

// Query returns the first column of the first row, as text.
func (s *Store) Query(sql string) string {
	s.T.Helper()
	text, err := askFile(s.T.Context(), s.Layout().Database(), "SELECT CAST(("+sql+") AS VARCHAR)")
	if err != nil {
		s.T.Fatalf("%s: %v", sql, err)
	}
	return text
}

// Want fails the test unless Query answers so.
func (s *Store) Want(sql, want string) {
	s.T.Helper()
	if got := s.Query(sql); got != want {
		s.T.Errorf("%s\n got %s\nwant %s", sql, got, want)
	}
}

// WantLandingEmpty fails the test when a file is left in landing.
func (s *Store) WantLandingEmpty() {
	s.T.Helper()
	if left, err := durable.FilesMatching(s.Layout().Landing(), "*"); err != nil || len(left) > 0 {
		s.T.Errorf("landing holds %v, %v", left, err)
	}
}

// Decide makes a decision, publishes it, and returns what it changed.
func (s *Store) Decide(id, key string) (store.LinkPlan, error) {
	s.T.Helper()
	s.Clock = s.Clock.Add(time.Hour)
	plan, err := s.PlanLink(s.T.Context(), store.LinkDecision{AccountID: id, AccountKey: key, Reason: "test"})
	if err != nil || !plan.Changes {
		return plan, err
	}
	run := journal.RunRecord{RunID: "decided-" + s.Clock.Format(time.RFC3339), StartedAt: s.Clock, Outcome: "complete"}
	if err := s.Journal().RecordRunStarted(run); err != nil {
		return plan, err
	}
	next, err := s.ApplyLink(s.T.Context(), plan, run, s.Zone)
	if err != nil {
		return plan, err
	}
	if s.Derives {
		if err := next.Derive(s.T.Context()); err != nil {
			s.T.Fatal(err)
		}
	}
	return plan, next.Publish(s.T.Context())
}
