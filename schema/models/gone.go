package models

import (
	"context"
	"database/sql"
	"fmt"
)

// KeepGone keeps what derived tables need to know of the transactions in the temporary table gone_transactions
// (transaction_id), before these are deleted, in temporary tables of the same connection: rows that are gone have no
// instant that would tell a derivation of them. Balances that go are expected in gone_balances, with the columns of
// main.balances. Parameters.Gone takes the connection.
func KeepGone(ctx context.Context, transaction *sql.Tx) error {
	if _, err := transaction.ExecContext(ctx, statements.Get("keep_gone")); err != nil {
		return fmt.Errorf("keep_gone: %w", err)
	}
	return nil
}

// addGone adds the rows of a table that were deleted to those that changed, and counts them.
func (d *derivation) addGone(ctx context.Context, table string, since sql.NamedArg) (rows int64, err error) {
	gone, known := statements["gone_"+table]
	if d.parameters.Gone == nil || !known {
		return 0, nil
	}
	err = d.QueryRowContext(ctx, gone, since).Scan(&rows)
	return rows, err
}
