package reader

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"iter"
	"slices"
)

// heldShare of DuckDB's memory limit is what rows of one partition may take beside it, and their texts once more.
const heldShare = 8

// SortedBatches are Batches for who writes rows: texts that repeat come as numbers, see Vector. DuckDB sorts whole
// rows, text included, which takes more than all else that an export asks of it; here numbers of rows are sorted, and
// values are moved once. What takes too much memory for that DuckDB sorts, which can spill.
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
	defer held.block.Release()
	err = r.hold(ctx, held, d, int(of.rows), text)
	if err == nil {
		return held.deliver(held.order(d), yield), nil
	}
	if !errors.Is(err, errTooMuch) {
		return false, err
	}
	held.block.Release()
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

// piece is a part of a partition's rows that is sorted alone.
type piece struct {
	condition string // "" is all
	rows      int64
}

// divide divides rows that a text selects into conditions, in their order, of so many rows at most each. It can where
// they are ordered by an instant first: tables lie about in that order, so that DuckDB reads little twice. nil is for
// rows that cannot be divided.
func (r *Reader) divide(
	ctx context.Context, d Dataset, count int64, text string, most int64,
) (pieces []piece, err error) {
	if count <= most {
		return []piece{{rows: count}}, nil
	}
	first := d.sortedAs[0]
	if !slices.Contains(instantTypes, d.column(first.Name).Type) || first.Descending || first.NullsFirst {
		return nil, nil
	}
	days, err := r.days(ctx, Identifier(first.Name), text)
	for i := range days {
		if days[i].rows > most {
			return nil, err
		}
	}
	return join(days, Identifier(first.Name), most), err
}

// instantTypes are DuckDB's names of the type of an instant.
var instantTypes = []string{"TIMESTAMP WITH TIME ZONE", "TIMESTAMPTZ"}

const dayMicros int64 = 24 * 60 * 60 * 1_000_000

// day is how many rows are of a day, counted from 1970, or have no instant.
type day struct {
	sql.Null[int64]
	rows int64
}

// days lists those of a column in their order. A quotient of doubles would put the last microseconds of a day after
// 2255 into the next one; one of whole numbers is cut off, which before 1970 is the day after.
func (r *Reader) days(ctx context.Context, column, text string) (days []day, err error) {
	rows, err := r.database.QueryContext(ctx, fmt.Sprintf("SELECT us // %[1]d - (us %% %[1]d < 0)::BIGINT, count(*) "+
		"FROM (SELECT epoch_us(%[2]s) AS us FROM (%[3]s)) GROUP BY 1 ORDER BY 1 NULLS LAST",
		dayMicros, column, text))
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		var d day
		if err := rows.Scan(&d.Null, &d.rows); err != nil {
			return nil, err
		}
		days = append(days, d)
	}
	return days, rows.Err()
}

// join makes pieces of days, as few as there can be.
func join(days []day, column string, most int64) (pieces []piece) {
	for _, day := range days {
		begins, last := day.V*dayMicros, len(pieces)-1
		switch {
		case !day.Valid:
			pieces = append(pieces, piece{column + " IS NULL", day.rows})
			continue
		case last >= 0 && pieces[last].rows+day.rows <= most:
			pieces[last].rows += day.rows
			continue
		case last >= 0:
			pieces[last].condition += fmt.Sprintf(" AND %s < make_timestamptz(%d)", column, begins)
		}
		pieces = append(pieces, piece{fmt.Sprintf("%s >= make_timestamptz(%d)", column, begins), day.rows})
	}
	return pieces
}

func (d Dataset) column(name string) (found Column) {
	for _, column := range d.Columns {
		if column.Name == name {
			found = column
		}
	}
	return found
}
