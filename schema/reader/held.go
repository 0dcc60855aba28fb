package reader

import (
	"bytes"
	"cmp"
	"math"
	"slices"

	"fcpipe/schema/reader/sorting"
)

const (
	rowsPerSortedBatch = 8192
	// sortingBytes is what a row takes while its place is found.
	sortingBytes = 36
	// uniqueBytes is about what a text takes that no other row has.
	uniqueBytes = 36
	noText      = -1 // in the place of the number of a text: null
)

// bytesPerRow is about what a row takes of memory while a partition is sorted; more than there is where it cannot be.
func (d Dataset) bytesPerRow() int64 {
	size := int64(sortingBytes)
	for i := range d.Columns {
		switch column := &d.Columns[i]; {
		case column.Kind == KindTextList:
			return math.MaxInt64
		case column.Unique:
			size += uniqueBytes
		case column.Kind == KindText, column.Kind == KindDate:
			size += 4
		case column.Kind == KindBoolean:
			size++
		default:
			size += 8
		}
	}
	return size
}

// heldRows are the rows of a partition in columns.
type heldRows struct {
	columns []heldColumn
	rows    int
	block   sorting.Block // that values of fixed size lie in
}

// heldColumn is a column of all rows. Only the slice of its kind is set, as in a Vector.
type heldColumn struct {
	kind     Kind
	isUnique bool
	texts    sorting.Texts
	numbers  []int32
	text     []byte   // unique texts, one after another
	ends     []uint32 // where each ends in text
	int64s   []int64
	booleans []bool
	doubles  []float64
	dates    []int32
	nulls    []bool // nil while there are none; numbers have their own
}

func newHeldRows(d Dataset, rows int) *heldRows {
	h := &heldRows{
		columns: make([]heldColumn, len(d.Columns)), block: sorting.NewBlock(rows * int(d.bytesPerRow())),
	}
	for i := range h.columns {
		c := &h.columns[i]
		c.kind, c.isUnique = d.Columns[i].Kind, d.Columns[i].Unique
		switch {
		case c.isUnique:
			c.ends, c.text = sorting.Take[uint32](&h.block, rows), make([]byte, 0, rows*uniqueBytes)
		case c.kind == KindText:
			c.numbers = sorting.Take[int32](&h.block, rows)
		case c.kind == KindBoolean:
			c.booleans = sorting.Take[bool](&h.block, rows)
		case c.kind == KindDouble:
			c.doubles = sorting.Take[float64](&h.block, rows)
		case c.kind == KindDate:
			c.dates = sorting.Take[int32](&h.block, rows)
		default:
			c.int64s = sorting.Take[int64](&h.block, rows)
		}
	}
	return h
}

// bytes is about what texts take that do not count by row.
func (h *heldRows) bytes() (size int64) {
	for i := range h.columns {
		size += int64(h.columns[i].texts.Bytes() + cap(h.columns[i].text))
	}
	return size
}

func (h *heldRows) add(batch *Batch) {
	for i := range h.columns {
		h.columns[i].add(&batch.Columns[i], batch.Len, h.rows)
	}
	h.rows += batch.Len
}

// add appends rows of a vector to those that are held.
func (c *heldColumn) add(v *Vector, rows, before int) {
	switch {
	case c.isUnique:
		for _, text := range v.Texts[:rows] {
			c.text = append(c.text, text...)
			c.ends = append(c.ends, uint32(len(c.text)))
		}
	case c.kind == KindText:
		c.addTexts(v, rows)
		return
	case c.kind == KindBoolean:
		c.booleans = append(c.booleans, v.Booleans[:rows]...)
	case c.kind == KindDouble:
		c.doubles = append(c.doubles, v.Doubles[:rows]...)
	case c.kind == KindDate:
		c.dates = append(c.dates, v.Dates[:rows]...)
	default:
		c.int64s = append(c.int64s, v.Int64s[:rows]...)
	}
	if v.valid == nil && c.nulls == nil {
		return
	}
	if c.nulls == nil {
		c.nulls = make([]bool, before, cap(c.int64s)+cap(c.dates)+cap(c.ends)+cap(c.booleans)+cap(c.doubles))
	}
	for row := range rows {
		c.nulls = append(c.nulls, v.valid.null(row))
	}
}

// addTexts appends the numbers of texts. Rows often have the text of the row before.
func (c *heldColumn) addTexts(v *Vector, rows int) {
	var last []byte
	number := int32(noText)
	for row, text := range v.Texts[:rows] {
		switch {
		case v.valid.null(row):
			c.numbers = append(c.numbers, noText)
			continue
		case number == noText || !bytes.Equal(text, last):
			number, last = c.texts.Number(text), text
		}
		c.numbers = append(c.numbers, number)
	}
}

// order is the order of a dataset's rows.
func (h *heldRows) order(d Dataset) []uint32 {
	keys := make([]sorting.Key, len(d.sortedAs))
	for i, column := range d.sortedAs {
		at := slices.IndexFunc(d.Columns, func(c Column) bool { return c.Name == column.Name })
		keys[i] = h.columns[at].key(column)
	}
	return sorting.Order(h.rows, keys)
}

// deliver hands on the rows in an order.
func (h *heldRows) deliver(order []uint32, yield func(*Batch, error) bool) (goesOn bool) {
	batch := &Batch{Columns: make([]Vector, len(h.columns))}
	for rows := range slices.Chunk(order, rowsPerSortedBatch) {
		batch.Len = len(rows)
		for i := range h.columns {
			h.columns[i].gather(&batch.Columns[i], rows)
		}
		if !yield(batch, nil) {
			return false
		}
	}
	return true
}

// gather sets a vector to the values of rows.
func (c *heldColumn) gather(v *Vector, rows []uint32) {
	v.Kind = c.kind
	switch {
	case c.isUnique:
		v.Texts = v.Texts[:0]
		for _, row := range rows {
			v.Texts = append(v.Texts, c.unique(row))
		}
	case c.kind == KindText:
		v.Numbers, v.Different = gathered(v.Numbers, c.numbers, rows), c.texts.Values
	case c.kind == KindBoolean:
		v.Booleans = gathered(v.Booleans, c.booleans, rows)
	case c.kind == KindDouble:
		v.Doubles = gathered(v.Doubles, c.doubles, rows)
	case c.kind == KindDate:
		v.Dates = gathered(v.Dates, c.dates, rows)
	default:
		v.Int64s = gathered(v.Int64s, c.int64s, rows)
	}
	if c.nulls == nil {
		return
	}
	v.valid = slices.Grow(v.valid[:0], rowsPerSortedBatch/64)[:(len(rows)+63)/64]
	clear(v.valid)
	for i, row := range rows {
		if !c.nulls[row] {
			v.valid[i/64] |= 1 << (i % 64)
		}
	}
}

func gathered[T any](reused, values []T, rows []uint32) []T {
	reused = slices.Grow(reused[:0], len(rows))[:len(rows)]
	for i, row := range rows {
		reused[i] = values[row]
	}
	return reused
}

func (c *heldColumn) unique(row uint32) []byte {
	from := uint32(0)
	if row > 0 {
		from = c.ends[row-1]
	}
	return c.text[from:c.ends[row]:c.ends[row]]
}

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
	switch c.kind {
	case KindText:
		places := placesOf(c.texts.Values)
		return func(row uint32) uint64 { return places[c.numbers[row]] }, uint64(len(places))
	case KindBoolean:
		return func(row uint32) uint64 {
			if c.booleans[row] {
				return 1
			}
			return 0
		}, 1
	case KindDate:
		return ordinalOf(c.dates)
	default:
		return ordinalOf(c.int64s)
	}
}

// ordinalOf numbers whole numbers. What lies in the place of nulls counts, too, which makes no difference.
func ordinalOf[T int32 | int64](values []T) (number func(row uint32) uint64, most uint64) {
	if len(values) == 0 {
		return nil, 0
	}
	least := slices.Min(values)
	most = uint64(slices.Max(values)) - uint64(least)
	return func(row uint32) uint64 { return uint64(values[row]) - uint64(least) }, most
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
		places[number] = uint64(place)
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
