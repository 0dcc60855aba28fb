package features

import (
	"context"
	"embed"
	"errors"
	"iter"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"fcpipe/schema/duck"
	"fcpipe/schema/durable"
	"fcpipe/schema/reader"
	"fcpipe/schema/replay"
)

//go:embed *.sql
var sqlFiles embed.FS

var statements = duck.Load(sqlFiles)

// Table is what is computed.
const Table = "underwriting.attribute_values"

// Features are the attributes that were known at an instant. Close them.
type Features struct {
	past   *replay.Past
	folder string // of the Parquet file, while it is written
}

// Of computes them. A Parquet file is wanted where parquet is its path; it is written beside it first. Errors are those
// of replay.Open.
func Of(ctx context.Context, q replay.Question, parquet string) (f *Features, err error) {
	f = &Features{}
	if parquet != "" {
		if f.folder, err = os.MkdirTemp(filepath.Dir(parquet), ".features-*"); err != nil {
			return nil, err
		}
		q.Directory = f.folder
	}
	q.Tables = []string{Table}
	if f.past, err = replay.Open(ctx, q); err != nil {
		return nil, errors.Join(err, f.removeFolder())
	}
	if _, err := f.past.Database().ExecContext(ctx, f.view(q.Holder)); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return f, nil
}

// Known is what they were computed from.
func (f *Features) Known() replay.Known { return f.past.Known }

// Close releases what they were computed in.
func (f *Features) Close() error { return errors.Join(f.past.Close(), f.removeFolder()) }

func (f *Features) removeFolder() error {
	if f.folder == "" {
		return nil
	}
	return os.RemoveAll(f.folder)
}

// view is the statement that makes the rows, each with what it was computed from.
func (f *Features) view(holder string) string {
	k, text, rescored := f.past.Known, statements.Get("view"), ""
	if k.IsRescored != nil {
		rescored = strconv.FormatBool(*k.IsRescored)
	}
	for name, value := range map[string]string{
		"as_of": shown(k.At), "as_of_date": k.AsOfDate, "watermark": shown(k.Watermark), "report_zone": k.ReportZone,
		"definition": k.Definition, "taxonomy": k.Taxonomy, "rules": k.Rules, "overrides": k.Overrides,
		"requests":   k.LoanRequests,
		"backfilled": strconv.FormatBool(k.IsBackfilled), "holder": holder,
		"rescored": rescored,
	} {
		text = strings.ReplaceAll(text, "$"+name+"$", duck.Quote(value))
	}
	return text
}

func shown(at time.Time) string { return at.UTC().Format("2006-01-02 15:04:05.999999-07") }

// Columns are those of the rows, with DuckDB's names of their types.
func (f *Features) Columns(ctx context.Context) (columns []reader.ResultColumn, err error) {
	err = statements.EachRow(ctx, f.past.Database(), "columns", func(scan duck.Scan) error {
		var c reader.ResultColumn
		err := scan(&c.Name, &c.Type)
		columns = append(columns, c)
		return err
	})
	return columns, err
}

// errStopped ends reading where no more rows are wanted.
var errStopped = errors.New("no more rows are wanted")

// Rows are the rows in their order, each valid until the next one.
func (f *Features) Rows(ctx context.Context, columns int) iter.Seq2[[]reader.Cell, error] {
	return func(yield func([]reader.Cell, error) bool) {
		cells, values, into := make([]reader.Cell, columns), make([]*string, columns), make([]any, columns)
		for i := range values {
			into[i] = &values[i]
		}
		err := statements.EachRow(ctx, f.past.Database(), "rows", func(scan duck.Scan) error {
			if err := scan(into...); err != nil {
				return err
			}
			for i, value := range values {
				cells[i] = reader.Cell{Null: value == nil}
				if value != nil {
					cells[i].Text = *value
				}
			}
			if !yield(cells, nil) {
				return errStopped
			}
			return nil
		})
		if err != nil && !errors.Is(err, errStopped) {
			yield(nil, err)
		}
	}
}

// Parquet writes the file that Of was told of: a new, durable one that only its owner reads. A file of that name stays
// as it is, and is an fs.ErrExist.
func (f *Features) Parquet(ctx context.Context, path string) error {
	written := filepath.Join(f.folder, "features.parquet")
	statement := strings.ReplaceAll(statements.Get("parquet"), "$path$", duck.Quote(written))
	if _, err := f.past.Database().ExecContext(ctx, statement); err != nil {
		return err
	}
	if err := os.Chmod(written, 0o600); err != nil {
		return err
	}
	if err := durable.SyncFile(written); err != nil {
		return err
	}
	if err := durable.LinkOrCopy(written, path); err != nil { // os.Rename would replace a file
		return err
	}
	return durable.SyncName(path)
}
