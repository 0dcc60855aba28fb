package schema

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"

	duckdb "github.com/duckdb/duckdb-go/v2"
)

// writeDictionary fills meta.dictionary from the comments of the file.
func writeDictionary(ctx context.Context, connection *sql.Conn) error {
	fields, err := loadFields()
	if err != nil {
		return err
	}
	rows, err := describe(ctx, connection)
	if err != nil {
		return err
	}
	if _, err := connection.ExecContext(ctx, "DELETE FROM meta.dictionary"); err != nil {
		return err
	}
	if err := connection.Raw(func(raw any) error { return appendDictionary(raw.(driver.Conn), rows, fields) }); err != nil {
		return fmt.Errorf("dictionary: %w", err)
	}
	return nil
}

// appendDictionary writes all rows at once: an INSERT each took a third of a small round.
func appendDictionary(connection driver.Conn, rows []dictionaryRow, fields fieldTable) error {
	appender, err := duckdb.NewAppenderFromConn(connection, "meta", "dictionary")
	if err != nil {
		return err
	}
	for _, row := range rows {
		var id driver.Value
		if f, known := fields[row.schema+"."+row.table][row.column]; known {
			id = int32(f.id)
		}
		if err := appender.AppendRow(row.schema, row.table, row.column, int32(row.position), row.dataType, row.nullable, id, row.description); err != nil {
			return errors.Join(err, appender.Close())
		}
	}
	return appender.Close()
}

// dictionaryRow describes a table or table macro (column "" and position 0) or a column.
type dictionaryRow struct {
	schema, table, column string
	position              int
	dataType              string
	nullable              bool
	description           string
}

// describe reads tables, table macros, columns and comments of a file.
func describe(ctx context.Context, database queryer) ([]dictionaryRow, error) {
	var rows []dictionaryRow
	err := eachRow(ctx, database, "dictionary_tables", func(scan scanner) error {
		row := dictionaryRow{dataType: "TABLE"}
		err := scan(&row.schema, &row.table, &row.description)
		rows = append(rows, row)
		return err
	})
	if err != nil {
		return nil, err
	}
	err = eachRow(ctx, database, "dictionary_macros", func(scan scanner) error {
		var row dictionaryRow
		var parameters string
		err := scan(&row.schema, &row.table, &parameters, &row.description)
		row.dataType = "TABLE MACRO (" + parameters + ")"
		rows = append(rows, row)
		return err
	})
	if err != nil {
		return nil, err
	}
	err = eachRow(ctx, database, "dictionary_columns", func(scan scanner) error {
		var row dictionaryRow
		err := scan(&row.schema, &row.table, &row.column, &row.position, &row.dataType, &row.nullable, &row.description)
		rows = append(rows, row)
		return err
	})
	return rows, err
}
