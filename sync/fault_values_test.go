package sync

import (
	"encoding/json"
	"math"
	"net/http"
	"strings"
	"testing"

	"fcpipe/schema"
	"fcpipe/schema/landing/landingtest"
)

func TestA11_FieldsGoneOrOfAnotherType(t *testing.T) {
	refusesRows(t, map[string][2]string{
		"amount gone": {"amount", `"amounts":1`}, "status number": {"status", `"status":7`},
		"livemode text": {"livemode", `"livemode":"false"`},
	})
}

func TestA12_NullIsNeverZero(t *testing.T) {
	refusesRows(t, map[string][2]string{
		"amount": {"amount", `"amount":null`}, "currency": {"currency", `"currency":null`},
		"description": {"description", `"description":null`},
	})
}

func TestA13_AmountsThatAreNoInteger(t *testing.T) {
	refusesRows(t, map[string][2]string{
		"3.5": {"amount", `"amount":3.5`}, "1e3": {"amount", `"amount":1e3`}, "text": {"amount", `"amount":"100"`},
		"2^63": {"amount", `"amount":9223372036854775808`},
	})
}

func TestA15_TimesThatCannotBeStored(t *testing.T) {
	refusesRows(t, map[string][2]string{
		"text": {"transacted_at", `"transacted_at":"yesterday"`}, "beyond": {
			"transacted_at",
			`"transacted_at":99999999999999999`,
		},
	})
}

// refusesRows: the row goes to quarantine with its field, its neighbours land, the account's
// cursor stays; a value is never rounded or made up.
func refusesRows(t *testing.T, changes map[string][2]string) {
	t.Helper()
	for name, change := range changes {
		t.Run(name, func(t *testing.T) {
			w := newFaultWorld(t)
			stop := w.meddle(onRows, -1, firstRow(change[0], change[1]))
			report := w.threeActs(false, func() {
				if w.rowsHeld() < 300 || len(w.file.Refused()) == 0 {
					t.Error("neighbours did not land, or nothing is in quarantine")
				}
				if w.cursors() != 0 {
					t.Error("a cursor moved past a refused row")
				}
				stop()
			})
			if report.AccountsFailed != 3 {
				t.Errorf("%d of 3 accounts failed", report.AccountsFailed)
			}
		})
	}
}

// strangeRow is a field as it comes, and how it is kept.
type strangeRow struct {
	field, value string
	kept         func(schema.Transaction) bool
}

func TestA11_UnknownIsKept(t *testing.T) {
	keepsRows(t, map[string]strangeRow{
		"unknown status": {
			"status", `"status":"reversed"`,
			func(t schema.Transaction) bool { return t.Status == "reversed" },
		},
		"new field": {
			"currency", `"currency":"usd","mood":{"a":[1,2.50]}`,
			func(t schema.Transaction) bool { return strings.Contains(orEmpty(t.Extra), "2.50") },
		},
	})
}

func TestA13_AmountsAtTheEdge(t *testing.T) {
	keepsRows(t, map[string]strangeRow{
		"int64 least": {
			"amount", `"amount":-9223372036854775808`,
			func(t schema.Transaction) bool { return t.AmountMinor == math.MinInt64 },
		},
		"zero": {"amount", `"amount":-0`, func(t schema.Transaction) bool { return t.AmountMinor == 0 }},
	})
}

func TestA14_AnotherCurrency(t *testing.T) {
	keepsRows(t, map[string]strangeRow{
		"yen": {"currency", `"currency":"jpy"`, func(t schema.Transaction) bool { return t.Currency == "jpy" }},
	})
}

func TestA16_HostileAndLongText(t *testing.T) {
	hostile := "'; DROP TABLE x; -- =cmd() ../../etc \u202e \x1b[31m \\ \" \n"
	text, _ := json.Marshal(hostile)
	keepsRows(t, map[string]strangeRow{
		"hostile text": {
			"description", `"description":` + string(text),
			func(t schema.Transaction) bool { return t.Description == hostile },
		},
		"long text": {
			"description", `"description":"` + strings.Repeat("x", 1<<20) + `"`,
			func(t schema.Transaction) bool { return len(t.Description) == 1<<20 },
		},
	})
}

func TestA17_StrangeIDs(t *testing.T) {
	keepsRows(t, map[string]strangeRow{
		"odd id": {
			"id", `"id":"fctxn_../..%2F:A"`,
			func(t schema.Transaction) bool { return t.TransactionID == "fctxn_../..%2F:A" },
		},
		"long id": {
			"id", `"id":"fctxn_` + strings.Repeat("i", 249) + `"`,
			func(t schema.Transaction) bool { return len(t.TransactionID) == 255 },
		},
	})
}

// keepsRows: what is strange but legal is kept exactly as it is.
func keepsRows(t *testing.T, rows map[string]strangeRow) {
	t.Helper()
	for name, test := range rows {
		t.Run(name, func(t *testing.T) {
			w := newFaultWorld(t)
			w.meddle(func(r *http.Request) bool {
				return onRows(r) &&
					r.URL.Query().Get("account") == w.server.Accounts()[0]
			}, 1, firstRow(test.field, test.value))
			report, _, err := w.round()
			if err != nil || !report.Complete {
				t.Fatalf("%v %+v", err, report.Accounts)
			}
			if n := w.rowsThat(func(row landingtest.Row) bool { return test.kept(row.Transaction) }); n != 1 {
				t.Errorf("%d rows as they came, want 1", n)
			}
		})
	}
}
