package duck

import (
	"errors"
	"fmt"
	"time"
	"unicode/utf8"

	bindings "github.com/duckdb/duckdb-go-bindings"
	duckdb "github.com/duckdb/duckdb-go/v2"
)

// rowsPerVector is how many rows DuckDB takes at once.
const rowsPerVector = 2048

// VectorAppender writes rows of one table in whole vectors, which takes a third of an Appender's time: no value is a
// call into DuckDB. A row is one value for each column, in their order, by the method of the column's type, and then
// EndRow. It buffers rows: they are in the table after Close. Close or Discard it. Not safe for concurrent use.
type VectorAppender struct {
	connection *Connection
	appender   bindings.Appender
	chunk      bindings.DataChunk
	types      []bindings.Type
	vectors    []vector
	texts      arena
	row        int // of the chunk
	column     int // the next value's
	failed     error
}

// NewVectorAppender begins one for a table of a file that Open has open with the same mode and settings. Its columns
// are VARCHAR, BIGINT, BOOLEAN or TIMESTAMPTZ.
func NewVectorAppender(path string, mode Mode, settings Settings, table string) (*VectorAppender, error) {
	connection, err := Connect(path, mode, settings)
	if err != nil {
		return nil, err
	}
	a := &VectorAppender{connection: connection}
	if bindings.AppenderCreateExt(connection.Raw, "", "", table, &a.appender) == bindings.StateError {
		err := a.problem()
		a.release()
		return nil, err
	}
	var types []bindings.LogicalType
	for i := range bindings.AppenderColumnCount(a.appender) {
		types = append(types, bindings.AppenderColumnType(a.appender, i))
		a.types = append(a.types, bindings.GetTypeId(types[i]))
	}
	a.chunk = bindings.CreateDataChunk(types)
	for i := range types {
		bindings.DestroyLogicalType(&types[i])
	}
	a.begin()
	return a, nil
}

// Int64 sets the next column, a BIGINT.
func (a *VectorAppender) Int64(value int64) {
	if v := a.next(bindings.TypeBigInt); v != nil {
		v.setInt64(a.row, value)
	}
}

// Bool sets the next column, a BOOLEAN.
func (a *VectorAppender) Bool(value bool) {
	if v := a.next(bindings.TypeBoolean); v != nil {
		v.setBool(a.row, value)
	}
}

// Time sets the next column, a TIMESTAMPTZ, to the microsecond.
func (a *VectorAppender) Time(value time.Time) {
	if v := a.next(bindings.TypeTimestampTZ); v != nil {
		v.setInt64(a.row, value.UnixMicro())
	}
}

// NullTime sets the next column, a TIMESTAMPTZ; nil is NULL.
func (a *VectorAppender) NullTime(value *time.Time) {
	if value != nil {
		a.Time(*value)
	} else if v := a.next(bindings.TypeTimestampTZ); v != nil {
		v.setNull(a.row)
	}
}

// Text sets the next column, a VARCHAR. It copies the text.
func (a *VectorAppender) Text(value string) {
	v := a.next(bindings.TypeVarchar)
	if v == nil {
		return
	}
	if !utf8.ValidString(value) {
		a.failed = errNotUTF8
		return
	}
	v.setText(a.row, value, &a.texts)
}

// NullText sets the next column, a VARCHAR; nil is NULL.
func (a *VectorAppender) NullText(value *string) {
	if value != nil {
		a.Text(*value)
	} else if v := a.next(bindings.TypeVarchar); v != nil {
		v.setNull(a.row)
	}
}

var errNotUTF8 = errors.New("a text that is not UTF-8")

// next is the column that the next value belongs to, nil where none of its type does.
func (a *VectorAppender) next(of bindings.Type) *vector {
	if a.column >= len(a.types) || a.types[a.column] != of {
		a.failed = errors.Join(a.failed, fmt.Errorf("column %d takes no value of this type", a.column))
		return nil
	}
	a.column++
	return &a.vectors[a.column-1]
}

// EndRow ends a row. After an error nothing more is written.
func (a *VectorAppender) EndRow() error {
	if a.failed == nil && a.column != len(a.types) {
		a.failed = fmt.Errorf("a row has %d values for %d columns", a.column, len(a.types))
	}
	if a.failed != nil {
		return a.failed
	}
	a.column = 0
	a.row++
	if a.row == rowsPerVector {
		a.failed = a.append()
	}
	return a.failed
}

// append hands the chunk to DuckDB, which copies it, and begins another.
func (a *VectorAppender) append() error {
	if a.row == 0 {
		return nil
	}
	bindings.DataChunkSetSize(a.chunk, bindings.IdxT(a.row))
	if bindings.AppendDataChunk(a.appender, a.chunk) == bindings.StateError {
		return a.problem()
	}
	bindings.DataChunkReset(a.chunk)
	a.begin()
	return nil
}

// begin points at the vectors of an empty chunk.
func (a *VectorAppender) begin() {
	a.row, a.column, a.vectors = 0, 0, a.vectors[:0]
	a.texts.reset()
	for i := range a.types {
		a.vectors = append(a.vectors, vectorOf(bindings.DataChunkGetVector(a.chunk, bindings.IdxT(i))))
	}
}

// Close writes what is buffered. An error means that some of it is not in the table.
func (a *VectorAppender) Close() error {
	defer a.release()
	if a.failed == nil {
		a.failed = a.append()
	}
	if a.failed == nil && bindings.AppenderFlush(a.appender) == bindings.StateError {
		a.failed = a.problem()
	}
	return a.failed
}

// Discard ends it without writing what is buffered. After Close, and for a nil one, it does nothing.
func (a *VectorAppender) Discard() {
	if a != nil && a.connection != nil {
		a.release()
	}
}

// release gives everything back. Rows that are still buffered are dropped: DuckDB would write them.
func (a *VectorAppender) release() {
	bindings.AppenderClear(a.appender)
	bindings.AppenderDestroy(&a.appender)
	bindings.DestroyDataChunk(&a.chunk)
	a.texts.release()
	a.connection.Close()
	a.connection = nil
}

// problem is what failed last, as DuckDB's other errors are, which IsIO and the like tell apart.
func (a *VectorAppender) problem() error {
	data := bindings.AppenderErrorData(a.appender)
	defer bindings.DestroyErrorData(&data)
	return &duckdb.Error{
		Type: duckdb.ErrorType(bindings.ErrorDataErrorType(data)), Msg: bindings.ErrorDataMessage(data),
	}
}
