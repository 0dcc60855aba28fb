//nolint:gosec // reading foreign memory is what this file is for; batch_test.go holds it to DuckDB's own answers
package reader

import (
	"fmt"
	"unsafe"

	bindings "github.com/duckdb/duckdb-go-bindings"
)

// This file reads DuckDB's memory where it lies: a copy per value would cost more than
// everything else an export does. The layouts are those of duckdb.h, part of its stable C API.

// textInlined is the longest text that lies in its slot. Longer ones lie elsewhere:
// a slot is uint32 length, four bytes of text, then eight more or a pointer to all of it.
const (
	textInlined  = 12
	textSlotSize = 16
)

// fill points the vector at rows of a chunk's column.
func (v *Vector) fill(column bindings.Vector, duckType bindings.Type, rows int) error {
	data := bindings.VectorGetData(column)
	v.valid = validityOf(column, rows)
	switch duckType {
	case bindings.TypeVarchar:
		v.Texts = texts(v.Texts, data, v.valid, rows)
	case bindings.TypeUTinyInt:
		v.Texts = worded(v.Texts, v.words, unsafe.Slice((*uint8)(data), rows), v.valid)
	case bindings.TypeUSmallInt:
		v.Texts = worded(v.Texts, v.words, unsafe.Slice((*uint16)(data), rows), v.valid)
	case bindings.TypeBigInt, bindings.TypeTimestamp, bindings.TypeTimestampTZ:
		v.Int64s = unsafe.Slice((*int64)(data), rows)
	case bindings.TypeInteger:
		v.Int64s = widened(v.Int64s, unsafe.Slice((*int32)(data), rows))
	case bindings.TypeSmallInt:
		v.Int64s = widened(v.Int64s, unsafe.Slice((*int16)(data), rows))
	case bindings.TypeBoolean:
		v.Booleans = unsafe.Slice((*bool)(data), rows)
	case bindings.TypeDouble:
		v.Doubles = unsafe.Slice((*float64)(data), rows)
	case bindings.TypeDate:
		v.Dates = unsafe.Slice((*int32)(data), rows)
	case bindings.TypeList:
		v.lists = unsafe.Slice((*listSlot)(data), rows)
		child := bindings.ListVectorGetChild(column)
		elements := int(bindings.ListVectorGetSize(column))
		v.elementValid = validityOf(child, elements)
		v.Texts = texts(v.Texts, bindings.VectorGetData(child), v.elementValid, elements)
	default:
		return fmt.Errorf("unexpected type %d", duckType)
	}
	return nil
}

func validityOf(column bindings.Vector, rows int) validity {
	mask := bindings.VectorGetValidity(column)
	if mask == nil {
		return nil
	}
	return unsafe.Slice((*uint64)(mask), (rows+63)/64)
}

// texts slices rows of text out of DuckDB's memory, reusing the slice of slices.
func texts(reused [][]byte, slots unsafe.Pointer, valid validity, rows int) [][]byte {
	if cap(reused) < rows {
		reused = make([][]byte, rows)
	}
	reused = reused[:rows]
	for row := range reused {
		if valid.null(row) {
			reused[row] = nil
			continue
		}
		slot := unsafe.Add(slots, row*textSlotSize)
		length := *(*uint32)(slot)
		text := unsafe.Add(slot, 4)
		if length > textInlined {
			text = *(*unsafe.Pointer)(unsafe.Add(slot, 8))
		}
		reused[row] = unsafe.Slice((*byte)(text), length)
	}
	return reused
}

// worded are the words that numbers stand for: of a closed list each was made a text once.
func worded[T uint8 | uint16](reused, words [][]byte, numbers []T, valid validity) [][]byte {
	if cap(reused) < len(numbers) {
		reused = make([][]byte, len(numbers))
	}
	reused = reused[:len(numbers)]
	for row, number := range numbers {
		reused[row] = nil
		if !valid.null(row) {
			reused[row] = words[number]
		}
	}
	return reused
}

func widened[T int16 | int32](reused []int64, narrow []T) []int64 {
	if cap(reused) < len(narrow) {
		reused = make([]int64, len(narrow))
	}
	reused = reused[:len(narrow)]
	for i, value := range narrow {
		reused[i] = int64(value)
	}
	return reused
}
