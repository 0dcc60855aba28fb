package duck

import (
	"context"
	"database/sql"
	"database/sql/driver"

	duckdb "github.com/duckdb/duckdb-go/v2"
)

// Function is a function of one text, written in Go, that SQL can call: it gives a struct of texts. Rows are handed to
// it in several threads at once.
type Function struct {
	Name   string
	Fields []string
	Read   func(text string, into []string) // fills one value for each field; an empty one is null
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

// Executor is asked for once for each chunk of rows, which one thread hands over: what a row is made in is used again.
func (f *scalarFunction) Executor() duckdb.ScalarFuncExecutor {
	texts, row := make([]string, len(f.Fields)), make(map[string]any, len(f.Fields))
	return duckdb.ScalarFuncExecutor{
		RowContextExecutor: func(_ context.Context, values []driver.Value) (any, error) {
			clear(texts)
			f.Read(values[0].(string), texts)
			for i, field := range f.Fields {
				row[field] = nil
				if texts[i] != "" {
					row[field] = texts[i]
				}
			}
			return row, nil
		},
	}
}
