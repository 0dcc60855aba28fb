package wire

import (
	"errors"
	"math"
	"strconv"
	"testing"
)

func TestDecodeTransactionKeepsNullAndUnknown(t *testing.T) {
	raw := changed(wholeTransaction, `"amount"`, `"zeta":{"a":[1, 2]},"alpha":"x","amount"`)
	row, err := DecodeTransaction(raw)
	if err != nil {
		t.Fatal(err)
	}
	if row.VoidAt != nil || row.PostedAt == nil || row.PostedAt.Unix() != 1700000000 {
		t.Errorf("posted at %v, void at %v", row.PostedAt, row.VoidAt)
	}
	if row.Description != `CAFÉ "A"` || row.AmountMinor != -1000 {
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
		{`{"posted_at":1700000000,"void_at":null}`, `[]`, "status_transitions", reasonType},
		{`financial_connections.transaction`, `charge`, "object", reasonObject},
		{`"amount":-1000`, `"amount":-1000,"amount":1`, "", reasonTwice},
	} {
		raw := changed(wholeTransaction, test.from, test.to)
		_, err := DecodeTransaction(raw)
		var field *FieldError
		if !errors.As(err, &field) || field.Field != test.field || field.Reason != test.reason {
			t.Errorf("%s: %v, want %s: %s", test.to, err, test.field, test.reason)
		}
	}
}

func TestDecodeTransactionWritesCurrenciesAlike(t *testing.T) {
	for _, written := range []string{"usd", "USD", "Usd"} {
		row, err := DecodeTransaction(changed(wholeTransaction, "usd", written))
		if err != nil || row.Currency != "usd" {
			t.Errorf("%s became %q: %v", written, row.Currency, err)
		}
	}
}

// TestAnInstantNoColumnHoldsIsKeptBeside: where it may be null. One that lies far ahead is stored as it came.
func TestAnInstantNoColumnHoldsIsKeptBeside(t *testing.T) {
	for value, want := range map[string]string{
		"9999999999999999":      `{"status_transitions":{"posted_at":9999999999999999}}`,
		"-99999999999999999999": `{"status_transitions":{"posted_at":-99999999999999999999}}`,
		"1764331200000":         "", "-62135596801": "", "253402300800": "",
	} {
		row, err := DecodeTransaction(changed(wholeTransaction, "1700000000", value))
		if err != nil || deref(row.Extra) != want || (row.PostedAt == nil) != (want != "") {
			t.Errorf("%s: posted at %v, extra %s, %v", value, row.PostedAt, deref(row.Extra), err)
		}
	}
}

// TestAmountsAreExact: those a float of 64 bits does not hold too.
func TestAmountsAreExact(t *testing.T) {
	for _, amount := range []int64{0, -1, 1<<53 + 1, -1<<53 - 1, math.MaxInt64, math.MinInt64} {
		row, err := DecodeTransaction(changed(wholeTransaction, "-1000", strconv.FormatInt(amount, 10)))
		if err != nil || row.AmountMinor != amount {
			t.Errorf("%d became %d: %v", amount, row.AmountMinor, err)
		}
	}
}
