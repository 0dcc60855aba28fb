package wire

import (
	"fmt"
	"strings"
	"testing"
)

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
		raw := changed(wholeTransaction, `{"id"`, `{`+test.inside+`"id"`)
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
	var most strings.Builder
	for i := range MaxValues - 20 {
		fmt.Fprintf(&most, `"a%d":1,`, i)
	}
	row, err := DecodeTransaction(changed(wholeTransaction, `{"id"`, `{`+most.String()+`"id"`))
	if err != nil || row.Extra == nil {
		t.Errorf("as many fields as there may be: %v", err)
	}
	twice := changed(wholeTransaction, `{"id"`, `{`+most.String()+`"a7":2,"id"`)
	if _, err := DecodeTransaction(twice); err == nil || err.Error() != ": "+reasonTwice {
		t.Errorf("one of many fields comes twice: %v", err)
	}
}

// TestAnAnswerMayBeDeeperThanTheLibraryGoes: what is too deep is not checked, and everything around it is.
func TestAnAnswerMayBeDeeperThanTheLibraryGoes(t *testing.T) {
	deep := strings.Repeat("[", 20_000) + `"]"` + strings.Repeat("]", 20_000)
	for answer, want := range map[string]bool{
		deep: true, `{"a":1,"x":` + deep + `,"b":"}"}`: true, `{"a":` + deep + `,"b":` + deep + `}`: true,
		`{"a":1}`:          true,
		deep[:len(deep)-1]: false, deep + "]": false, `{"a":` + deep + `,}`: false, `]]`: false,
		strings.Repeat("[", 20_000): false,
	} {
		if got := IsJSON([]byte(answer)); got != want {
			t.Errorf("%.40s…: %v, want %v", answer, got, want)
		}
	}
	data := `[{"id":"a"},` + deep + `, {"id":"b","x":` + deep + `}, {"id":"c"}]`
	rows, _, err := OpenList([]byte(`{"object":"list","data":` + data + `,"has_more":false,"url":"/"}`))
	if err != nil || len(rows) != 4 || string(rows[1]) != deep || string(rows[3]) != `{"id":"c"}` {
		t.Fatalf("%d rows, %v", len(rows), err)
	}
	row, err := DecodeTransaction(rows[2])
	if err == nil || err.Error() != ": "+reasonDeep || row.TransactionID != "b" {
		t.Errorf("%q %v", row.TransactionID, err)
	}
}
