package store

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"

	"fcpipe/schema/duck"
)

// attachedAtMost is how many segments are attached at once: each is an open file. The transactions of so many are read
// where they lie; those of more, as of a first sync that took days, are copied.
const attachedAtMost = 64

// smallTables are the tables of a segment that are copied: all but transactions, which are most of what lands. Segments
// of earlier versions have not all of them.
var smallTables = []string{
	"accounts", "balances", "refreshes", "quarantine", "completions", "owners", "ownerships", "labels", "label_states",
}

// staged counts the rows of segments that were staged, by table. A table that has none needs no merge.
type staged map[string]int64

// staging makes temporary relations staged_* of what landed, on its connection.
type staging struct {
	*sql.Conn
	rows     staged
	attached []string // names of segments
}

// stage stages segments. Unless they are many they stay attached, until detach; after an error some may be.
func stage(ctx context.Context, connection *sql.Conn, paths []string) (*staging, error) {
	s := &staging{Conn: connection, rows: staged{}}
	landed := "CREATE TEMP TABLE landed_transactions AS "
	if len(paths) <= attachedAtMost {
		landed = "CREATE TEMP VIEW landed_transactions AS "
	}
	for some := range slices.Chunk(paths, attachedAtMost) {
		isFirst := len(s.attached) == 0
		if err := s.attach(ctx, some); err != nil {
			return nil, err
		}
		if isFirst {
			if err := s.makeTables(ctx); err != nil {
				return nil, err
			}
		}
		if _, err := s.ExecContext(ctx, landed+s.transactions()); err != nil {
			return nil, fmt.Errorf("stage transactions: %w", err)
		}
		landed = "INSERT INTO landed_transactions "
		if err := s.copySmall(ctx); err != nil {
			return nil, err
		}
	}
	switch {
	case len(paths) > attachedAtMost:
		if err := s.detach(ctx); err != nil {
			return nil, err
		}
	case len(paths) == 0:
		return s, nil
	}
	if _, err := s.ExecContext(ctx, statements.Get("merge_staged_transactions")); err != nil {
		return nil, fmt.Errorf("stage transactions: %w", err)
	}
	return s, nil
}

// attach attaches segments, in place of those that are.
func (s *staging) attach(ctx context.Context, paths []string) error {
	if err := s.detach(ctx); err != nil {
		return err
	}
	for i, path := range paths {
		name := fmt.Sprintf("segment_%d", i)
		if _, err := s.ExecContext(ctx, "ATTACH "+duck.Quote(path)+" AS "+name+" (READ_ONLY)"); err != nil {
			return fmt.Errorf("stage landing segment: %w", err)
		}
		s.attached = append(s.attached, name)
	}
	return nil
}

// detach ends the reading of segments that are attached.
func (s *staging) detach(ctx context.Context) error {
	for _, name := range s.attached {
		if _, err := s.ExecContext(ctx, "DETACH "+name); err != nil {
			return fmt.Errorf("detach landing segment: %w", err)
		}
	}
	s.attached = nil
	return nil
}

// makeTables makes the tables that the small tables of segments are copied to.
func (s *staging) makeTables(ctx context.Context) error {
	for _, name := range []string{"merge_stage_tables", "merge_stage_owner_tables", "merge_stage_label_tables"} {
		if err := s.ofSegment(ctx, s.attached[0], name, nil); err != nil {
			return err
		}
	}
	return nil
}

// transactions is a query of those of all attached segments.
func (s *staging) transactions() string {
	each := make([]string, len(s.attached))
	for i, name := range s.attached {
		each[i] = "FROM " + name + ".transactions"
	}
	return strings.ReplaceAll(
		statements.Get("merge_landed_transactions"), "FROM segment.transactions", strings.Join(each, " UNION ALL "),
	)
}

// copySmall copies the small tables of the attached segments that have rows.
func (s *staging) copySmall(ctx context.Context) error {
	type table struct{ segment, name string }
	var filled []table
	if err := statements.EachRow(ctx, s, "merge_segment_tables", func(scan duck.Scan) error {
		var t table
		var rows int64
		err := scan(&t.segment, &t.name, &rows)
		if t.name == "transactions" {
			s.rows[t.name] += rows
		} else if slices.Contains(smallTables, t.name) {
			filled = append(filled, t)
		}
		return err
	}); err != nil {
		return fmt.Errorf("stage landing segment: %w", err)
	}
	for _, t := range filled {
		if t.name == "completions" {
			if counts, err := hasAfterColumn(ctx, s, t.segment+".completions"); err != nil {
				return err
			} else if !counts {
				continue
			}
		}
		var rows int64
		if err := s.ofSegment(ctx, t.segment, "merge_stage_"+t.name, &rows); err != nil {
			return err
		}
		s.rows[t.name] += rows
	}
	return nil
}

// ofSegment executes a statement about a segment, and counts the rows that it inserts, if asked to.
func (s *staging) ofSegment(ctx context.Context, segment, statement string, rows *int64) error {
	result, err := s.ExecContext(ctx, strings.ReplaceAll(statements.Get(statement), "segment.", segment+"."))
	if err == nil && rows != nil {
		*rows, err = result.RowsAffected()
	}
	if err != nil {
		return fmt.Errorf("%s: %w", statement, err)
	}
	return nil
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
