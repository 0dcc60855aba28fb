package models

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"

	"fcpipe/schema/duck"
)

// writeDictionary fills meta.dictionary from the comments of the file. Macros are those that a statement lists.
func writeDictionary(ctx context.Context, connection *sql.Conn, macros string) error {
	fields, err := LoadFields()
	if err != nil {
		return err
	}
	rows, err := describe(ctx, connection, macros)
	if err != nil {
		return err
	}
	if _, err := connection.ExecContext(ctx, "DELETE FROM meta.dictionary"); err != nil {
		return err
	}
	if err := appendDictionary(ctx, connection, rows, fields); err != nil {
		return fmt.Errorf("dictionary: %w", err)
	}
	return nil
}

// appendDictionary writes all rows at once: an INSERT each took a third of a small round.
func appendDictionary(ctx context.Context, connection *sql.Conn, rows []DictionaryRow, fields FieldTable) error {
	appenders, err := duck.NewAppenders(ctx, connection, "meta", "dictionary")
	if err != nil {
		return err
	}
	appender := appenders["dictionary"]
	for _, row := range rows {
		var id driver.Value
		if f, known := fields[row.Schema+"."+row.Table][row.Column]; known {
			id = int32(f.ID)
		}
		if err := appender.Append(
			row.Schema, row.Table, row.Column, int32(row.Position), row.DataType, row.Nullable, id, row.Description,
		); err != nil {
			return errors.Join(err, appender.Close())
		}
	}
	return appender.Close()
}

// DictionaryRow describes a table, view or table macro (column "" and position 0) or a column.
type DictionaryRow struct {
	Schema, Table, Column string
	Position              int
	DataType              string
	Nullable              bool
	Description           string
}

// Describe reads tables, views, table macros, columns and comments of a file. That a column of a derived view is never
// null its model says.
func Describe(ctx context.Context, database duck.Queryer) ([]DictionaryRow, error) {
	return describe(ctx, database, "dictionary_macros")
}

func describe(ctx context.Context, database duck.Queryer, macros string) (rows []DictionaryRow, err error) {
	required, err := requiredOfViews()
	if err != nil {
		return nil, err
	}
	err = statements.EachRow(ctx, database, "dictionary_tables", func(scan duck.Scan) error {
		var row DictionaryRow
		err := scan(&row.Schema, &row.Table, &row.DataType, &row.Description)
		rows = append(rows, row)
		return err
	})
	if err != nil {
		return nil, err
	}
	err = statements.EachRow(ctx, database, macros, func(scan duck.Scan) error {
		var row DictionaryRow
		err := scan(&row.Schema, &row.Table, &row.DataType, &row.Description)
		rows = append(rows, row)
		return err
	})
	if err != nil {
		return nil, err
	}
	err = statements.EachRow(ctx, database, "dictionary_columns", func(scan duck.Scan) error {
		var row DictionaryRow
		err := scan(&row.Schema, &row.Table, &row.Column, &row.Position, &row.DataType, &row.Nullable, &row.Description)
		row.Nullable = row.Nullable && !required[row.Schema+"."+row.Table+"."+row.Column]
		rows = append(rows, row)
		return err
	})
	return rows, err
}
