//nolint:gosec // writing foreign memory is what this file is for; vector_appender_test.go holds it to DuckDB's reading
package duck

import (
	"encoding/binary"
	"runtime"
	"unsafe"

	bindings "github.com/duckdb/duckdb-go-bindings"
)

// This file writes DuckDB's memory where it lies. The layouts are those of duckdb.h, part of its stable C API.

// textInlined is the longest text that lies in its slot. Longer ones lie elsewhere:
// a slot is uint32 length, four bytes of text, then eight more or a pointer to all of it.
const (
	textInlined  = 12
	textSlotSize = 16
)

// vector is one column of a chunk.
type vector struct {
	data  unsafe.Pointer
	valid []uint64 // a bit per row, set when the row has a value
}

func vectorOf(column bindings.Vector) vector {
	bindings.VectorEnsureValidityWritable(column)
	valid := unsafe.Slice((*uint64)(bindings.VectorGetValidity(column)), rowsPerVector/64)
	return vector{bindings.VectorGetData(column), valid}
}

func (v *vector) setInt64(row int, value int64) { *(*int64)(unsafe.Add(v.data, row*8)) = value }

func (v *vector) setBool(row int, value bool) { *(*bool)(unsafe.Add(v.data, row)) = value }

func (v *vector) setNull(row int) { v.valid[row/64] &^= 1 << (row % 64) }

func (v *vector) setText(row int, value string, texts *arena) {
	slot := (*[textSlotSize]byte)(unsafe.Add(v.data, row*textSlotSize))
	binary.NativeEndian.PutUint32(slot[:], uint32(len(value)))
	if len(value) <= textInlined {
		clear(slot[4+copy(slot[4:], value):])
		return
	}
	copy(slot[4:8], value)
	binary.NativeEndian.PutUint64(slot[8:], uint64(texts.keep(value)))
}

// blockSize is more than the texts of a chunk take, as a rule.
const blockSize = 1 << 20

// arena keeps texts in memory that Go does not move, until reset.
type arena struct {
	blocks [][]byte // the last one is being filled
	pins   runtime.Pinner
}

// keep copies a text and returns its address.
func (a *arena) keep(value string) uintptr {
	last := len(a.blocks) - 1
	if last < 0 || cap(a.blocks[last])-len(a.blocks[last]) < len(value) {
		a.add(make([]byte, 0, max(blockSize, len(value))))
		last++
	}
	block := a.blocks[last]
	a.blocks[last] = append(block, value...)
	return uintptr(unsafe.Pointer(unsafe.SliceData(block))) + uintptr(len(block))
}

func (a *arena) add(block []byte) {
	a.pins.Pin(unsafe.SliceData(block))
	a.blocks = append(a.blocks, block)
}

// reset forgets all texts and keeps the first block.
func (a *arena) reset() {
	if len(a.blocks) == 0 {
		return
	}
	first := a.blocks[0][:0]
	a.release()
	a.add(first)
}

func (a *arena) release() {
	a.pins.Unpin()
	clear(a.blocks)
	a.blocks = a.blocks[:0]
}
