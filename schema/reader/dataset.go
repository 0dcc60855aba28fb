package reader

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"regexp"
	"slices"
	"strings"

	bindings "github.com/duckdb/duckdb-go-bindings"

	"fcpipe/schema"
	"fcpipe/schema/duck"
	"fcpipe/schema/models"
)

// feedPrefix begins the name of a dataset that only grows: what changed, run by run.
const feedPrefix = "changes/"

// Column is a column of a dataset.
type Column struct {
	Name        string
	Type        string // DuckDB's name of its type
	Kind        Kind
	Nullable    bool
	FieldID     int  // permanent, unique in the dataset; 0 when it has none
	ElementID   int  // the same of a list's elements
	Later       bool // the dataset had files without it
	Description string
	Personal    string // the personal field whose texts, or parts of them, it holds; "" holds none
	Unique      bool   // a text that hardly any two rows of a partition have in common
	listed      bool   // DuckDB holds a number in place of each text
}

// SortedColumn is a column that rows are ordered by.
type SortedColumn struct {
	Name       string
	Descending bool
	NullsFirst bool
}

// Dataset is a table as the lake shows it: its columns in their order, the partition column last of a table's own.
type Dataset struct {
	Name            string // transactions, ledger/transactions, changes/transactions, …
	Description     string
	Columns         []Column
	Key             []string // columns that identify a row, never null
	PartitionColumn string   // "" when the dataset is one partition
	FolderKey       string   // names the folders of its partitions; no column has this name
	SortedBy        []SortedColumn
	Feed            bool // append-only: a partition is what one run changed
	Tracked         bool // Partitions can tell what changed since an instant

	query string // every row, no order
	order string // total order of rows
	// sortedAs is that order in columns; nil where it goes by something else
	sortedAs []SortedColumn
	// bound to $1 of the order; "" where it has none
	orderSecret string
	folder      string // the folder a row lies in, in SQL
	months      months // those with a folder of their own
	bounds      []Column
}

// Datasets lists what the lake holds, by name: the datasets of lake/ and every derived table that is no
// intermediate of others.
func (r *Reader) Datasets(ctx context.Context) ([]Dataset, error) {
	headers, err := models.LoadHeaders(schema.LakeFiles)
	if err != nil {
		return nil, err
	}
	derived, err := models.LoadHeaders(models.Files)
	if err != nil {
		return nil, err
	}
	fields, err := models.LoadFields()
	if err != nil {
		return nil, err
	}
	personal, err := models.LoadPersonal()
	if err != nil {
		return nil, err
	}
	described, err := r.dictionary(ctx)
	if err != nil {
		return nil, err
	}
	info, err := r.Info(ctx)
	if err != nil {
		return nil, err
	}
	for _, model := range derived {
		if model.Intermediate {
			continue
		}
		headers = append(headers, datasetOfModel(model))
	}
	datasets := make([]Dataset, len(headers))
	for i, h := range headers {
		if datasets[i], err = r.dataset(ctx, h, described[h.Table], fields); err == nil {
			datasets[i].mark(personal.Of(h))
			err = datasets[i].fold(monthsUntil(info.Watermark))
		}
		if err != nil {
			return nil, fmt.Errorf("dataset %s: %w", h.Name, err)
		}
	}
	slices.SortFunc(datasets, func(a, b Dataset) int { return strings.Compare(a.Name, b.Name) })
	return datasets, nil
}

// Definition changes whenever Datasets of the same file may, and what each of them shows. It is that of the texts the
// datasets are made with, which are not read for it.
func Definition() (string, error) {
	hash := sha256.New()
	fmt.Fprintln(hash, schema.FieldsFile)
	for _, files := range []fs.FS{schema.LakeFiles, models.Files} {
		if err := fs.WalkDir(files, ".", func(path string, entry fs.DirEntry, err error) error {
			if err != nil || entry.IsDir() {
				return err
			}
			text, err := fs.ReadFile(files, path)
			fmt.Fprintf(hash, "%s %d\n%s", path, len(text), text)
			return err
		}); err != nil {
			return "", err
		}
	}
	return hex.EncodeToString(hash.Sum(nil)), nil
}

// datasetOfModel shows a derived table: all of it, with its partition column when it has one.
// A date so far off that its month has no four-digit year is of no month.
func datasetOfModel(model models.Header) models.Header {
	shown := model
	shown.Table = model.Name
	shown.Name = strings.Replace(model.Name, ".", "/", 1)
	shown.Columns = nil
	shown.Query = "SELECT * FROM " + model.Name
	if model.Partition.Name != "" {
		shown.Columns = []models.DeclaredColumn{model.Partition}
		shown.Query = fmt.Sprintf("SELECT *, CASE WHEN %s THEN %s ELSE '__invalid__' END AS %s FROM %s",
			hasMonth(model.PartitionExpression), model.PartitionExpression, model.Partition.Name, model.Name)
	}
	return shown
}

// monthOf is the month of a date or an instant, which has four digits for the year where that is from 0 to 9999.
var monthOf = regexp.MustCompile(`^strftime\((\w+), '%Y-%m'\)$`)

// hasMonth is a condition for an expression to be a month or a day. To look at the year takes a third of the time that
// to look at the text takes.
func hasMonth(expression string) string {
	if of := monthOf.FindStringSubmatch(expression); of != nil {
		return fmt.Sprintf("year(%s) BETWEEN 0 AND 9999", of[1])
	}
	return fmt.Sprintf("regexp_full_match(%s, '[0-9]{4}-[0-9]{2}(-[0-9]{2})?')", expression)
}

func (r *Reader) dataset(
	ctx context.Context, h models.Header, dictionary map[string]Column, fields models.FieldTable,
) (d Dataset, err error) {
	d = Dataset{
		Name:            h.Name,
		Description:     h.About,
		PartitionColumn: h.Partition.Name,
		Feed:            strings.HasPrefix(h.Name, feedPrefix),
		query:           h.Query,
		order:           h.Order,
		Key:             h.Key,
	}
	described := map[string]Column{} // several datasets may show one table
	maps.Copy(described, dictionary)
	if d.Description == "" {
		d.Description = described[""].Description
	}
	for _, column := range h.Columns {
		described[column.Name] = Column{
			Name: column.Name, Type: column.DataType, Nullable: !column.NotNull, Description: column.Description,
		}
	}
	if d.Columns, err = r.columnsOf(ctx, d.query, described); err != nil {
		return d, err
	}
	for i := range d.Columns {
		d.Columns[i].number(fields, h.Table)
	}
	_, touched := statements["lake_touched_"+h.Name]
	d.Tracked = d.Feed || touched
	return d, d.resolveKey()
}

// resolveKey finds the key when none is declared, and the columns whose range says where a partition's rows lie.
func (d *Dataset) resolveKey() (err error) {
	if d.SortedBy, err = parseOrder(d.order); err != nil {
		return err
	}
	ordered := make([]string, len(d.SortedBy))
	for i, column := range d.SortedBy {
		ordered[i] = column.Name
	}
	required := map[string]bool{}
	for _, column := range d.Columns {
		required[column.Name] = !column.Nullable
		temporal := column.Kind == KindTimestamp || column.Kind == KindDate
		switch {
		case column.Nullable:
		case column.Name == ordered[0]:
			d.bounds = slices.Insert(d.bounds, 0, column)
		case temporal:
			d.bounds = append(d.bounds, column)
		}
	}
	if len(d.Key) == 0 {
		d.Key = slices.DeleteFunc(ordered, func(name string) bool { return !required[name] })
	}
	d.sortedAs = d.SortedBy
	for i := range d.Columns {
		column := &d.Columns[i]
		column.Unique = column.Kind == KindText && slices.Contains(d.Key, column.Name) &&
			(len(d.Key) == 1 || column.Name == transactionID)
	}
	return nil
}

// transactionID hardly repeats where it is part of a key, whatever else is.
const transactionID = "transaction_id"

// parseOrder reads an ORDER BY of columns: DuckDB sorts upwards and nulls last unless told otherwise.
func parseOrder(order string) ([]SortedColumn, error) {
	var sorted []SortedColumn
	for _, part := range models.SplitList(order) {
		name, rest, _ := strings.Cut(part, " ")
		column := SortedColumn{Name: name}
		switch strings.ToUpper(rest) {
		case "", "ASC", "NULLS LAST", "ASC NULLS LAST":
		case "DESC", "DESC NULLS LAST":
			column.Descending = true
		case "NULLS FIRST", "ASC NULLS FIRST":
			column.NullsFirst = true
		case "DESC NULLS FIRST":
			column.Descending, column.NullsFirst = true, true
		default:
			return nil, fmt.Errorf(
				"order %q: want columns, each with ASC or DESC and NULLS FIRST or LAST at most", part,
			)
		}
		sorted = append(sorted, column)
	}
	return sorted, nil
}

// dictionary reads what meta.dictionary says of every table, by table and column; "" is the table itself. It is one
// statement for all tables: one for each cost a round without changes a sixth of its time.
func (r *Reader) dictionary(ctx context.Context) (map[string]map[string]Column, error) {
	described := map[string]map[string]Column{}
	err := statements.EachRow(ctx, r.database, "lake_dictionary", func(scan duck.Scan) error {
		var table string
		var column Column
		var id sql.Null[int]
		err := scan(&table, &column.Name, &column.Type, &column.Nullable, &id, &column.Description)
		column.FieldID = id.V
		if described[table] == nil {
			described[table] = map[string]Column{}
		}
		described[table][column.Name] = column
		return err
	})
	return described, err
}

// columnsOf prepares a query and completes its columns from their descriptions.
func (r *Reader) columnsOf(ctx context.Context, query string, described map[string]Column) ([]Column, error) {
	s, err := r.openStream(ctx, query)
	if err != nil {
		return nil, err
	}
	defer s.close()
	columns := make([]Column, bindings.PreparedStatementColumnCount(s.statement))
	for i := range columns {
		name := bindings.PreparedStatementColumnName(s.statement, bindings.IdxT(i))
		column, known := described[name]
		if !known {
			return nil, fmt.Errorf("column %s: %w", name, errUndescribed)
		}
		duckType := bindings.PreparedStatementColumnType(s.statement, bindings.IdxT(i))
		if column.Kind, err = kindOfColumn(s.statement, i, duckType); err != nil {
			return nil, fmt.Errorf("column %s %s: %w", name, column.Type, err)
		}
		column.listed = duckType == bindings.TypeEnum
		columns[i] = column
	}
	return columns, nil
}

var errUndescribed = errors.New("not in meta.dictionary")

// mark says which columns hold texts of personal fields.
func (d *Dataset) mark(personal map[string]string) {
	for i := range d.Columns {
		d.Columns[i].Personal = personal[d.Columns[i].Name]
	}
}

// number gives a column of a table, and its elements when it is a list, their permanent ids.
func (c *Column) number(fields models.FieldTable, table string) {
	f := fields[table][c.Name]
	c.FieldID, c.Later = f.ID, f.Later
	c.ElementID = fields[table][c.Name+models.ElementSuffix].ID
}
