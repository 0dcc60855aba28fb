package reader

import (
	"bytes"
	"context"
	"errors"
	"iter"
	"math"
	"slices"

	"fcpipe/schema/reader/sorting"
)

const (
	rowsPerSortedBatch = 8192
	// heldShare of DuckDB's memory limit is what rows of one partition may take beside it, and their texts once more.
	heldShare = 8
	// sortingBytes is what a row takes while its place is found.
	sortingBytes = 36
	// uniqueBytes is about what a text takes that no other row has.
	uniqueBytes = 36
	noText      = -1 // in the place of the number of a text: null
)

// SortedBatches are Batches for who writes rows: texts that repeat come as numbers, see Vector. DuckDB sorts whole rows,
// text included, which takes more than all else that an export asks of it; here numbers of rows are sorted, and values
// are moved once. What takes too much memory for that DuckDB sorts, which can spill.
func (r *Reader) SortedBatches(ctx context.Context, d Dataset, p Partition) iter.Seq2[*Batch, error] {
	return func(yield func(*Batch, error) bool) {
		text, pieces, err := r.pieces(ctx, d, p)
		if err != nil {
			yield(nil, err)
			return
		}
		if pieces == nil {
			r.Batches(ctx, d, p)(yield)
			return
		}
		for _, piece := range pieces {
			goesOn, err := r.deliverPiece(ctx, d, piece, text, yield)
			if err != nil {
				yield(nil, err)
			}
			if err != nil || !goesOn {
				return
			}
		}
	}
}

// pieces divides a partition, and says what selects its rows; nil is for one that DuckDB sorts.
func (r *Reader) pieces(ctx context.Context, d Dataset, p Partition) (text string, pieces []piece, err error) {
	size := d.bytesPerRow()
	if p.Rows == 0 || d.sortedAs == nil || size > r.mostHeld {
		return "", nil, nil
	}
	if text, err = r.partitionRows(ctx, d, p); err != nil {
		return "", nil, err
	}
	pieces, err = r.divide(ctx, d, p.Rows, text, r.mostHeld/size)
	return text, pieces, err
}

// deliverPiece hands on the rows of a piece. It reports false when no more are wanted.
func (r *Reader) deliverPiece(
	ctx context.Context, d Dataset, of piece, text string, yield func(*Batch, error) bool,
) (goesOn bool, err error) {
	if of.condition != "" {
		text = "SELECT * FROM (" + text + ") WHERE " + of.condition
	}
	held := newHeldRows(d, int(of.rows))
	defer held.block.release()
	err = r.hold(ctx, held, d, int(of.rows), text)
	if err == nil {
		return held.deliver(held.order(d), yield), nil
	}
	if !errors.Is(err, errTooMuch) {
		return false, err
	}
	held.block.release()
	for batch, err := range r.batches(ctx, columnNames(d.Columns), text+" ORDER BY "+d.order) {
		if !yield(batch, err) || err != nil {
			return false, nil
		}
	}
	return true, nil
}

var (
	errTooMuch  = errors.New("texts take more memory than there is for a partition")
	errMoreRows = errors.New("more rows came than were counted")
)

// hold reads rows in the order of the table.
func (r *Reader) hold(ctx context.Context, held *heldRows, d Dataset, rows int, text string) error {
	for batch, err := range r.batches(ctx, columnNames(d.Columns), text) {
		if err != nil {
			return err
		}
		if held.rows+batch.Len > rows {
			return errMoreRows
		}
		if held.add(batch); held.bytes() > r.mostHeld {
			return errTooMuch
		}
	}
	return nil
}

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
	block   block // that values of fixed size lie in
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
	h := &heldRows{columns: make([]heldColumn, len(d.Columns)), block: newBlock(rows * int(d.bytesPerRow()))}
	for i := range h.columns {
		c := &h.columns[i]
		c.kind, c.isUnique = d.Columns[i].Kind, d.Columns[i].Unique
		switch {
		case c.isUnique:
			c.ends, c.text = take[uint32](&h.block, rows), make([]byte, 0, rows*uniqueBytes)
		case c.kind == KindText:
			c.numbers = take[int32](&h.block, rows)
		case c.kind == KindBoolean:
			c.booleans = take[bool](&h.block, rows)
		case c.kind == KindDouble:
			c.doubles = take[float64](&h.block, rows)
		case c.kind == KindDate:
			c.dates = take[int32](&h.block, rows)
		default:
			c.int64s = take[int64](&h.block, rows)
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
			c.ends = append(c.ends, uint32(len(c.text))) //nolint:gosec // of one partition, which is bounded
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
