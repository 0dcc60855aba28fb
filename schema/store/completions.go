package store

import (
	"context"
	"database/sql"
	"fmt"

	"fcpipe/schema/duck"
)

// hasAfterColumn reports whether the completions of a segment say after which cursor their rows were
// listed. Those of versions before that do not count: the file they were landed for may be gone.
func hasAfterColumn(ctx context.Context, database duck.Queryer, catalog any) (hasAfter bool, err error) {
	err = database.QueryRowContext(ctx, statements.Get("completions_have_after"), catalog).Scan(&hasAfter)
	return hasAfter, err
}

// stageCompletions brings the completions of the attached segment, if they can count.
func stageCompletions(ctx context.Context, connection *sql.Conn) error {
	hasAfter, err := hasAfterColumn(ctx, connection, "segment")
	if err != nil || !hasAfter {
		return err
	}
	if _, err := connection.ExecContext(ctx, statements.Get("merge_stage_completions")); err != nil {
		return fmt.Errorf("stage completions: %w", err)
	}
	return nil
}
