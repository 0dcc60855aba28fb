package export

import (
	"errors"

	"github.com/parquet-go/parquet-go"

	"fcpipe/schema/reader"
)

// Definition levels count the optional things above a value, and the list it is in, that are
// there. parquet-go's own way from Go values to levels turns nulls into zeros in places (v0.32.0,
// optional fields that are no pointers), so levels are always set here.
const (
	absent = 0 // no value, or no list, where the column is optional
	// beside what an optional column adds
	present       = 0 // a value
	emptyList     = 0
	absentElement = 1
	element       = 2
)

// errRequired is what a null in a column that promises none is: written, it would be a zero.
var errRequired = errors.New("a null where the schema promises a value")

// appendValues turns rows [first, end) of a column into Parquet values. Text is not copied.
func appendValues(
	values []parquet.Value, vector *reader.Vector, first, end, column int, required bool,
) ([]parquet.Value, error) {
	there := 1 // what the column adds to the level of everything in it
	if required {
		there = 0
	}
	isList := vector.Kind == reader.KindTextList
	for row := first; row < end; row++ {
		if vector.Null(row) {
			if required {
				return values, errRequired
			}
			values = append(values, parquet.NullValue().Level(0, absent, column))
		} else if isList {
			values = appendList(values, vector, row, column, there)
		} else {
			values = append(values, valueAt(vector, row).Level(0, there+present, column))
		}
	}
	return values, nil
}

func valueAt(vector *reader.Vector, row int) parquet.Value {
	switch vector.Kind {
	case reader.KindText:
		return parquet.ByteArrayValue(vector.Texts[row])
	case reader.KindBoolean:
		return parquet.BooleanValue(vector.Booleans[row])
	case reader.KindDouble:
		return parquet.DoubleValue(vector.Doubles[row])
	case reader.KindDate:
		return parquet.Int32Value(vector.Dates[row])
	default: // KindInt64, KindTimestamp
		return parquet.Int64Value(vector.Int64s[row])
	}
}

// appendList adds the elements of a row's list, which is there.
func appendList(values []parquet.Value, vector *reader.Vector, row, column, there int) []parquet.Value {
	from, to := vector.List(row)
	if from == to {
		return append(values, parquet.NullValue().Level(0, there+emptyList, column))
	}
	for i := from; i < to; i++ {
		repetition := min(i-from, 1) // 0 begins a list, 1 goes on with it
		if vector.ElementNull(i) {
			values = append(values, parquet.NullValue().Level(repetition, there+absentElement, column))
			continue
		}
		values = append(values, parquet.ByteArrayValue(vector.Texts[i]).Level(repetition, there+element, column))
	}
	return values
}
