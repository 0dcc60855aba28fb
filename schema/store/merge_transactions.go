package store

import (
	"context"
	"fmt"
	"time"

	"fcpipe/schema"
	"fcpipe/schema/duck"
)

// mergeTransactions adds versions, and marks as current those that take the place of another or are new.
func (m *merger) mergeTransactions(ctx context.Context) error {
	if m.staged["transactions"]+m.staged["labels"] == 0 && len(m.run.Audits) == 0 {
		return nil // no later step asks for the batch, either
	}
	var before int64
	if err := m.QueryRowContext(ctx, statements.Get("merge_count")).Scan(&before); err != nil {
		return err
	}
	known, err := m.findStored(ctx)
	if err != nil {
		return err
	}
	if err := m.execAll(ctx, []step{{"merge_stored", nil}, {"merge_repeated", nil}}); err != nil {
		return err
	}
	if err := m.refuseForeignRows(ctx); err != nil {
		return err
	}
	if err := m.exec(ctx, "merge_stamp", m.roundArgs()...); err != nil {
		return err
	}
	if err := m.exec(ctx, "merge_updates"); err != nil {
		return err
	}
	rows, err := m.makeBatch(ctx)
	if err != nil {
		return err
	}
	if err := m.number(ctx, known); err != nil {
		return err
	}
	if err := m.count(ctx, known, rows); err != nil {
		return err
	}
	if err := m.compareAudits(ctx); err != nil {
		return err
	}
	m.hook("merge.classified")
	if err := m.addVersions(ctx, known); err != nil {
		return err
	}
	m.hook("merge.replaced")
	return m.checkCount(ctx, before)
}

// makeBatch makes the batch of one row of each id, without those that come too late, and counts it.
func (m *merger) makeBatch(ctx context.Context) (rows int64, err error) {
	if err := m.exec(ctx, "merge_batch"); err != nil {
		return 0, err
	}
	var ids int64
	if err := m.QueryRowContext(ctx, statements.Get("merge_batch_rows")).Scan(&rows, &ids); err != nil {
		return 0, err
	}
	if rows != ids {
		return 0, fmt.Errorf("%w: %d rows to merge of %d transactions", schema.ErrInvariant, rows, ids)
	}
	m.report.TransactionsDropped, err = m.dropLate(ctx, "transactions", m.horizons.transactions)
	return rows - m.report.TransactionsDropped, err
}

// count says what the batch, of so many rows, is to what is stored.
func (m *merger) count(ctx context.Context, known bool, rows int64) error {
	r := m.report
	if !known {
		r.TransactionsNew = rows
		return m.QueryRowContext(ctx, statements.Get("merge_late_first_versions")).Scan(&r.Late)
	}
	return m.QueryRowContext(ctx, statements.Get("merge_transaction_counts")).Scan(
		&r.TransactionsNew, &r.TransactionsChanged, &r.SupersededOnArrival, &r.PendingPosted, &r.PostedWithOtherAmount,
		&r.Voided, &r.Late,
	)
}

// addVersions adds what is new and what changed.
func (m *merger) addVersions(ctx context.Context, known bool) error {
	if !known {
		return m.exec(ctx, "merge_add_first_versions", m.roundArgs()...)
	}
	if err := m.unmarkReplaced(ctx); err != nil {
		return err
	}
	return m.exec(ctx, "merge_add_versions", m.roundArgs()...)
}

// number compares the batch with what of it is known, and numbers the versions that are to be added.
func (m *merger) number(ctx context.Context, known bool) error {
	steps := []step{{"merge_nothing_known", nil}, {"merge_numbered", nil}}
	if known {
		steps = []step{
			{"merge_classify", nil},
			{"merge_forget_known_versions", nil},
			{"merge_last_versions", nil},
			{"merge_numbered", nil},
		}
	}
	return m.execAll(ctx, steps)
}

// findStored notes where the rows of the batch are stored, which must be at one place each, and reports whether any is.
func (m *merger) findStored(ctx context.Context) (known bool, err error) {
	if err := m.exec(ctx, "merge_places_near", duck.Nullable(m.from), duck.Nullable(m.to)); err != nil {
		return false, err
	}
	m.hook("merge.near_probed")
	if err := m.exec(ctx, "merge_places_far"); err != nil {
		return false, err
	}
	m.hook("merge.far_probed")
	var twice string
	if err := m.QueryRowContext(ctx, statements.Get("merge_stored_places")).Scan(&known, &twice); err != nil {
		return false, err
	}
	if twice != "" {
		return false, fmt.Errorf("%w: transaction %s is stored twice", schema.ErrInvariant, twice)
	}
	return known, nil
}

// unmarkReplaced takes the mark of being current from every version that a newer one replaces.
func (m *merger) unmarkReplaced(ctx context.Context) error {
	var replaced int64
	var from, to *time.Time
	if err := m.QueryRowContext(ctx, statements.Get("merge_replaced_range")).Scan(&replaced, &from, &to); err != nil {
		return err
	}
	if replaced == 0 {
		return nil
	}
	result, err := m.ExecContext(ctx, statements.Get("merge_unmark_replaced"), *from, *to)
	if err != nil {
		return fmt.Errorf("merge_unmark_replaced: %w", err)
	}
	if unmarked, err := result.RowsAffected(); err != nil || unmarked != replaced {
		return fmt.Errorf("%w: replaced %d of %d transactions", schema.ErrInvariant, unmarked, replaced)
	}
	return nil
}

// checkCount asserts that exactly the new rows were added: with one row of each id in the batch, every
// changed row replaced once and no id of the batch stored twice before, none is stored twice now.
func (m *merger) checkCount(ctx context.Context, before int64) error {
	var after int64
	if err := m.QueryRowContext(ctx, statements.Get("merge_count")).Scan(&after); err != nil {
		return err
	}
	if after != before+m.report.TransactionsNew {
		return fmt.Errorf(
			"%w: %d transactions after the merge, there were %d and %d are new", schema.ErrInvariant, after, before,
			m.report.TransactionsNew,
		)
	}
	return nil
}
