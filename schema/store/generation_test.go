package store_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"fcpipe/schema"
	"fcpipe/schema/durable"
	"fcpipe/schema/storetest"
)

// A data directory may be called anything a file system allows, as long as DuckDB's driver opens it.
func TestADirectoryNamedLikeAPattern(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), `[lender] *\`)
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	s := storetest.NewIn(t, dir)
	s.Published(1)
	s.Want("SELECT count(*) FROM main.transactions", "1")
	if kept := s.Previous(); len(kept) != 1 {
		t.Errorf("kept %v", kept)
	}
	s.Damage()
	s.Repair()
	s.Want("SELECT count(*) FROM main.transactions", "0") // as in the generation before
}

// TestTheFirstFileIsBegunBeforeItsRowsAreMerged: a merge an hour later goes on with it, and without one nothing of it
// is left.
func TestTheFirstFileIsBegunBeforeItsRowsAreMerged(t *testing.T) {
	t.Parallel()
	s := storetest.NewEmptyStore(t)
	begun := s.Clock.Format(time.RFC3339)
	for _, merges := range []bool{false, true} {
		s.BeginFirst(t.Context())
		s.AwaitFirst()
		wantNext(t, s, true)
		if merges {
			s.Round(storetest.Completed(0, 1))
		}
		if err := s.DropFirst(); err != nil {
			t.Fatal(err)
		}
		wantNext(t, s, false)
	}
	s.Want("SELECT count(*) FROM main.accounts", "1")
	s.Want("SELECT count(*) FROM meta.store", "1")
	s.Want("SELECT count(*) FROM meta.migrations WHERE applied_at > TIMESTAMPTZ '"+begun+"'", "0")
	s.Want("SELECT count(*) FROM duckdb_columns() WHERE schema_name = 'main' AND NOT internal AND comment IS NULL", "0")
}

// TestAFirstFileThatCouldNotBeBegunIsMadeByTheMerge, which needs nothing of it.
func TestAFirstFileThatCouldNotBeBegunIsMadeByTheMerge(t *testing.T) {
	t.Parallel()
	s := storetest.NewEmptyStore(t)
	ended, end := context.WithCancel(t.Context())
	end()
	s.BeginFirst(ended)
	s.AwaitFirst()
	s.Round(storetest.Completed(0, 1))
	if err := s.DropFirst(); err != nil {
		t.Fatal(err)
	}
	wantNext(t, s, false)
	s.Want("SELECT count(*) FROM main.accounts", "1")
	s.Want("SELECT count(*) FROM meta.store", "1")
}

// wantNext checks whether a next file is there.
func wantNext(t *testing.T, s *storetest.Store, want bool) {
	t.Helper()
	if exists, err := durable.FileExists(s.Layout().Next()); err != nil || exists != want {
		t.Fatalf("a next file: %v, %v, want %v", exists, err, want)
	}
}

func TestARoundThatDoesNotFitOnTheDiskDoesNotBegin(t *testing.T) {
	t.Parallel()
	s := storetest.NewEmptyStore(t)
	free := int64(1 << 40) // there was room while the rows came
	s.FreeSpace = func(string) (int64, error) { return free, nil }
	landing, err := s.Landing(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(
		landing.Land(t.Context(), schema.Landed{Accounts: []schema.Account{storetest.Account("fca_1")}}),
		landing.Seal(t.Context()),
	); err != nil {
		t.Fatal(err)
	}
	segment, err := os.Stat(landing.Segments()[0])
	if err != nil {
		t.Fatal(err)
	}
	first := 64<<20 + 6*segment.Size() // a first load has no file to copy, but what landed becomes one
	for _, test := range []struct {
		free int64
		fits bool
	}{{0, false}, {first - 1, false}, {first, true}} {
		free = test.free
		_, err := s.Publish(landing)
		if fits := err == nil; fits != test.fits || !fits && !errors.Is(err, unix.ENOSPC) {
			t.Errorf("with %d of %d bytes free: %v", free, first, err)
		}
		if left, _ := filepath.Glob(s.Layout().Next() + "*"); len(left) > 0 {
			t.Errorf("left %v", left)
		}
	}
	published, err := os.Stat(s.Layout().Database())
	if err != nil {
		t.Fatal(err)
	}
	if need, err := s.SpaceNeeded(); err != nil ||
		need != 64<<20+3*published.Size() { // itself again, compacted again, and the lake
		t.Errorf("needs %d bytes beside a file of %d", need, published.Size())
	}
}

func TestAFileThatIsMostlyAirIsCompacted(t *testing.T) {
	t.Parallel()
	s := storetest.PublishedTimes(t, 1)
	storetest.Change(t, s.Layout().Database(), []string{
		"CREATE TABLE main.ballast AS SELECT uuid() AS id FROM range(900000)",
		"CHECKPOINT",
		// rows that no round touches, behind the ballast: a free end DuckDB cuts off by itself
		"INSERT INTO meta.quarantine SELECT uuid(), 'transaction', 1, 0, 'amount', uuid(), NULL, watermark, 'run-1' " +
			"FROM meta.store, range(50000)",
		"CHECKPOINT",
		"DROP TABLE main.ballast",
	})
	airy := storetest.FileSize(t, s.Layout().Database())
	before := s.Query("SELECT bit_xor(hash(t)) FROM main.transaction_versions t")
	s.Hook = func(point string) {
		if point == "publish.checkpointed" {
			if err := os.MkdirAll(filepath.Join(s.Layout().Compacted(), "in the way"), 0o700); err != nil {
				t.Error(err)
			}
		}
	}
	s.Land(schema.Landed{Accounts: []schema.Account{storetest.Account("fca_2")}})
	landing, err := s.Landing(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Publish(landing); err == nil {
		t.Error("published a file that could not be compacted")
	}
	if exists, err := durable.FileExists(s.Layout().Next()); err != nil || exists {
		t.Error("a compaction that failed left the next generation, which may be what fills the disk")
	}
	if err := os.RemoveAll(s.Layout().Compacted()); err != nil {
		t.Fatal(err)
	}
	// what a killed compaction left does not disturb
	if err := os.WriteFile(s.Layout().Compacted(), []byte("half"), 0o600); err != nil {
		t.Fatal(err)
	}
	checkpointed := int64(0)
	s.Hook = func(point string) {
		if point == "publish.checkpointed" {
			checkpointed = storetest.FileSize(t, s.Layout().Next())
		}
	}
	s.Round()
	if checkpointed < airy {
		t.Fatalf("the round left %d of %d bytes: nothing was there to compact", checkpointed, airy)
	}
	s.Want("SELECT bit_xor(hash(t)) FROM main.transaction_versions t", before)
	s.Want("SELECT count(*) FROM main.transactions", "1")
	s.Want("SELECT count(*) - count(comment) || ' of ' || count(*) FROM duckdb_columns() WHERE schema_name = 'main' "+
		"AND table_name = 'transactions'", "0 of 17")
	s.Want("SELECT count(*) FROM main.accounts", "2")
	if size := storetest.FileSize(t, s.Layout().Database()); size > airy/2 {
		t.Errorf("still %d bytes, it was %d", size, airy)
	}
	left, _ := filepath.Glob(filepath.Join(s.Layout().State(), "*.duckdb*"))
	if len(left) > 0 {
		t.Errorf("left %v", left)
	}
}

func TestDataOnTwoFileSystemsIsRefused(t *testing.T) {
	t.Parallel()
	if err := durable.CheckOneFileSystem(t.TempDir(), "/proc"); !errors.Is(err, unix.EXDEV) {
		t.Errorf("%v", err)
	}
	if err := durable.CheckOneFileSystem(t.TempDir(), t.TempDir()); err != nil {
		t.Error(err)
	}
}

// What a run that died left of the next generation may fill the disk: it goes before anything is written.
func TestLeftoversGoBeforeAnythingIsWritten(t *testing.T) {
	t.Parallel()
	s := storetest.NewEmptyStore(t)
	for _, left := range []string{s.Layout().Next(), s.Layout().Next() + ".wal", s.Layout().Compacted()} {
		if err := os.WriteFile(left, []byte("left"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	release, err := s.Lock(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = release() }()
	if left, _ := filepath.Glob(filepath.Join(s.Layout().State(), "*.duckdb*")); len(left) > 0 {
		t.Errorf("left %v", left)
	}

	if err := os.Mkdir(s.Layout().Database(), 0o700); err != nil { // cannot be copied
		t.Fatal(err)
	}
	if _, _, err := s.NewGeneration(t.Context()); err == nil {
		t.Error("a directory was copied")
	}
	if left, _ := filepath.Glob(filepath.Join(s.Layout().State(), "*.duckdb*")); len(left) > 0 {
		t.Errorf("a copy that failed left %v", left)
	}
	if err := os.Remove(s.Layout().Database()); err != nil {
		t.Fatal(err)
	}
}

// TestDiskThatFillsWhileRowsLand: the segment that no round could publish is the last one that is
// filled. It stays, and is published once there is room.
func TestDiskThatFillsWhileRowsLand(t *testing.T) {
	t.Parallel()
	s := storetest.NewEmptyStore(t)
	free := int64(1 << 40)
	s.FreeSpace = func(string) (int64, error) { return free, nil }
	landing, err := s.Landing(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if err := s.CheckSpace(1000); err != nil {
		t.Fatal(err)
	}
	free = 64 << 20
	if err := s.CheckSpace(1); !errors.Is(err, unix.ENOSPC) ||
		!strings.Contains(
			err.Error(),
			s.Layout().State()+" has 67108864 bytes free (64 MiB), the round needs 67111936 bytes (64 MiB)",
		) {
		t.Errorf("%v", err)
	}
	if err := landing.Land(
		t.Context(), schema.Landed{Accounts: []schema.Account{storetest.Account("fca_1")}},
	); err != nil {
		t.Fatal(err)
	}
	if err := landing.Seal(t.Context()); !errors.Is(err, unix.ENOSPC) {
		t.Fatalf("sealed on a full disk: %v", err)
	}
	if err := landing.Land(
		t.Context(), schema.Landed{Accounts: []schema.Account{storetest.Account("fca_2")}},
	); !errors.Is(err, unix.ENOSPC) {
		t.Errorf("more landed: %v", err)
	}
	free = 1 << 40
	again, err := s.Landing(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Publish(again); err != nil {
		t.Fatal(err)
	}
	if state, err := s.State(t.Context()); err != nil || len(state.Accounts) != 1 {
		t.Errorf("%d accounts, %v", len(state.Accounts), err)
	}
}
