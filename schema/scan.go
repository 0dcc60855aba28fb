package schema

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
)

// queryer is a database, connection or transaction that can be asked.
type queryer interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

// scanner reads the columns of the current row.
type scanner func(destinations ...any) error

// eachRow runs a named statement and calls visit for each row.
func eachRow(ctx context.Context, database queryer, name string, visit func(scanner) error, args ...any) (err error) {
	rows, err := database.QueryContext(ctx, statement(name), args...)
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		if err := visit(rows.Scan); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	return rows.Err()
}

func scanList(text *string, target *[]string) error {
	if text == nil {
		return nil
	}
	return json.Unmarshal([]byte(*text), target)
}
