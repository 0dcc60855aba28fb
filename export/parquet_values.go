package export

import (
	"github.com/parquet-go/parquet-go"

	"fcpipe/schema"
)

// Definition levels of a column, by what is there. parquet-go's own way from Go values to
// levels turns nulls into zeros in places (v0.32.0, optional fields that are no pointers),
// so levels are always set here.
const (
	absent = 0 // no value, or no list
	// an optional value
	present = 1
	// an optional list of optional elements
	emptyList     = 1
	absentElement = 2
	element       = 3
)

// appendValues turns rows [first, end) of a column into Parquet values. Text is not copied.
func appendValues(values []parquet.Value, vector *schema.Vector, first, end, column int, required bool) []parquet.Value {
	if vector.Kind == schema.KindTextList {
		return appendLists(values, vector, first, end, column)
	}
	level := present
	if required {
		level = 0
	}
	for row := first; row < end; row++ {
		if vector.Null(row) {
			values = append(values, parquet.NullValue().Level(0, absent, column))
			continue
		}
		values = append(values, valueAt(vector, row).Level(0, level, column))
	}
	return values
}

func valueAt(vector *schema.Vector, row int) parquet.Value {
	switch vector.Kind {
	case schema.KindText:
		return parquet.ByteArrayValue(vector.Texts[row])
	case schema.KindBoolean:
		return parquet.BooleanValue(vector.Booleans[row])
	case schema.KindDouble:
		return parquet.DoubleValue(vector.Doubles[row])
	case schema.KindDate:
		return parquet.Int32Value(vector.Dates[row])
	default: // KindInt64, KindTimestamp
		return parquet.Int64Value(vector.Int64s[row])
	}
}

func appendLists(values []parquet.Value, vector *schema.Vector, first, end, column int) []parquet.Value {
	for row := first; row < end; row++ {
		if vector.Null(row) {
			values = append(values, parquet.NullValue().Level(0, absent, column))
			continue
		}
		from, to := vector.List(row)
		if from == to {
			values = append(values, parquet.NullValue().Level(0, emptyList, column))
		}
		for i := from; i < to; i++ {
			repetition := min(i-from, 1) // 0 begins a list, 1 goes on with it
			if vector.ElementNull(i) {
				values = append(values, parquet.NullValue().Level(repetition, absentElement, column))
				continue
			}
			values = append(values, parquet.ByteArrayValue(vector.Texts[i]).Level(repetition, element, column))
		}
	}
	return values
}
