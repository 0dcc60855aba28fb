package schema

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

// holdOpen has another process open a file for writing, until it is released.
func (s *testStore) holdOpen(path string) (release func()) {
	s.t.Helper()
	holder := exec.CommandContext(s.t.Context(), os.Args[0], "-test.run=^TestHolder$", "-test.v")
	holder.Env = append(os.Environ(), "FCPIPE_TEST_HOLD="+path)
	said, err := holder.StdoutPipe()
	if err != nil {
		s.t.Fatal(err)
	}
	asked, err := holder.StdinPipe()
	if err != nil {
		s.t.Fatal(err)
	}
	if err := holder.Start(); err != nil {
		s.t.Fatal(err)
	}
	for lines := bufio.NewScanner(said); lines.Text() != "held"; {
		if !lines.Scan() {
			s.t.Fatalf("the other process ended: %v", holder.Wait())
		}
	}
	return func() {
		closed := asked.Close()
		_, read := io.Copy(io.Discard, said)
		if err := errors.Join(closed, read, holder.Wait()); err != nil {
			s.t.Error(err)
		}
	}
}

// blockMiddles lists the byte in the middle of every block of a file: three headers of 4 KiB, then blocks of the
// size that the first of the two database headers tells.
func blockMiddles(file []byte) (middles []int) {
	const headers = 3 * 4096
	size := int(binary.LittleEndian.Uint64(file[4096+8+4*8:]))
	for at := headers; at+size <= len(file); at += size {
		middles = append(middles, at+size/2)
	}
	return middles
}
