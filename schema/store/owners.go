package store

import (
	"context"
	"database/sql"
	"fmt"

	"fcpipe/schema"
	"fcpipe/schema/duck"
)

// stageOwners brings the owners of the attached segment, if it can have any.
func stageOwners(ctx context.Context, connection *sql.Conn, first bool) error {
	if first {
		if _, err := connection.ExecContext(ctx, statements.Get("merge_stage_owner_tables")); err != nil {
			return fmt.Errorf("stage owners: %w", err)
		}
	}
	exists, err := duck.HasOwnerTables(ctx, connection, "segment")
	if err != nil || !exists {
		return err
	}
	if _, err := connection.ExecContext(ctx, statements.Get("merge_stage_owners")); err != nil {
		return fmt.Errorf("stage owners: %w", err)
	}
	return nil
}

// mergeOwners adds owners, and snapshots that are whole now.
func (m *merger) mergeOwners(ctx context.Context) error {
	var orphan string
	if err := m.QueryRowContext(ctx, statements.Get("merge_owner_orphans")).Scan(&orphan); err != nil {
		return err
	}
	if orphan != "" {
		return fmt.Errorf("%w: owners of account %s landed without the account", schema.ErrInvariant, orphan)
	}
	for _, step := range []string{"merge_owner_batch", "merge_owner_delete", "merge_ownership_batch"} {
		if err := m.exec(ctx, step); err != nil {
			return err
		}
	}
	for _, step := range []string{"merge_owner_insert", "merge_ownership_insert"} {
		if err := m.exec(ctx, step, m.roundArgs()...); err != nil {
			return err
		}
	}
	return m.QueryRowContext(ctx, statements.Get("merge_owner_counts")).Scan(&m.report.OwnersNew, &m.report.OwnershipsNew)
}
