package reader_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"testing"

	duckdb "github.com/duckdb/duckdb-go/v2"

	"fcpipe/schema"
	"fcpipe/schema/duck"
	"fcpipe/schema/durable"
	"fcpipe/schema/reader"
	"fcpipe/schema/repair"
	"fcpipe/schema/storetest"
)

func TestWhoIsStoppedDoesNotCallAFileForeign(t *testing.T) {
	database, err := duck.Open(t.Context(), "", duck.ReadWrite, duck.Settings{Threads: 1})
	if err != nil {
		t.Fatal(err)
	}
	defer database.Close()
	if err := reader.CheckFormat(t.Context(), database, "x.duckdb"); !errors.Is(err, schema.ErrForeignFile) {
		t.Errorf("%v", err)
	}
	stopped, stop := context.WithCancel(t.Context())
	stop()
	if err := reader.CheckFormat(stopped, database, "x.duckdb"); err == nil || errors.Is(err, schema.ErrForeignFile) {
		t.Errorf("%v", err)
	}
}

// An analyst opened the file for writing. No other program can read it until that ends, and nothing is wrong with it.
func TestAFileThatIsHeldOpenIsNotForeign(t *testing.T) {
	t.Parallel()
	s := storetest.New(t)
	s.Published(1)
	s.Land(storetest.Completed(0, 1))
	landed, err := durable.FilesMatching(s.Layout().Landing(), "*.duckdb")
	if err != nil {
		t.Fatal(err)
	}
	releaseSegment := s.HoldOpen(landed[0])
	if _, err := s.Landing(t.Context()); !errors.Is(err, schema.ErrHeldOpen) {
		t.Errorf("landing: %v", err)
	}
	releaseSegment()
	release := s.HoldOpen(s.Layout().Database())
	if reader, err := reader.Open(t.Context(), s.Layout(), s.Options.Settings); !errors.Is(err, schema.ErrHeldOpen) ||
		errors.Is(err, schema.ErrForeignFile) {
		t.Errorf("%v, %v", reader, err)
	}
	r, err := repair.Open(s.Options, false)
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(r.Run(t.Context(), ""), r.Close()); !errors.Is(err, schema.ErrHeldOpen) || len(r.Steps) > 0 {
		t.Errorf("repair did %v: %v", r.Steps, err)
	}
	release()
	s.Want("SELECT count(*) FROM main.accounts", "1")
}

// TestHolder is the other process of HoldOpen.
func TestHolder(t *testing.T) {
	path := os.Getenv("FCPIPE_TEST_HOLD")
	if path == "" {
		return // only HoldOpen asks for it
	}
	database, err := duck.Open(t.Context(), path, duck.ReadWrite, duck.Settings{Threads: 1})
	if err != nil {
		t.Fatal(err)
	}
	defer database.Close()
	fmt.Println("held")
	_, _ = io.Copy(io.Discard, os.Stdin)
}

// DuckDB calls a block that fails its checksum an IO error; a timer that tries again would not help.
func TestADamagedBlockIsNoFailingDisk(t *testing.T) {
	err := fmt.Errorf(
		"state_accounts: %w",
		&duckdb.Error{
			Type: duckdb.ErrorTypeIO,
			Msg: "IO Error: Corrupt database file: computed checksum 1 does not match stored checksum 2 in block " +
				"at location 3",
		},
	)
	if !duck.IsDamaged(err) || duck.IsIO(err) || duck.IsEnvironmental(err) {
		t.Errorf(
			"damaged: %v, io: %v, the machine failed: %v", duck.IsDamaged(err), duck.IsIO(err),
			duck.IsEnvironmental(err),
		)
	}
}

// TestADiskThatCannotReadSaysNothingOfTheFile: the words are those of DuckDB 1.5 on glibc. Only a
// failing device is no evidence; a file of another kind, or one that is cut short, is.
func TestADiskThatCannotReadSaysNothingOfTheFile(t *testing.T) {
	for said, failed := range map[string]bool{
		`IO Error: Could not read from file "/data/fcpipe.duckdb": Input/output error`:                        true,
		`IO Error: Cannot open file "/data/fcpipe.duckdb": Too many open files`:                               true,
		`IO Error: Cannot open file "/data/fcpipe.duckdb": Permission denied`:                                 true,
		`IO Error: Cannot open file "/data/fcpipe.duckdb": Operation not permitted`:                           true,
		`IO Error: The file "/data/fcpipe.duckdb" exists, but it is not a valid DuckDB database file!`:        false,
		`IO Error: Could not read enough bytes from file "/data/fcpipe.duckdb": attempted to read 4096 bytes`: false,
		`Serialization Error: Failed to deserialize: field id mismatch, expected: 100, got: 0`:                false,
	} {
		if got := duck.IsEnvironmental(
			fmt.Errorf("open: %w", &duckdb.Error{Type: duckdb.ErrorTypeIO, Msg: said}),
		); got != failed {
			t.Errorf("%s: the machine failed: %v", said, got)
		}
	}
}
