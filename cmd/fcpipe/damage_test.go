package main

import (
	"database/sql"
	"errors"
	"os"
	"path/filepath"
	"strconv"

	_ "github.com/duckdb/duckdb-go/v2" // "newer" needs a file opened for writing
	"github.com/rogpeppe/go-internal/testscript"
)

// damage flips a bit of the first file a pattern matches, at a byte counted from the end when it is negative.
func damage(ts *testscript.TestScript, _ bool, args []string) {
	path := firstMatch(ts, args[0])
	at, err := strconv.Atoi(args[1])
	ts.Check(err)
	content, err := os.ReadFile(path)
	ts.Check(err)
	if at < 0 {
		at += len(content)
	}
	content[at] ^= 4
	replaceContent(ts, path, content)
}

// cut shortens the first file a pattern matches to half its length.
func cut(ts *testscript.TestScript, _ bool, args []string) {
	path := firstMatch(ts, args[0])
	content, err := os.ReadFile(path)
	ts.Check(err)
	replaceContent(ts, path, content[:len(content)/2])
}

// gone removes every file a pattern matches, at least one.
func gone(ts *testscript.TestScript, _ bool, args []string) {
	firstMatch(ts, args[0])
	found, err := filepath.Glob(ts.MkAbs(args[0]))
	ts.Check(err)
	for _, path := range found {
		ts.Check(os.RemoveAll(path))
	}
}

// rollback goes back to the newest earlier generation.
func rollback(ts *testscript.TestScript, _ bool, _ []string) {
	found, err := filepath.Glob(ts.MkAbs("data/state/previous/*.duckdb"))
	ts.Check(err)
	if len(found) == 0 {
		ts.Fatalf("no earlier generation")
	}
	ts.Check(ts.Exec("fcpipe", "repair", "--to", filepath.Base(found[len(found)-1])))
}

func firstMatch(ts *testscript.TestScript, pattern string) string {
	found, err := filepath.Glob(ts.MkAbs(pattern))
	ts.Check(err)
	if len(found) == 0 {
		ts.Fatalf("nothing matches %s", pattern)
	}
	return found[0]
}

// replaceContent writes into the file itself, so that its hard links show it too.
func replaceContent(ts *testscript.TestScript, path string, content []byte) {
	ts.Check(os.WriteFile(path, content, 0o600))
}

func markNewer(ts *testscript.TestScript, _ bool, _ []string) {
	alterFile(ts, "INSERT INTO meta.migrations VALUES (9999, '9999_from_the_future.sql', 'x', now())")
}

// alter runs a statement on the published file, as a defect of a round or another program would.
func alter(ts *testscript.TestScript, _ bool, args []string) { alterFile(ts, args[0]) }

func alterFile(ts *testscript.TestScript, statement string) {
	database, err := sql.Open("duckdb", layoutOf(ts).Database())
	ts.Check(err)
	_, err = database.Exec(statement + "; CHECKPOINT")
	ts.Check(errors.Join(err, database.Close()))
}
