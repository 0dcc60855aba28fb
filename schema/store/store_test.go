package store_test

import (
	"path/filepath"
	"testing"
	"time"

	"fcpipe/schema"
	"fcpipe/schema/storetest"
)

func TestRoundPublishesWhatLanded(t *testing.T) {
	s := storetest.New(t)
	pending := storetest.Transaction("fctxn_2", "fca_1", -1000, 20)
	pending.Status, pending.PostedAt = "pending", nil
	first := s.Round(schema.Landed{
		Accounts:     []schema.Account{storetest.Account("fca_1")},
		Transactions: []schema.Transaction{storetest.Transaction("fctxn_1", "fca_1", -450, 4), pending},
		Balances: []schema.Balance{
			{
				AccountID: "fca_1", Currency: "usd", BalanceType: "cash", CurrentMinor: new(int64(100)),
				AsOf: time.Date(2026, 5, 31, 12, 0, 0, 0, time.UTC),
			},
		},
		Completions: []schema.Completion{
			{
				AccountID: "fca_1", CursorRefreshID: new("fctxnref_1"),
				CompleteThroughAt: new(time.Date(2026, 6, 1, 0, 0, 0, 0, time.UTC)),
			},
		},
	})
	if first.TransactionsNew != 2 || first.AccountsNew != 1 || first.BalancesNew != 1 {
		t.Errorf("first round: %+v", first)
	}
	s.Want("SELECT count(*) FROM main.transactions", "2")
	s.Want("SELECT cursor_refresh_id FROM main.accounts", "fctxnref_1")
	if left, _ := filepath.Glob(filepath.Join(s.Layout().Landing(), "*")); len(left) != 0 {
		t.Errorf("what is published is still in landing: %v", left)
	}

	posted := storetest.Transaction("fctxn_2", "fca_1", -1200, 20)
	posted.UpdatedAt = posted.UpdatedAt.Add(24 * time.Hour)
	second := s.Round(
		schema.Landed{
			Accounts:     []schema.Account{storetest.Account("fca_1")},
			Transactions: []schema.Transaction{posted, storetest.Transaction("fctxn_1", "fca_1", -450, 4)},
		},
	)
	if second.TransactionsChanged != 1 || second.PostedWithOtherAmount != 1 || second.AccountsChanged != 0 ||
		second.TransactionsNew != 0 {
		t.Errorf("second round: %+v", second)
	}
	s.Want("SELECT amount_minor FROM main.transactions WHERE transaction_id = 'fctxn_2'", "-1200")
	s.Want(
		"SELECT list(version || ':' || amount_minor ORDER BY version) FROM main.transaction_versions WHERE "+
			"transaction_id = 'fctxn_2'",
		"['1:-1000', '2:-1200']",
	)

	if !*proof {
		return
	}
	stale := s.Round(
		schema.Landed{
			Accounts: []schema.Account{storetest.Account("fca_1")}, Transactions: []schema.Transaction{pending},
		},
	)
	if stale.Changes() != 0 {
		t.Errorf("a stale answer changed something: %+v", stale)
	}
}

func TestRoundWithNothingNewChangesNoByte(t *testing.T) {
	s := storetest.NewDerivedStore(t)
	rows := schema.Landed{
		Accounts:     []schema.Account{storetest.Account("fca_1")},
		Transactions: []schema.Transaction{storetest.Transaction("fctxn_1", "fca_1", -450, 4)},
	}
	s.Round(rows)
	before := storetest.ReadFile(t, s.Layout().Database())
	if report := s.Round(rows); report.Changes() != 0 {
		t.Errorf("something changed: %+v", report)
	}
	if string(before) != string(storetest.ReadFile(t, s.Layout().Database())) {
		t.Error("the published file changed")
	}
	if left, _ := filepath.Glob(filepath.Join(s.Layout().Landing(), "*")); len(left) != 0 {
		t.Errorf("landing was not cleared: %v", left)
	}
}
