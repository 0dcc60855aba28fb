package reader

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
)

// piecesOf divides a partition into conditions, in the order of its rows, of so many rows at most each. It can where
// rows are ordered by an instant first: tables lie about in that order, so that DuckDB reads little twice. nil is for
// one that cannot be divided.
func (r *Reader) piecesOf(ctx context.Context, d Dataset, p Partition, most int64) (pieces []piece, err error) {
	if p.Rows <= most {
		return []piece{{rows: p.Rows}}, nil
	}
	first := d.column(d.sortedAs[0].Name)
	if first.Kind != KindTimestamp || d.sortedAs[0].Descending || d.sortedAs[0].NullsFirst {
		return nil, nil
	}
	text, err := r.partitionRows(ctx, d, p)
	if err != nil {
		return nil, err
	}
	name := Identifier(first.Name)
	rows, err := r.database.QueryContext(ctx, fmt.Sprintf("SELECT CAST(floor(epoch_us(%s) / %d) AS BIGINT), count(*) "+
		"FROM (%s) GROUP BY 1 ORDER BY 1 NULLS LAST", name, dayMicros, text))
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		var day sql.Null[int64]
		var count int64
		if err := rows.Scan(&day, &count); err != nil {
			return nil, err
		}
		if count > most {
			return nil, nil
		}
		last := len(pieces) - 1
		switch {
		case !day.Valid:
			pieces = append(pieces, piece{name + " IS NULL", count})
		case last >= 0 && pieces[last].rows+count <= most:
			pieces[last].rows += count
		default:
			from := fmt.Sprintf("%s >= make_timestamptz(%d)", name, day.V*dayMicros)
			if last >= 0 {
				pieces[last].condition += fmt.Sprintf(" AND %s < make_timestamptz(%d)", name, day.V*dayMicros)
			}
			pieces = append(pieces, piece{from, count})
		}
	}
	return pieces, rows.Err()
}

const dayMicros int64 = 24 * 60 * 60 * 1_000_000

// piece is a part of a partition's rows that is sorted alone.
type piece struct {
	condition string // "" is all
	rows      int64
}

func (d Dataset) column(name string) (found Column) {
	for _, column := range d.Columns {
		if column.Name == name {
			found = column
		}
	}
	return found
}
