package store_test

import (
	"archive/tar"
	"compress/gzip"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"fcpipe/schema/duck"
	"fcpipe/schema/storetest"
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
		if err := errors.Join(
			err, os.MkdirAll(filepath.Dir(path), 0o700), os.WriteFile(path, content, 0o600),
		); err != nil {
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
	database, err := duck.Open(t.Context(), path, duck.ReadOnly, duck.Settings{Threads: 1})
	if err != nil {
		t.Fatal(err)
	}
	defer database.Close()
	m := &remembered{known: memory{}}
	if earlier != nil {
		m.columns, m.instants, m.runs = earlier.columns, earlier.instants, earlier.runs
	} else {
		m.columns = listed(
			t, database,
			"SELECT schema_name || '.' || table_name, string_agg(column_name, ', ' ORDER BY column_index) FROM "+
				"duckdb_columns() WHERE NOT internal AND schema_name IN ('main', 'meta', 'pii') AND table_name NOT "+
				"IN ('dictionary', 'parameters', 'migrations', 'store') GROUP BY ALL",
		)
		m.instants = listed(t, database, "SELECT DISTINCT observed_at::VARCHAR, '' FROM main.account_versions")
		m.runs = "'" + strings.Join(
			slices.Sorted(maps.Keys(listed(t, database, "SELECT run_id, '' FROM meta.runs"))), "', '",
		) + "'"
	}
	for table, columns := range m.columns {
		columns, where := m.comparable(table, columns)
		m.ask(
			t,
			database,
			table,
			fmt.Sprintf(
				"SELECT count(*) || ' rows ' || coalesce(bit_xor(hash(%s))::VARCHAR, '') FROM %s%s", columns, table,
				where,
			),
		)
	}
	versions := m.columns["main.transactions"]
	for instant := range m.instants {
		m.ask(
			t,
			database,
			"as of "+instant,
			fmt.Sprintf(
				"SELECT count(*) || ' rows ' || coalesce(bit_xor(hash(%s))::VARCHAR, '') FROM "+
					"ledger.transactions_as_of('%s'::TIMESTAMPTZ)",
				versions, instant,
			),
		)
	}
	return m
}

// comparable are the columns and rows of a table that an upgrade and a round after it must leave as they are.
func (m *remembered) comparable(table, columns string) (same, where string) {
	if strings.Contains(columns, "run_id") {
		where = " WHERE run_id IN (" + m.runs + ")"
	}
	switch {
	case table == "meta.runs":
		where += " AND run_id <> 'run-4'" // how the newest run of a file ended only the journal knows
	case table == "meta.consents" && !strings.Contains(columns, "reason"):
		where += " AND status <> 'ended'" // the upgrade to version 6 finds some
	case table == "main.accounts":
		columns = strings.ReplaceAll(columns, "last_seen_at, ", "") // the newest run sets it
		where = " WHERE account_id <> 'fca_new'"
	}
	return columns, where
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
func openUpgraded(t *testing.T, dir string) *storetest.Store {
	t.Helper()
	s := storetest.Open(t, dir)
	s.Clock = time.Date(2026, 8, 1, 12, 0, 0, 0, time.UTC)
	return s
}
