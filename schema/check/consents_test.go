package check_test

import (
	"slices"
	"testing"

	"fcpipe/schema"
	"fcpipe/schema/storetest"
)

// TestConsentsAndRemovalsAreHeldToTheirRules: each rule finds the one thing that breaks it.
func TestConsentsAndRemovalsAreHeldToTheirRules(t *testing.T) {
	t.Parallel()
	s := storetest.WithVersions(t)
	s.Verify()
	s.Broken = true
	balance := "INSERT INTO main.balances SELECT account_id, 'usd', 'cash', 1, NULL, NULL, created_at, " +
		"first_seen_at, 'run' FROM main.accounts LIMIT 1"
	for _, test := range []struct{ damage, repair, where, what string }{
		{
			"UPDATE meta.consents SET version = 2", "UPDATE meta.consents SET version = 1", "consents of fca_1",
			"are not numbered 1 to 1",
		},
		{
			"UPDATE meta.consents SET status = 'ended'", "UPDATE meta.consents SET status = 'granted'",
			"consent for fca_1", "ended without a reason, or has one and lasts",
		},
		{
			"UPDATE meta.consents SET account_id = 'fca_2'", "UPDATE meta.consents SET account_id = 'fca_1'",
			"account fca_1", "is held without a consent",
		},
		{
			"UPDATE meta.store SET transactions_since = (SELECT max(transacted_at) FROM main.transactions)",
			"UPDATE meta.store SET transactions_since = NULL", "", ", the horizon of retention",
		},
		{
			balance + "; UPDATE meta.store SET balances_since = watermark",
			"UPDATE meta.store SET balances_since = NULL", "balance of fca_1", ", the horizon of retention",
		},
		{
			"INSERT INTO meta.removed_transactions SELECT 'fctxn_1', 'fca_1', '2026-05', 'retention', watermark, " +
				"'run' FROM meta.store", "DELETE FROM meta.removed_transactions", "transaction fctxn_1",
			"was removed and has a version of before",
		},
	} {
		s.Alter(s.Layout().Database(), test.damage)
		if !slices.ContainsFunc(s.Findings(), func(f schema.Finding) bool {
			return (test.where == "" || f.Where == test.where) && len(f.What) >= len(test.what) &&
				f.What[len(f.What)-len(test.what):] == test.what
		}) {
			t.Errorf("%s: found %v", test.damage, s.Findings())
		}
		s.Alter(s.Layout().Database(), test.repair)
	}
}
