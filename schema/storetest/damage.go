package storetest

import (
	"bufio"
	"database/sql"
	"encoding/binary"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"fcpipe/schema"
	"fcpipe/schema/check"
	"fcpipe/schema/duck"
	"fcpipe/schema/reader"
	"fcpipe/schema/repair"
)

// Damage turns bits in every block of the published file.
func (s *Store) Damage() {
	s.T.Helper()
	content := ReadFile(s.T, s.Layout().Database())
	for _, middle := range BlockMiddles(content) {
		content[middle] ^= 0xff
	}
	if err := os.WriteFile(s.Layout().Database(), content, 0o600); err != nil {
		s.T.Fatal(err)
	}
}

// Repair repairs the data directory, as between two runs of the program.
func (s *Store) Repair() {
	s.T.Helper()
	r, err := repair.Open(s.Options, false)
	if err != nil {
		s.T.Fatal(err)
	}
	if err := errors.Join(r.Run(s.T.Context(), ""), r.Close()); err != nil {
		s.T.Fatal(err)
	}
	s.Reopen()
}

// Alter makes a file what an earlier version would have written.
func (s *Store) Alter(path, statements string) {
	s.T.Helper()
	database, err := duck.Open(s.T.Context(), path, duck.ReadWrite, s.Settings(), filepath.Dir(path))
	if err != nil {
		s.T.Fatal(err)
	}
	defer database.Close()
	if _, err := database.ExecContext(s.T.Context(), statements); err != nil {
		s.T.Fatal(err)
	}
}

// Change alters a file as another program would.
func Change(t *testing.T, path string, statements []string) {
	t.Helper()
	if statements == nil {
		return
	}
	database, err := sql.Open("duckdb", path+"?threads=1")
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

// HoldOpen has another process open a file for writing, until it is released.
func (s *Store) HoldOpen(path string) (release func()) {
	s.T.Helper()
	holder := exec.CommandContext(s.T.Context(), os.Args[0], "-test.run=^TestHolder$", "-test.v")
	holder.Env = append(os.Environ(), "FCPIPE_TEST_HOLD="+path)
	said, err := holder.StdoutPipe()
	if err != nil {
		s.T.Fatal(err)
	}
	asked, err := holder.StdinPipe()
	if err != nil {
		s.T.Fatal(err)
	}
	if err := holder.Start(); err != nil {
		s.T.Fatal(err)
	}
	for lines := bufio.NewScanner(said); lines.Text() != "held"; {
		if !lines.Scan() {
			s.T.Fatalf("the other process ended: %v", holder.Wait())
		}
	}
	return func() {
		closed := asked.Close()
		_, read := io.Copy(io.Discard, said)
		if err := errors.Join(closed, read, holder.Wait()); err != nil {
			s.T.Error(err)
		}
	}
}

// BlockMiddles lists the byte in the middle of every block of a file: three headers of 4 KiB, then blocks of the
// size that the first of the two database headers tells.
func BlockMiddles(file []byte) (middles []int) {
	const headers = 3 * 4096
	size := int(binary.LittleEndian.Uint64(file[4096+8+4*8:]))
	for at := headers; at+size <= len(file); at += size {
		middles = append(middles, at+size/2)
	}
	return middles
}

// Findings are what a quick verify finds in the published file.
func (s *Store) Findings() []schema.Finding {
	s.T.Helper()
	opened, err := reader.Open(s.T.Context(), s.Layout(), s.Settings())
	if err != nil {
		s.T.Fatal(err)
	}
	found, err := check.VerifyQuick(s.T.Context(), opened, s.Layout())
	if err := errors.Join(err, opened.Close()); err != nil {
		s.T.Fatal(err)
	}
	return found
}
