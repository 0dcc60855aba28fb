package models_test

import (
	"database/sql"
	"errors"
	"slices"

	"fcpipe/schema/models"
)

// gone says what a removal takes: rows of whatever happened before one that is drawn, or all of one account.
var gone = []string{
	`CREATE OR REPLACE TEMP TABLE gone_transactions AS SELECT transaction_id FROM main.transaction_versions
		WHERE is_current AND CASE WHEN $whole THEN account_id = $account
			ELSE transacted_at < (SELECT transacted_at FROM main.transactions WHERE transaction_id = $before) END`,
	`CREATE OR REPLACE TEMP TABLE gone_balances AS FROM main.balances
		WHERE CASE WHEN $whole THEN account_id = $account
			ELSE as_of < (SELECT transacted_at FROM main.transactions WHERE transaction_id = $before) END`,
}

var goneDeletes = []string{
	"DELETE FROM meta.overrides WHERE transaction_id IN (SELECT transaction_id FROM gone_transactions)",
	"DELETE FROM main.transaction_versions WHERE transaction_id IN (FROM gone_transactions)",
	"DELETE FROM main.transaction_label_versions WHERE transaction_id IN (FROM gone_transactions)",
	`DELETE FROM main.balances WHERE (account_id, currency, as_of, observed_at) IN (
		SELECT (account_id, currency, as_of, observed_at) FROM gone_balances)`,
}

// remove removes rows with their versions, as retention does, and returns the connection that knows which.
func (b *randomBank) remove() *sql.Conn {
	b.t.Helper()
	ctx := b.t.Context()
	connection, err := b.database.Conn(ctx)
	if err != nil {
		b.t.Fatal(err)
	}
	transaction, err := connection.BeginTx(ctx, nil)
	if err != nil {
		b.t.Fatal(err)
	}
	row := pick(b, b.rows)
	arguments := []any{
		sql.Named("whole", b.chance(3)), sql.Named("account", row.account), sql.Named("before", row.id),
	}
	for _, step := range gone {
		_, failed := transaction.ExecContext(ctx, step, arguments...)
		err = errors.Join(err, failed)
	}
	err = errors.Join(err, models.KeepGone(ctx, transaction))
	for _, step := range goneDeletes {
		_, failed := transaction.ExecContext(ctx, step)
		err = errors.Join(err, failed)
	}
	if err := errors.Join(err, transaction.Commit()); err != nil {
		b.t.Fatal(err)
	}
	b.rows = slices.DeleteFunc(b.rows, func(r *bankRow) bool {
		var held bool // asked on this connection: the shelf has no other
		if err := connection.QueryRowContext(
			ctx, "SELECT count(*) > 0 FROM main.transactions WHERE transaction_id = ?", r.id,
		).Scan(&held); err != nil {
			b.t.Fatal(err)
		}
		return !held
	})
	return connection
}
