package store

import (
	"context"
)

// linkAccounts joins accounts that were linked again to the chain of the bank account they
// are, before accounts get their versions: a link is one more thing known of an account.
func (m *merger) linkAccounts(ctx context.Context) error {
	for _, step := range []string{"relink_accounts", "relink_pairs"} {
		if err := m.exec(ctx, step); err != nil {
			return err
		}
	}
	var pairs int64
	if err := m.QueryRowContext(ctx, statements.Get("relink_pair_count")).Scan(&pairs); err != nil || pairs == 0 {
		return err
	}
	for _, step := range []string{"relink_rows", "relink_decisions", "relink_new"} {
		if err := m.exec(ctx, step); err != nil {
			return err
		}
	}
	if err := m.QueryRowContext(ctx, statements.Get("relink_counts")).Scan(&m.report.AccountsLinked, &m.report.LinksAmbiguous); err != nil {
		return err
	}
	if err := m.exec(ctx, "relink_insert", m.roundArgs()...); err != nil {
		return err
	}
	if err := m.exec(ctx, "relink_bring"); err != nil {
		return err
	}
	return m.exec(ctx, "relink_apply")
}
