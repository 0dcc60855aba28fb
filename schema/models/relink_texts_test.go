package models_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"fcpipe/schema"
	"fcpipe/schema/reader"
	"fcpipe/schema/storetest"
)

// linkedWithOtherTexts are two connections of one account, with and without the last four digits.
var linkedWithOtherTexts = []*story{tellOtherTexts(storetest.Account("fca_1").Last4), tellOtherTexts(nil)}

func tellOtherTexts(last4 *string) *story {
	created, through := storetest.Account("fca_1").CreatedAt, date(6, 20, 11)
	first := connection12("fca_1", "", last4, created, through)
	again := connection12("fca_2", "  CARD 9921", last4, created.AddDate(0, 1, 0), through)
	return tellDecided(map[string]string{"fca_2": "fca_1"}, func(h *household) {
		h.landed.Accounts = append(first.Accounts, again.Accounts...)
		h.landed.Transactions = append(first.Transactions, again.Transactions...)
		h.landed.Completions = append(first.Completions, again.Completions...)
	})
}

// TestLinkedAgainWithOtherTexts: the new connection gives the rows with the bank's new suffix, with and
// without the last four digits. No round joins it by itself: status lists it, the tables show what may
// count twice, and once a person links the two each row counts once.
func TestLinkedAgainWithOtherTexts(t *testing.T) {
	for _, told := range linkedWithOtherTexts {
		wantDoubtOfRelink(told.published(t))
		s := told.continued(t)
		s.Want(countedOnce, "12 -18462 0")
		s.Want("SELECT count(*) FROM quality.possible_relinks", "0")
		s.Want("SELECT sum(net_minor) || ' ' || sum(possible_duplicate_count) FROM expenses.merchant_month", "18462 0")
	}
}

// connection12 is an account with twelve rows, whose texts end in a suffix.
func connection12(id, suffix string, last4 *string, created, through time.Time) schema.Landed {
	a := storetest.Account(id)
	a.CreatedAt, a.Last4 = created, last4
	landed := schema.Landed{
		Accounts: []schema.Account{a},
		Completions: []schema.Completion{
			{AccountID: id, CursorRefreshID: new("fctxnref_1"), CompleteThroughAt: &through},
		},
	}
	for i := range 12 {
		row := storetest.Transaction(fmt.Sprintf("fctxn_%s_%02d", id, i), id, int64(-1500-7*i), 1+i)
		row.Description = sceneTexts[i%6] + suffix
		landed.Transactions = append(landed.Transactions, row)
	}
	return landed
}

const countedOnce = "SELECT count(*) || ' ' || sum(amount_minor) || ' ' || count(possible_duplicate_of) FROM " +
	"ledger.transactions WHERE suppressed_by IS NULL"

// wantDoubtOfRelink: before the decision both connections count.
func wantDoubtOfRelink(s *ownRows) {
	s.t.Helper()
	if found := s.attention(); !slices.ContainsFunc(
		found,
		func(a reader.Attention) bool { return a.Code == reader.HasLinkToDecide && a.AccountID == "fca_2" },
	) {
		s.t.Errorf("status says %+v", found)
	}
	s.Want(
		"SELECT evidence->0->>'matching_rows' || ' ' || (evidence->0->>'matching_amounts') FROM "+
			"main.account_links",
		"0 12",
	)
	s.Want(
		"SELECT older_key || ' ' || newer_key || ' ' || matching_rows || ' ' || matching_out_minor FROM "+
			"quality.possible_relinks",
		"fca_1 fca_2 12 18462",
	)
	s.Want(countedOnce, "24 -36924 12")
	s.Want(
		"SELECT sum(net_minor) || ' ' || sum(possible_duplicate_count) || ' ' || "+
			"sum(possible_duplicate_minor) FROM expenses.merchant_month",
		"36924 12 18462",
	)
}

// TestAnotherAccountWithoutLast4IsNoDoubt: a holder's two accounts at one bank, digits not stated, with
// rows of their own.
func TestAnotherAccountWithoutLast4IsNoDoubt(t *testing.T) {
	storetest.ForProof(t)
	storetest.WithTables(t, "quality.possible_relinks", "ledger.daily_balances", "quality.reconciliation")
	s := storetest.NewDerivedStore(t)
	at := s.Clock
	for n, id := range []string{"fca_1", "fca_2"} {
		a := storetest.Account(id)
		a.Last4, a.CreatedAt = nil, a.CreatedAt.AddDate(0, n, 0)
		landed := schema.Landed{
			Accounts: []schema.Account{a},
			Completions: []schema.Completion{
				{AccountID: id, CursorRefreshID: new("fctxnref_1"), CompleteThroughAt: &at},
			},
		}
		for i := range 9 {
			landed.Transactions = append(
				landed.Transactions,
				storetest.Transaction(fmt.Sprintf("fctxn_%s_%02d", id, i), id, int64(-1500-7*i-1000*n), 1+i),
			)
		}
		s.Derives = n > 0
		if report := s.Round(landed); report.LinksAmbiguous+report.AccountsLinked != 0 {
			t.Errorf("%d linked, %d to decide", report.AccountsLinked, report.LinksAmbiguous)
		}
	}
	s.Want("SELECT count(*) FROM quality.possible_relinks", "0")
}
