package schema

// Finding is a broken rule: where, and what is wrong.
type Finding struct {
	Where string // a row, or a file below the data directory
	What  string
	// IsDerived says that only derived tables break it: the next round that derives them repairs it.
	IsDerived bool
}
