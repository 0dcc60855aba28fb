package export

import (
	"slices"
	"unsafe"

	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/encoding"

	"fcpipe/schema/reader"
)

// parquet-go finds the place of each row's text in a dictionary by a map of texts, and the least and the greatest of a
// page by comparing them all. Where a reader gives texts by number, each is looked up and compared once: a column is
// given indexes then, and INT32 values that only say where one is; and texts where there are no numbers.

// textType is a text that repeats. A writer makes a dictionary for each row group it begins; the newest one is kept.
type textType struct {
	parquet.Type
	newest **textDictionary
}

// NewDictionary implements parquet.Type.
func (t textType) NewDictionary(column, values int, data encoding.Values) parquet.Dictionary {
	d := &textDictionary{Dictionary: t.Type.NewDictionary(column, values, data), column: column}
	*t.newest = d
	return d
}

// textDictionary holds the texts of a column in a row group.
type textDictionary struct {
	parquet.Dictionary
	column  int
	of      *[]byte // the reader's texts that indexes are of
	indexes []int32 // by number of a text, -1 while it has none
	waiting []int32 // indexes of rows whose values are about to be written
	written int     // how many of those were
	seen    []uint32
	page    uint32 // the newest page, which seen tells by index
}

// Type implements parquet.Dictionary.
func (d *textDictionary) Type() parquet.Type { return indexType{d.Dictionary.Type(), d} }

// Reset implements parquet.Dictionary: a row group ended.
func (d *textDictionary) Reset() {
	d.Dictionary.Reset()
	d.of, d.indexes = nil, d.indexes[:0]
}

// valuesOf is appendValues for texts that are given by number. The values may belong to all writers.
func (d *textDictionary) valuesOf(
	values []parquet.Value, vector *reader.Vector, first, end int, required bool,
) ([]parquet.Value, error) {
	if of := unsafe.SliceData(vector.Different); d.of != of { //nolint:gosec // compared alone
		d.of, d.indexes = of, d.indexes[:0]
	}
	for len(d.indexes) < len(vector.Different) {
		d.indexes = append(d.indexes, -1)
	}
	d.waiting, d.written = d.waiting[:0], 0
	rows := vector.Numbers[first:end]
	for _, number := range rows {
		if number < 0 {
			continue
		}
		index := d.indexes[number]
		if index < 0 {
			index = d.add(vector.Different[number])
			d.indexes[number] = index
		}
		d.waiting = append(d.waiting, index)
	}
	switch there := levelOf(required) + present; {
	case len(d.waiting) == len(rows):
		return someTexts[there][:len(rows)], nil
	case required:
		return values, errRequired
	case len(d.waiting) == 0:
		return noTexts[:len(rows)], nil
	}
	for _, number := range rows {
		if number < 0 {
			values = append(values, noTexts[0])
		} else {
			values = append(values, someTexts[levelOf(false)+present][0])
		}
	}
	return values, nil
}

// Values that stand for indexes, by what an optional column adds to their level, and nulls.
var (
	someTexts = [2][]parquet.Value{standIns(0), standIns(1)}
	noTexts   = make([]parquet.Value, rowsPerPage)
)

func standIns(level int) []parquet.Value {
	value := parquet.Int32Value(0)
	value.SetDefinitionLevel(level)
	return slices.Repeat([]parquet.Value{value}, rowsPerPage)
}

// add is the index of a text, which it gives one.
func (d *textDictionary) add(text []byte) int32 {
	var index [1]int32
	d.Insert(index[:], []parquet.Value{parquet.ByteArrayValue(text)})
	return index[0]
}

// Bounds implements parquet.Dictionary.
func (d *textDictionary) Bounds(indexes []int32) (least, greatest parquet.Value) {
	if d.page++; d.page == 0 {
		clear(d.seen)
		d.page = 1
	}
	for len(d.seen) < d.Len() {
		d.seen = append(d.seen, 0)
	}
	compare := d.Dictionary.Type().Compare
	for i, index := range indexes {
		if d.seen[index] == d.page {
			continue
		}
		d.seen[index] = d.page
		text := d.Index(index)
		if i == 0 || compare(text, least) < 0 {
			least = text
		}
		if i == 0 || compare(text, greatest) > 0 {
			greatest = text
		}
	}
	return least, greatest
}

// indexType is the type of a column that has a textDictionary.
type indexType struct {
	parquet.Type
	dictionary *textDictionary
}

// NewColumnBuffer implements parquet.Type.
func (t indexType) NewColumnBuffer(column, _ int) parquet.ColumnBuffer {
	return &indexBuffer{ColumnBuffer: t.Type.NewColumnBuffer(column, 0), of: t, indexes: make([]int32, 0, rowsPerPage)}
}

// indexBuffer holds the rows of a page.
type indexBuffer struct {
	parquet.ColumnBuffer // an empty one
	of                   indexType
	indexes              []int32
}

// WriteValues implements parquet.ValueWriter. Values are all texts, or all stand for indexes that wait.
func (b *indexBuffer) WriteValues(values []parquet.Value) (int, error) {
	if len(values) > 0 && values[0].Kind() == parquet.Int32 {
		d := b.of.dictionary
		b.indexes = append(b.indexes, d.waiting[d.written:d.written+len(values)]...)
		d.written += len(values)
		return len(values), nil
	}
	from := len(b.indexes)
	b.indexes = append(b.indexes, make([]int32, len(values))...)
	b.of.dictionary.Insert(b.indexes[from:], values)
	return len(values), nil
}

// Page implements parquet.ColumnBuffer.
func (b *indexBuffer) Page() parquet.Page {
	return indexPage{b.of.NewPage(b.of.dictionary.column, len(b.indexes), encoding.Int32Values(b.indexes)), b}
}

// Dictionary implements parquet.ColumnBuffer.
func (b *indexBuffer) Dictionary() parquet.Dictionary { return b.of.dictionary }

// Reset implements parquet.ColumnBuffer.
func (b *indexBuffer) Reset() { b.indexes = b.indexes[:0] }

// Len implements parquet.ColumnBuffer.
func (b *indexBuffer) Len() int { return len(b.indexes) }

// Cap implements parquet.ColumnBuffer.
func (b *indexBuffer) Cap() int { return cap(b.indexes) }

// Size implements parquet.ColumnBuffer.
func (b *indexBuffer) Size() int64 { return 4 * int64(len(b.indexes)) }

// indexPage is a page whose bounds the textDictionary knows.
type indexPage struct {
	parquet.Page
	buffer *indexBuffer
}

// Bounds implements parquet.Page.
func (p indexPage) Bounds() (least, greatest parquet.Value, isKnown bool) {
	if len(p.buffer.indexes) == 0 {
		return least, greatest, false
	}
	least, greatest = p.buffer.of.dictionary.Bounds(p.buffer.indexes)
	return least, greatest, true
}
