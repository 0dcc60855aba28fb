package store

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"fcpipe/schema"
	"fcpipe/schema/duck"
	"fcpipe/schema/models"
)

// Reasons of a removal, in meta.removed_transactions.reason.
const (
	removedByRetention = "retention"
	removedByErasure   = "erasure"
)

// removed counts what a removal took.
type removed struct {
	transactions, balances int64
	much                   bool // so much that derived tables are rebuilt whole: cheaper than what changed
}

// removeTransactions removes the transactions in the temporary table gone_transactions with every version, and the
// balances in gone_balances, both made by remove_begin. It writes the rows that the change feed shows as deleted, and
// keeps what derived tables need to know of what is gone in temporary tables (models.KeepGone).
func removeTransactions(
	ctx context.Context, transaction *sql.Tx, reason string, observedAt time.Time, runID string,
) (r removed, err error) {
	if err := transaction.QueryRowContext(ctx, statements.Get("remove_counts")).Scan(
		&r.transactions, &r.balances, &r.much,
	); err != nil || r.transactions+r.balances == 0 {
		return r, err
	}
	if !r.much {
		if err := models.KeepGone(ctx, transaction); err != nil {
			return r, err
		}
	}
	round := []any{sql.Named("observed_at", observedAt), sql.Named("run_id", runID)}
	for _, s := range []step{
		{"remove_versions", nil},
		{"remove_overrides", nil},
		{"remove_labels", nil},
		{"remove_balances", nil},
		{"remove_record", append(round, sql.Named("reason", reason))},
	} {
		if _, err := transaction.ExecContext(ctx, statements.Get(s.name), s.args...); err != nil {
			return r, fmt.Errorf("%s: %w", s.name, err)
		}
	}
	return r, nil
}

// horizons are the instants before which a merge keeps nothing; nil keeps everything.
type horizons struct{ transactions, balances *time.Time }

// horizonsAt are those of a retention at an instant. One that was reached stays: what was removed does not come back
// when a longer retention is configured, nor without one.
func horizonsAt(r schema.Retention, at time.Time, zone string, stored horizons) (h horizons, err error) {
	h = stored
	for _, kind := range []struct {
		months int
		at     **time.Time
	}{{r.TransactionMonths, &h.transactions}, {r.BalanceMonths, &h.balances}} {
		if kind.months == 0 {
			continue
		}
		horizon, err := schema.Horizon(at, zone, kind.months)
		if err != nil {
			return h, err
		}
		if *kind.at == nil || horizon.After(**kind.at) {
			*kind.at = &horizon
		}
	}
	return h, nil
}

// storedHorizons are those that a file was last cut at; none in a file of an earlier version.
func storedHorizons(ctx context.Context, database duck.Queryer) (h horizons, err error) {
	var exist bool
	if err := database.QueryRowContext(ctx, statements.Get("horizons_exist")).Scan(&exist); err != nil || !exist {
		return h, err
	}
	err = database.QueryRowContext(ctx, statements.Get("horizons_stored")).Scan(&h.transactions, &h.balances)
	return h, err
}

// retentionDue reports whether the published file holds what is past its retention.
func (s *Store) retentionDue(ctx context.Context, database duck.Queryer, run MergeRun) (due bool, err error) {
	if run.Retention == (schema.Retention{}) {
		return false, nil
	}
	h, err := horizonsAt(run.Retention, s.now(), run.ReportZone, horizons{})
	if err != nil {
		return false, err
	}
	var transactions, balances bool
	err = database.QueryRowContext(
		ctx, statements.Get("remove_due"), sql.Named("transactions", duck.Nullable(h.transactions)),
		sql.Named("balances", duck.Nullable(h.balances)),
	).Scan(&transactions, &balances)
	return transactions || balances, err
}

// Removal is what retention removes for good from a published file, were its next merge now.
type Removal struct {
	TransactionsBefore  *time.Time `json:"transactions_before"` // null: transactions are kept
	Transactions        int64      `json:"transactions"`
	TransactionVersions int64      `json:"transaction_versions"` // of these transactions
	BalancesBefore      *time.Time `json:"balances_before"`      // null: balances are kept
	Balances            int64      `json:"balances"`
}

// PlannedRemoval counts what retention removes from a published file at an instant.
func PlannedRemoval(
	ctx context.Context, database duck.Queryer, retention schema.Retention, at time.Time, zone string,
) (r Removal, err error) {
	stored, err := storedHorizons(ctx, database)
	if err != nil {
		return r, err
	}
	h, err := horizonsAt(retention, at, zone, stored)
	if err != nil || h == (horizons{}) {
		return r, err
	}
	r.TransactionsBefore, r.BalancesBefore = h.transactions, h.balances
	return r, database.QueryRowContext(
		ctx, statements.Get("remove_planned"), sql.Named("transactions", duck.Nullable(h.transactions)),
		sql.Named("balances", duck.Nullable(h.balances)),
	).Scan(&r.Transactions, &r.TransactionVersions, &r.Balances)
}

// findHorizons finds the instants before which this merge keeps nothing.
func (m *merger) findHorizons(ctx context.Context) (err error) {
	if m.stored, err = storedHorizons(ctx, m); err != nil {
		return err
	}
	m.horizons, err = horizonsAt(m.run.Retention, m.report.ObservedAt, m.run.ReportZone, m.stored)
	return err
}

// dropLate drops rows that landed, are past their retention and are not held: of transactions, or of balances.
func (m *merger) dropLate(ctx context.Context, what string, before *time.Time) (dropped int64, err error) {
	if before == nil {
		return 0, nil
	}
	at := sql.Named("before", *before)
	err = m.QueryRowContext(ctx, statements.Get("count_late_"+what), at).Scan(&dropped)
	if err != nil || dropped == 0 {
		return 0, err
	}
	return dropped, m.exec(ctx, "drop_late_"+what, at)
}

// retain removes what is past its retention, and notes the horizon where there was any.
func (m *merger) retain(ctx context.Context) error {
	if m.horizons == (horizons{}) {
		return nil
	}
	if err := m.exec(ctx, "remove_begin"); err != nil {
		return err
	}
	for name, before := range map[string]*time.Time{
		"remove_transactions_before": m.horizons.transactions, "remove_balances_before": m.horizons.balances,
	} {
		if before == nil {
			continue
		}
		if err := m.exec(ctx, name, sql.Named("before", *before)); err != nil {
			return err
		}
	}
	gone, err := removeTransactions(ctx, m.Tx, removedByRetention, m.report.ObservedAt, m.run.Run.RunID)
	if err != nil {
		return err
	}
	r := m.report
	r.TransactionsRemoved, r.BalancesRemoved, m.gone = gone.transactions, gone.balances, gone
	cut := m.stored
	if r.TransactionsRemoved+r.TransactionsDropped > 0 {
		cut.transactions = m.horizons.transactions
	}
	if r.BalancesRemoved+r.BalancesDropped > 0 {
		cut.balances = m.horizons.balances
	}
	if cut == m.stored {
		return nil
	}
	return m.exec(ctx, "remove_horizons", sql.Named("transactions", duck.Nullable(cut.transactions)),
		sql.Named("balances", duck.Nullable(cut.balances)))
}

// keepGone leaves the connection open whose temporary tables know what was removed, for the derivation; everything else
// that the merge kept there goes.
func (g *Generation) keepGone(ctx context.Context, connection *sql.Conn, gone removed) error {
	g.rebuild = g.rebuild || gone.much
	if gone.much || gone.transactions+gone.balances == 0 {
		return nil
	}
	var drops []string
	if err := statements.EachRow(ctx, connection, "merge_temporary", func(scan duck.Scan) error {
		var kind, name string
		err := scan(&kind, &name)
		drops = append(drops, fmt.Sprintf("DROP %s temp.%q", kind, name))
		return err
	}); err != nil {
		return err
	}
	for _, drop := range drops {
		if _, err := connection.ExecContext(ctx, drop); err != nil {
			return err
		}
	}
	g.gone = connection
	return nil
}
