package wire

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"unicode"

	"fcpipe/schema"
)

// oddValues stand in for any value, as seeds.
var oddValues = []string{
	`null`, `0`, `-1`, `1.5`, `1e300`, `9223372036854775807`, `9223372036854775808`, `1764331200000`,
	`""`, `"\u0000"`, `"\ud800"`, `[]`, `[null]`, `{}`, `{"id":null}`, `true`,
}

// addSeeds adds a whole object, and it with each of its values replaced by an odd one.
func addSeeds(f *testing.F, whole string) {
	f.Helper()
	f.Add([]byte(whole))
	var fields map[string]json.RawMessage
	if err := json.Unmarshal([]byte(whole), &fields); err != nil {
		f.Fatal(err)
	}
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		for _, odd := range oddValues {
			f.Add([]byte(strings.Replace(whole, `"`+name+`":`+string(fields[name]), `"`+name+`":`+odd, 1)))
		}
	}
}

// onBytes decodes anything, and holds every decoder to what all of them owe: an error names a field, and never a
// value; what is no JSON is refused; an id can be part of a path; what is kept without a column is JSON.
func onBytes(f *testing.F, decode func(raw []byte) (id string, extra *string, err error)) {
	f.Helper()
	f.Fuzz(func(t *testing.T, raw []byte) {
		id, extra, err := decode(raw)
		var field *FieldError
		if err != nil && !errors.As(err, &field) {
			t.Errorf("an error that names no field: %v", err)
		}
		if err == nil && !json.Valid(raw) {
			t.Error("what is no JSON is accepted")
		}
		if err == nil && id == "" || len(id) > maxIDLength || strings.ContainsFunc(id, unicode.IsControl) {
			t.Errorf("id %q", id)
		}
		if extra != nil && json.Valid(raw) && !json.Valid([]byte(*extra)) {
			t.Errorf("extra is no JSON: %s", *extra)
		}
	})
}

// FuzzDecodeTransaction: an amount that is accepted is the amount that was sent.
func FuzzDecodeTransaction(f *testing.F) {
	addSeeds(f, wholeTransaction)
	f.Add([]byte(`{"id":"\ud800","x":{"y":["]","}"]}}`))
	onBytes(f, func(raw []byte) (string, *string, error) {
		row, err := DecodeTransaction(raw)
		var same struct{ Amount json.Number }
		if err != nil || json.Unmarshal(raw, &same) != nil {
			return row.TransactionID, row.Extra, err
		}
		if sent := same.Amount.String(); sent != fmt.Sprint(row.AmountMinor) && sent != "-0" {
			err = fmt.Errorf("amount %s became %d", same.Amount, row.AmountMinor)
		}
		return row.TransactionID, row.Extra, err
	})
}

// FuzzDecodeAccount: a part that is refused leaves nothing behind.
func FuzzDecodeAccount(f *testing.F) {
	addSeeds(f, wholeAccount)
	onBytes(f, func(raw []byte) (string, *string, error) {
		account, err := DecodeAccount(raw)
		for _, refused := range account.Refused {
			if field := new(FieldError); !errors.As(refused.Err, &field) {
				err = fmt.Errorf("%s: %w", refused.Part, refused.Err)
			}
		}
		for part, refresh := range map[string]*schema.RefreshState{
			PartBalanceRefresh: account.BalanceRefresh, PartOwnershipRefresh: account.OwnershipRefresh,
			PartTransactionRefresh: account.TransactionRefresh,
		} {
			if account.Lacks(part) && refresh != nil {
				err = fmt.Errorf("%s is refused, and taken", part)
			}
		}
		if account.Lacks(PartBalance) && len(account.Balances) > 0 ||
			account.Lacks(PartHolder) && account.HolderID != nil {
			err = errors.New("a part is refused, and taken")
		}
		return account.AccountID, account.Extra, err
	})
}

// decodePart decodes an account with a part of it, which is one value: of several each would be a field of the account.
func decodePart(part string, raw []byte) (Reading, error) {
	account := accountWith(part, string(raw))
	if json.Valid(account) && !json.Valid(raw) {
		return Reading{}, &FieldError{part, reasonType}
	}
	return DecodeAccount(account)
}

// FuzzDecodeBalance: a row for each currency, in lower case.
func FuzzDecodeBalance(f *testing.F) {
	f.Add([]byte(`"","":""`))
	addSeeds(f, `{"as_of":5,"type":"cash","current":{"usd":-3,"EUR":4},`+
		`"cash":{"available":{"usd":null}},"credit":{"used":{"gbp":1}}}`)
	onBytes(f, func(raw []byte) (string, *string, error) {
		account, err := decodePart(PartBalance, raw)
		for i, row := range account.Balances {
			isSorted := i == 0 || account.Balances[i-1].Currency < row.Currency
			if row.Currency != strings.ToLower(row.Currency) || !isSorted {
				err = fmt.Errorf("currency %q", row.Currency)
			}
		}
		return account.AccountID, account.Extra, err
	})
}

// FuzzDecodeRefresh: a refresh is read, null, or refused.
func FuzzDecodeRefresh(f *testing.F) {
	addSeeds(f, `{"id":"fctxnref_1","last_attempted_at":3,"next_refresh_available_at":null,"status":"pending"}`)
	onBytes(f, func(raw []byte) (string, *string, error) {
		account, err := decodePart(PartTransactionRefresh, raw)
		mayLack := string(bytes.TrimSpace(raw)) == "null" || account.Lacks(PartTransactionRefresh)
		if err == nil && (account.TransactionRefresh == nil) != mayLack {
			err = fmt.Errorf("read: %v", account.TransactionRefresh)
		}
		return account.AccountID, account.Extra, err
	})
}

func FuzzDecodeOwner(f *testing.F) {
	addSeeds(f, wholeOwner)
	onBytes(f, func(raw []byte) (string, *string, error) {
		owner, err := DecodeOwner(raw)
		return owner.OwnerID, owner.Extra, err
	})
}

// FuzzOpenList: rows are JSON of their own; every other answer is refused whole, in words of ours.
func FuzzOpenList(f *testing.F) {
	addSeeds(f, wholeList)
	f.Fuzz(func(t *testing.T, raw []byte) {
		rows, _, err := OpenList(raw)
		if err != nil && !errors.As(err, new(*FieldError)) || err == nil && !json.Valid(raw) {
			t.Errorf("%v", err)
		}
		var same struct{ Data []json.RawMessage }
		if err != nil || json.Unmarshal(raw, &same) != nil || len(bytes.Split(bytes.ToLower(raw), []byte("data"))) > 2 {
			return // encoding/json takes the last of several, and names in any case
		}
		for i, row := range rows {
			if i >= len(same.Data) || string(row) != string(same.Data[i]) {
				t.Errorf("row %d is %s", i, row)
			}
		}
	})
}

// FuzzUnquote: a string is what encoding/json makes of it.
func FuzzUnquote(f *testing.F) {
	for _, text := range []string{
		`""`, `"a"`, `"\u00e9\n\/"`, `"\ud800"`, `"\ud83d\ude00"`, `"\ud800\ud800\udc00"`, "\"\xff\xc3\"", `"\u0000"`,
		"\"\u2028<\"", `5`,
	} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		var want string
		if !json.Valid(raw) || json.Unmarshal(raw, &want) != nil || bytes.TrimSpace(raw)[0] != '"' {
			return
		}
		if got, isString := unquote(bytes.TrimSpace(raw)); !isString || got != want {
			t.Errorf("%q is %q, want %q", raw, got, want)
		}
	})
}
