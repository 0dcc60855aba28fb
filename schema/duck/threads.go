package duck

import (
	"context"
	"database/sql"
	"fmt"
)

// Threads is how many threads an instance works with, those that call it among them; 0 where that may not be changed.
func Threads(ctx context.Context, database Queryer) (threads int, err error) {
	err = database.QueryRowContext(ctx, "SELECT CASE WHEN NOT current_setting('lock_configuration') "+
		"OR list_contains(current_setting('allowed_configs'), 'threads') THEN current_setting('threads')::INTEGER "+
		"ELSE 0 END").Scan(&threads)
	return threads, err
}

// SetThreads changes it, of all connections.
func SetThreads(ctx context.Context, connection *sql.Conn, threads int) error {
	_, err := connection.ExecContext(ctx, fmt.Sprintf("SET GLOBAL threads = %d", threads))
	return err
}
