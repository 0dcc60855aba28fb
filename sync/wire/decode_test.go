package wire

import (
	"errors"
	"fmt"
	"strings"
	"testing"
)

const wholeTransaction = `{"id":"fctxn_1","object":"financial_connections.transaction","account":"fca_1","amount":-1000,"currency":"usd",
"description":"CAF\u00c9 \"A\"","livemode":false,"status":"posted","status_transitions":{"posted_at":1700000000,"void_at":null},
"transacted_at":1699990000,"transaction_refresh":"fctxnref_1","updated":1700000001}`

func TestDecodeTransactionKeepsNullAndUnknown(t *testing.T) {
	raw := strings.Replace(wholeTransaction, `"amount"`, `"zeta":{"a":[1, 2]},"alpha":"x","amount"`, 1)
	row, err := DecodeTransaction([]byte(raw))
	if err != nil {
		t.Fatal(err)
	}
	if row.VoidAt != nil || row.PostedAt == nil || row.PostedAt.Unix() != 1700000000 || row.Description != `CAFÉ "A"` || row.AmountMinor != -1000 {
		t.Errorf("%+v", row)
	}
	if row.Extra == nil || *row.Extra != `{"alpha":"x","zeta":{"a":[1, 2]}}` {
		t.Errorf("extra %v", row.Extra)
	}
}

func TestDecodeTransactionRefusesWhatItCannotStore(t *testing.T) {
	for _, test := range []struct{ from, to, field, reason string }{
		{`-1000`, `3.5`, "amount", reasonNumber},
		{`-1000`, `1e3`, "amount", reasonNumber},
		{`-1000`, `"100"`, "amount", reasonNumber},
		{`-1000`, `9223372036854775808`, "amount", reasonNumber},
		{`-1000`, `null`, "amount", reasonNumber},
		{`"status":"posted"`, `"status":7`, "status", reasonType},
		{`"livemode":false`, `"livemode":"no"`, "livemode", reasonType},
		{`"currency":"usd",`, ``, "currency", reasonMissing},
		{`1699990000`, `99999999999999999`, "transacted_at", reasonTime},
		{`1699990000`, `-99999999999999999999999`, "transacted_at", reasonTime},
		{`"currency":"usd"`, `"currency":""`, "currency", reasonMissing},
		{`"fctxn_1"`, `"fctxn\u0000"`, "id", reasonID},
		{`"posted_at":1700000000`, `"posted_at":"today"`, "status_transitions.posted_at", reasonNumber},
		{`"status_transitions":{"posted_at":1700000000,"void_at":null}`, `"status_transitions":[]`, "status_transitions", reasonType},
		{`financial_connections.transaction`, `charge`, "object", reasonObject},
		{`"amount":-1000`, `"amount":-1000,"amount":1`, "", reasonTwice},
	} {
		raw := strings.Replace(wholeTransaction, test.from, test.to, 1)
		_, err := DecodeTransaction([]byte(raw))
		var field *FieldError
		if !errors.As(err, &field) || field.Field != test.field || field.Reason != test.reason {
			t.Errorf("%s: %v, want %s: %s", test.to, err, test.field, test.reason)
		}
	}
}

func TestDecodeTransactionWritesCurrenciesAlike(t *testing.T) {
	for _, written := range []string{"usd", "USD", "Usd"} {
		row, err := DecodeTransaction([]byte(strings.Replace(wholeTransaction, "usd", written, 1)))
		if err != nil || row.Currency != "usd" {
			t.Errorf("%s became %q: %v", written, row.Currency, err)
		}
	}
}

// TestAnInstantNoColumnHoldsIsKeptBeside: where it may be null. One that lies far ahead is stored as it came.
func TestAnInstantNoColumnHoldsIsKeptBeside(t *testing.T) {
	for value, want := range map[string]string{
		"9999999999999999": `{"status_transitions":{"posted_at":9999999999999999}}`, "-99999999999999999999": `{"status_transitions":{"posted_at":-99999999999999999999}}`,
		"1764331200000": "", "-62135596801": "", "253402300800": "",
	} {
		row, err := DecodeTransaction([]byte(strings.Replace(wholeTransaction, `"posted_at":1700000000`, `"posted_at":`+value, 1)))
		if err != nil || deref(row.Extra) != want || (row.PostedAt == nil) != (want != "") {
			t.Errorf("%s: posted at %v, extra %s, %v", value, row.PostedAt, deref(row.Extra), err)
		}
	}
}

// TestRowsOfAnySizeTakeLinearTime: two million fields are refused with their id, in one pass and little memory.
func TestRowsOfAnySizeTakeLinearTime(t *testing.T) {
	var many strings.Builder
	for i := range 2_000_000 {
		fmt.Fprintf(&many, `"f%d":1,`, i)
	}
	for name, test := range map[string]struct{ inside, reason string }{
		"fields":  {many.String(), reasonMany},
		"values":  {`"x":[` + strings.Repeat("0,", 2_000_000) + `0],`, reasonMany},
		"objects": {`"x":` + strings.Repeat(`{"x":`, 5000) + "1" + strings.Repeat("}", 5000) + ",", reasonDeep},
		"arrays":  {`"x":` + strings.Repeat(`[`, 5000) + strings.Repeat("]", 5000) + ",", reasonDeep},
	} {
		raw := []byte(strings.Replace(wholeTransaction, `{"id"`, `{`+test.inside+`"id"`, 1))
		row, err := DecodeTransaction(raw)
		if err == nil || err.Error() != ": "+test.reason || row.TransactionID != "fctxn_1" {
			t.Errorf("%s: %v, id %q", name, err, row.TransactionID)
		}
		if allocated := testing.AllocsPerRun(1, func() { _, _ = DecodeTransaction(raw) }); allocated > 100 {
			t.Errorf("%s: %v allocations", name, allocated)
		}
		if account, err := DecodeAccount(raw); err == nil || account.AccountID != "fctxn_1" {
			t.Errorf("%s: as an account: %v, id %q", name, err, account.AccountID)
		}
	}
	fields := strings.Repeat(`"a%d":1,`, 1)
	var most strings.Builder
	for i := range MaxValues - 20 {
		fmt.Fprintf(&most, fields, i)
	}
	row, err := DecodeTransaction([]byte(strings.Replace(wholeTransaction, `{"id"`, `{`+most.String()+`"id"`, 1)))
	if err != nil || row.Extra == nil {
		t.Errorf("as many fields as there may be: %v", err)
	}
	twice := strings.Replace(wholeTransaction, `{"id"`, `{`+most.String()+`"a7":2,"id"`, 1)
	if _, err := DecodeTransaction([]byte(twice)); err == nil || err.Error() != ": "+reasonTwice {
		t.Errorf("one of many fields comes twice: %v", err)
	}
}

// TestAnAnswerMayBeDeeperThanTheLibraryGoes: what is too deep is not checked, and everything around it is.
func TestAnAnswerMayBeDeeperThanTheLibraryGoes(t *testing.T) {
	deep := strings.Repeat("[", 20_000) + `"]"` + strings.Repeat("]", 20_000)
	for answer, want := range map[string]bool{
		deep: true, `{"a":1,"x":` + deep + `,"b":"}"}`: true, `{"a":` + deep + `,"b":` + deep + `}`: true, `{"a":1}`: true,
		deep[:len(deep)-1]: false, deep + "]": false, `{"a":` + deep + `,}`: false, strings.Repeat("[", 20_000): false, `]]`: false,
	} {
		if got := IsJSON([]byte(answer)); got != want {
			t.Errorf("%.40s…: %v, want %v", answer, got, want)
		}
	}
	rows, _, err := OpenList([]byte(`{"object":"list","data":[{"id":"a"},` + deep + `, {"id":"b","x":` + deep + `}, {"id":"c"}],"has_more":false,"url":"/"}`))
	if err != nil || len(rows) != 4 || string(rows[1]) != deep || string(rows[3]) != `{"id":"c"}` {
		t.Fatalf("%d rows, %v", len(rows), err)
	}
	if row, err := DecodeTransaction(rows[2]); err == nil || err.Error() != ": "+reasonDeep || row.TransactionID != "b" {
		t.Errorf("%q %v", row.TransactionID, err)
	}
}

func TestDecodeAccountKeepsEveryNull(t *testing.T) {
	raw := `{"id":"fca_1","object":"financial_connections.account","category":"cash","created":1700000000,"institution_name":"Bank","livemode":false,` +
		`"status":"active","subcategory":"checking","display_name":null,"last4":null,"permissions":null,"subscriptions":[],"status_details":{"a":1},` +
		`"account_holder":{"type":"customer","customer":{"id":"cus_1","object":"customer"}},` +
		`"balance":{"as_of":1700000001,"type":"cash","current":{"usd":-3,"EUR":4},"cash":{"available":{"usd":5}}},` +
		`"transaction_refresh":{"id":"fctxnref_1","last_attempted_at":3,"next_refresh_available_at":null,"status":"pending"}}`
	account, err := DecodeAccount([]byte(raw))
	if err != nil {
		t.Fatal(err)
	}
	if account.DisplayName != nil || account.Last4 != nil || account.Permissions != nil || account.Subscriptions == nil ||
		account.TransactionRefresh.NextAvailableAt != nil || *account.HolderID != "cus_1" || *account.Extra != `{"status_details":{"a":1}}` {
		t.Errorf("%+v", account)
	}
	if balances := account.Balances; len(balances) != 2 || balances[0].Currency != "eur" || balances[0].AvailableMinor != nil || *balances[1].CurrentMinor != -3 || *balances[1].AvailableMinor != 5 {
		t.Errorf("%+v", account.Balances)
	}
}

// TestAPartThatComesTwiceIsTheAccountsFault: what came first of it is read.
func TestAPartThatComesTwiceIsTheAccountsFault(t *testing.T) {
	raw := strings.Replace(wholeAccount, `"balance":`, `"balance":{"as_of":5,"type":"cash","current":{"usd":7}},"balance":`, 1)
	account, err := DecodeAccount([]byte(raw))
	if err == nil || err.Error() != ": "+reasonTwice || len(account.Refused) > 0 || *account.Balances[0].CurrentMinor != 7 {
		t.Errorf("%+v %v", account, err)
	}
}

// TestDecodeOwnershipKeepsNoNames: of an expanded snapshot only the id is kept with the account.
func TestDecodeOwnershipKeepsNoNames(t *testing.T) {
	for value, want := range map[string]string{
		`null`: "", `"fcaowns_1"`: "fcaowns_1",
		`{"id":"fcaowns_1","object":"financial_connections.account_ownership","owners":{"data":[{"name":"CANARY"}]}}`: "fcaowns_1",
	} {
		account, err := DecodeAccount([]byte(`{"id":"fca_1","object":"financial_connections.account","category":"cash","created":1,"institution_name":"Bank",` +
			`"livemode":false,"status":"active","subcategory":"checking","ownership":` + value + `}`))
		if err != nil || account.OwnershipID != want || strings.Contains(*account.Extra, "CANARY") {
			t.Errorf("%s: %q, %s, %v", value, account.OwnershipID, deref(account.Extra), err)
		}
	}
	for _, value := range []string{`5`, `[]`, `{}`, `""`} {
		account, _ := DecodeAccount([]byte(`{"id":"fca_1","ownership":` + value + `}`))
		if len(account.Refused) != 1 || account.Refused[0].Err.Error() != "ownership: "+reasonType {
			t.Errorf("%s: %v", value, account.Refused)
		}
	}
}

func TestDecodeOwner(t *testing.T) {
	whole := `{"id":"fcaown_1","object":"financial_connections.account_owner","name":"Ada","ownership":"fcaowns_1","email":null,"phone":"+1","raw_address":"1 St","refreshed_at":5,"date_of_birth":{"year":1990}}`
	o, err := DecodeOwner([]byte(whole))
	if err != nil || o.OwnerID != "fcaown_1" || o.Name != "Ada" || o.OwnershipID != "fcaowns_1" || o.Email != nil || *o.Phone != "+1" || *o.RawAddress != "1 St" ||
		o.RefreshedAt.Unix() != 5 || *o.Extra != `{"date_of_birth":{"year":1990}}` {
		t.Errorf("%+v %v", o, err)
	}
	for change, want := range map[[2]string]string{
		{`"name":"Ada",`, ``}:                         "name: " + reasonMissing,
		{`"name":"Ada"`, `"name":null`}:               "name: " + reasonType,
		{`"email":null`, `"email":5`}:                 "email: " + reasonType,
		{`"raw_address":"1 St"`, `"raw_address":{}`}:  "raw_address: " + reasonType,
		{`"refreshed_at":5`, `"refreshed_at":1e3`}:    "refreshed_at: " + reasonNumber,
		{`account_owner`, `account_ownership`}:        "object: " + reasonObject,
		{`"ownership":"fcaowns_1"`, `"ownership":""`}: "ownership: " + reasonMissing,
		{`"id":"fcaown_1",`, ``}:                      "id: " + reasonMissing,
	} {
		o, err := DecodeOwner([]byte(strings.Replace(whole, change[0], change[1], 1)))
		if err == nil || err.Error() != want {
			t.Errorf("%v: %v, want %s", change, err, want)
		}
		if change[1] != "" && o.OwnerID != "fcaown_1" {
			t.Errorf("%v: its id is %q", change, o.OwnerID)
		}
	}
}

func deref(text *string) string {
	if text == nil {
		return ""
	}
	return *text
}
