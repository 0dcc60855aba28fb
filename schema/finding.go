package schema

// Finding is a broken rule: where, and what is wrong.
type Finding struct {
	Where string // a row, or a file below the data directory
	What  string
	// IsDerived says that only derived tables break it: a rebuild of them repairs it.
	IsDerived bool
}
