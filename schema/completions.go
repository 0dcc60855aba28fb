package schema

import (
	"context"
	"database/sql"
	"fmt"
	"time"
)

// sayAfter reports whether the completions of a segment say after which cursor their rows were
// listed. Those of versions before that do not count: the file they were landed for may be gone.
func sayAfter(ctx context.Context, database queryer, catalog any) (said bool, err error) {
	err = database.QueryRowContext(ctx, statement("completions_say_after"), catalog).Scan(&said)
	return said, err
}

// complete moves the cursors of landed accounts as a merge would: a completion counts after the
// cursor that its rows were listed after. Elsewhere rows are missing between the two.
func (s *State) complete(ctx context.Context, segment queryer) error {
	said, err := sayAfter(ctx, segment, nil)
	if err != nil || !said {
		return err
	}
	return eachRow(ctx, segment, "landed_completions", func(scan scanner) error {
		var id, cursor string
		var after *string
		var through *time.Time
		if err := scan(&id, &after, &cursor, &through); err != nil {
			return err
		}
		account, known := s.Accounts[id]
		if held := account.CursorRefreshID; known && (after == nil || held != nil && *held == *after) {
			account.CursorRefreshID, account.CompleteThroughAt = &cursor, through
			s.Accounts[id] = account
		}
		return nil
	})
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
