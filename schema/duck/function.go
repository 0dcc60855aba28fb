package duck

import (
	"context"
	"database/sql"

	duckdb "github.com/duckdb/duckdb-go/v2"
)

// Function is a function of one text, written in Go, that SQL can call: it gives a struct of texts. Rows are handed to
// it in several threads at once. A text that is not UTF-8 it answers is null.
type Function struct {
	Name   string
	Fields []string
	Read   func(text string, into []string) // fills one value for each field; an empty one is null; keeps no text
}

// RegisterFunction makes a function known to the instance of a connection, until that is closed: no file holds it.
func RegisterFunction(connection *sql.Conn, f Function) error {
	text, err := duckdb.NewTypeInfo(duckdb.TYPE_VARCHAR)
	if err != nil {
		return err
	}
	entries := make([]duckdb.StructEntry, len(f.Fields))
	for i, field := range f.Fields {
		if entries[i], err = duckdb.NewStructEntry(text, field); err != nil {
			return err
		}
	}
	result, err := duckdb.NewStructInfo(entries[0], entries[1:]...)
	if err != nil {
		return err
	}
	config := duckdb.ScalarFuncConfig{InputTypeInfos: []duckdb.TypeInfo{text}, ResultTypeInfo: result}
	return duckdb.RegisterScalarUDF(connection, f.Name, &scalarFunction{f, config})
}

// scalarFunction is a Function as the driver calls it.
type scalarFunction struct {
	Function
	config duckdb.ScalarFuncConfig
}

func (f *scalarFunction) Config() duckdb.ScalarFuncConfig { return f.config }

// Executor is asked for once for each chunk of rows, which one thread hands over.
func (f *scalarFunction) Executor() duckdb.ScalarFuncExecutor {
	return duckdb.ScalarFuncExecutor{ChunkContextExecutor: f.fill}
}

// fill answers a chunk of rows. A row by its own is a map for the driver, and a call into DuckDB for each field: that
// took as long as half of reading a text.
func (f *scalarFunction) fill(_ context.Context, chunk *duckdb.ChunkIteratorState) error {
	input, err := chunk.GetInputChunk().GetVector(0)
	if err != nil {
		return err
	}
	texts, err := duckdb.GetVectorView[string](input)
	if err != nil {
		return err
	}
	fields := fieldsOf(chunk.GetResultVector(), len(f.Fields))
	values := make([]string, len(f.Fields))
	for row := range texts.Len() {
		text, isThere, err := texts.GetValueBorrowed(row)
		if err != nil {
			return err
		}
		if !isThere { // the driver makes the answer null
			continue
		}
		clear(values)
		f.Read(text, values)
		for i := range fields {
			fields[i].set(row, values[i])
		}
	}
	return nil
}
