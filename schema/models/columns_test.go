package models

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
)

// checkColumns holds a model's SELECT to its header: same names and types, in order.
func checkColumns(ctx context.Context, connection *sql.Conn, model Header) (err error) {
	types := derivation{Conn: connection}
	if err := types.readTypes(ctx); err != nil {
		return err
	}
	rows, err := connection.QueryContext(ctx, "SELECT column_name, column_type FROM (DESCRIBE "+model.Query+")")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	position := 0
	for ; rows.Next(); position++ {
		var name, dataType string
		if err := rows.Scan(&name, &dataType); err != nil {
			return err
		}
		if position >= len(model.Columns) {
			return fmt.Errorf("the SELECT has a column %s the header does not declare", name)
		}
		declared := types.writtenOut(model.Columns[position])
		if name != declared.Name ||
			strings.Replace(dataType, "TIMESTAMP WITH TIME ZONE", "TIMESTAMPTZ", 1) != declared.DataType {
			return fmt.Errorf(
				"column %d is %s %s, the header declares %s %s", position+1, name, dataType, declared.Name,
				declared.DataType,
			)
		}
	}
	if position < len(model.Columns) {
		return fmt.Errorf("the header declares a column %s the SELECT does not have", model.Columns[position].Name)
	}
	return rows.Err()
}
