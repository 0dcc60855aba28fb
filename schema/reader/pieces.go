package reader

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
)

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
	if d.column(first.Name).Type != instantType || first.Descending || first.NullsFirst {
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

// instantType is DuckDB's name of the type of an instant.
const instantType = "TIMESTAMP WITH TIME ZONE"

const dayMicros int64 = 24 * 60 * 60 * 1_000_000

// day is how many rows are of a day, counted from 1970, or have no instant.
type day struct {
	sql.Null[int64]
	rows int64
}

// days lists those of a column in their order.
func (r *Reader) days(ctx context.Context, column, text string) (days []day, err error) {
	rows, err := r.database.QueryContext(ctx, fmt.Sprintf("SELECT CAST(floor(epoch_us(%s) / %d) AS BIGINT), count(*) "+
		"FROM (%s) GROUP BY 1 ORDER BY 1 NULLS LAST", column, dayMicros, text))
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
