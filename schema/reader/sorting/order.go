package sorting

import (
	"cmp"
	"math/bits"
	"slices"
)

// Key is one thing that rows are sorted by, upwards: a number, or what Compare says. Number is nil where only Compare
// can tell.
type Key struct {
	Number  func(row uint32) uint64
	Most    uint64 // no Number is greater
	Compare func(a, b uint32) int
}

// digitBits is how much of a number one pass over the rows sorts by.
const digitBits = 11

// entry is a row and as many of its keys as fit one number.
type entry struct {
	key uint64
	row uint32
}

// Order lists the rows [0, rows) in the order of keys.
func Order(rows int, keys []Key) []uint32 {
	entries := make([]entry, rows)
	for row := range entries {
		entries[row].row = uint32(row)
	}
	used := 0
	for len(keys) > 0 && keys[0].Number != nil && used+bits.Len64(keys[0].Most) <= 64 {
		width := bits.Len64(keys[0].Most)
		for i := range entries {
			entries[i].key = entries[i].key<<width | keys[0].Number(entries[i].row)
		}
		used, keys = used+width, keys[1:]
	}
	entries = byNumber(entries, used)
	settle(entries, keys)
	order := make([]uint32, rows)
	for i := range entries {
		order[i] = entries[i].row
	}
	return order
}

// byNumber sorts entries by the used low bits of their keys, a digit at a time from the lowest.
func byNumber(entries []entry, used int) []entry {
	spare := make([]entry, len(entries))
	for shift := 0; shift < used; shift += digitBits {
		var next [1 << digitBits]int
		for i := range entries {
			next[entries[i].key>>shift&(1<<digitBits-1)]++
		}
		if slices.Contains(next[:], len(entries)) { // all have this digit
			continue
		}
		at := 0
		for digit, count := range next {
			next[digit], at = at, at+count
		}
		for i := range entries {
			digit := entries[i].key >> shift & (1<<digitBits - 1)
			spare[next[digit]] = entries[i]
			next[digit]++
		}
		entries, spare = spare, entries
	}
	return entries
}

// settle sorts entries with equal keys by what is left of the keys.
func settle(entries []entry, keys []Key) {
	if len(keys) == 0 {
		return
	}
	compare := func(a, b entry) int {
		for i := range keys {
			if c := keys[i].compare(a.row, b.row); c != 0 {
				return c
			}
		}
		return cmp.Compare(a.row, b.row)
	}
	for first := 0; first < len(entries); {
		end := first + 1
		for end < len(entries) && entries[end].key == entries[first].key {
			end++
		}
		if end-first > 1 {
			slices.SortFunc(entries[first:end], compare)
		}
		first = end
	}
}

func (k *Key) compare(a, b uint32) int {
	if k.Number == nil {
		return k.Compare(a, b)
	}
	return cmp.Compare(k.Number(a), k.Number(b))
}
