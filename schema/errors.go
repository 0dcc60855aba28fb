package schema

import "errors"

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
