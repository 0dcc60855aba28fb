package reader

import (
	"bytes"
	"cmp"
	"slices"

	"fcpipe/schema/reader/sorting"
)

// key is what rows are sorted by in a column.
func (c *heldColumn) key(by SortedColumn) sorting.Key {
	if c.isUnique || c.kind == KindDouble {
		return sorting.Key{Compare: func(a, b uint32) int { return c.compare(a, b, by) }}
	}
	number, most := c.ordinal()
	if most+1 < most { // no number is left for nulls
		return sorting.Key{Compare: func(a, b uint32) int { return c.compare(a, b, by) }}
	}
	// nulls are 0 or the greatest number, values what is between
	return sorting.Key{Most: most + 1, Number: func(row uint32) uint64 {
		switch {
		case c.isNull(row) && by.NullsFirst:
			return 0
		case c.isNull(row):
			return most + 1
		}
		n := number(row)
		if by.Descending {
			n = most - n
		}
		if by.NullsFirst {
			n++
		}
		return n
	}}
}

func (c *heldColumn) isNull(row uint32) bool {
	if c.numbers != nil {
		return c.numbers[row] == noText
	}
	return c.nulls != nil && c.nulls[row]
}

// ordinal numbers the values of a column in their order, from 0 to most.
func (c *heldColumn) ordinal() (number func(row uint32) uint64, most uint64) {
	switch {
	case c.kind == KindText:
		places := placesOf(c.texts.Values)
		return func(row uint32) uint64 { return places[c.numbers[row]] }, uint64(len(places))
	case c.kind == KindBoolean:
		return func(row uint32) uint64 {
			if c.booleans[row] {
				return 1
			}
			return 0
		}, 1
	case c.kind == KindDate:
		return ordinalOf(c.dates)
	}
	return ordinalOf(c.int64s)
}

// ordinalOf numbers whole numbers. What lies in the place of nulls counts, too, which makes no difference.
func ordinalOf[T int32 | int64](values []T) (number func(row uint32) uint64, most uint64) {
	if len(values) == 0 {
		return nil, 0
	}
	least := slices.Min(values)
	most = uint64(slices.Max(values)) - uint64(least)                                   //nolint:gosec // wraps around to the right difference
	return func(row uint32) uint64 { return uint64(values[row]) - uint64(least) }, most //nolint:gosec // so does this
}

// placesOf says, by number, in which place a text is in the order of its bytes.
func placesOf(texts [][]byte) []uint64 {
	numbers := make([]int, len(texts))
	for number := range numbers {
		numbers[number] = number
	}
	slices.SortFunc(numbers, func(a, b int) int { return bytes.Compare(texts[a], texts[b]) })
	places := make([]uint64, len(texts))
	for place, number := range numbers {
		places[number] = uint64(place) //nolint:gosec // not negative
	}
	return places
}

// compare compares values as DuckDB does, of doubles NaN as the greatest.
func (c *heldColumn) compare(a, b uint32, by SortedColumn) int {
	switch nullA, nullB := c.isNull(a), c.isNull(b); {
	case nullA && nullB:
		return 0
	case nullA == by.NullsFirst && nullA != nullB:
		return -1
	case nullA != nullB:
		return 1
	}
	if by.Descending {
		a, b = b, a
	}
	switch {
	case c.isUnique:
		return bytes.Compare(c.unique(a), c.unique(b))
	case c.kind == KindDouble:
		return -cmp.Compare(-c.doubles[a], -c.doubles[b]) // to cmp NaN is the least
	}
	return cmp.Compare(c.int64s[a], c.int64s[b])
}
