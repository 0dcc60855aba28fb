package sorting

// #include <stdlib.h>
import "C"

import "unsafe"

// Block is memory that Go's garbage collector knows nothing of: what rows take for a while would have it collect all
// the time, where Go's memory is bounded.
type Block struct {
	start unsafe.Pointer
	size  int
	taken int
}

// NewBlock is a block of so many bytes. Release it.
func NewBlock(size int) Block {
	size += 1 << 10 // what is lost to alignment
	return Block{start: C.malloc(C.size_t(size)), size: size}
}

// Take is an empty slice in a block, for so many values without pointers. It must not be used after Release.
func Take[T int32 | uint32 | int64 | float64 | bool](b *Block, values int) []T {
	const alignment = 8
	var one T
	bytes := values * int(unsafe.Sizeof(one))
	if b.start == nil || b.taken+bytes > b.size {
		return make([]T, 0, values)
	}
	at := unsafe.Add(b.start, b.taken)
	b.taken += (bytes + alignment - 1) / alignment * alignment
	return unsafe.Slice((*T)(at), values)[:0:values]
}

// Release gives the memory back. It may be called again.
func (b *Block) Release() {
	if b.start != nil {
		C.free(b.start)
	}
	b.start = nil
}
