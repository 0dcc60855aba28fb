package duck

import (
	"context"
	"database/sql"
	"encoding/json"
)

// Queryer is a database, connection or transaction that can be asked.
type Queryer interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

// Scan reads the columns of the current row into destinations, in their order.
type Scan func(destinations ...any) error

// ParseList reads a list that a statement gives as JSON into target. Nil, which is SQL's NULL, leaves target as it is.
func ParseList(text *string, target *[]string) error {
	if text == nil {
		return nil
	}
	return json.Unmarshal([]byte(*text), target)
}
