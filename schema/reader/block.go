//nolint:gosec // memory that Go does not manage is what this file is for
package reader

// #include <stdlib.h>
import "C"

import "unsafe"

// block is memory that Go's garbage collector knows nothing of: what a partition takes for a while would have it collect
// all the time, as Go's memory is bounded.
type block struct {
	start unsafe.Pointer
	size  int
	taken int
}

func newBlock(size int) block {
	size += 1 << 10 // what is lost to alignment
	return block{start: C.malloc(C.size_t(size)), size: size}
}

// take is an empty slice in a block, for so many values without pointers. It must not be used after release.
func take[T int32 | uint32 | int64 | float64 | bool](b *block, values int) []T {
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

func (b *block) release() {
	if b.start != nil {
		C.free(b.start)
	}
	b.start = nil
}
