package store_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"fcpipe/schema"
	"fcpipe/schema/duck"
	"fcpipe/schema/journal"
	"fcpipe/schema/reader"
	"fcpipe/schema/storetest"
)

// instances opens a database in every way this package does.
func instances(t *testing.T, s *storetest.Store) map[string]*sql.DB {
	t.Helper()
	ctx := t.Context()
	open := map[string]*sql.DB{}
	reader := storetest.OpenReader(t, s)
	open["reader"] = reader.Database()
	generation, _, err := s.NewGeneration(ctx)
	if err != nil {
		t.Fatal(err)
	}
	open["generation"] = generation.Database()
	t.Cleanup(func() {
		if err := generation.Discard(); err != nil {
			t.Error(err)
		}
	})
	if open["segment"], err = duck.Open(
		ctx, filepath.Join(s.Layout().Landing(), "building.duckdb"), duck.ReadWrite, s.Settings(), s.Layout().Landing(),
	); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = open["segment"].Close() })
	if open["compaction"], err = duck.Open(ctx, "", duck.ReadWrite, s.Settings(), s.Layout().State()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = open["compaction"].Close() })
	return open
}

func TestNoInstanceReachesOutsideOrCanBeOpenedUp(t *testing.T) {
	t.Parallel()
	s := storetest.New(t)
	s.Round(
		schema.Landed{
			Accounts:     []schema.Account{storetest.Account("fca_1")},
			Transactions: []schema.Transaction{storetest.Transaction("fctxn_1", "fca_1", -450, 4)},
		},
	)
	outside := t.TempDir()
	secret := filepath.Join(outside, "secret.csv")
	if err := os.WriteFile(secret, []byte("a,b\n1,2\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	attempts := []string{
		fmt.Sprintf("COPY (SELECT 1) TO '%s/out.parquet'", outside),
		fmt.Sprintf("COPY (SELECT 1) TO '%s/../out.csv'", s.Layout().State()),
		fmt.Sprintf("EXPORT DATABASE '%s/all'", outside),
		fmt.Sprintf("SELECT * FROM read_csv('%s')", secret),
		fmt.Sprintf("SELECT * FROM read_text('%s')", secret),
		fmt.Sprintf("SELECT * FROM read_blob('%s/lake/../../%s')", s.Layout().Dir, filepath.Base(outside)),
		fmt.Sprintf("SELECT * FROM glob('%s/*')", outside),
		fmt.Sprintf("SELECT * FROM '%s'", secret),
		"SELECT * FROM read_parquet('https://example.com/x.parquet')",
		fmt.Sprintf("ATTACH '%s/new.duckdb'", outside),
		"INSTALL httpfs",
		"FORCE INSTALL httpfs FROM community",
		"LOAD httpfs",
		"LOAD '/tmp/x.duckdb_extension'",
		"SET enable_external_access = true",
		"SET GLOBAL allowed_directories = ['/']",
		"SET GLOBAL allowed_paths = ['/etc/passwd']",
		"SET lock_configuration = false",
		"RESET lock_configuration",
		"SET GLOBAL memory_limit = '100GB'",
		"SET threads = 64",
		"PRAGMA threads = 64",
		"SET temp_directory = '/tmp'",
		"SET TimeZone = 'Asia/Tokyo'",
		"SET autoinstall_known_extensions = true",
		"SET allow_unsigned_extensions = true",
		"CREATE PERSISTENT SECRET (TYPE S3, KEY_ID 'a', SECRET 'b')",
	}
	for name, database := range instances(t, s) {
		for _, attempt := range attempts {
			if name == "generation" && strings.HasSuffix(attempt, "threads = 64") {
				continue // what is thrown away unless it is finished shares them, and SQL of ours alone is run on it
			}
			if _, err := database.ExecContext(t.Context(), attempt); err == nil {
				t.Errorf("%s allows %s", name, attempt)
			}
		}
		var zone, limit string
		if err := database.QueryRowContext(
			t.Context(), "SELECT current_setting('TimeZone'), current_setting('memory_limit')",
		).Scan(&zone, &limit); err != nil {
			t.Fatal(err)
		}
		if zone != "UTC" || limit != "512.0 MiB" {
			t.Errorf("%s has time zone %s and memory limit %s", name, zone, limit)
		}
	}
	left, err := filepath.Glob(filepath.Join(outside, "*"))
	if err != nil || !slices.Equal(left, []string{secret}) {
		t.Errorf("outside there is %v, %v", left, err)
	}
}

func TestReadersReachNoFileButTheirOwn(t *testing.T) {
	t.Parallel()
	s, reader := storetest.PublishedReader(t)
	if err := s.Journal().RecordReads(journal.Reads{Count: 1}); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{s.Layout().Journal(), filepath.Join(s.Layout().State(), "*"), "/etc/passwd"} {
		if got, err := storetest.Ask(t, reader, fmt.Sprintf("SELECT * FROM read_text('%s')", path)); err == nil ||
			!strings.Contains(err.Error(), "Permission") {
			t.Errorf("%s: %s %v", path, got, err)
		}
	}
}

func TestWhatDoesNotFitIsSpilledIntoOurOwnDirectory(t *testing.T) {
	t.Parallel()
	s, _ := storetest.PublishedReader(t)
	copied := s.Copied(t)
	reader, err := reader.Open(t.Context(), copied.Layout(), duck.Settings{Threads: 1, MemoryLimit: 32 << 20})
	if err != nil {
		t.Fatal(err)
	}
	defer reader.Close()
	most := 0
	for row, err := range seqOf(t, reader, "SELECT a.range::VARCHAR || 'x' FROM range(600000) a ORDER BY "+
		"hash(a.range)") {
		if err != nil {
			t.Fatal(err)
		}
		if _ = row; most == 0 {
			spilled, _ := filepath.Glob(filepath.Join(copied.Layout().Spill(), "*", "*"))
			most = len(spilled)
		}
	}
	if most == 0 {
		t.Error("nothing was spilled: the question is too small for this test")
	}
	beside, _ := filepath.Glob(filepath.Join(copied.Layout().Dir, "*.tmp"))
	if len(beside) > 0 {
		t.Errorf("spilled beside the published file: %v", beside)
	}
	if got, err := storetest.Ask(t, reader, "SELECT current_setting('max_temp_directory_size') AS size"); err != nil ||
		got != "size VARCHAR|512.0 MiB" {
		t.Errorf("bound of what is spilled: %s %v", got, err)
	}
}

func seqOf(t *testing.T, reader *reader.Reader, text string) func(func([]reader.Cell, error) bool) {
	t.Helper()
	_, rows, err := reader.Query(t.Context(), text)
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

func TestSpillOfKilledProcessesIsRemoved(t *testing.T) {
	t.Parallel()
	s := storetest.New(t)
	alive, dead := filepath.Join(s.Layout().Spill(), "1-fcpipe.duckdb"), filepath.Join(
		s.Layout().Spill(), "2147483646-next.duckdb",
	)
	if err := errors.Join(
		os.Mkdir(alive, 0o700), os.Mkdir(dead, 0o700),
		os.WriteFile(filepath.Join(dead, "duckdb_temp_storage.tmp"), nil, 0o600),
	); err != nil {
		t.Fatal(err)
	}
	release, err := s.Lock(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer release()
	left, _ := filepath.Glob(filepath.Join(s.Layout().Spill(), "*"))
	if os.Getuid() == 0 && !slices.Equal(left, []string{alive}) || slices.Contains(left, dead) {
		t.Errorf("left: %v", left)
	}
}

// opening one file from many goroutines must give one confined instance, never an open one
func TestInstancesOpenedTogetherAreAllConfined(t *testing.T) {
	t.Parallel()
	s, _ := storetest.PublishedReader(t)
	failures := make(chan error, 4)
	for range cap(failures) {
		go func() {
			reader, err := reader.Open(context.Background(), s.Layout(), s.Settings())
			if err == nil {
				if _, e := reader.Database().Exec("SELECT * FROM read_text('/etc/passwd')"); e == nil {
					err = errors.New("not confined")
				}
				err = errors.Join(err, reader.Close())
			}
			failures <- err
		}()
	}
	for range cap(failures) {
		if err := <-failures; err != nil {
			t.Error(err)
		}
	}
}
