package models_test

import (
	"testing"

	"fcpipe/schema"
)

// owned gives an account owners of some names.
func (h *household) owned(account string, names ...string) {
	for i, name := range names {
		h.landed.Owners = append(h.landed.Owners, schema.Owner{
			OwnershipID: "fcaowns_" + account, OwnerID: "fcaown_" + string(rune('a'+i)), AccountID: account, Name: name,
		})
	}
	h.landed.Ownerships = append(h.landed.Ownerships, schema.Ownership{
		OwnershipID: "fcaowns_" + account, AccountID: account, OwnerCount: int64(len(names)),
	})
}

var coOwned = tellHousehold(func(h *household) {
	for _, account := range []string{"fca_a", "fca_b", "fca_c", "fca_d"} {
		h.account(account, "cus_1", date(6, 20, 12), nil)
		h.post(account, date(6, 1, 9), 100)
		h.observe(account, date(6, 20, 11), 100)
	}
	h.owned("fca_a", "Jane Q. Do\u00e9", "Richard Roe")
	h.owned("fca_b", "DOE, JANE")
	h.owned("fca_c", "Globex Inc")
})

// TestOwnersAreCountedAndComparedWithoutTheirNames: by account, whatever the order and the case of words; an account
// whose owners are not held says so.
func TestOwnersAreCountedAndComparedWithoutTheirNames(t *testing.T) {
	s := coOwned.published(t)
	for account, want := range map[string][2]string{
		"fca_a": {"OK 2", "OK 0"}, "fca_b": {"OK 1", "OK 0"}, "fca_c": {"OK 1", "OK 1"},
		"fca_d": {"NOT_APPLICABLE -", "NOT_APPLICABLE -"},
	} {
		wantAccountValues(s, account, map[[2]string]string{
			{"coverage_owner_count", "now"}: want[0], {"coverage_owner_name_mismatch", "now"}: want[1],
		})
	}
}
