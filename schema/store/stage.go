package store

import (
	"context"
	"database/sql"
	"fmt"
	"strings"

	"fcpipe/schema/duck"
)

// staged counts the rows of segments that were staged, by table. A table that has none needs no merge.
type staged map[string]int64

// stageSegments brings the rows of landing segments to a connection: transactions as a view of them all, every other
// kind into a temporary table. The segments stay attached until detach.
func (s staged) stageSegments(ctx context.Context, connection *sql.Conn, paths []string) error {
	transactions, landed := statements.Get("merge_landed_transactions"), []string{}
	for i, path := range paths {
		if err := s.stageSegment(ctx, connection, path, i == 0); err != nil {
			return err
		}
		attached := attachedName(i)
		if err := executeAll(ctx, connection, "ATTACH "+duck.Quote(path)+" AS "+attached+" (READ_ONLY)"); err != nil {
			return err
		}
		landed = append(landed, strings.Replace(transactions, "segment.", attached+".", 1))
	}
	return executeAll(ctx, connection, "CREATE TEMP VIEW staged_transactions AS "+strings.Join(landed, " UNION ALL "))
}

// attachedName is what the segment of an index is attached as.
func attachedName(i int) string { return fmt.Sprintf("landed_%d", i) }

// detach lets go of what stageSegments attached.
func detach(ctx context.Context, connection *sql.Conn, segments int) error {
	var steps []string
	for i := range segments {
		steps = append(steps, "DETACH "+attachedName(i))
	}
	return executeAll(ctx, connection, steps...)
}

func executeAll(ctx context.Context, connection *sql.Conn, steps ...string) error {
	for _, step := range steps {
		if _, err := connection.ExecContext(ctx, step); err != nil {
			return fmt.Errorf("stage landing segment: %w", err)
		}
	}
	return nil
}

// stageSegment counts the transactions of a segment, and copies its other rows into the temporary tables of a
// connection, which the first of them makes.
func (s staged) stageSegment(ctx context.Context, connection *sql.Conn, path string, first bool) error {
	steps := []string{"ATTACH " + duck.Quote(path) + " AS segment (READ_ONLY)"}
	if first {
		steps = append(steps, statements.Get("merge_stage_tables"))
	}
	if err := executeAll(ctx, connection, steps...); err != nil {
		return err
	}
	var transactions int64
	if err := connection.QueryRowContext(ctx, statements.Get("merge_landed_count")).Scan(&transactions); err != nil {
		return fmt.Errorf("stage transactions: %w", err)
	}
	s["transactions"] += transactions
	if err := s.bring(ctx, connection, "accounts", "balances", "refreshes", "quarantine"); err != nil {
		return err
	}
	if err := s.stageCompletions(ctx, connection); err != nil {
		return err
	}
	if err := s.stageLater(ctx, connection, first); err != nil {
		return err
	}
	return executeAll(ctx, connection, "DETACH segment")
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
