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

// jointlyOwned are accounts whose bank writes two people in one name.
var jointlyOwned = tellHousehold(func(h *household) {
	for i, names := range [][2]string{
		{"JANE DOE AND JOHN DOE", "John Doe"},
		{"JANE & JOHN DOE", "Jane Doe"},
		{"DOE, JANE OR JOHN", "John Doe"},
		{"Jane Anders", "John Orson"},
		{"JANE DOE/JOHN ROE", "Richard Roe"},
	} {
		for j, account := range []string{"fca_a" + string(rune('0'+i)), "fca_b" + string(rune('0'+i))} {
			h.account(account, "cus_"+string(rune('0'+i)), date(6, 20, 12), nil)
			h.post(account, date(6, 1, 9), 100)
			h.observe(account, date(6, 20, 11), 100)
			h.owned(account, names[j])
		}
	}
})

// TestAJointNameIsThatOfEach: joined by AND, OR or a sign.
func TestAJointNameIsThatOfEach(t *testing.T) {
	s := jointlyOwned.published(t)
	for account, want := range map[string]string{
		"fca_a0": "OK 0", "fca_b0": "OK 0", "fca_a1": "OK 0", "fca_b1": "OK 0", "fca_a2": "OK 0", "fca_b2": "OK 0",
		"fca_a3": "OK 1", "fca_b3": "OK 1", "fca_a4": "OK 1", "fca_b4": "OK 1",
	} {
		wantAccountValues(s, account, map[[2]string]string{{"coverage_owner_name_mismatch", "now"}: want})
	}
}

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
