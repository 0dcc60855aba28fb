package schema

import (
	"context"
	"database/sql"
	"fmt"
)

// sayAfter reports whether the completions of a segment say after which cursor their rows were
// listed. Those of versions before that do not count: the file they were landed for may be gone.
func sayAfter(ctx context.Context, database queryer, catalog any) (said bool, err error) {
	err = database.QueryRowContext(ctx, statement("completions_say_after"), catalog).Scan(&said)
	return said, err
}

// stageCompletions brings the completions of the attached segment, if they can count.
func stageCompletions(ctx context.Context, connection *sql.Conn) error {
	said, err := sayAfter(ctx, connection, "segment")
	if err != nil || !said {
		return err
	}
	if _, err := connection.ExecContext(ctx, statement("merge_stage_completions")); err != nil {
		return fmt.Errorf("stage completions: %w", err)
	}
	return nil
}
