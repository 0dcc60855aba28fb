package schema

import (
	"archive/tar"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"
)

// unpackFixture makes a data directory of a committed fixture.
func unpackFixture(t *testing.T, name string) string {
	t.Helper()
	file, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	compressed, err := gzip.NewReader(file)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	archive := tar.NewReader(compressed)
	for {
		header, err := archive.Next()
		if errors.Is(err, io.EOF) {
			return dir
		}
		if err != nil || !filepath.IsLocal(header.Name) {
			t.Fatal(header, err)
		}
		content, err := io.ReadAll(archive)
		path := filepath.Join(dir, header.Name)
		if err := errors.Join(err, os.MkdirAll(filepath.Dir(path), 0o700), os.WriteFile(path, content, 0o600)); err != nil {
			t.Fatal(err)
		}
	}
}

func fixtures(t *testing.T) []string {
	t.Helper()
	found, err := filepath.Glob(filepath.Join("testdata", "generations", "*.tar.gz"))
	if err != nil || len(found) == 0 {
		t.Fatal("no fixtures", err)
	}
	return found
}

// memory is everything a file of some version knows, by name: rows of stored tables as hashes over
// the columns that version had, and the answers to questions about the past.
type memory map[string]string

// remember reads what the file at path knows. With earlier given, it reads the columns and rows of
// that one alone: those of runs the earlier file did not know are left out.
func remember(t *testing.T, path string, earlier *remembered) *remembered {
	t.Helper()
	database, err := openDatabase(t.Context(), path, readOnly, Settings{Threads: 1})
	if err != nil {
		t.Fatal(err)
	}
	defer database.Close()
	m := &remembered{known: memory{}}
	if earlier != nil {
		m.columns, m.instants, m.runs = earlier.columns, earlier.instants, earlier.runs
	} else {
		m.columns = listed(t, database, "SELECT schema_name || '.' || table_name, string_agg(column_name, ', ' ORDER BY column_index) FROM duckdb_columns() WHERE NOT internal AND schema_name IN ('main', 'meta', 'pii') AND table_name NOT IN ('dictionary', 'parameters', 'migrations', 'store') GROUP BY ALL")
		m.instants = listed(t, database, "SELECT DISTINCT observed_at::VARCHAR, '' FROM main.account_versions")
		m.runs = "'" + strings.Join(slices.Sorted(maps.Keys(listed(t, database, "SELECT run_id, '' FROM meta.runs"))), "', '") + "'"
	}
	for table, columns := range m.columns {
		where := ""
		if strings.Contains(columns, "run_id") {
			where = " WHERE run_id IN (" + m.runs + ")"
		}
		if table == "meta.runs" {
			where += " AND run_id <> 'run-4'" // how the newest run of a file ended only the journal knows
		}
		if table == "main.accounts" {
			columns = strings.ReplaceAll(columns, "last_seen_at, ", "") // the newest run sets it
			where = " WHERE account_id <> 'fca_new'"
		}
		m.ask(t, database, table, fmt.Sprintf("SELECT count(*) || ' rows ' || coalesce(bit_xor(hash(%s))::VARCHAR, '') FROM %s%s", columns, table, where))
	}
	versions := m.columns["main.transactions"]
	for instant := range m.instants {
		m.ask(t, database, "as of "+instant, fmt.Sprintf("SELECT count(*) || ' rows ' || coalesce(bit_xor(hash(%s))::VARCHAR, '') FROM ledger.transactions_as_of('%s'::TIMESTAMPTZ)", versions, instant))
	}
	return m
}

type remembered struct {
	columns  map[string]string // by table
	instants map[string]string // of every round
	runs     string            // quoted ids
	known    memory
}

func (m *remembered) ask(t *testing.T, database *sql.DB, name, question string) {
	t.Helper()
	var answer string
	if err := database.QueryRowContext(t.Context(), question).Scan(&answer); err != nil {
		t.Fatalf("%s: %v", question, err)
	}
	m.known[name] = answer
}

func listed(t *testing.T, database *sql.DB, question string) map[string]string {
	t.Helper()
	rows, err := database.QueryContext(t.Context(), question)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	found := map[string]string{}
	for rows.Next() {
		var key, value string
		if err := rows.Scan(&key, &value); err != nil {
			t.Fatal(err)
		}
		found[key] = value
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return found
}

// openUpgraded opens a data directory some time after its newest round.
func openUpgraded(t *testing.T, dir string) *testStore {
	t.Helper()
	s := openTestStore(t, dir)
	s.clock = time.Date(2026, 8, 1, 12, 0, 0, 0, time.UTC)
	return s
}

func TestEveryVersionIsUpgradedWithoutLosingAnything(t *testing.T) {
	for _, name := range fixtures(t) {
		t.Run(filepath.Base(name), func(t *testing.T) {
			t.Parallel()
			s := openUpgraded(t, unpackFixture(t, name))
			old := readFile(t, s.layout.Database())
			before := remember(t, s.layout.Database(), nil)
			for what, known := range before.known {
				if strings.HasPrefix(known, "0 rows") {
					t.Errorf("the fixture has nothing in %s", what)
				}
			}
			s.round(Landed{Accounts: []Account{testAccount("fca_new")}})
			after := remember(t, s.layout.Database(), before)
			for what, known := range before.known {
				if after.known[what] != known {
					t.Errorf("%s was %s, is %s", what, known, after.known[what])
				}
			}
			steps, err := loadMigrations(migrationFiles)
			if err != nil {
				t.Fatal(err)
			}
			s.want("SELECT count(*) FROM meta.migrations", fmt.Sprint(len(steps)))
			kept, err := filepath.Glob(filepath.Join(s.layout.Previous(), "*.duckdb"))
			if err != nil || len(kept) != 1 || string(readFile(t, kept[0])) != string(old) {
				t.Errorf("the file of the old version is not kept: %v %v", kept, err)
			}
		})
	}
}

// a migration fails in the middle of its round: the old file stays, byte for byte, and the next
// program finishes the upgrade, whatever the first one left behind
func TestInterruptedMigrationLeavesTheFileAlone(t *testing.T) {
	name := fixtures(t)[0]
	s := openUpgraded(t, unpackFixture(t, name))
	before := readFile(t, s.layout.Database())
	was := migrationFiles
	defer func() { migrationFiles = was }()
	steps, err := loadMigrations(was)
	if err != nil {
		t.Fatal(err)
	}
	broken := fstest.MapFS{}
	for _, step := range steps {
		broken["migrations/"+step.name] = &fstest.MapFile{Data: []byte(step.text)}
	}
	broken[fmt.Sprintf("migrations/%04d_broken.sql", len(steps)+1)] = &fstest.MapFile{Data: []byte("CREATE TABLE main.half (a INTEGER); ALTER TABLE main.accounts ADD COLUMN b INTEGER; SELECT error('interrupted');")}
	migrationFiles = broken
	landing, err := s.Landing(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(landing.Land(t.Context(), Landed{Accounts: []Account{testAccount("fca_new")}}), landing.Seal(t.Context())); err != nil {
		t.Fatal(err)
	}
	if _, err := s.publish(landing); err == nil || !strings.Contains(err.Error(), "_broken.sql") {
		t.Fatalf("a broken migration went through: %v", err)
	}
	if string(readFile(t, s.layout.Database())) != string(before) {
		t.Error("the published file changed")
	}
	if left, _ := filepath.Glob(filepath.Join(s.layout.State(), "next.*")); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
	migrationFiles = was
	// what a killed one would have left: a next generation that is migrated in part, with its log
	if err := errors.Join(os.WriteFile(s.layout.Next(), before, 0o600), os.WriteFile(s.layout.Next()+".wal", []byte("torn"), 0o600)); err != nil {
		t.Fatal(err)
	}
	s.round()
	s.want("SELECT count(*) FROM meta.migrations", fmt.Sprint(len(steps)))
	s.want("SELECT count(*) FROM main.accounts", "3")
}

func TestFilesThatAreNotForThisProgramAreLeftAlone(t *testing.T) {
	t.Parallel()
	made := unpackFixture(t, fixtures(t)[0])
	for name, test := range map[string]struct {
		statements []string // on a copy of a file of ours; none: content
		content    string
		want       error
	}{
		"newer":           {statements: []string{"INSERT INTO meta.migrations VALUES (9999, '9999_from_the_future.sql', 'x', now())"}, want: ErrNewerSchema},
		"another history": {statements: []string{"UPDATE meta.migrations SET checksum = 'other' WHERE number = 1"}, want: ErrForeignFile},
		"another program": {statements: []string{"DROP TABLE meta.migrations"}, want: ErrForeignFile},
		"other columns":   {statements: []string{"DROP TABLE meta.migrations", "CREATE TABLE meta.migrations (id INTEGER)"}, want: ErrForeignFile},
		"no numbers":      {statements: []string{"DROP TABLE meta.migrations", "CREATE TABLE meta.migrations (number VARCHAR, name VARCHAR, checksum VARCHAR)", "INSERT INTO meta.migrations VALUES ('first', 'a', 'b')"}, want: ErrForeignFile},
		"number zero":     {statements: []string{"INSERT INTO meta.migrations VALUES (0, '0000_before.sql', 'x', now())"}, want: ErrForeignFile},
		"a step twice":    {statements: []string{"INSERT INTO meta.migrations FROM meta.migrations WHERE number = 1"}, want: ErrForeignFile},
		"no step":         {statements: []string{"DELETE FROM meta.migrations"}, want: ErrForeignFile},
		"no database":     {content: "These are my notes.", want: ErrForeignFile},
		"empty":           {want: ErrForeignFile},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			layout := Layout{Dir: t.TempDir()}
			content := []byte(test.content)
			if test.statements != nil {
				content = readFile(t, Layout{Dir: made}.Database())
			}
			if err := os.WriteFile(layout.Database(), content, 0o600); err != nil {
				t.Fatal(err)
			}
			change(t, layout.Database(), test.statements)
			before := treeSum(t, layout.Dir)
			for way, open := range map[string]func(context.Context) error{
				"store": func(ctx context.Context) error {
					_, err := OpenStore(ctx, StoreOptions{Layout: layout, Now: time.Now, ReadOnly: true})
					return err
				},
				"reader": func(ctx context.Context) error {
					reader, err := OpenReader(ctx, layout, Settings{})
					if err == nil {
						err = reader.Close()
					}
					return err
				},
			} {
				if err := open(t.Context()); !errors.Is(err, test.want) {
					t.Errorf("%s: %v, want %v", way, err, test.want)
				}
			}
			if after := treeSum(t, layout.Dir); after != before {
				t.Errorf("something changed:\n%s\n%s", before, after)
			}
		})
	}
}

// change alters a file as another program would.
func change(t *testing.T, path string, statements []string) {
	t.Helper()
	if statements == nil {
		return
	}
	database, err := sql.Open("duckdb", path)
	if err != nil {
		t.Fatal(err)
	}
	defer database.Close()
	for _, statement := range append(statements, "CHECKPOINT") {
		if _, err := database.Exec(statement); err != nil {
			t.Fatal(err)
		}
	}
}

// treeSum names every file below a directory with its size, time and SHA-256.
func treeSum(t *testing.T, dir string) string {
	t.Helper()
	var lines []string
	err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		info, err := entry.Info()
		lines = append(lines, fmt.Sprintf("%s %d %v %x", path, info.Size(), info.ModTime(), sha256.Sum256(readFile(t, path))))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return strings.Join(lines, "\n")
}
