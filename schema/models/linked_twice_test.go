package models_test

import (
	"testing"
	"time"

	"fcpipe/schema"
	"fcpipe/schema/reader"
)

// namedOtherwise links the account that ninetyDays tells of again, by another name.
func namedOtherwise(change func(*schema.Account)) *story {
	return tellHousehold(func(h *household) {
		ninetyDays(h, "fca_a")
		ninetyDays(h, "fca_b")
		change(&h.landed.Accounts[1])
	})
}

var (
	otherDigits = namedOtherwise(func(a *schema.Account) { a.CreatedAt = a.CreatedAt.Add(time.Hour) })
	otherBank   = namedOtherwise(func(a *schema.Account) {
		a.InstitutionName, a.Last4 = "Other Bank N.A.", new("fca_a")
		a.CreatedAt = a.CreatedAt.Add(time.Hour)
	})
	otherKind = namedOtherwise(func(a *schema.Account) {
		a.Subcategory, a.Last4 = "savings", new("fca_a")
		a.CreatedAt = a.CreatedAt.Add(time.Hour)
	})
	aDayLater = tellHousehold(func(h *household) {
		for n, id := range []string{"fca_a", "fca_b"} {
			h.account(id, "cus_1", date(6, 20, 12), nil)
			for day := range 60 {
				h.post(id, date(4, 20+n, 15).AddDate(0, 0, day), int64(-1000-7*day))
			}
			h.observe(id, date(6, 20, 11), 50000)
		}
	})
)

// TestAnAccountThatIsLinkedTwiceByOtherNamesIsNoMoney: equal rows are evidence whatever the bank, the kind and the last
// digits are. No number of the holder that has both is OK until a person decides; numbers of one account stay.
func TestAnAccountThatIsLinkedTwiceByOtherNamesIsNoMoney(t *testing.T) {
	for _, told := range []*story{otherDigits, otherBank, otherKind, aDayLater} {
		s := told.published(t)
		s.Want("SELECT string_agg(older_key || ' ' || newer_key, ', ') FROM quality.possible_relinks", "fca_a fca_b")
		s.Want(`SELECT count(*) FROM underwriting.attribute_values WHERE account_key = '' AND value_state = 'OK'
			AND window_name IN ('30d', '90d', '3m', 'now')`, "0")
		s.Want(`SELECT count(*) > 0 FROM underwriting.attribute_values WHERE account_key = 'fca_a'
			AND value_state = 'OK'`, "true")
		if found := s.attention(); len(found) != 1 || found[0].Code != reader.HasLinkToDecide ||
			found[0].AccountID != "fca_b" {
			t.Errorf("status says %+v", found)
		}
	}
	s := otherDigits.published(t)
	wantValues(t, s, map[string]string{
		"balance_current_minor now": "UNRECONCILED -", "flow_net_minor 30d": "UNRECONCILED 120000",
	})
	s.Want(reasonOf("flow_net_minor", "30d"),
		"accounts fca_a"+s.suffix+" and fca_b"+s.suffix+
			" may be one that was linked twice: decide with fcpipe link or unlink")
}

// linkedOrApart are two connections of which a person says that they are one account, or two, by the flow of the holder
// then.
var linkedOrApart = map[string]*story{"OK 60000": tellTwice("fca_a"), "OK 120000": tellTwice("")}

func tellTwice(decided string) *story {
	return tellDecided(map[string]string{"fca_b": decided}, func(h *household) {
		ninetyDays(h, "fca_a")
		ninetyDays(h, "fca_b")
		h.landed.Accounts[1].CreatedAt = h.landed.Accounts[1].CreatedAt.Add(time.Hour)
	})
}

// TestADecisionSettlesWhetherAnAccountIsLinkedTwice: linked, its rows count once; told apart, they count twice, and
// status does not ask again.
func TestADecisionSettlesWhetherAnAccountIsLinkedTwice(t *testing.T) {
	for want, told := range linkedOrApart {
		wantValues(t, told.published(t), map[string]string{"flow_net_minor 30d": "UNRECONCILED 120000"})
		s := told.continued(t)
		wantValues(t, s, map[string]string{"flow_net_minor 30d": want})
		s.Want("SELECT count(*) FROM quality.possible_relinks", "0")
		if found := s.attention(); len(found) != 0 {
			t.Errorf("status says %+v", found)
		}
		if plan, err := told.decideOn(s.store(), "fca_b"); err != nil || plan.Changes {
			t.Errorf("it is decided again: %+v %v", plan, err)
		}
	}
}

var twoOfOne = tellHousehold(func(h *household) {
	ninetyDays(h, "fca_a")
	for _, id := range []string{"fca_b", "fca_c"} { // two pots of equal savings
		h.account(id, "cus_1", date(6, 20, 12), func(a *schema.Account) { a.Subcategory = "savings" })
		for week := range 16 {
			h.says(id, date(3, 1, 12).AddDate(0, 0, 7*week), 5000, "ONLINE TRANSFER FROM CHK")
			h.says("fca_a", date(3, 1, 12).AddDate(0, 0, 7*week), -5000, "ONLINE TRANSFER TO SAV")
		}
	}
	h.account("fca_d", "cus_1", date(6, 20, 12), nil)
	for day := range 60 {
		h.post("fca_d", date(3, 1, 15).AddDate(0, 0, day), int64(-1000-7*day))
	}
	for _, id := range []string{"fca_a", "fca_d"} { // and two equal subscriptions, one in each of two accounts
		for month := 3; month <= 6; month++ {
			h.says(id, date(month, 11, 9), -1549, "NETFLIX.COM")
			h.says(id, date(month, 12, 9), -1099, "SPOTIFY USA")
		}
	}
})

// TestTwoAccountsThatShareRowsAreTwo: transfers have two signs, and equal savings or subscriptions are few rows or of
// one amount.
func TestTwoAccountsThatShareRowsAreTwo(t *testing.T) {
	s := twoOfOne.published(t)
	s.Want("SELECT count(*) FROM quality.possible_relinks", "0")
}
