package store

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"

	"fcpipe/schema/duck"
)

var ( // tests have less
	// copiedRows is how many transactions are copied at most: what is asked of a copy is planned better, and of few
	// costs less. More are read where they lie.
	copiedRows int64 = 100_000
	// filesAtOnce is how many segments a statement reads at most: it has all of them open. The transactions of more, as
	// of a first sync that took days, are copied too.
	filesAtOnce = 64
)

// smallTables are the tables of a segment that are copied in any case: all but transactions, which are most of what
// lands. Segments of earlier versions have not all of them.
var smallTables = []string{
	"accounts", "balances", "refreshes", "quarantine", "completions", "owners", "ownerships", "labels", "label_states",
}

// staged counts the rows of segments that were staged, by table. A table that has none needs no merge.
type staged map[string]int64

// stage makes temporary relations staged_* of segments, on the connection that merges them.
func stage(ctx context.Context, connection *sql.Conn, paths []string) (staged, error) {
	s := staged{}
	for i, path := range paths {
		if err := s.stageSegment(ctx, connection, path, i == 0); err != nil {
			return nil, fmt.Errorf("stage landing segment: %w", err)
		}
	}
	if len(paths) == 0 {
		return s, nil
	}
	kind := "TABLE"
	if s["transactions"] > copiedRows && len(paths) <= filesAtOnce {
		kind = "VIEW"
	}
	begin := "CREATE TEMP " + kind + " landed_transactions AS "
	for files := range slices.Chunk(paths, filesAtOnce) {
		if _, err := connection.ExecContext(ctx, begin+transactionsOf(files)); err != nil {
			return nil, fmt.Errorf("stage transactions: %w", err)
		}
		begin = "INSERT INTO landed_transactions "
	}
	if _, err := connection.ExecContext(ctx, statements.Get("merge_staged_transactions")); err != nil {
		return nil, fmt.Errorf("stage transactions: %w", err)
	}
	return s, nil
}

// transactionsOf is a query of those of segments. It is one scan, in which a thread sorts what it reads of any file:
// of a scan for each of them every one has a sorted run of its own in memory, at once.
func transactionsOf(paths []string) string {
	quoted := make([]string, len(paths))
	for i, path := range paths {
		quoted[i] = duck.Quote(path)
	}
	return strings.ReplaceAll(statements.Get("merge_landed_transactions"), "$paths", strings.Join(quoted, ", "))
}

// stageSegment copies the small tables of a segment into those that the first one makes, and counts its transactions.
func (s staged) stageSegment(ctx context.Context, connection *sql.Conn, path string, first bool) error {
	steps := []string{"ATTACH " + duck.Quote(path) + " AS segment (READ_ONLY)"}
	if first {
		for _, tables := range []string{"merge_stage_tables", "merge_stage_owner_tables", "merge_stage_label_tables"} {
			steps = append(steps, statements.Get(tables))
		}
	}
	for _, step := range steps {
		if _, err := connection.ExecContext(ctx, step); err != nil {
			return err
		}
	}
	filled := staged{}
	if err := statements.EachRow(ctx, connection, "merge_segment_tables", func(scan duck.Scan) error {
		var table string
		var rows int64
		err := scan(&table, &rows)
		filled[table] = rows
		return err
	}); err != nil {
		return err
	}
	s["transactions"] += filled["transactions"]
	for _, table := range smallTables {
		if filled[table] == 0 {
			continue
		}
		if err := s.bring(ctx, connection, table); err != nil {
			return fmt.Errorf("%s: %w", table, err)
		}
	}
	_, err := connection.ExecContext(ctx, "DETACH segment")
	return err
}

// bring copies a table of the attached segment. Completions that cannot count stay.
func (s staged) bring(ctx context.Context, connection *sql.Conn, table string) error {
	if table == "completions" {
		if hasAfter, err := hasAfterColumn(ctx, connection, "segment.completions"); err != nil || !hasAfter {
			return err
		}
	}
	result, err := connection.ExecContext(ctx, statements.Get("merge_stage_"+table))
	if err != nil {
		return err
	}
	rows, err := result.RowsAffected()
	s[table] += rows
	return err
}

// hasAfterColumn reports whether the completions of a segment name the cursor that their rows were listed after.
// Earlier versions of fcpipe did not write it. Their completions do not count: without the cursor it is not known
// whether the stored rows reach up to where the landed ones begin. The rows count all the same.
func hasAfterColumn(ctx context.Context, database duck.Queryer, completions string) (bool, error) {
	return duck.HasColumn(ctx, database, completions, "after_refresh_id")
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
