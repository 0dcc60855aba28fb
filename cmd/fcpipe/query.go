package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"strings"

	"github.com/spf13/cobra"

	"fcpipe/cmd/fcpipe/config"
	"fcpipe/schema"
	"fcpipe/schema/duck"
	"fcpipe/schema/reader"
	"fcpipe/schema/store"
)

// nullText is how a table shows that there is no value.
const nullText = "NULL"

func (a *app) queryCommand() *cobra.Command {
	var format string
	c := &cobra.Command{
		Use: "query SQL", Short: "ask the published file one question: table, CSV or JSON",
		Args: arguments(1, "one SQL statement, or - to read it from stdin"),
		Long: `Runs one read-only SQL statement: SELECT, FROM, WITH, VALUES, PIVOT, UNPIVOT, DESCRIBE, SUMMARIZE,
SHOW, EXPLAIN. Comments and a trailing semicolon are allowed. The file is opened read-only: a query
never blocks a round, nor a round a query. Times are UTC, money is in minor units.

  table   for people; NULL is shown as NULL, and control characters are escaped
  csv     as COPY writes it: an empty field is NULL, "" is an empty string
  json    numbers keep every digit, also beyond 2^53: parse BIGINT, HUGEINT and DECIMAL exactly
  ndjson  the same, one object a line`,
		Example: `  fcpipe query "select * from meta.dictionary"
  fcpipe query --format csv - < question.sql > answer.csv`,
		RunE: func(c *cobra.Command, args []string) error {
			if a.json {
				format = "json"
			}
			return a.query(c.Context(), args[0], format)
		},
	}
	c.Flags().StringVar(&format, "format", "table", "table, csv, json or ndjson")
	return a.jsonFlag(c)
}

func (a *app) query(ctx context.Context, text, format string) (err error) {
	write, known := map[string]answerWriter{
		"table": writeTable, "csv": writeCSV, "json": writeJSON,
		"ndjson": writeNDJSON,
	}[format]
	if !known {
		return usageError{fmt.Errorf("--format %q is not table, csv, json or ndjson", format)}
	}
	if text == "-" {
		read, err := io.ReadAll(a.stdin)
		if err != nil {
			return err
		}
		text = string(read)
	}
	_, opened, err := a.openPublished(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, opened.Close()) }()
	columns, rows, err := opened.Query(ctx, text)
	if errors.Is(err, reader.ErrNotReadOnly) {
		return usageError{err}
	}
	if errors.Is(err, reader.ErrNotHeld) {
		return err
	}
	if err != nil && strings.Contains(err.Error(), "Permission Error") { // of DuckDB: another file
		return hint(err, "a query reads the published file, and reads and writes no other one: "+
			`"fcpipe query --format csv" prints an answer, which the shell writes to a file with >`)
	}
	if err != nil {
		return hint(err,
			`"fcpipe query 'select distinct schema_name, table_name from meta.dictionary'" lists the tables`)
	}
	out := a.stdout
	if format == "csv" {
		out = a.data // what a program reads
	}
	return write(out, columns, rows)
}

// OpenFile opens the published file of a configuration.
// openPublished opens the file of the configuration for reading; the caller closes it.
func (a *app) openPublished(ctx context.Context) (cfg config.Config, opened *reader.Reader, err error) {
	if cfg, err = a.loadConfig(); err != nil {
		return cfg, nil, err
	}
	opened, err = openReader(ctx, cfg, readingSettings)
	return cfg, opened, err
}

// openReader opens the published file for reading; without one the error says what to do.
func openReader(
	ctx context.Context, cfg config.Config, settings func(config.Config) duck.Settings,
) (*reader.Reader, error) {
	reader, err := reader.Open(ctx, cfg.Layout(), settings(cfg))
	if errors.Is(err, schema.ErrNoDatabase) {
		err = hintNoDatabase(cfg, err)
	}
	return reader, err
}

// hintNoDatabase says whether a file was never made, or is gone, and what to do.
func hintNoDatabase(cfg config.Config, err error) error {
	if gone := store.CheckPublishedMissing(cfg.Layout()); gone != nil {
		return hintGone(gone)
	}
	return hint(err, `"fcpipe run" makes it`)
}

type answerWriter func(out io.Writer, columns []reader.ResultColumn, rows iter.Seq2[[]reader.Cell, error]) error

// writeTable prints for people.
func writeTable(out io.Writer, columns []reader.ResultColumn, rows iter.Seq2[[]reader.Cell, error]) error {
	head := make([]string, len(columns))
	for i, column := range columns {
		head[i] = column.Name
	}
	t := newTable(head...)
	for row, err := range rows {
		if err != nil {
			return err
		}
		cells := make([]string, len(row))
		for i, cell := range row {
			if cells[i] = nullText; !cell.Null {
				cells[i] = cell.Text
			}
		}
		t.add(cells...)
	}
	t.print(out)
	return nil
}

// writeCSV is what COPY … TO writes in DuckDB and PostgreSQL: nothing is no value, "" is a text without
// letters. encoding/csv cannot tell them apart.
func writeCSV(out io.Writer, columns []reader.ResultColumn, rows iter.Seq2[[]reader.Cell, error]) error {
	writer := bufio.NewWriter(out)
	for i, column := range columns {
		writeField(writer, i, reader.Cell{Text: column.Name})
	}
	_ = writer.WriteByte('\n')
	for row, err := range rows {
		if err != nil {
			return errors.Join(writer.Flush(), err)
		}
		for i, cell := range row {
			writeField(writer, i, cell)
		}
		if err := writer.WriteByte('\n'); err != nil { // that of the fields before, too
			return err
		}
	}
	return writer.Flush()
}

func writeField(writer *bufio.Writer, at int, cell reader.Cell) {
	if at > 0 {
		_ = writer.WriteByte(',')
	}
	text := cell.Text
	plain := text != "" && text != `\.` && !strings.ContainsAny(text, ",\"\r\n") && text == strings.TrimSpace(text)
	if !cell.Null && !plain {
		text = `"` + strings.ReplaceAll(text, `"`, `""`) + `"`
	}
	_, _ = writer.WriteString(text)
}

func writeJSON(out io.Writer, columns []reader.ResultColumn, rows iter.Seq2[[]reader.Cell, error]) error {
	separator := "["
	for row, err := range rows {
		if err != nil {
			return err
		}
		if _, err := fmt.Fprintf(out, "%s\n  %s", separator, jsonRow(columns, row)); err != nil {
			return err
		}
		separator = ","
	}
	if separator == "[" {
		_, err := fmt.Fprintln(out, "[]")
		return err
	}
	_, err := fmt.Fprintln(out, "\n]")
	return err
}

func writeNDJSON(out io.Writer, columns []reader.ResultColumn, rows iter.Seq2[[]reader.Cell, error]) error {
	for row, err := range rows {
		if err != nil {
			return err
		}
		if _, err := fmt.Fprintln(out, jsonRow(columns, row)); err != nil {
			return err
		}
	}
	return nil
}

// jsonRow keeps the order of columns and the exact digits of numbers.
func jsonRow(columns []reader.ResultColumn, row []reader.Cell) string {
	fields := make([]string, len(row))
	for i, cell := range row {
		name, _ := json.Marshal(columns[i].Name)
		value := []byte("null")
		switch {
		case cell.Null:
		case isJSONType(columns[i].Type) && json.Valid([]byte(cell.Text)):
			value = []byte(cell.Text)
		default:
			value, _ = json.Marshal(cell.Text)
		}
		fields[i] = string(name) + ": " + string(value)
	}
	return "{" + strings.Join(fields, ", ") + "}"
}

// isJSONType reports whether DuckDB prints a type as JSON does.
func isJSONType(name string) bool {
	for _, prefix := range []string{
		"BIGINT", "INTEGER", "SMALLINT", "TINYINT", "HUGEINT", "BIGNUM",
		"UBIGINT", "UINTEGER", "USMALLINT", "UTINYINT", "UHUGEINT", "DOUBLE", "FLOAT", "DECIMAL", "BOOLEAN",
		"JSON", "STRUCT(", "MAP(", "UNION(",
	} {
		if strings.HasPrefix(name, prefix) {
			return true
		}
	}
	return strings.HasSuffix(name, "]")
}
