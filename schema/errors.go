package schema

import "errors"

var (
	// ErrForeignFile is returned when the file at the database path is not one fcpipe made.
	ErrForeignFile = errors.New("not a database of fcpipe")
	// ErrNoDatabase is returned when nothing has been published yet.
	ErrNoDatabase = errors.New("no database yet")
	// ErrPublishedMissing is returned when the published file is missing while earlier generations are kept: a round
	// that started with an empty file would remove the last of what they hold.
	ErrPublishedMissing = errors.New("the published file is missing")
	// ErrLocked is returned when another run holds the data directory.
	ErrLocked = errors.New("another run holds the lock")
	// ErrHeldOpen is returned when another program has a file open for writing. DuckDB lets no other program in until
	// it ends; programs that open it read-only never block it.
	ErrHeldOpen = errors.New("another program has the file open for writing; analysts open it with -readonly")
	// ErrInvariant is returned when stored data would break a rule of the data; nothing is published.
	ErrInvariant = errors.New("broken invariant")
)

// ErrNewerSchema is returned when a file was made by a newer fcpipe.
// The file is left as it is.
var ErrNewerSchema = errors.New("made by a newer fcpipe")
