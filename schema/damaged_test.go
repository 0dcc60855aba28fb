package schema

import (
	"database/sql"
	"errors"
	"os"
	"path/filepath"
	"testing"
)

// damage turns bits of the published file.
func (s *testStore) damage() {
	s.t.Helper()
	content := readFile(s.t, s.Layout().Database())
	for i := range 4096 {
		content[3*4096+i] ^= 0xff
	}
	if err := os.WriteFile(s.Layout().Database(), content, 0o600); err != nil {
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
	s.reopen()
}

// alter makes a file what an earlier version would have written.
func (s *testStore) alter(path, statements string) {
	s.t.Helper()
	database, err := openDatabase(s.t.Context(), path, readWrite, s.Settings(), filepath.Dir(path))
	if err != nil {
		s.t.Fatal(err)
	}
	defer database.Close()
	if _, err := database.ExecContext(s.t.Context(), statements); err != nil {
		s.t.Fatal(err)
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
