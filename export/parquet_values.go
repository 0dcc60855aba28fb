package export

import (
	"errors"
	"slices"

	"github.com/parquet-go/parquet-go"

	"fcpipe/schema/reader"
)

// Definition levels count the optional things above a value, and the list it is in, that are
// there. parquet-go's own way from Go values to levels turns nulls into zeros in places (v0.32.0,
// optional fields that are no pointers), so levels are always set here. A null has none.
const (
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
	values []parquet.Value, vector *reader.Vector, first, end int, required bool,
) ([]parquet.Value, error) {
	if vector.Kind == reader.KindTextList {
		return appendLists(values, vector, first, end, required)
	}
	there := levelOf(required)
	values = slices.Grow(values, end-first)
	added := values[len(values) : len(values)+end-first]
	setValues(added, vector, first)
	for i := range added {
		if !vector.Null(first + i) {
			added[i].SetDefinitionLevel(there + present)
			continue
		}
		if required {
			return values, errRequired
		}
		added[i] = parquet.NullValue()
	}
	return values[:len(values)+len(added)], nil
}

// levelOf is what a column adds to the level of everything in it.
func levelOf(required bool) int {
	if required {
		return 0
	}
	return 1
}

// setValues sets values to those of a column from a row on. Every value of an export passes here: a loop for each kind
// takes half the time of one loop that looks at the kind. What it sets for a null means nothing.
func setValues(values []parquet.Value, vector *reader.Vector, first int) {
	end := first + len(values)
	switch vector.Kind {
	case reader.KindText:
		if vector.Numbers != nil {
			setTexts(values, vector, first)
			return
		}
		for i, value := range vector.Texts[first:end] {
			values[i] = parquet.ByteArrayValue(value)
		}
	case reader.KindBoolean:
		for i, value := range vector.Booleans[first:end] {
			values[i] = parquet.BooleanValue(value)
		}
	case reader.KindDouble:
		for i, value := range vector.Doubles[first:end] {
			values[i] = parquet.DoubleValue(value)
		}
	case reader.KindDate:
		for i, value := range vector.Dates[first:end] {
			values[i] = parquet.Int32Value(value)
		}
	default: // KindInt64, KindTimestamp
		for i, value := range vector.Int64s[first:end] {
			values[i] = parquet.Int64Value(value)
		}
	}
}

// setTexts sets values to texts that are given by number.
func setTexts(values []parquet.Value, vector *reader.Vector, first int) {
	for i, number := range vector.Numbers[first : first+len(values)] {
		if number >= 0 {
			values[i] = parquet.ByteArrayValue(vector.Different[number])
		}
	}
}

// appendLists adds the elements of the lists of rows [first, end).
func appendLists(
	values []parquet.Value, vector *reader.Vector, first, end int, required bool,
) ([]parquet.Value, error) {
	there := levelOf(required)
	for row := first; row < end; row++ {
		switch {
		case !vector.Null(row):
			values = appendList(values, vector, row, there)
		case required:
			return values, errRequired
		default:
			values = append(values, parquet.NullValue())
		}
	}
	return values, nil
}

// appendList adds the elements of a row's list, which is there.
func appendList(values []parquet.Value, vector *reader.Vector, row, there int) []parquet.Value {
	from, to := vector.List(row)
	if from == to {
		return appendLevel(values, parquet.NullValue(), 0, there+emptyList)
	}
	for i := from; i < to; i++ {
		repetition := min(i-from, 1) // 0 begins a list, 1 goes on with it
		if vector.ElementNull(i) {
			values = appendLevel(values, parquet.NullValue(), repetition, there+absentElement)
			continue
		}
		values = appendLevel(values, parquet.ByteArrayValue(vector.Texts[i]), repetition, there+element)
	}
	return values
}

func appendLevel(values []parquet.Value, value parquet.Value, repetition, definition int) []parquet.Value {
	value.SetRepetitionLevel(repetition)
	value.SetDefinitionLevel(definition)
	return append(values, value)
}
