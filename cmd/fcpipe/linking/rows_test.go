package linking

import (
	"maps"
	"testing"
	"time"

	"fcpipe/schema"
	"fcpipe/schema/storetest"
	"fcpipe/sync/collect"
)

// TestWhatIsNotReadIsNotZero: an account whose first refresh is still under way has no number of transactions.
func TestWhatIsNotReadIsNotZero(t *testing.T) {
	s := storetest.New(t)
	read, empty := storetest.Account("fca_read"), storetest.Account("fca_empty")
	pending := storetest.Account("fca_pending")
	done, at := "fctxnref_1", time.Date(2026, 6, 1, 0, 0, 0, 0, time.UTC)
	complete := func(id string) schema.Completion {
		return schema.Completion{AccountID: id, CursorRefreshID: &done, CompleteThroughAt: &at}
	}
	s.Round(schema.Landed{
		Accounts:     []schema.Account{read, empty, pending},
		Transactions: []schema.Transaction{storetest.Transaction("fctxn_1", "fca_read", -5, 1)},
		Completions:  []schema.Completion{complete("fca_read"), complete("fca_empty")},
	})
	ids := []string{"fca_read", "fca_empty", "fca_pending"}
	rows, err := Afterwards{Layout: s.Layout(), Settings: s.Settings()}.rows(t.Context(), ids)
	if want := map[string]int64{"fca_read": 1, "fca_empty": 0}; err != nil || !maps.Equal(rows, want) {
		t.Fatalf("%v, %v", rows, err)
	}
	told := JSON(collect.Outcome{
		Accounts: []collect.Linked{{Account: empty}, {Account: pending}}, Round: collect.FirstRound{Transactions: rows},
	}).(outcome)
	if n := told.Accounts[0].Transactions; n == nil || *n != 0 || told.Accounts[1].Transactions != nil {
		t.Errorf("%+v", told.Accounts)
	}
}
