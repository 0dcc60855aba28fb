package export

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/parquet-go/parquet-go"

	"fcpipe/schema/reader"
)

// against compares the lake with the published file: that it is of the same instant, that
// the rows add up, and, when deep, that every value is equal.
func (v *verification) against(ctx context.Context) error {
	if v.reader == nil {
		return nil
	}
	info, err := v.reader.Info(ctx)
	if err != nil {
		return err
	}
	shown, hasKey, isRefused, err := v.shown()
	if err != nil {
		return err
	}
	if info.Watermark == nil || !info.Watermark.Equal(v.manifest.Watermark) {
		if !isRefused { // else no export brings it up but the one that is named already
			v.problems = append(v.problems, Problem{
				latestName, "shows another instant than the file; the next round, or fcpipe export, brings it up", true,
			})
		}
		return nil
	}
	datasets, err := datasetsOf(ctx, v.reader, shown)
	if err != nil {
		return err
	}
	other := 0 // files of another form: not compared
	for i := range datasets {
		d := &datasets[i]
		entry, found := v.manifest.dataset(d.Name)
		if !found || entry.Schema != d.fingerprint {
			other++
		} else if err := v.dataset(ctx, d, entry, hasKey || len(d.tokens) == 0); err != nil {
			return err
		}
	}
	if other > 0 {
		v.problems = append(v.problems, Problem{latestName, fmt.Sprintf(
			"%d of %d datasets are as another version of fcpipe wrote them; "+
				"the next round, or fcpipe export, writes them once more",
			other, len(datasets)), true})
	}
	return nil
}

// shown is what the lake shows of personal texts, and whether the key of its tokens is known: without it values of
// datasets that have tokens are not compared. Where exports refuse to bring the lake up, that is a problem.
func (v *verification) shown() (shown disguise, hasKey, isRefused bool, err error) {
	held := v.manifest.shows()
	shown, hasKey = v.privacy.opened(held)
	wanted, err := v.privacy.entry()
	if err != nil {
		return shown, false, false, err
	}
	if isRefused = !hasKey || !held.SamePolicy(wanted); isRefused {
		v.problems = append(v.problems, Problem{latestName, refusal(held, wanted).Error(), true})
	}
	return shown, hasKey, isRefused, nil
}

func (v *verification) dataset(ctx context.Context, d *dataset, entry DatasetEntry, comparable bool) error {
	if !v.deep || !comparable {
		count, err := v.reader.Count(ctx, d.Dataset)
		if err == nil && count != entry.Rows {
			v.report(d.Name, "has %d rows, the table %d", entry.Rows, count)
		}
		return err
	}
	partitions, err := d.partitions(ctx, v.reader, time.Time{})
	if err != nil {
		return err
	}
	if len(partitions) == 0 {
		partitions = append(partitions, d.NoRows())
	}
	files := map[place]File{}
	for _, file := range v.manifest.Files {
		if file.Dataset == d.Name {
			files[placeOf(file)] = file
		}
	}
	for _, p := range partitions {
		at := place{d.Name, p.Value, p.RunID}
		file, listed := files[at]
		delete(files, at)
		switch {
		case !listed:
			v.report(d.Name, "has no file for %s %s, the table has %d rows", p.Value, p.RunID, p.Rows)
		case file.Rows != p.Rows || file.Fingerprint != p.Fingerprint:
			v.report(file.Path, "was made of other rows than the table has now")
		case !v.damaged[file.Path]:
			if err := v.rows(ctx, d, p, file); err != nil {
				return err
			}
		}
	}
	for _, file := range files {
		v.report(file.Path, "the table has no such rows")
	}
	return nil
}

// rows reads a file back and compares it with the table, row by row.
func (v *verification) rows(ctx context.Context, d *dataset, p reader.Partition, listed File) (err error) {
	file, err := os.Open(filepath.Join(v.dir, filepath.FromSlash(listed.Path)))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	opened, err := parquet.OpenFile(file, listed.Bytes)
	if err != nil {
		v.report(listed.Path, "is no Parquet file: %v", err)
		return nil
	}
	if got := opened.Schema().String(); got != d.parquet.String() {
		v.report(listed.Path, "has another schema than its dataset")
		return nil
	}
	if !declaresOrder(opened, d) {
		v.report(listed.Path, "does not declare the order of its rows")
		return nil
	}
	back := &readBack{groups: opened.RowGroups()}
	defer func() { err = errors.Join(err, back.close()) }()
	row := int64(0)
	for batch, err := range d.batches(ctx, v.reader, p) {
		if err != nil {
			return err
		}
		column, at, err := back.compare(batch, d)
		switch {
		case err != nil:
			v.report(listed.Path, "row %d: %v", row+int64(at), err)
			return nil
		case column >= 0:
			v.report(listed.Path, "row %d, column %s: not the value of the table", row+int64(at),
				d.Columns[column].Name)
			return nil
		}
		row += int64(batch.Len)
	}
	if opened.NumRows() != row {
		v.report(listed.Path, "has %d rows, the table %d", opened.NumRows(), row)
	}
	return nil
}

// declaresOrder reports whether every row group says what its rows are sorted by. That they are
// is seen when they are compared with the table's, which come in that order.
func declaresOrder(file *parquet.File, d *dataset) bool {
	for _, group := range file.RowGroups() {
		if !slices.EqualFunc(group.SortingColumns(), d.sorting(), sameOrder) {
			return false
		}
	}
	return true
}

func sameOrder(a, b parquet.SortingColumn) bool {
	return slices.Equal(a.Path(), b.Path()) && a.Descending() == b.Descending() && a.NullsFirst() == b.NullsFirst()
}

// readBack reads the rows of a file in order, over its row groups.
type readBack struct {
	groups []parquet.RowGroup
	rows   parquet.Rows
	buffer []parquet.Row
	want   [][]parquet.Value // what a batch should be, by column
	next   []int             // how much of it was seen
}

// compare reads as many rows as a batch has and returns the first row and column that
// differ, or column -1. Values read are compared before anything else is read: they lie in
// memory of the file's pages.
func (r *readBack) compare(batch *reader.Batch, d *dataset) (column, row int, err error) {
	if err := r.expect(batch, d); err != nil {
		return 0, 0, err
	}
	for row < batch.Len {
		rows, err := r.read(batch.Len - row)
		if err != nil {
			return 0, row, err
		}
		for _, values := range rows {
			if column := r.differs(values); column >= 0 {
				return column, row, nil
			}
			row++
		}
	}
	for column := range r.next {
		if r.next[column] != len(r.want[column]) {
			return column, batch.Len - 1, nil
		}
	}
	return -1, 0, nil
}

func (r *readBack) expect(batch *reader.Batch, d *dataset) (err error) {
	if r.want == nil {
		r.want, r.next = make([][]parquet.Value, len(batch.Columns)), make([]int, len(batch.Columns))
	}
	for i := range batch.Columns {
		if r.want[i], err = appendValues(r.want[i][:0], &batch.Columns[i], 0, batch.Len, d.required[i]); err != nil {
			return fmt.Errorf("column %s: %w", d.Columns[i].Name, err)
		}
		r.next[i] = 0
	}
	return nil
}

// read returns some of the next rows, at least one and count at most.
func (r *readBack) read(count int) ([]parquet.Row, error) {
	for len(r.buffer) < count {
		r.buffer = append(r.buffer, nil)
	}
	for {
		if r.rows == nil {
			if len(r.groups) == 0 {
				return nil, errors.New("the file has no more")
			}
			r.rows, r.groups = r.groups[0].Rows(), r.groups[1:]
		}
		n, err := r.rows.ReadRows(r.buffer[:count])
		if n > 0 {
			return r.buffer[:n], nil
		}
		if err != nil && !errors.Is(err, io.EOF) {
			return nil, err
		}
		if err := r.close(); err != nil {
			return nil, err
		}
	}
}

func (r *readBack) close() error {
	if r.rows == nil {
		return nil
	}
	err := r.rows.Close()
	r.rows = nil
	return err
}

// differs returns the first column of a row that is not as expected, or -1.
func (r *readBack) differs(row parquet.Row) int {
	for _, value := range row {
		column := value.Column()
		at := r.next[column]
		if at == len(r.want[column]) || !same(value, r.want[column][at]) {
			return column
		}
		r.next[column]++
	}
	return -1
}

// same compares value and levels; a null is not a zero.
func same(a, b parquet.Value) bool {
	return a.DefinitionLevel() == b.DefinitionLevel() && a.RepetitionLevel() == b.RepetitionLevel() &&
		a.IsNull() == b.IsNull() && (a.IsNull() || (parquet.Equal(a, b) || isNaN(a) && isNaN(b)))
}

func isNaN(v parquet.Value) bool { return v.Kind() == parquet.Double && math.IsNaN(v.Double()) }
