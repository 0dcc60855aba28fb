package store

import (
	"context"
	"fmt"

	"fcpipe/schema"
)

// mergeAccounts makes each account what it is after the round, and moves its cursor over the completions that landed
// (merge_completed): only from the cursor after which the rows were listed; else rows are merged and it stays.
func (m *merger) mergeAccounts(ctx context.Context) error {
	r := m.report
	completed := "merge_nothing_completed"
	if m.staged["completions"] > 0 {
		completed = "merge_completed"
	}
	if err := m.execAll(ctx, []step{{completed, nil}, {"merge_account_next", nil}}); err != nil {
		return err
	}
	if err := m.linkAccounts(ctx); err != nil {
		return err
	}
	if err := m.exec(ctx, "merge_account_changed"); err != nil {
		return err
	}
	if err := m.QueryRowContext(ctx, statements.Get("merge_account_counts")).
		Scan(&r.AccountsNew, &r.AccountsChanged, &r.AccountsInactive); err != nil {
		return err
	}
	if r.AccountsNew+r.AccountsChanged == 0 {
		return nil
	}
	round := m.roundArgs()
	return m.execAll(ctx, []step{
		{"merge_account_versions", round},
		{"merge_account_first_seen", nil},
		{"merge_account_delete", nil},
		{"merge_account_insert", round[:1]},
	})
}

// mergeReadings adds balances, refreshes and refused rows that landed.
func (m *merger) mergeReadings(ctx context.Context) (err error) {
	r, round := m.report, m.roundArgs()
	if m.staged["balances"] > 0 {
		if r.BalancesDropped, err = m.dropLate(ctx, "balances", m.horizons.balances); err != nil {
			return err
		}
		if err := m.batch(ctx, "merge_balance_count", []any{&r.BalancesNew}, []step{
			{"merge_balance_batch", nil}, {"merge_balance_insert", round},
		}); err != nil {
			return err
		}
	}
	if m.staged["refreshes"] > 0 {
		if err := m.batch(ctx, "merge_refresh_counts", []any{&r.RefreshesChanged, &r.RefreshesFailed}, []step{
			{"merge_refresh_batch", round[1:]}, {"merge_refresh_delete", nil}, {"merge_refresh_insert", nil},
		}); err != nil {
			return err
		}
	}
	if m.staged["quarantine"]+r.ForeignRows == 0 {
		return nil
	}
	return m.batch(ctx, "merge_quarantine_count", []any{&r.Quarantined}, []step{
		{"merge_quarantine_batch", nil}, {"merge_quarantine_insert", round},
	})
}

// batch runs the steps that merge one kind of row, then counts what they changed.
func (m *merger) batch(ctx context.Context, count string, counts []any, steps []step) error {
	if err := m.execAll(ctx, steps); err != nil {
		return err
	}
	return m.QueryRowContext(ctx, statements.Get(count)).Scan(counts...)
}

// linkAccounts joins accounts that were linked again to the chain of the bank account they
// are, before accounts get their versions: a link is one more thing known of an account.
func (m *merger) linkAccounts(ctx context.Context) error {
	if err := m.execAll(ctx, []step{{"relink_accounts", nil}, {"relink_pairs", nil}}); err != nil {
		return err
	}
	var pairs int64
	if err := m.QueryRowContext(ctx, statements.Get("relink_pair_count")).Scan(&pairs); err != nil || pairs == 0 {
		return err
	}
	if err := m.execAll(ctx, []step{{"relink_rows", nil}, {"relink_decisions", nil}, {"relink_new", nil}}); err != nil {
		return err
	}
	if err := m.QueryRowContext(ctx, statements.Get("relink_counts")).
		Scan(&m.report.AccountsLinked, &m.report.LinksAmbiguous); err != nil {
		return err
	}
	return m.execAll(ctx, []step{{"relink_insert", m.roundArgs()}, {"relink_bring", nil}, {"relink_apply", nil}})
}

// mergeOwners adds owners, and snapshots that are whole now.
func (m *merger) mergeOwners(ctx context.Context) error {
	if m.staged["owners"]+m.staged["ownerships"] == 0 {
		return nil
	}
	var orphan string
	if err := m.QueryRowContext(ctx, statements.Get("merge_owner_orphans")).Scan(&orphan); err != nil {
		return err
	}
	if orphan != "" {
		return fmt.Errorf("%w: owners of account %s landed without the account", schema.ErrInvariant, orphan)
	}
	if err := m.execAll(ctx, []step{
		{"merge_owner_batch", nil},
		{"merge_owner_delete", nil},
		{"merge_ownership_batch", nil},
		{"merge_owner_insert", m.roundArgs()},
		{"merge_ownership_insert", m.roundArgs()},
	}); err != nil {
		return err
	}
	return m.QueryRowContext(ctx, statements.Get("merge_owner_counts")).Scan(
		&m.report.OwnersNew, &m.report.OwnershipsNew,
	)
}

// mergeLabels adds the labels of transactions that landed, and how far those of accounts are. It comes after the
// transactions: labels are kept of rows that are.
func (m *merger) mergeLabels(ctx context.Context) error {
	labels := m.staged["labels"] > 0
	if !labels && m.staged["label_states"] == 0 {
		return nil
	}
	var orphan string
	if err := m.QueryRowContext(ctx, statements.Get("merge_label_orphans")).Scan(&orphan); err != nil {
		return err
	}
	if orphan != "" {
		return fmt.Errorf("%w: labels of account %s landed without the account", schema.ErrInvariant, orphan)
	}
	r := m.report
	if labels {
		if err := m.execAll(ctx, []step{
			{"merge_label_batch", nil}, {"merge_label_unmark", nil}, {"merge_label_insert", m.roundArgs()},
		}); err != nil {
			return err
		}
		if err := m.QueryRowContext(ctx, statements.Get("merge_label_counts")).Scan(
			&r.LabelsNew, &r.LabelsChanged,
		); err != nil {
			return err
		}
	}
	if err := m.execAll(ctx, []step{
		{"merge_label_state_batch", nil},
		{"merge_label_state_delete", nil},
		{"merge_label_state_insert", m.roundArgs()},
	}); err != nil {
		return err
	}
	return m.QueryRowContext(ctx, statements.Get("merge_label_state_count")).Scan(&r.LabelStatesChanged)
}
