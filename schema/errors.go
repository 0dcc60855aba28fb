package schema

import (
	"errors"
	"strings"

	duckdb "github.com/duckdb/duckdb-go/v2"
)

var (
	// ErrForeignFile is returned when the file at the database path is not one fcpipe made.
	ErrForeignFile = errors.New("not a database of fcpipe")
	// ErrNoDatabase is returned when nothing has been published yet.
	ErrNoDatabase = errors.New("no database yet")
	// ErrLocked is returned when another run holds the data directory.
	ErrLocked = errors.New("another run holds the lock")
	// ErrInvariant is returned when stored data would break a rule of the data; nothing is published.
	ErrInvariant = errors.New("broken invariant")
)

// IsIO reports whether DuckDB failed to read or write a file: a full disk, a lost device.
func IsIO(err error) bool {
	failure, ok := errors.AsType[*duckdb.Error](err)
	if !ok {
		return false
	}
	if failure.Type == duckdb.ErrorTypeIO {
		return true
	}
	for _, text := range []string{"IO Error", "Could not write file", "No space left", "Could not fsync", "fsync failed"} {
		if strings.Contains(failure.Msg, text) { // a failed checkpoint comes as a fatal error
			return true
		}
	}
	return false
}
