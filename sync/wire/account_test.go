package wire

import (
	"strings"
	"testing"
)

func TestDecodeAccountKeepsEveryNull(t *testing.T) {
	raw := `{"id":"fca_1","object":"financial_connections.account","category":"cash","created":1700000000,
"institution_name":"Bank","livemode":false,"status":"active","subcategory":"checking","display_name":null,"last4":null,
"permissions":null,"subscriptions":[],"status_details":{"a":1},
"account_holder":{"type":"customer","customer":{"id":"cus_1","object":"customer"}},
"balance":{"as_of":1700000001,"type":"cash","current":{"usd":-3,"EUR":4},"cash":{"available":{"usd":5}}},
"transaction_refresh":{"id":"fctxnref_1","last_attempted_at":3,"next_refresh_available_at":null,"status":"pending"}}`
	a, err := DecodeAccount([]byte(raw))
	if err != nil {
		t.Fatal(err)
	}
	if a.DisplayName != nil || a.Last4 != nil || a.Permissions != nil || a.TransactionRefresh.NextAvailableAt != nil {
		t.Errorf("null became something: %+v", a)
	}
	if a.Subscriptions == nil || *a.HolderID != "cus_1" || *a.Extra != `{"status_details":{"a":1}}` {
		t.Errorf("%+v", a)
	}
	if len(a.Balances) != 2 || a.Balances[0].Currency != "eur" || a.Balances[0].AvailableMinor != nil ||
		*a.Balances[1].CurrentMinor != -3 || *a.Balances[1].AvailableMinor != 5 {
		t.Errorf("%+v", a.Balances)
	}
}

// TestAPartThatComesTwiceIsTheAccountsFault: what came first of it is read.
func TestAPartThatComesTwiceIsTheAccountsFault(t *testing.T) {
	first := `"balance":{"as_of":5,"type":"cash","current":{"usd":7}},"balance":`
	a, err := DecodeAccount(changed(wholeAccount, `"balance":`, first))
	if err == nil || err.Error() != ": "+reasonTwice || len(a.Refused) > 0 || *a.Balances[0].CurrentMinor != 7 {
		t.Errorf("%+v %v", a, err)
	}
}

// TestDecodeOwnershipKeepsNoNames: of an expanded snapshot only the id is kept with the account.
func TestDecodeOwnershipKeepsNoNames(t *testing.T) {
	expanded := `{"id":"fcaowns_1","object":"financial_connections.account_ownership",` +
		`"owners":{"data":[{"name":"CANARY"}]}}`
	for value, want := range map[string]string{`null`: "", `"fcaowns_1"`: "fcaowns_1", expanded: "fcaowns_1"} {
		a, err := DecodeAccount(accountWith("ownership", value))
		if err != nil || a.OwnershipID != want || strings.Contains(*a.Extra, "CANARY") {
			t.Errorf("%s: %q, %s, %v", value, a.OwnershipID, deref(a.Extra), err)
		}
	}
	for _, value := range []string{`5`, `[]`, `{}`, `""`} {
		a, err := DecodeAccount(accountWith("ownership", value))
		if err != nil || len(a.Refused) != 1 || a.Refused[0].Err.Error() != "ownership: "+reasonType {
			t.Errorf("%s: %v %v", value, a.Refused, err)
		}
	}
}
