package models

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"fcpipe/schema/duck"
)

// keptRows is up to how many rows a rebuild empties a table that is as its model declares it. Describing the columns of
// a new one costs more than deleting so few; of more rows a delete writes more than it saves.
const keptRows = 10_000

// tableInFile is what a file says of one of its tables.
type tableInFile struct {
	isView  bool
	about   string
	rows    int64
	columns []DeclaredColumn
}

// readTables reads what the file says of its tables, with the names of those that derived tables have.
func (d *derivation) readTables(ctx context.Context) (derived []string, err error) {
	d.tables = map[string]tableInFile{}
	if err := d.readColumns(ctx); err != nil {
		return nil, err
	}
	err = statements.EachRow(ctx, d, "derived_tables", func(scan duck.Scan) error {
		var name, about string
		var rows int64
		var isView bool
		err := scan(&name, &isView, &about, &rows)
		d.tables[name] = tableInFile{isView: isView, about: about, rows: rows, columns: d.tables[name].columns}
		derived = append(derived, name)
		return err
	})
	return derived, err
}

// readColumns reads the columns of every table, in their order.
func (d *derivation) readColumns(ctx context.Context) error {
	return statements.EachRow(ctx, d, "table_columns", func(scan duck.Scan) error {
		var table string
		var column DeclaredColumn
		err := scan(&table, &column.Name, &column.DataType, &column.NotNull, &column.Description)
		column.DataType = strings.Replace(column.DataType, "TIMESTAMP WITH TIME ZONE", "TIMESTAMPTZ", 1)
		found := d.tables[table]
		found.columns = append(found.columns, column)
		d.tables[table] = found
		return err
	})
}

// readTypes reads how the file writes out the types of closed lists, by their names.
func (d *derivation) readTypes(ctx context.Context) error {
	if d.types != nil {
		return nil
	}
	d.types = map[string]string{}
	return statements.EachRow(ctx, d, "types", func(scan duck.Scan) error {
		var name, list string
		err := scan(&name, &list)
		d.types[name] = list
		return err
	})
}

// writtenOut is a column as the file says it. Of a closed list a table has the values and not the name: DuckDB refuses
// to drop or replace a type while a table has it, in most of its versions, and another program may have another list.
func (d *derivation) writtenOut(column DeclaredColumn) DeclaredColumn {
	column.DataType = cmp.Or(d.types[column.DataType], column.DataType)
	return column
}

// isAsDeclared reports whether a model's table exists, with the columns and comments that its header declares.
func (d *derivation) isAsDeclared(model Header) bool {
	found, exists := d.tables[model.Name]
	return exists && found.about == model.About &&
		slices.EqualFunc(found.columns, model.Columns, func(stored, declared DeclaredColumn) bool {
			return stored == d.writtenOut(declared) || stored == declared // as a rebuild has noted
		})
}

// emptied are the statements that make a model's table without rows, and those that describe it.
func (d *derivation) emptied(model Header) (create, describe []string) {
	if d.isAsDeclared(model) && d.tables[model.Name].rows <= keptRows {
		return []string{"DELETE FROM " + model.Name}, nil
	}
	definitions := make([]string, len(model.Columns))
	for i, column := range model.Columns {
		definitions[i] = fmt.Sprintf("%s %s", column.Name, d.writtenOut(column).DataType)
		if column.NotNull {
			definitions[i] += " NOT NULL"
		}
		if method := model.compression(column); method != "" {
			definitions[i] += " USING COMPRESSION " + method
		}
	}
	create = []string{fmt.Sprintf("CREATE OR REPLACE TABLE %s (%s)", model.Name, strings.Join(definitions, ", "))}
	if d.parameters.Undescribed {
		return create, nil
	}
	return create, model.described()
}

// compression is how a column is stored where that is known before any row is: DuckDB need not try every method, which
// takes a tenth of writing a table. It is empty for all others, such as texts of people and ids that few rows have.
func (h Header) compression(column DeclaredColumn) string {
	switch {
	case column.Name == "transaction_id" && column.NotNull: // no two share much: smaller ones cost more than they save
		return "uncompressed"
	case h.repeats(column):
		return "dictionary"
	}
	return ""
}

// repeats reports whether a column has few different texts, such as codes and names of accounts: DuckDB need not try
// how else they are stored, which takes a tenth of writing a table. Texts of people and most ids of rows it tries.
func (h Header) repeats(column DeclaredColumn) bool {
	isID := strings.HasSuffix(column.Name, "_id") || strings.HasSuffix(column.Name, "_of")
	isPersonal := slices.ContainsFunc(h.Personal, func(lineage Lineage) bool {
		return slices.Contains(lineage.Columns, column.Name)
	})
	return column.DataType == "VARCHAR" && !isPersonal &&
		(!isID || column.Name == "holder_id" || column.Name == "account_id")
}

// hasColumns reports whether a table has every column of a list, and the list is not empty.
func (d *derivation) hasColumns(table string, columns []string) bool {
	return len(columns) > 0 && !slices.ContainsFunc(columns, func(name string) bool {
		return !slices.ContainsFunc(d.tables[table].columns, func(c DeclaredColumn) bool { return c.Name == name })
	})
}
