package store

import (
	"context"
	"database/sql"
	"fmt"

	"fcpipe/schema/duck"
)

// staged counts the rows of segments that were staged, by table. A table that has none needs no merge.
type staged map[string]int64

// stageSegment copies the rows of a landing segment into the temporary tables of a connection, which the first of them
// makes.
func (s staged) stageSegment(ctx context.Context, connection *sql.Conn, path string, first bool) error {
	steps := []string{"ATTACH " + duck.Quote(path) + " AS segment (READ_ONLY)"}
	if first {
		steps = append(steps, statements.Get("merge_stage_tables"))
	}
	for _, step := range steps {
		if _, err := connection.ExecContext(ctx, step); err != nil {
			return fmt.Errorf("stage landing segment: %w", err)
		}
	}
	if err := s.bring(
		ctx, connection, "accounts", "balances", "transactions", "refreshes", "quarantine",
	); err != nil {
		return err
	}
	if err := s.stageCompletions(ctx, connection); err != nil {
		return err
	}
	if err := s.stageLater(ctx, connection, first); err != nil {
		return err
	}
	_, err := connection.ExecContext(ctx, "DETACH segment")
	return err
}

// bring copies tables of the attached segment.
func (s staged) bring(ctx context.Context, connection *sql.Conn, tables ...string) error {
	for _, table := range tables {
		result, err := connection.ExecContext(ctx, statements.Get("merge_stage_"+table))
		if err != nil {
			return fmt.Errorf("stage %s: %w", table, err)
		}
		rows, err := result.RowsAffected()
		if err != nil {
			return fmt.Errorf("stage %s: %w", table, err)
		}
		s[table] += rows
	}
	return nil
}

// hasAfterColumn reports whether the completions of a segment name the cursor that their rows were listed after.
// Earlier versions of fcpipe did not write it. Their completions do not count: without the cursor it is not known
// whether the stored rows reach up to where the landed ones begin. The rows count all the same.
func hasAfterColumn(ctx context.Context, database duck.Queryer, completions string) (bool, error) {
	return duck.HasColumn(ctx, database, completions, "after_refresh_id")
}

// stageCompletions brings the completions of the attached segment, if they can count.
func (s staged) stageCompletions(ctx context.Context, connection *sql.Conn) error {
	hasAfter, err := hasAfterColumn(ctx, connection, "segment.completions")
	if err != nil || !hasAfter {
		return err
	}
	return s.bring(ctx, connection, "completions")
}

// laterTables are those of segments that earlier versions do not have, with what makes their staged tables.
var laterTables = []struct{ create, rows, wholes string }{
	{"merge_stage_owner_tables", "owners", "ownerships"},
	{"merge_stage_label_tables", "labels", "label_states"},
}

// stageLater brings owners and labels of the attached segment, if it can have any.
func (s staged) stageLater(ctx context.Context, connection *sql.Conn, first bool) error {
	for _, later := range laterTables {
		if first {
			if _, err := connection.ExecContext(ctx, statements.Get(later.create)); err != nil {
				return fmt.Errorf("stage %s: %w", later.rows, err)
			}
		}
		exist, err := duck.HasTable(ctx, connection, "segment."+later.wholes)
		if err == nil && exist {
			err = s.bring(ctx, connection, later.rows, later.wholes)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// dropStagedErased removes what was staged of accounts that are erased.
func (s *Store) dropStagedErased(ctx context.Context, connection *sql.Conn) error {
	if !s.erased.Any() {
		return nil
	}
	var dropped []string
	if err := statements.EachRow(ctx, connection, "staged_accounts_named", func(scan duck.Scan) error {
		var account, holder string
		err := scan(&account, &holder)
		if s.erased.IsErased(account, holder) {
			dropped = append(dropped, account)
		}
		return err
	}); err != nil || len(dropped) == 0 {
		return err
	}
	_, err := connection.ExecContext(ctx, statements.Get("staged_erased_accounts"), sql.Named("erased", dropped))
	if err == nil {
		_, err = connection.ExecContext(ctx, statements.Get("staged_drop_erased"))
	}
	if err != nil {
		return fmt.Errorf("drop what landed of erased accounts: %w", err)
	}
	return nil
}
