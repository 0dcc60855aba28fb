package duck

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"

	duckdb "github.com/duckdb/duckdb-go/v2"
)

// Appender writes rows of one table without SQL. It buffers them: they are in the table after Close. Not safe for
// concurrent use.
type Appender struct {
	appender *duckdb.Appender
}

// NewAppenders begins an Appender for each of the tables of a schema ("" is main), on one connection, which must stay
// open until they are closed. After an error none is open.
func NewAppenders(
	ctx context.Context, connection *sql.Conn, schema string, tables ...string,
) (map[string]*Appender, error) {
	appenders := map[string]*Appender{}
	err := connection.Raw(func(raw any) error {
		for _, table := range tables {
			appender, err := duckdb.NewAppenderFromConn(raw.(driver.Conn), schema, table)
			if err != nil {
				return err
			}
			appenders[table] = &Appender{appender}
		}
		return ctx.Err()
	})
	if err == nil {
		return appenders, nil
	}
	for _, appender := range appenders {
		err = errors.Join(err, appender.Close())
	}
	return nil, err
}

// Nullable is the value behind a pointer, or nil, which is SQL's NULL.
func Nullable[T any](value *T) driver.Value {
	if value == nil {
		return nil
	}
	return *value
}

// Append adds a row: a value for each column, in their order; nil is NULL.
func (a *Appender) Append(values ...driver.Value) error { return a.appender.AppendRow(values...) }

// Close writes what is buffered. An error means that some of it is not in the table.
func (a *Appender) Close() error { return a.appender.Close() }
