package sorting

import (
	"bytes"
	"hash/maphash"
)

const (
	leastSlots = 256
	blockBytes = 64 << 10 // of memory for texts
)

// Texts gives equal texts one number, counted from 0 as they come. The zero value holds none.
type Texts struct {
	Values [][]byte // by number; copies

	slots []slot // a table of hashes, at most half full; its length is a power of two
	block []byte // what is left of memory for texts
	bytes int
}

// slot of a text: its hash and its number counted from 1; 0 is free.
type slot struct{ hash, number uint32 }

// seed is the same for all, so that a run costs one.
var seed = maphash.MakeSeed()

// Number is that of a text, which is copied when it is new.
func (t *Texts) Number(text []byte) int32 {
	if 2*len(t.Values) >= len(t.slots) {
		t.grow()
	}
	hash := uint32(maphash.Bytes(seed, text))
	mask := uint32(len(t.slots) - 1)
	for at := hash & mask; ; at = (at + 1) & mask {
		found := &t.slots[at]
		switch {
		case found.number == 0:
			t.Values = append(t.Values, t.keep(text))
			*found = slot{hash, uint32(len(t.Values))}
			return int32(found.number - 1)
		case found.hash == hash && bytes.Equal(t.Values[found.number-1], text):
			return int32(found.number - 1)
		}
	}
}

// Bytes is about what the texts and their table take of memory.
func (t *Texts) Bytes() int { return t.bytes + 24*cap(t.Values) + 8*len(t.slots) }

// grow makes the table one for twice as many.
func (t *Texts) grow() {
	before := t.slots
	t.slots = make([]slot, max(leastSlots, 2*len(before)))
	mask := uint32(len(t.slots) - 1)
	for _, moved := range before {
		if moved.number == 0 {
			continue
		}
		at := moved.hash & mask
		for t.slots[at].number != 0 {
			at = (at + 1) & mask
		}
		t.slots[at] = moved
	}
}

// keep copies a text.
func (t *Texts) keep(text []byte) []byte {
	if len(text) > cap(t.block)-len(t.block) {
		size := min(blockBytes, max(1024, t.bytes)) // few texts take few bytes
		t.block = make([]byte, 0, max(size, len(text)))
		t.bytes += cap(t.block)
	}
	from := len(t.block)
	t.block = append(t.block, text...)
	return t.block[from:len(t.block):len(t.block)]
}
