package duck

import (
	"reflect"
	"unicode/utf8"

	bindings "github.com/duckdb/duckdb-go-bindings"
	duckdb "github.com/duckdb/duckdb-go/v2"
)

// resultField is a field of the struct that a function answers, for the rows of one chunk.
type resultField struct {
	vector

	column bindings.Vector
}

// fieldsOf are the fields of a struct. The driver has no way to write into one but a map for each row, so the address
// of the vector is read out of it; function_test.go fails where another version of the driver keeps it elsewhere.
func fieldsOf(result duckdb.Vector, count int) []resultField {
	address := reflect.ValueOf(result).FieldByName("v").Elem().FieldByName("vec").FieldByName("Ptr").UnsafePointer()
	fields := make([]resultField, count)
	for i := range fields {
		column := bindings.StructVectorGetChild(bindings.Vector{Ptr: address}, bindings.IdxT(i))
		fields[i] = resultField{vectorOf(column), column}
	}
	return fields
}

// set copies a text into a row; an empty one is null. Short ones of ASCII lie in their slot, and need no call.
func (f *resultField) set(row int, text string) {
	switch {
	case text == "":
		f.setNull(row)
	case len(text) <= textInlined && isASCII(text):
		f.setText(row, text, nil)
	default:
		bindings.VectorAssignStringElement(f.column, bindings.IdxT(row), text)
	}
}

func isASCII(text string) bool {
	for i := range len(text) {
		if text[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}
