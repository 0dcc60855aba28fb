package history

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"slices"

	"fcpipe/schema/duck"
	"fcpipe/schema/models"
)

//go:embed *.sql
var files embed.FS

var statements = duck.Load(files)

// table is what is recorded.
const table = "underwriting.attribute_values"

// Due reports whether a file lacks what its attributes say today. One that was derived by other models has to be
// derived first, so it does.
func Due(ctx context.Context, database *sql.DB) (due bool, err error) {
	with, err := models.DerivedWith(ctx, database)
	if err != nil {
		return false, err
	}
	current, err := models.CurrentFingerprint()
	if err != nil || with.Fingerprint != current {
		return true, err
	}
	connection, err := database.Conn(ctx)
	if err != nil {
		return false, err
	}
	defer func() { err = errors.Join(err, connection.Close()) }()
	snapshot, err := unrecorded(ctx, connection)
	return snapshot != nil, err
}

// Record records what the attributes of a file say, where that is not recorded yet.
func Record(ctx context.Context, database *sql.DB) (err error) {
	connection, err := database.Conn(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, connection.Close()) }()
	snapshot, err := unrecorded(ctx, connection)
	if err != nil || snapshot == nil {
		return err
	}
	transaction, err := connection.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer func() { _ = transaction.Rollback() }()
	if _, err := transaction.ExecContext(ctx, statements.Get("history_snapshot"), snapshot...); err != nil {
		return fmt.Errorf("history_snapshot: %w", err)
	}
	if err := recordChanges(ctx, transaction, partValues); err != nil {
		return err
	}
	return transaction.Commit()
}

// partValues is about how many values are compared at once: a snapshot of more holders must not need more memory.
const partValues = 500_000

// recordChanges records what differs from the snapshot before, of some holders after another.
func recordChanges(ctx context.Context, transaction *sql.Tx, partValues int64) error {
	from := []string{""} // holders that have no values any longer are in the first part, too
	if err := statements.EachRow(ctx, transaction, "history_parts", func(scan duck.Scan) error {
		var holder string
		err := scan(&holder)
		from = append(from, holder)
		return err
	}, sql.Named("part_values", partValues)); err != nil {
		return fmt.Errorf("history_parts: %w", err)
	}
	if len(from) > 1 {
		from = slices.Delete(from, 1, 2) // the first part begins before its first holder
	}
	for i, holder := range from {
		before := ""
		if i+1 < len(from) {
			before = from[i+1]
		}
		if _, err := transaction.ExecContext(ctx, statements.Get("history_changes"), sql.Named("from", holder),
			sql.Named("before", before)); err != nil {
			return fmt.Errorf("history_changes: %w", err)
		}
	}
	return nil
}

// unrecorded names the snapshot of today's attributes, as arguments of its statements; nil where it is recorded, or the
// file was derived without attributes.
func unrecorded(ctx context.Context, connection *sql.Conn) (snapshot []any, err error) {
	var isDerived, isRecorded bool
	if err := connection.QueryRowContext(ctx, statements.Get("history_tables")).Scan(&isDerived); err != nil ||
		!isDerived {
		return nil, err
	}
	definition, err := models.Definition(table)
	if err != nil {
		return nil, err
	}
	with, err := models.DerivedWith(ctx, connection)
	if err != nil {
		return nil, err
	}
	snapshot = []any{sql.Named("as_of_date", with.AsOfDate), sql.Named("definition", definition)}
	err = connection.QueryRowContext(ctx, statements.Get("history_recorded"), snapshot...).Scan(&isRecorded)
	if err != nil || isRecorded {
		return nil, err
	}
	return snapshot, nil
}
