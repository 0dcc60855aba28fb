package store

import (
	"context"
	"database/sql"
	"fmt"

	"fcpipe/schema/duck"
)

// stageSegment copies the rows of a landing segment into the temporary tables of a connection, which the first of them
// makes.
func stageSegment(ctx context.Context, connection *sql.Conn, path string, first bool) error {
	steps := []string{"ATTACH " + duck.Quote(path) + " AS segment (READ_ONLY)"}
	if first {
		steps = append(steps, statements.Get("merge_stage_tables"))
	}
	steps = append(steps, statements.Get("merge_stage_segment"))
	for _, step := range steps {
		if _, err := connection.ExecContext(ctx, step); err != nil {
			return fmt.Errorf("stage landing segment: %w", err)
		}
	}
	if err := stageCompletions(ctx, connection); err != nil {
		return err
	}
	if err := stageLater(ctx, connection, first); err != nil {
		return err
	}
	_, err := connection.ExecContext(ctx, "DETACH segment")
	return err
}

// hasAfterColumn reports whether the completions of a segment name the cursor that their rows were listed after.
// Earlier versions of fcpipe did not write it. Their completions do not count: without the cursor it is not known
// whether the stored rows reach up to where the landed ones begin. The rows count all the same.
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

// laterTables are those of segments that earlier versions do not have: what makes their staged tables, what brings
// their rows, and whether a segment has them.
var laterTables = []struct {
	what, create, bring string
	exist               func(context.Context, duck.Queryer, string) (bool, error)
}{
	{"owners", "merge_stage_owner_tables", "merge_stage_owners", duck.HasOwnerTables},
	{"labels", "merge_stage_label_tables", "merge_stage_labels", duck.HasLabelTables},
}

// stageLater brings owners and labels of the attached segment, if it can have any.
func stageLater(ctx context.Context, connection *sql.Conn, first bool) error {
	for _, later := range laterTables {
		if first {
			if _, err := connection.ExecContext(ctx, statements.Get(later.create)); err != nil {
				return fmt.Errorf("stage %s: %w", later.what, err)
			}
		}
		exist, err := later.exist(ctx, connection, "segment")
		if err == nil && exist {
			_, err = connection.ExecContext(ctx, statements.Get(later.bring))
		}
		if err != nil {
			return fmt.Errorf("stage %s: %w", later.what, err)
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
