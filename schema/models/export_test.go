package models

import (
	"database/sql"
	"errors"
	"io/fs"
)

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
	TablesRead    = tablesRead

	FunctionsOf = functionsOf
	Macros      = macros
)

// RegisterFunctions makes every function that models call known to the instance of a connection.
func RegisterFunctions(connection *sql.Conn) error {
	return errors.Join(registerFunctions(connection), RegisterMatcher(connection, matchRules, nil),
		RegisterMatcher(connection, matchNewRules, nil))
}

// FollowPersonal follows the marks of fields.csv through other headers than those of this program.
func FollowPersonal(files fs.FS) (PersonalColumns, error) {
	fields, err := LoadFields()
	if err != nil {
		return nil, err
	}
	return followPersonal(fields, files)
}

// Bind puts the parameters into a query.
func (p Parameters) Bind(query string) string { return p.bind(query) }

// File is where a header was read.
func (h Header) File() string { return h.file }

// Next is the number a new column of a table gets.
func (t FieldTable) Next(table string) int { return t.next(table) }
