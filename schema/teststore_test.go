package schema

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"testing"
	"time"
)

// testStore is a store whose clock the test moves; it is verified when the test ends.
type testStore struct {
	*Store
	t         *testing.T
	clock     time.Time
	zone      string       // of civil dates
	derives   bool         // every round derives, not only one that finds no file
	begun     []byte       // the file it began with, when that was verified before
	options   StoreOptions // take effect with reopen
	hook      func(point string)
	freeSpace func(directory string) (int64, error) // nil asks the file system
	broken    bool                                  // on purpose: not verified when the test ends
}

// newTestStore is a store with a copy of the template as its published file. Its rounds do not derive:
// that is what costs most of a round, and most tests look at no model. The file says that another
// program derived it, so that no rule holds its models to rows; a round without news publishes nonetheless.
func newTestStore(t *testing.T) *testStore {
	t.Helper()
	file, err := template()
	if err != nil {
		t.Fatal(err)
	}
	layout := Layout{Dir: t.TempDir()}
	if err := os.WriteFile(layout.Database(), file, 0o600); err != nil {
		t.Fatal(err)
	}
	s := openTestStore(t, layout.Dir)
	s.derives, s.begun = false, file
	return s
}

// newDerivedStore is newTestStore for a test of models, or of what has to agree with them.
func newDerivedStore(t *testing.T) *testStore {
	t.Helper()
	s := newTestStore(t)
	s.derives = true
	return s
}

// newEmptyStore is a store without a published file, for a test of the round that makes it.
func newEmptyStore(t *testing.T) *testStore {
	t.Helper()
	return openTestStore(t, t.TempDir())
}

// openTestStore opens a data directory; its rounds derive.
func openTestStore(t *testing.T, dir string) *testStore {
	t.Helper()
	s := &testStore{t: t, zone: testZone, derives: true, clock: time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC)}
	s.options = StoreOptions{
		Layout: Layout{Dir: dir}, Settings: Settings{Threads: 2, MemoryLimit: 512 << 20}, KeepGenerations: 1,
		ProgramVersion: "test", Now: func() time.Time { return s.clock }, Hook: s.reached, FreeSpace: s.free,
	}
	s.reopen()
	t.Cleanup(s.verify)
	return s
}

// reopen opens the store again, as the next run of the program would, with the options as they are now.
func (s *testStore) reopen() {
	s.t.Helper()
	store, err := OpenStore(s.t.Context(), s.options)
	if err != nil {
		s.t.Fatal(err)
	}
	s.Store = store
}

func (s *testStore) reached(point string) {
	if s.hook != nil {
		s.hook(point)
	}
}

func (s *testStore) free(directory string) (int64, error) {
	if s.freeSpace != nil {
		return s.freeSpace(directory)
	}
	return freeSpace(directory)
}

// verify holds what the test published to every rule.
func (s *testStore) verify() {
	if s.broken {
		return
	}
	if content, err := os.ReadFile(s.Layout().Database()); err == nil && bytes.Equal(content, s.begun) {
		return
	}
	ctx := context.Background()
	reader, err := OpenReader(ctx, s.Layout(), s.Settings())
	if errors.Is(err, ErrNoDatabase) {
		return
	}
	if err != nil {
		s.t.Error(err)
		return
	}
	defer reader.Close()
	findings, err := Verify(ctx, reader, s.Layout())
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

func (s *testStore) publish(landing *Landing) (MergeReport, error) {
	run := FinishedRun{RunRecord: RunRecord{RunID: fmt.Sprintf("run-%d", s.clock.Unix()), StartedAt: s.clock, Outcome: "complete", ProgramVersion: "test"}}
	if err := s.Journal().RecordRunStarted(run.RunRecord); err != nil {
		return MergeReport{}, err
	}
	report, err := s.publishRun(landing, run)
	finished := s.clock
	run.FinishedAt, run.ExitCode = &finished, new(0)
	return report, errors.Join(err, s.Journal().RecordRunFinished(run))
}

func (s *testStore) publishRun(landing *Landing, run FinishedRun) (MergeReport, error) {
	ctx := s.t.Context()
	next, report, err := s.Merge(ctx, landing, MergeRun{Run: run, ReportZone: s.zone})
	if err != nil || next == nil {
		return report, err
	}
	if exists, err := fileExists(s.Layout().Database()); s.derives || err != nil || !exists {
		if err := errors.Join(err, next.Derive(ctx)); err != nil {
			return report, errors.Join(err, next.Discard())
		}
	}
	return report, next.Publish(ctx)
}

// query returns the first column of the first row, as text.
func (s *testStore) query(sql string) string {
	s.t.Helper()
	reader, err := OpenReader(s.t.Context(), s.Layout(), s.Settings())
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

func (s *testStore) wantLandingEmpty() {
	s.t.Helper()
	if left, err := filesMatching(s.Layout().Landing(), "*"); err != nil || len(left) > 0 {
		s.t.Errorf("landing holds %v, %v", left, err)
	}
}

// decide makes a decision, publishes it, and returns what it changed.
func (s *testStore) decide(id, key string) (LinkPlan, error) {
	s.t.Helper()
	s.clock = s.clock.Add(time.Hour)
	plan, err := s.PlanLink(s.t.Context(), LinkDecision{AccountID: id, AccountKey: key, Reason: "test"})
	if err != nil || !plan.Changes {
		return plan, err
	}
	run := RunRecord{RunID: "decided-" + s.clock.Format(time.RFC3339), StartedAt: s.clock, Outcome: "complete"}
	if err := s.Journal().RecordRunStarted(run); err != nil {
		return plan, err
	}
	next, err := s.ApplyLink(s.t.Context(), plan, run, s.zone)
	if err != nil {
		return plan, err
	}
	if s.derives {
		if err := next.Derive(s.t.Context()); err != nil {
			s.t.Fatal(err)
		}
	}
	return plan, next.Publish(s.t.Context())
}
