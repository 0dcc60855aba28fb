package reader

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"strings"

	bindings "github.com/duckdb/duckdb-go-bindings"
)

// ErrNotHeld is returned for an as-of question about an instant of which the file holds nothing: beyond its watermark,
// or before the horizon of its retention. The error names both instants.
var ErrNotHeld = errors.New("the file holds nothing of this instant")

// ErrNotReadOnly is returned when a text is not one statement that only reads.
var ErrNotReadOnly = errors.New("not a question")

// ResultColumn is a column of an answer.
type ResultColumn struct {
	Name string
	Type string // DuckDB's name of its type
}

// Cell is one value of an answer, as DuckDB prints it; lists, structs and maps as JSON.
type Cell struct {
	Text string
	Null bool
}

// Query answers one SQL statement that only reads. The rows are computed while they are
// read; each is valid until the next one. ErrNotReadOnly refuses several statements and
// those that change, attach, load or set anything, ErrNotHeld as-of questions that the file cannot answer; other errors
// are DuckDB's.
func (r *Reader) Query(ctx context.Context, text string) ([]ResultColumn, iter.Seq2[[]Cell, error], error) {
	columns, rows, err := r.query(ctx, text)
	if err != nil {
		return nil, nil, notHeld(err)
	}
	return columns, func(yield func([]Cell, error) bool) {
		for row, err := range rows {
			if !yield(row, notHeld(err)) {
				return
			}
		}
	}, nil
}

// notHeldError is what an as-of macro says, without DuckDB's words before it.
type notHeldError struct {
	said string
	error
}

func (e notHeldError) Error() string { return e.said }

func (notHeldError) Is(target error) bool { return target == ErrNotHeld }

func (e notHeldError) Unwrap() error { return e.error }

// notHeld tells the errors of as-of macros: see as_of_macros.
func notHeld(err error) error {
	if err == nil {
		return nil
	}
	for _, end := range []string{", the horizon in meta.store", ", its watermark in meta.store"} {
		from, to := strings.Index(err.Error(), "as of "), strings.Index(err.Error(), end)
		if from >= 0 && to > from {
			return notHeldError{err.Error()[from:to] + end, err}
		}
	}
	return err
}

func (r *Reader) query(ctx context.Context, text string) ([]ResultColumn, iter.Seq2[[]Cell, error], error) {
	question, err := oneStatement(text)
	if err != nil {
		return nil, nil, err
	}
	explain, err := r.examine(ctx, question)
	if err != nil {
		return nil, nil, err
	}
	if explain {
		columns := []ResultColumn{{"explain_key", "VARCHAR"}, {"explain_value", "VARCHAR"}}
		return columns, r.rows(ctx, []string{"explain_key", "explain_value"}, question), nil
	}
	columns, err := r.resultColumns(ctx, question)
	if err != nil {
		return nil, nil, err
	}
	names, printed := make([]string, len(columns)), make([]string, len(columns))
	for i, column := range columns {
		names[i], printed[i] = column.Name, fmt.Sprintf("CAST(#%d AS VARCHAR)", i+1)
		if nested(column.Type) {
			printed[i] = fmt.Sprintf("CAST(to_json(#%d) AS VARCHAR)", i+1)
		}
	}
	return columns, r.rows(ctx, names, "SELECT "+strings.Join(printed, ", ")+" FROM (\n"+question+"\n)"), nil
}

// examine lets one reading statement pass and tells whether it is an EXPLAIN.
func (r *Reader) examine(ctx context.Context, question string) (explain bool, err error) {
	s, err := r.connect(ctx)
	if err != nil {
		return false, err
	}
	defer s.close()
	if isPragma(question) { // what it is turned into reads, but is no part of another statement
		return false, fmt.Errorf("%w: PRAGMA is not answered; its tables are: FROM pragma_table_info('main.accounts')",
			ErrNotReadOnly)
	}
	kinds, err := s.prepare(question)
	if ctx.Err() != nil {
		return false, ctx.Err()
	}
	if err != nil {
		return false, refusal(err.Error())
	}
	switch kinds[len(kinds)-1] {
	case bindings.StatementTypeSelect:
		return false, nil
	case bindings.StatementTypeExplain:
		return true, nil
	default:
		return false, fmt.Errorf(
			"%w: only statements that read are answered (SELECT, FROM, WITH, VALUES, PIVOT, UNPIVOT, "+
				"DESCRIBE, SUMMARIZE, SHOW, EXPLAIN)",
			ErrNotReadOnly,
		)
	}
}

func isPragma(question string) bool {
	length, _ := nextToken(question)
	return strings.EqualFold(question[:length], "PRAGMA")
}

// refusal turns what DuckDB says of a statement that writes into our one answer to it.
func refusal(message string) error {
	if strings.Contains(message, "read-only mode") {
		return fmt.Errorf("%w: %s", ErrNotReadOnly, message)
	}
	return errors.New(message)
}

func (r *Reader) resultColumns(ctx context.Context, question string) ([]ResultColumn, error) {
	var columns []ResultColumn
	rows, err := r.database.QueryContext(ctx, "DESCRIBE (\n"+question+"\n)")
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var column ResultColumn
		var rest [4]any
		if err := rows.Scan(&column.Name, &column.Type, &rest[0], &rest[1], &rest[2], &rest[3]); err != nil {
			return nil, err
		}
		columns = append(columns, column)
	}
	return columns, rows.Err()
}

// rows streams a statement whose columns are all text.
func (r *Reader) rows(ctx context.Context, names []string, text string) iter.Seq2[[]Cell, error] {
	return func(yield func([]Cell, error) bool) {
		cells := make([]Cell, len(names))
		for batch, err := range r.batches(ctx, names, text) {
			if err != nil {
				yield(nil, err)
				return
			}
			for row := range batch.Len {
				for i := range batch.Columns {
					cells[i] = cellOf(&batch.Columns[i], row)
				}
				if !yield(cells, nil) {
					return
				}
			}
		}
	}
}

func cellOf(column *Vector, row int) Cell {
	if column.Null(row) {
		return Cell{Null: true}
	}
	return Cell{Text: string(column.Texts[row])}
}

// nested reports whether a type is made of others.
func nested(duckType string) bool {
	return strings.HasSuffix(duckType, "]") || strings.HasPrefix(duckType, "STRUCT(") ||
		strings.HasPrefix(duckType, "MAP(") ||
		strings.HasPrefix(duckType, "UNION(")
}
