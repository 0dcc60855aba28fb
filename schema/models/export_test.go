package models

// What the tests of this directory know of the inside.
const (
	ElementOffset = elementOffset
	LaterMark     = laterMark
)

var (
	CheckColumns  = checkColumns
	CompareModels = compareModels
	DeriveModels  = deriveModels
	OrderedModels = orderedModels
	OrderModels   = orderModels
	ParseFields   = parseFields
	ParseHeader   = parseHeader
)

// Bind puts the parameters into a query.
func (p Parameters) Bind(query string) string { return p.bind(query) }

// File is where a header was read.
func (h Header) File() string { return h.file }

// Next is the number a new column of a table gets.
func (t FieldTable) Next(table string) int { return t.next(table) }
