package reader

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
	"strings"
	"time"

	"fcpipe/schema/duck"
)

// Partition is a part of a dataset that becomes one file.
type Partition struct {
	Value       string // names its folder; "" when the dataset has none
	RunID       string // feeds: the run whose changes these are
	Rows        int64  // 0: the partition has no rows any more
	Fingerprint string // hash over all values, whatever their order; equal means equal rows
	Min, Max    string // of the first column of the dataset's order, as DuckDB prints it

	ranges [][2]string // of the dataset's bounds
}

// Partitions lists the partitions of a dataset by value (and run). A zero since lists all.
// Otherwise a tracked dataset lists only those whose rows may differ from what they were
// at that instant, emptied ones included, and a feed those of later runs.
func (r *Reader) Partitions(ctx context.Context, d Dataset, since time.Time) ([]Partition, error) {
	var filter string
	var parameters []any
	var touched []string
	switch {
	case since.IsZero() || !d.Tracked:
	case d.Feed:
		filter, parameters = "WHERE _observed_at > CAST(? AS TIMESTAMPTZ)", []any{instantText(since)}
	default:
		var err error
		if touched, err = r.touched(ctx, d, since); err != nil || len(touched) == 0 {
			return nil, err
		}
		filter = d.within(touched)
	}
	found, err := r.summarize(ctx, d, filter, parameters...)
	if err != nil {
		return nil, fmt.Errorf("partitions of %s: %w", d.Name, err)
	}
	if touched != nil { // DuckDB takes longer to leave rows out by their folder than to count and hash them
		found = slices.DeleteFunc(found, func(p Partition) bool { return !slices.Contains(touched, p.Value) })
	}
	for _, value := range touched {
		if !slices.ContainsFunc(found, func(p Partition) bool { return p.Value == value }) {
			found = append(found, Partition{Value: value})
		}
	}
	return found, nil
}

// Count is the number of rows of a dataset.
func (r *Reader) Count(ctx context.Context, d Dataset) (count int64, err error) {
	err = r.database.QueryRowContext(ctx, "SELECT count(*) FROM ("+d.query+")").Scan(&count)
	return count, err
}

// Batches streams the rows of a partition in the dataset's order. A batch, text included,
// is valid until the next one. It stops with ctx's error when ctx ends.
func (r *Reader) Batches(ctx context.Context, d Dataset, p Partition) iter.Seq2[*Batch, error] {
	return func(yield func(*Batch, error) bool) {
		if p.Rows == 0 {
			return
		}
		text, err := r.partitionRows(ctx, d, p)
		if err != nil {
			yield(nil, err)
			return
		}
		var parameters []string
		if d.orderSecret != "" {
			parameters = append(parameters, d.orderSecret)
		}
		r.batches(ctx, columnNames(d.Columns), text+" ORDER BY "+d.order, parameters...)(yield)
	}
}

// partitionRows selects the rows of a partition. The name of a folder is dear to compute for every row: where no row
// of another partition lies in this one's ranges, they alone select its rows; and all its rows have the value that
// names the folder, unless months share it.
func (r *Reader) partitionRows(ctx context.Context, d Dataset, p Partition) (string, error) {
	if d.PartitionColumn == "" {
		return fmt.Sprintf("SELECT * FROM (%s)", d.query), nil
	}
	conditions, within := d.rangesOf(p), int64(0)
	err := r.database.QueryRowContext(ctx, "SELECT count(*) FROM ("+d.query+") WHERE "+conditions).Scan(&within)
	if err != nil {
		return "", err
	}
	if within != p.Rows {
		conditions += fmt.Sprintf(" AND %s = %s", d.folder, duck.Quote(p.Value))
		if d.Feed {
			conditions += " AND _run_id = " + duck.Quote(p.RunID)
		}
	}
	selected := "*"
	if !d.SharesFolder(p) {
		selected = fmt.Sprintf("* REPLACE (%s AS %s)", duck.Quote(p.Value), Identifier(d.PartitionColumn))
	}
	return fmt.Sprintf("SELECT %s FROM (%s) WHERE %s", selected, d.query, conditions), nil
}

// rangesOf is a condition that every row of a partition fulfils, and DuckDB can skip others by.
func (d Dataset) rangesOf(p Partition) string {
	conditions := []string{"true"}
	for i, column := range d.bounds {
		if column.Kind != KindTimestamp && column.Kind != KindDate {
			continue // no partition goes by it
		}
		conditions = append(conditions, fmt.Sprintf("%s BETWEEN CAST(%s AS %s) AND CAST(%s AS %[3]s)",
			Identifier(column.Name), duck.Quote(p.ranges[i][0]), column.Type, duck.Quote(p.ranges[i][1])))
	}
	return strings.Join(conditions, " AND ")
}

// within is the condition that leaves out what lies before the first and after the last of some months, which DuckDB
// does without reading it; "" where one of them shares its folder. The months of a dataset that is tracked and no feed
// are those, in UTC, of the first column of its order.
func (d Dataset) within(folders []string) string {
	last, err := time.Parse("2006-01", slices.Max(folders))
	if err != nil || slices.Contains(folders, otherMonths) {
		return ""
	}
	return fmt.Sprintf("WHERE %[1]s >= TIMESTAMPTZ '%[2]s-01 00:00:00Z' AND %[1]s < TIMESTAMPTZ '%[3]s-01 00:00:00Z'",
		Identifier(d.SortedBy[0].Name), slices.Min(folders), last.AddDate(0, 1, 0).Format("2006-01"))
}

// touched lists the folders that rows came to or left since an instant.
func (r *Reader) touched(ctx context.Context, d Dataset, since time.Time) ([]string, error) {
	var values []string
	err := statements.EachRow(ctx, r.database, "lake_touched_"+d.Name, func(scan duck.Scan) error {
		var value string
		err := scan(&value)
		if folder := d.folderOf(value); !slices.Contains(values, folder) {
			values = append(values, folder)
		}
		return err
	}, instantText(since))
	return values, err
}

// summarize counts, hashes and bounds every partition in one pass.
func (r *Reader) summarize(
	ctx context.Context, d Dataset, filter string, parameters ...any,
) (found []Partition, err error) {
	rows, err := r.database.QueryContext(ctx, d.summary(filter), parameters...)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		p := Partition{ranges: make([][2]string, len(d.bounds))}
		targets := []any{&p.Value, &p.RunID, &p.Rows, &p.Fingerprint}
		for i := range p.ranges {
			targets = append(targets, &p.ranges[i][0], &p.ranges[i][1])
		}
		if err := rows.Scan(targets...); err != nil {
			return nil, err
		}
		if len(p.ranges) > 0 {
			p.Min, p.Max = p.ranges[0][0], p.ranges[0][1]
		}
		found = append(found, p)
	}
	return found, rows.Err()
}

func (d Dataset) summary(filter string) string {
	value, run := d.folder, "''"
	if d.Feed {
		run = "_run_id"
	}
	hash := "hash(" + strings.Join(shownTexts(d.Columns), ", ") + ")"
	selected := []string{value, run, "count(*)", fmt.Sprintf("bit_xor(%[1]s) || '-' || sum(%[1]s)", hash)}
	for _, column := range d.bounds {
		selected = append(
			selected, fmt.Sprintf("CAST(min(%[1]s) AS VARCHAR), CAST(max(%[1]s) AS VARCHAR)", Identifier(column.Name)),
		)
	}
	// grouped even by constants, so that no rows make no partition
	return fmt.Sprintf(
		"SELECT %s FROM (%s) %s GROUP BY %s, %s ORDER BY 1, 2", strings.Join(selected, ", "), d.query, filter, value,
		run,
	)
}

// instantText prints an instant exactly, in the form DuckDB casts back.
func instantText(at time.Time) string { return at.UTC().Format("2006-01-02T15:04:05.999999Z") }

// Identifier quotes a name, which may be a word of SQL.
func Identifier(name string) string { return `"` + strings.ReplaceAll(name, `"`, `""`) + `"` }

// shownTexts are the values of columns as readers see them. DuckDB hashes the number of a value of a closed list, which
// another program may have for another text.
func shownTexts(columns []Column) []string {
	values := make([]string, len(columns))
	for i, column := range columns {
		values[i] = Identifier(column.Name)
		if column.listed {
			values[i] += "::VARCHAR"
		}
	}
	return values
}

func columnNames(columns []Column) []string {
	names := make([]string, len(columns))
	for i, column := range columns {
		names[i] = column.Name
	}
	return names
}
