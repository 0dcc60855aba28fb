package store_test

import (
	"errors"
	"strings"
	"testing"

	"fcpipe/schema"
	"fcpipe/schema/reader"
	"fcpipe/schema/store"
	"fcpipe/schema/storetest"
)

// linkWorld has three accounts of one holder that were linked one after another, one of theirs
// in euros, and one of another holder.
func linkWorld(t *testing.T) *storetest.Store {
	t.Helper()
	return storetest.Prepared(t, "accounts to link", func() *storetest.Store { return newLinkWorld(t) })
}

func newLinkWorld(t *testing.T) *storetest.Store {
	t.Helper()
	s := storetest.New(t)
	var landed schema.Landed
	for i, id := range []string{"fca_1", "fca_2", "fca_3", "fca_euro", "fca_other"} {
		a := storetest.Account(id)
		a.Last4, a.CreatedAt = nil, a.CreatedAt.AddDate(0, 0, i)
		currency := "usd"
		if id == "fca_euro" {
			currency = "eur"
		}
		if id == "fca_other" {
			a.HolderID = new("cus_other")
		}
		amount := int64(100)
		landed.Accounts = append(landed.Accounts, a)
		landed.Balances = append(
			landed.Balances,
			schema.Balance{
				AccountID: id, Currency: currency, BalanceType: "cash", CurrentMinor: &amount, AsOf: s.Clock,
			},
		)
	}
	s.Round(landed)
	return s
}

const keysNow = "SELECT string_agg(account_id || '=' || account_key, ' ' ORDER BY account_id) FROM main.accounts " +
	"WHERE account_key <> account_id"

func TestLinkedAccountsComeAlongAndLeaveTogether(t *testing.T) {
	s := linkWorld(t)
	must := func(plan store.LinkPlan, err error) {
		t.Helper()
		if err != nil || !plan.Changes {
			t.Fatalf("%+v %v", plan, err)
		}
	}
	must(s.Decide("fca_3", "fca_2"))
	s.Want(keysNow, "fca_3=fca_2")
	early := s.Query("SELECT watermark FROM meta.store")
	must(s.Decide("fca_2", "fca_1"))
	s.Want(keysNow, "fca_2=fca_1 fca_3=fca_1")
	must(s.Decide("fca_2", ""))
	s.Derives = *proof
	s.Want(keysNow, "fca_3=fca_2")
	must(s.Decide("fca_3", ""))
	s.Want(keysNow, "NULL")
	if *proof {
		s.Want("SELECT count(*) FROM ledger.accounts", "5")
	}
	s.Want(
		"SELECT count(*) FROM main.account_links WHERE (evidence->>'$.reason') = 'test' AND "+
			"(evidence->>'$.decided_by') = 'person'",
		"4",
	)

	// what was known at an earlier instant is what it was
	asOf := "(SELECT account_key FROM main.account_versions WHERE account_id = 'fca_3' AND observed_at <= " +
		"TIMESTAMPTZ '" + early + "' ORDER BY observed_at DESC LIMIT 1)"
	s.Want(asOf, "fca_2")
	s.Want(
		"SELECT string_agg(account_key, ' ' ORDER BY observed_at) FROM main.account_versions WHERE account_id = "+
			"'fca_3'",
		"fca_3 fca_2 fca_1 fca_2 fca_3",
	)
	// a link changes nothing of when an account was seen or is complete through
	s.Want("SELECT count(DISTINCT last_seen_at) FROM main.accounts", "1")
}

func TestLinksThatCannotBeAreRefused(t *testing.T) {
	s := linkWorld(t)
	if _, err := s.Decide("fca_3", "fca_2"); err != nil {
		t.Fatal(err)
	}
	versions := s.Query("SELECT count(*) FROM main.account_versions")
	for _, c := range [][3]string{
		{"fca_1", "fca_1", "not linked to itself"},
		{"fca_1", "fca_2", "fca_1 is the earlier of the two"},
		{"fca_1", "fca_3", "fca_3 is itself linked to fca_2"},
		{"fca_3", "fca_1", "fca_3 is linked to fca_2: unlink it first"},
		{"fca_other", "fca_1", "different holders"},
		{"fca_euro", "fca_1", "no currency in common: [eur] and [usd]"},
		{"fca_2", "", "first of its chain"},
		{"fca_none", "fca_1", `no account "fca_none"`},
		{"fca_1", "fca_none", `no account "fca_none"`},
	} {
		if _, err := s.Decide(c[0], c[1]); !errors.Is(err, store.ErrLinkRefused) ||
			!strings.Contains(err.Error(), c[2]) {
			t.Errorf("%s to %q: %v", c[0], c[1], err)
		}
	}
	if plan, err := s.Decide("fca_3", "fca_2"); err != nil || plan.Changes {
		t.Errorf("a link that is there is made again: %v", err)
	}
	if plan, err := s.Decide("fca_euro", ""); err != nil || plan.Changes {
		t.Errorf("an account that is linked to nothing was unlinked: %v", err)
	}
	s.Want("SELECT count(*) FROM main.account_versions", versions)
	s.Want("SELECT count(*) FROM main.account_links", "1")
}

// TestDecisionSettlesAProposal: a round proposes a link it cannot prove. A person says that it is
// none: status does not ask again, and no round proposes it again. A round that was killed before its merge left rows:
// the decision neither merges nor loses them.
func TestDecisionSettlesAProposal(t *testing.T) {
	s := storetest.New(t)
	at := s.Clock
	first, second := storetest.Account("fca_1"), storetest.Account("fca_2")
	second.CreatedAt = second.CreatedAt.AddDate(0, 1, 0)
	land := func(a schema.Account, day int) schema.Landed {
		return schema.Landed{
			Accounts:     []schema.Account{a},
			Transactions: []schema.Transaction{storetest.Transaction("fctxn_"+a.AccountID, a.AccountID, -100, day)},
			Completions: []schema.Completion{
				{AccountID: a.AccountID, CursorRefreshID: new("fctxnref_1"), CompleteThroughAt: &at},
			},
		}
	}
	s.Round(land(first, 3))
	if report := s.Round(land(second, 3)); report.LinksAmbiguous != 1 {
		t.Fatalf("%d links proposed", report.LinksAmbiguous)
	}
	if got := storetest.AttentionOf(t, s); len(got) != 1 || got[0].Code != reader.HasLinkToDecide ||
		got[0].AccountID != "fca_2" {
		t.Fatalf("status says %+v", got)
	}
	s.Land(schema.Landed{Transactions: []schema.Transaction{storetest.Transaction("fctxn_left", "fca_1", -5, 3)}})
	if plan, err := s.Decide("fca_2", ""); err != nil || !plan.Changes || plan.Chain != "fca_1" {
		t.Fatalf("%+v %v", plan, err)
	}
	s.Want("SELECT count(*) FROM main.transactions", "2")
	if got := storetest.AttentionOf(t, s); len(got) != 0 {
		t.Errorf("status still says %+v", got)
	}
	second.DisplayName = new("renamed")
	if report := s.Round(land(second, 3)); report.LinksAmbiguous+report.AccountsLinked != 0 {
		t.Error("what is decided is proposed again")
	}
	s.Want("SELECT count(*) FROM main.transactions", "3")
	if plan, err := s.Decide("fca_2", ""); err != nil || plan.Changes {
		t.Errorf("what is decided is decided again: %v", err)
	}
}
