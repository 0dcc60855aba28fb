package wire

import (
	"reflect"
	"strings"
	"testing"
)

// checkWalks compares what a walker makes of a text with what the library makes of it: where it does not give up, the
// library takes the text and finds the same.
func checkWalks(t *testing.T, raw []byte) (isTransaction, isAccount, isList bool) {
	t.Helper()
	var walked, found transaction
	var walkedAccount, foundAccount account
	if checkSize(raw) == "" {
		isTransaction, isAccount = walked.walk(raw), walkedAccount.walk(raw)
	}
	if isTransaction && (!isObject(raw) || unmarshal(raw, &found) != nil || !reflect.DeepEqual(walked, found)) {
		t.Errorf("as a transaction %q is\n%+v, the library finds\n%+v", raw, walked, found)
	}
	if isAccount && (!isObject(raw) || unmarshal(raw, &foundAccount) != nil ||
		!reflect.DeepEqual(walkedAccount, foundAccount)) {
		t.Errorf("as an account %q is\n%+v, the library finds\n%+v", raw, walkedAccount, foundAccount)
	}
	var page, foundPage list
	isList = page.walk(raw, (*walker).value)
	if isList && (!isObject(raw) || unmarshal(raw, &foundPage) != nil || !reflect.DeepEqual(page, foundPage)) {
		t.Errorf("as a list %q is\n%+v, the library finds\n%+v", raw, page, foundPage)
	}
	checkTransactionList(t, raw)
	w := walker{text: raw}
	w.space()
	if w.value(); w.ended() && !IsJSON(raw) {
		t.Errorf("%q is no JSON", raw)
	}
	return isTransaction, isAccount, isList
}

// checkTransactionList compares what is read in one pass, of a text as a page and as its row, with what is in two.
func checkTransactionList(t *testing.T, raw []byte) {
	t.Helper()
	page := `{"object":"list","data":[` + wholeTransaction + `, ` + string(raw) + ` ],"has_more":true,"url":"/v1/x"}`
	var pages TransactionList
	for _, answer := range [][]byte{[]byte(page), raw, []byte(page)} {
		rows, hasMore, err := pages.Open(answer)
		found, foundMore, foundErr := OpenList(answer)
		if !reflect.DeepEqual(rows, found) || hasMore != foundMore || !reflect.DeepEqual(err, foundErr) {
			t.Errorf("of %q the pages are\n%q, %v, %v, want\n%q, %v, %v", answer, rows, hasMore, err, found, foundMore,
				foundErr)
		}
		for i, row := range rows {
			decoded, err := pages.Decode(row)
			want, wantErr := DecodeTransaction(found[i])
			if !reflect.DeepEqual(decoded, want) || !reflect.DeepEqual(err, wantErr) {
				t.Errorf("row %d of %q is\n%+v, %v, want\n%+v, %v", i, answer, decoded, err, want, wantErr)
			}
		}
	}
}

// TestWhatIsOrdinaryIsWalked: else all of it would be the library's, at its price.
func TestWhatIsOrdinaryIsWalked(t *testing.T) {
	for _, text := range []string{
		wholeTransaction, strings.ReplaceAll(wholeTransaction, ",", " \r\n\t          , "),
		string(changed(wholeTransaction, `"amount"`, `"x":[{"a":[],"b":{}},0,-10,true,"\u00e9\ud83d\ude00"],"amount"`)),
		strings.Replace(wholeTransaction, `CAF\u00c9`, "Café \xff", 1),
	} {
		if is, _, _ := checkWalks(t, []byte(text)); !is {
			t.Errorf("%s is left to the library", text)
		}
	}
	for _, text := range []string{
		wholeAccount, strings.ReplaceAll(wholeAccount, ",", " \r\n\t          , "),
		string(changed(wholeAccount, `"ownership"`, `"last4":"0257","display_name":"Caf\u00e9","ownership"`)),
		string(accountWith("ownership_refresh", `{"x":[{}],"status":"failed","last_attempted_at":3}`)),
		string(accountWith("balance",
			`{"as_of":5,"type":"credit","x":{},"current":{},"credit":{"used":{"usd":1},"y":0}}`)),
	} {
		if _, is, _ := checkWalks(t, []byte(text)); !is {
			t.Errorf("%s is left to the library", text)
		}
	}
	if _, _, is := checkWalks(t, []byte(wholeList)); !is {
		t.Error("a list is left to the library")
	}
}

// FuzzWalk: a walker finds what the library does, or nothing.
func FuzzWalk(f *testing.F) {
	addSeeds(f, wholeTransaction)
	addSeeds(f, wholeAccount)
	addSeeds(f, wholeList)
	addSeeds(f, `{"object":"list","data":[`+wholeTransaction+`,`+wholeAccount+`],"has_more":false,"url":"/v1/x"}`)
	for _, text := range []string{
		`{}`, ` {"a" : 1 , "b":[ 1 , 2 ] } `, `{"a":01}`, `{"a":-}`, `{"a":1.}`, `{"a":"\x"}`, `{"a":"\u12"}`,
		"{\"a\":\"\x1f\"}", "{\"a\":\"\x7f\xff\"}", `{"a":1,}`, `{,}`, `{"a":[,]}`, `{"a":[1,]}`, `{"a":tru}`,
		`{"\u0069d":"a","id":"b"}`, `{"id":1,"id":2}`, `{"x":1,"x":2}`, `{"a"`, `{"a":`, `{"a":"`, `{"a":"\`,
		`{"status_transitions":{"posted_at":1,"posted_at":2,"x":{}}}`, `{"data":[],"data":[1]}`, "{\"a\":1}\x00",
		`{"status_transitions":{},"status_transitions":{}}`, `{"balance":{},"balance":{}}`,
		`{"balance":{"current":[]}}`, `{"balance":{"current":{"usd":1,"usd":2}}}`,
		`{"balance":{"cash":{"available":{},"available":{}}}}`,
		`{"balance":{"credit":{"used":5,"used":{}}},"x":0}`, `{"account_holder":{"type":1,"type":2}}`,
		`{"permissions":[],"permissions":["a"]}`, `{"permissions":{},"subscriptions":[[],{}]}`,
		`{"balance_refresh":null,"balance_refresh":{}}`, `{"classification_state":null}`,
		`{"classifications":[]}`, `"é234567\\"`,
		strings.Repeat("[", 70) + strings.Repeat("]", 70), `{"object":"12345678\"","amount":00}`, "\"1234567\x1f\"",
	} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, raw []byte) { checkWalks(t, raw) })
}
