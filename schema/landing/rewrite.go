package landing

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"fcpipe/schema/duck"
	"fcpipe/schema/durable"
)

// Rewrite removes every row of accounts from the segments of a directory, and what cannot be read: archived segments,
// and one that was being built. Each segment that has such rows is written again, without a byte of them, and takes the
// place of the old one in one step. before is told the name of each file that is about to be written or removed. The
// caller holds the lock of the data directory and has no Landing open.
func Rewrite(
	ctx context.Context, directory string, settings duck.Settings, accounts []string, before func(file string) error,
	hook func(string),
) error {
	if err := Sweep(directory, hook); err != nil {
		return err
	}
	if err := removeUnreadable(directory, before); err != nil {
		return err
	}
	segments, _, err := ListSegments(directory)
	if err != nil {
		return err
	}
	for _, path := range segments {
		rewritten, err := rewriteSegment(ctx, path, settings, accounts, before)
		if err != nil {
			return fmt.Errorf("rewrite landing segment %s: %w", filepath.Base(path), err)
		}
		if rewritten {
			hook("landing.rewritten")
		}
	}
	return nil
}

// removeUnreadable removes what Open archived, and what was being built: their rows are read again.
func removeUnreadable(directory string, before func(file string) error) error {
	for _, pattern := range []string{"*.bad", "building.duckdb*", "rewriting.duckdb*"} {
		found, err := durable.FilesMatching(directory, pattern)
		if err != nil {
			return err
		}
		for _, path := range found {
			if err := before(filepath.Base(path)); err != nil {
				return err
			}
			if err := os.Remove(path); err != nil {
				return err
			}
		}
	}
	return durable.SyncDirectory(directory)
}

// rewriteSegment reports whether a segment had rows of the accounts, and was written again without.
func rewriteSegment(
	ctx context.Context, path string, settings duck.Settings, accounts []string, before func(file string) error,
) (rewritten bool, err error) {
	fresh := filepath.Join(filepath.Dir(path), "rewriting.duckdb")
	if err := duck.Remove(fresh); err != nil {
		return false, err
	}
	database, err := duck.Open(ctx, "", duck.ReadWrite, settings, filepath.Dir(path))
	if err != nil {
		return false, err
	}
	defer func() { err = errors.Join(err, database.Close()) }()
	database.SetMaxOpenConns(1)
	if _, err := database.ExecContext(ctx, "ATTACH "+duck.Quote(path)+" AS segment (READ_ONLY)"); err != nil {
		return false, err
	}
	tables, err := tablesOf(ctx, database)
	if err != nil {
		return false, err
	}
	held, err := hasRows(ctx, database, tables, accounts)
	if err != nil || !held {
		return false, err
	}
	if err := before(filepath.Base(path)); err != nil {
		return false, err
	}
	if err := copyWithout(ctx, database, fresh, tables, accounts); err != nil {
		return false, errors.Join(err, duck.Remove(fresh))
	}
	if err := durable.SyncFile(fresh); err != nil {
		return false, err
	}
	if err := os.Rename(fresh, path); err != nil {
		return false, err
	}
	return true, durable.SyncDirectory(filepath.Dir(path))
}

// tablesOf are the tables of the attached segment: one of an earlier version has fewer.
func tablesOf(ctx context.Context, database duck.Queryer) (tables []string, err error) {
	err = statements.EachRow(ctx, database, "segment_tables", func(scan duck.Scan) error {
		var name string
		err := scan(&name)
		tables = append(tables, name)
		return err
	})
	return tables, err
}

// hasRows reports whether any table of the attached segment has a row of the accounts.
func hasRows(ctx context.Context, database duck.Queryer, tables, accounts []string) (held bool, err error) {
	parts := make([]string, len(tables))
	for i, table := range tables {
		parts[i] = "SELECT account_id FROM segment." + table
	}
	question := "SELECT count(*) > 0 FROM (" + strings.Join(parts, " UNION ALL ") + ") WHERE account_id IN (" +
		quotedList(accounts) + ")"
	err = database.QueryRowContext(ctx, question).Scan(&held)
	return held, err
}

// copyWithout copies the attached segment into a fresh file, without rows of the accounts.
func copyWithout(
	ctx context.Context, database *sql.DB, fresh string, tables, accounts []string,
) error {
	steps := []string{
		fmt.Sprintf("ATTACH %s AS fresh (STORAGE_VERSION %s)", duck.Quote(fresh), duck.Quote(duck.StorageVersion)),
		"COPY FROM DATABASE segment TO fresh (SCHEMA)",
	}
	for _, table := range tables {
		steps = append(steps, fmt.Sprintf(
			"INSERT INTO fresh.%[1]s FROM segment.%[1]s WHERE account_id NOT IN (%[2]s)", table, quotedList(accounts),
		))
	}
	for _, step := range append(steps, "CHECKPOINT fresh", "DETACH fresh", "DETACH segment") {
		if _, err := database.ExecContext(ctx, step); err != nil {
			return err
		}
	}
	return nil
}

func quotedList(values []string) string {
	quoted := make([]string, len(values))
	for i, value := range values {
		quoted[i] = duck.Quote(value)
	}
	return strings.Join(quoted, ", ")
}
