package models

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"fcpipe/schema/duck"
)

// bytesOfPartRow is what a model may use of DuckDB's memory for a row of the part it computes, unless its header says
// that it needs less ("part bytes"). Attribute values took most: joined with what was computed, and sorted, between 500
// and 900 bytes each. A part that does not fit is computed again, in smaller ones, which costs more than many parts do;
// but each part reads a table whole that lies in the order of time, so that parts by holder are better few.
const bytesOfPartRow = 1024

// PartRows is how many rows of input a rebuild may compute at once with a memory limit of DuckDB, in bytes; zero is the
// default limit.
func PartRows(memoryLimit int64) int64 {
	return cmp.Or(memoryLimit, duck.DefaultMemoryLimit) / bytesOfPartRow
}

// leastPartRows is how small parts become where memory does not do.
const leastPartRows = 10_000

// inParts fills the empty table of a model, part by part. Where a part does not fit in DuckDB's memory all are made
// smaller: what a row needs differs between models and between worlds, and a round must not fail for that.
func (d *derivation) inParts(ctx context.Context, model Header, fill func(parts []string) error) error {
	limit := cmp.Or(d.parameters.PartRows, PartRows(0)) * bytesOfPartRow / cmp.Or(model.PartBytes, bytesOfPartRow)
	for {
		parts, err := d.parts(ctx, model, limit)
		if err != nil {
			return err
		}
		err = fill(parts)
		if limit /= 4; !duck.IsOutOfMemory(err) || len(model.Part) == 0 || limit < leastPartRows {
			return err
		}
	}
}

// parts divides what a rebuild of a model reads, so that its memory does not grow with the number of rows: each part is
// a condition on the columns that the header names, and has about limit rows of the largest input. A model without such
// columns, or of few rows, is one part, without a condition. DuckDB spills sorts and joins, but groups with many sums
// only in part: one table of ten million rows needed more than a gigabyte.
func (d *derivation) parts(ctx context.Context, model Header, limit int64) ([]string, error) {
	var largest string
	var most int64
	for _, table := range d.inputsWith(model) {
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

// inputsWith lists the tables of which a part of a model reads some rows: those that its header names, or all it reads
// that have the columns by which it is computed in parts.
func (d *derivation) inputsWith(model Header) (inputs []string) {
	for _, table := range model.reads {
		isNamed := len(model.PartOf) == 0 || slices.Contains(model.PartOf, table)
		if isNamed && d.hasColumns(table, model.Part) {
			inputs = append(inputs, table)
		}
	}
	return inputs
}

// borders are values of columns, as literals and in order, between which about limit rows of a table lie.
func (d *derivation) borders(ctx context.Context, table string, columns []string, limit int64) (
	borders [][]string, err error,
) {
	rows, err := d.QueryContext(ctx, fmt.Sprintf(
		"SELECT COLUMNS(* EXCLUDE n)::VARCHAR, n "+
			"FROM (SELECT %s, count(*) AS n FROM %s WHERE NOT (%s) GROUP BY ALL ORDER BY ALL)",
		strings.Join(d.groupedBy(table, columns), ", "), table, anyIsNull(columns),
	))
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	values, targets := make([]string, len(columns)), make([]any, len(columns)+1)
	var count, sum int64
	for i := range values {
		targets[i] = &values[i]
	}
	targets[len(columns)] = &count
	for rows.Next() {
		if err := rows.Scan(targets...); err != nil {
			return nil, err
		}
		if sum > 0 && sum+count > limit {
			borders, sum = append(borders, quoted(values)), 0
		}
		sum += count
	}
	return borders, rows.Err()
}

// groupedBy are the values of columns between which borders may lie: of instants those that begin a day, as there are
// nearly as many instants as rows.
func (d *derivation) groupedBy(table string, columns []string) []string {
	values := make([]string, len(columns))
	for i, name := range columns {
		values[i] = name
		for _, column := range d.tables[table].columns {
			if column.Name == name && strings.HasPrefix(column.DataType, "TIMESTAMP") {
				values[i] = name + "::DATE"
			}
		}
	}
	return values
}

func quoted(values []string) []string {
	literals := make([]string, len(values))
	for i, value := range values {
		literals[i] = duck.Quote(value)
	}
	return literals
}

// anyIsNull is the condition that a row lacks a value of one of some columns.
func anyIsNull(columns []string) string { return strings.Join(columns, " IS NULL OR ") + " IS NULL" }

// ranges are the conditions of the parts between borders. Rows without a value are in the first part.
func ranges(columns []string, borders [][]string) []string {
	conditions := make([]string, len(borders)+1)
	for i := range conditions {
		var bounds []string
		if i > 0 {
			bounds = append(bounds, compared(columns, borders[i-1], ">", ">="))
		}
		if i < len(borders) {
			bounds = append(bounds, compared(columns, borders[i], "<", "<"))
		}
		conditions[i] = strings.Join(bounds, " AND ")
	}
	if len(borders) > 0 {
		conditions[0] = fmt.Sprintf("(%s OR %s)", conditions[0], anyIsNull(columns))
		for i := range borders {
			conditions[i+1] = fmt.Sprintf("NOT (%s) AND %s", anyIsNull(columns), conditions[i+1])
		}
	}
	return conditions
}

// compared holds several columns to a border, the first one deciding before the next; last is how the last is compared.
// It is spelled out: DuckDB refuses a row of columns between two others.
func compared(columns, border []string, operator, last string) string {
	n := len(columns) - 1
	condition := fmt.Sprintf("%s %s %s", columns[n], last, border[n])
	for i := n - 1; i >= 0; i-- {
		condition = fmt.Sprintf("(%[1]s %[2]s %[3]s OR %[1]s = %[3]s AND %[4]s)",
			columns[i], operator, border[i], condition)
	}
	return condition
}

// partQuery is the model's query over the rows of one part, and the statements that make the views it reads in place of
// the tables of which it reads some rows. Where a part reads other rows too, those that come of them are left out.
func (d *derivation) partQuery(model Header, condition string) (query string, views []string) {
	query = model.Query
	if condition == "" {
		return query, nil
	}
	tables := d.inputsWith(model)
	isWider := slices.ContainsFunc(tables, func(table string) bool { return model.PartInputs[table] != "" })
	others := slices.Sorted(maps.Keys(model.PartInputs))
	for i, table := range slices.Concat(tables, others) {
		rows := fmt.Sprintf("FROM %s WHERE %s", table, condition)
		switch stated := model.PartInputs[table]; {
		case i >= len(tables) && slices.Contains(tables, table):
			continue
		case i >= len(tables): // such as the texts that rows of the part have
			rows = stated
			for _, inParts := range tables {
				rows = over(rows, inParts, partView(inParts))
			}
		case stated != "":
			rows = strings.ReplaceAll(stated, "$part", "("+condition+")")
		}
		views = append(views, fmt.Sprintf("CREATE OR REPLACE TEMP VIEW \"part_%s\" AS %s", table, rows))
		query = over(query, table, partView(table))
	}
	if isWider {
		query = fmt.Sprintf("SELECT * FROM (%s) WHERE %s", query, condition)
	}
	return query, views
}

// partView is the name of the view by which a part reads a table.
func partView(table string) string { return temporary("part_" + table) }
