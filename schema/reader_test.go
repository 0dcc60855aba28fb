package schema

import (
	"context"
	"errors"
	"fmt"
	"testing"

	duckdb "github.com/duckdb/duckdb-go/v2"
)

func TestWhoIsStoppedDoesNotCallAFileForeign(t *testing.T) {
	database, err := openDatabase(t.Context(), "", readWrite, Settings{})
	if err != nil {
		t.Fatal(err)
	}
	defer database.Close()
	if err := checkOurs(t.Context(), database, "x.duckdb"); !errors.Is(err, ErrForeignFile) {
		t.Errorf("%v", err)
	}
	stopped, stop := context.WithCancel(t.Context())
	stop()
	if err := checkOurs(stopped, database, "x.duckdb"); err == nil || errors.Is(err, ErrForeignFile) {
		t.Errorf("%v", err)
	}
}

// TestADiskThatCannotReadSaysNothingOfTheFile: the words are those of DuckDB 1.5 on glibc. Only a
// failing device is no evidence; a file that is none, or is cut short, is.
func TestADiskThatCannotReadSaysNothingOfTheFile(t *testing.T) {
	for said, failed := range map[string]bool{
		`IO Error: Could not read from file "/data/fcpipe.duckdb": Input/output error`:                        true,
		`IO Error: Cannot open file "/data/fcpipe.duckdb": Too many open files`:                               true,
		`IO Error: The file "/data/fcpipe.duckdb" exists, but it is not a valid DuckDB database file!`:        false,
		`IO Error: Could not read enough bytes from file "/data/fcpipe.duckdb": attempted to read 4096 bytes`: false,
		`Serialization Error: Failed to deserialize: field id mismatch, expected: 100, got: 0`:                false,
	} {
		if got := deviceFailed(fmt.Errorf("open: %w", &duckdb.Error{Type: duckdb.ErrorTypeIO, Msg: said})); got != failed {
			t.Errorf("%s: the device failed: %v", said, got)
		}
	}
}
