package reader

import (
	"context"
	"fmt"
	"iter"

	bindings "github.com/duckdb/duckdb-go-bindings"
)

// Batch is up to 2,048 rows in columns. Its memory is the next batch's too.
type Batch struct {
	Len     int
	Columns []Vector
}

// batches streams a statement. The names are for errors only; nil takes those of the statement.
func (r *Reader) batches(
	ctx context.Context, names []string, text string, parameters ...string,
) iter.Seq2[*Batch, error] {
	return func(yield func(*Batch, error) bool) {
		s, err := r.openStream(ctx, text, parameters...)
		if err != nil {
			yield(nil, err)
			return
		}
		defer s.close()
		batch, types, err := newBatch(s, names)
		if err == nil {
			err = s.execute(ctx)
		}
		for err == nil {
			var more bool
			if more, err = s.deliver(ctx, batch, types, yield); !more {
				break
			}
		}
		if err != nil {
			yield(nil, err)
		}
	}
}

// deliver fetches one chunk and hands it on. It reports false when there is no more to do.
func (s *stream) deliver(
	ctx context.Context, batch *Batch, types []bindings.Type, yield func(*Batch, error) bool,
) (bool, error) {
	chunk, err := s.next(ctx)
	if err != nil || chunk.Ptr == nil {
		return false, err
	}
	defer bindings.DestroyDataChunk(&chunk)
	batch.Len = int(bindings.DataChunkGetSize(chunk))
	if batch.Len == 0 {
		return true, nil
	}
	for i := range batch.Columns {
		column := bindings.DataChunkGetVector(chunk, bindings.IdxT(i))
		if err := batch.Columns[i].fill(column, types[i], batch.Len); err != nil {
			return false, err
		}
	}
	return yield(batch, nil), nil
}

// newBatch allocates a statement's columns and learns DuckDB's types of them.
func newBatch(s *stream, names []string) (*Batch, []bindings.Type, error) {
	count := int(bindings.PreparedStatementColumnCount(s.statement))
	if names == nil {
		names = namesOf(s, count)
	}
	if count != len(names) {
		return nil, nil, fmt.Errorf("the statement has %d columns, want %d", count, len(names))
	}
	batch := &Batch{Columns: make([]Vector, count)}
	types := make([]bindings.Type, count)
	for i := range types {
		var err error
		types[i] = bindings.PreparedStatementColumnType(s.statement, bindings.IdxT(i))
		if batch.Columns[i].Kind, err = kindOfColumn(s.statement, i, types[i]); err != nil {
			return nil, nil, fmt.Errorf("column %s: %w", names[i], err)
		}
		if types[i] == bindings.TypeEnum {
			types[i], batch.Columns[i].words = wordsOf(s.statement, i)
		}
	}
	return batch, types, nil
}

// namesOf are the names of a statement's columns.
func namesOf(s *stream, count int) []string {
	names := make([]string, count)
	for i := range names {
		names[i] = bindings.PreparedStatementColumnName(s.statement, bindings.IdxT(i))
	}
	return names
}

// wordsOf are the texts of a column of a closed list, and the type of the numbers that stand for them.
func wordsOf(statement bindings.PreparedStatement, column int) (bindings.Type, [][]byte) {
	list := bindings.PreparedStatementColumnLogicalType(statement, bindings.IdxT(column))
	defer bindings.DestroyLogicalType(&list)
	words := make([][]byte, bindings.EnumDictionarySize(list))
	for i := range words {
		words[i] = []byte(bindings.EnumDictionaryValue(list, bindings.IdxT(i)))
	}
	return bindings.EnumInternalType(list), words
}

func kindOfColumn(statement bindings.PreparedStatement, column int, duckType bindings.Type) (Kind, error) {
	switch duckType {
	case bindings.TypeVarchar, bindings.TypeEnum:
		return KindText, nil
	case bindings.TypeBigInt, bindings.TypeInteger, bindings.TypeSmallInt:
		return KindInt64, nil
	case bindings.TypeBoolean:
		return KindBoolean, nil
	case bindings.TypeDouble:
		return KindDouble, nil
	case bindings.TypeTimestamp, bindings.TypeTimestampTZ:
		return KindTimestamp, nil
	case bindings.TypeDate:
		return KindDate, nil
	case bindings.TypeList:
		list := bindings.PreparedStatementColumnLogicalType(statement, bindings.IdxT(column))
		defer bindings.DestroyLogicalType(&list)
		element := bindings.ListTypeChildType(list)
		defer bindings.DestroyLogicalType(&element)
		if bindings.GetTypeId(element) == bindings.TypeVarchar {
			return KindTextList, nil
		}
	default:
	}
	return 0, fmt.Errorf("DuckDB's type %d has no place in a dataset", duckType)
}
