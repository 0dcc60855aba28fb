package reader

// Kind is how the values of a column are held.
type Kind uint8

// The kinds, with the DuckDB types they hold.
const (
	KindText      Kind = iota + 1 // VARCHAR, JSON, ENUM
	KindInt64                     // BIGINT, and INTEGER and SMALLINT widened
	KindBoolean                   // BOOLEAN
	KindDouble                    // DOUBLE
	KindTimestamp                 // TIMESTAMP, TIMESTAMPTZ: microseconds since 1970 UTC
	KindDate                      // DATE: days since 1970
	KindTextList                  // VARCHAR[]
)

// Vector is one column of a Batch. Only the slice of its Kind is set; the value at a
// null row means nothing. All memory, text included, belongs to the batch: it is valid
// until the next one, and a caller that keeps a value copies it.
type Vector struct {
	Kind  Kind
	Texts [][]byte // KindText by row; KindTextList: the elements of all rows, see List
	// Numbers say by row which of Different a text is, negative where a row has no value; KindText has them in place of
	// Texts, or nil. Different stays what it is, and where it lies, as long as it holds the same texts.
	Numbers   []int32
	Different [][]byte
	Int64s    []int64   // KindInt64, KindTimestamp
	Booleans  []bool    // KindBoolean
	Doubles   []float64 // KindDouble
	Dates     []int32   // KindDate

	words        [][]byte // of a closed list, by the number that stands for each
	valid        validity
	lists        []listSlot
	elementValid validity
}

// Null reports whether a row has no value.
func (v *Vector) Null(row int) bool {
	if v.Numbers != nil {
		return v.Numbers[row] < 0
	}
	return v.valid.null(row)
}

// Text is that of a row that has a value.
func (v *Vector) Text(row int) []byte {
	if v.Numbers != nil {
		return v.Different[v.Numbers[row]]
	}
	return v.Texts[row]
}

// List says which elements of Texts a row's list has: [first, end).
func (v *Vector) List(row int) (first, end int) {
	slot := v.lists[row]
	return int(slot.offset), int(slot.offset + slot.length)
}

// ElementNull reports whether an element of a list is null. The index is one of Texts.
func (v *Vector) ElementNull(index int) bool { return v.elementValid.null(index) }

// validity is a bit per row, set when the row has a value. A nil one has no nulls.
type validity []uint64

func (v validity) null(row int) bool {
	return v != nil && v[row/64]&(1<<(row%64)) == 0
}

// none reports whether none of the rows has a value.
func (v validity) none(rows int) bool {
	for row := range rows {
		if !v.null(row) {
			return false
		}
	}
	return true
}

// listSlot is DuckDB's duckdb_list_entry.
type listSlot struct {
	offset uint64
	length uint64
}
