package models

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	duckdb "github.com/duckdb/duckdb-go/v2"

	"fcpipe/schema/duck"
)

// unlogged is a derivation of a file without a write-ahead log, in which only what was checkpointed is found.
func unlogged(t *testing.T) (d *derivation, path string) {
	t.Helper()
	dir := t.TempDir()
	path = filepath.Join(dir, "next.duckdb")
	database, err := duck.OpenUnlogged(t.Context(), path, duck.Settings{Threads: 1, Spill: dir}, dir)
	if err != nil {
		t.Fatal(err)
	}
	connection := connectionTo(t, database, "CREATE SCHEMA ledger; CHECKPOINT")
	return &derivation{Conn: connection, tables: map[string]tableInFile{}, changed: map[string]string{}}, path
}

// numbers is a model of so many rows.
func numbers(name string, rows int) Header {
	return Header{
		Name: name, About: "Numbers", Order: "n", Query: fmt.Sprintf("SELECT range AS n FROM range(%d)", rows),
		Columns: []DeclaredColumn{{Name: "n", DataType: "BIGINT", Description: "A number"}},
	}
}

// rowsAfterACrash counts the rows that a copy of a file has of a table; -1 is no table.
func rowsAfterACrash(t *testing.T, path, table string) int {
	t.Helper()
	content, err := os.ReadFile(path)
	crashed := filepath.Join(t.TempDir(), "crashed.duckdb")
	if err == nil {
		err = os.WriteFile(crashed, content, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	database, err := duck.Open(t.Context(), crashed, duck.ReadOnly, duck.Settings{Threads: 1})
	if err != nil {
		t.Fatal(err)
	}
	defer database.Close()
	rows := -1
	if err := database.QueryRowContext(t.Context(), "SELECT count(*) FROM "+table).Scan(&rows); err != nil {
		return -1
	}
	return rows
}

// TestManyRowsOfSeveralTablesAreCheckpointed: no table has many rows, and together they do, be they rebuilt or
// maintained.
func TestManyRowsOfSeveralTablesAreCheckpointed(t *testing.T) {
	d, path := unlogged(t)
	for _, step := range []struct {
		name string
		fill func(model Header) error
		want int // rows of the table in the file
	}{
		{"ledger.a", func(m Header) error { return d.rebuild(t.Context(), m) }, -1},
		{"ledger.b", func(m Header) error { return d.rebuild(t.Context(), m) }, 60_000},
		{"ledger.b", func(m Header) error { // deletes all and writes as many
			return d.replace(t.Context(), m, "SELECT -1 - range AS n FROM range(60_000)",
				"SELECT rowid AS stored_rowid, * FROM "+m.Name)
		}, 60_000},
	} {
		if err := step.fill(numbers(step.name, 60_000)); err != nil {
			t.Fatal(err)
		}
		if err := d.checkpoint(t.Context()); err != nil {
			t.Fatal(err)
		}
		if rows := rowsAfterACrash(t, path, step.name); rows != step.want {
			t.Errorf("%s has %d rows in the file, want %d", step.name, rows, step.want)
		}
	}
	if rows := rowsAfterACrash(t, path, "ledger.b WHERE n < 0"); rows != 60_000 {
		t.Errorf("%d rows of the maintained table are in the file", rows)
	}
}

// TestACheckpointThatFailsEndsTheDerivation: the table before it is not made again.
func TestACheckpointThatFailsEndsTheDerivation(t *testing.T) {
	d, _ := unlogged(t)
	if _, err := d.ExecContext(t.Context(), "BEGIN; CREATE TABLE ledger.open (n BIGINT)"); err != nil {
		t.Fatal(err)
	}
	d.unwritten = manyRows
	var refused *duckdb.Error
	if err := d.checkpoint(t.Context()); !errors.As(err, &refused) || d.unwritten != 0 {
		t.Errorf("within a transaction: %v", err)
	}
	d.unwritten, d.parameters.Undescribed = manyRows, true
	if err := d.checkpoint(t.Context()); err != nil {
		t.Errorf("of a database that is not kept, which has none: %v", err)
	}
}

// TestANewFileIsCheckpointedSeldom: nothing is replaced in it.
func TestANewFileIsCheckpointedSeldom(t *testing.T) {
	for rows, isNeeded := range map[int64]bool{manyRows: false, veryManyRows: true} {
		d := &derivation{isNew: true, unwritten: rows}
		if d.needsCheckpoint() != isNeeded {
			t.Errorf("%d rows: %v", rows, !isNeeded)
		}
	}
}
