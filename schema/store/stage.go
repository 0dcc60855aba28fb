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
	// filesAtOnce is how many segments are read where they lie at most: a statement has all of them open. The
	// transactions of more, as of a first sync that took days, are copied too.
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
	if s["transactions"] > copiedRows && len(paths) <= filesAtOnce && !slices.ContainsFunc(paths, isPattern) {
		if _, err := connection.ExecContext(ctx, "CREATE TEMP VIEW landed_transactions AS "+transactionsOf(
			"read_duckdb(["+strings.Join(quoted(paths), ", ")+"], table_name = 'transactions')",
		)); err != nil {
			return nil, fmt.Errorf("stage transactions: %w", err)
		}
	} else if err := copyTransactions(ctx, connection, paths); err != nil {
		return nil, err
	}
	if _, err := connection.ExecContext(ctx, statements.Get("merge_staged_transactions")); err != nil {
		return nil, fmt.Errorf("stage transactions: %w", err)
	}
	return s, nil
}

// isPattern reports whether read_duckdb takes a path for a pattern, and might read what it matches.
func isPattern(path string) bool { return strings.ContainsAny(path, `*?[{\`) }

func quoted(paths []string) []string {
	literals := make([]string, len(paths))
	for i, path := range paths {
		literals[i] = duck.Quote(path)
	}
	return literals
}

// transactionsOf is a query of those of a relation. One scan reads all segments, in which a thread sorts what it reads
// of any: of a scan for each segment every one has a sorted run of its own in memory, at once.
func transactionsOf(relation string) string {
	return strings.ReplaceAll(statements.Get("merge_landed_transactions"), "$transactions", relation)
}

// copyTransactions copies those of segments, one after the other.
func copyTransactions(ctx context.Context, connection *sql.Conn, paths []string) error {
	begin := "CREATE TEMP TABLE landed_transactions AS "
	for _, path := range paths {
		for _, step := range []string{
			"ATTACH " + duck.Quote(path) + " AS segment (READ_ONLY)", begin + transactionsOf("segment.transactions"),
			"DETACH segment",
		} {
			if _, err := connection.ExecContext(ctx, step); err != nil {
				return fmt.Errorf("stage transactions: %w", err)
			}
		}
		begin = "INSERT INTO landed_transactions "
	}
	return nil
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
