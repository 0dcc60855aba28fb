package duck

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
)

// Queryer is a database, connection or transaction that can be asked.
type Queryer interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

// scanner reads the columns of the current row.
type Scan func(destinations ...any) error

// EachRow runs a named statement and calls visit for each row.
func EachRow(ctx context.Context, database Queryer, name string, visit func(Scan) error, args ...any) (err error) {
	rows, err := database.QueryContext(ctx, Statement(name), args...)
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

func ScanList(text *string, target *[]string) error {
	if text == nil {
		return nil
	}
	return json.Unmarshal([]byte(*text), target)
}
