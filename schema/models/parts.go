package models

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"

	"fcpipe/schema/duck"
)

// bytesOfPartRow is what a model may use of DuckDB's memory for a row of the part it computes. Days of accounts, with a
// dozen sums of 128 bits each, took most: 160 bytes.
const bytesOfPartRow = 256

// PartRows is how many rows of input a rebuild may compute at once with a memory limit of DuckDB, in bytes; zero is the
// default limit.
func PartRows(memoryLimit int64) int64 {
	return cmp.Or(memoryLimit, duck.DefaultMemoryLimit) / bytesOfPartRow
}

// parts divides what a rebuild of a model reads, so that its memory does not grow with the number of rows: each part is
// a condition on the column that the header names, and has about as many rows of the largest input as the parameters
// say. A model without such a column, or of few rows, is one part, without a condition. DuckDB spills sorts and joins,
// but groups with many sums only in part: one table of ten million rows needed more than a gigabyte.
func (d *derivation) parts(ctx context.Context, model Header) ([]string, error) {
	inputs := d.inputsWith(model)
	limit := cmp.Or(d.parameters.PartRows, PartRows(0))
	var largest string
	var most int64
	for _, table := range inputs {
		var rows int64
		if err := d.QueryRowContext(ctx, "SELECT count(*) FROM "+table).Scan(&rows); err != nil {
			return nil, err
		}
		if rows > most {
			largest, most = table, rows
		}
	}
	if most <= limit {
		return []string{""}, nil
	}
	borders, err := d.borders(ctx, largest, model.Part, limit)
	if err != nil {
		return nil, err
	}
	return ranges(model.Part, borders), nil
}

// inputsWith lists the tables a model reads that have the column by which it is computed in parts.
func (d *derivation) inputsWith(model Header) (inputs []string) {
	if model.Part == "" {
		return nil
	}
	for _, table := range model.reads {
		if d.hasColumns(table, []string{model.Part}) {
			inputs = append(inputs, table)
		}
	}
	return inputs
}

// borders are values of a column, in order, between which about limit rows of a table lie.
func (d *derivation) borders(ctx context.Context, table, column string, limit int64) (borders []string, err error) {
	counts := fmt.Sprintf("SELECT %[1]s::VARCHAR, count(*) FROM %[2]s WHERE %[1]s IS NOT NULL GROUP BY ALL ORDER BY 1",
		column, table)
	rows, err := d.QueryContext(ctx, counts)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	var sum int64
	for rows.Next() {
		var value string
		var count int64
		if err := rows.Scan(&value, &count); err != nil {
			return nil, err
		}
		if sum > 0 && sum+count > limit {
			borders, sum = append(borders, value), 0
		}
		sum += count
	}
	return borders, rows.Err()
}

// ranges are the conditions of the parts between borders. Rows without a value are in the first.
func ranges(column string, borders []string) []string {
	conditions := make([]string, len(borders)+1)
	for i := range conditions {
		var bounds []string
		if i > 0 {
			bounds = append(bounds, fmt.Sprintf("%s >= %s", column, duck.Quote(borders[i-1])))
		}
		if i < len(borders) {
			bounds = append(bounds, fmt.Sprintf("%s < %s", column, duck.Quote(borders[i])))
		}
		conditions[i] = strings.Join(bounds, " AND ")
		if i == 0 && len(borders) > 0 {
			conditions[i] = fmt.Sprintf("(%s OR %s IS NULL)", conditions[i], column)
		}
	}
	return conditions
}

// partQuery is the model's query over the rows of one part, and the statements that make the views it reads in place of
// the tables that have the column.
func (d *derivation) partQuery(model Header, condition string) (query string, views []string) {
	query = model.Query
	if condition == "" {
		return query, nil
	}
	for _, table := range model.reads {
		if !d.hasColumns(table, []string{model.Part}) {
			continue
		}
		view := temporary("part_" + table)
		views = append(views,
			fmt.Sprintf("CREATE OR REPLACE TEMP VIEW \"part_%[1]s\" AS FROM %[1]s WHERE %[2]s", table, condition))
		query = over(query, table, view)
	}
	return query, views
}
