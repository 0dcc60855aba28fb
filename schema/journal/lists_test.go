package journal

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"
	"time"
)

// listed are records whose lists are read without the library.
func listed() []Record {
	at := time.Date(2026, 6, 1, 2, 3, 4, 5000, time.UTC)
	word := func(text string) *string { return &text }
	run := RunRecord{RunID: "r", StartedAt: at, FinishedAt: &at, Outcome: "partial", Reason: word("it, and \"that\"")}
	accounts := []RunAccount{
		{AccountID: "fca_1", Outcome: "complete", Pages: 3, Transactions: 120},
		{
			AccountID: "fca_2", Outcome: "failed", Reason: word("caf\u00e9 & \"co\"\n"), ErrorCode: word("c"),
			RequestID: word(""),
		},
		{AccountID: "", Outcome: "", Pages: -1, Transactions: 999_999_999_999_999_999},
	}
	return []Record{
		{Kind: recordCharges, Charges: []Charge{
			{
				ChargeKey: "k|caf\u00e9", Kind: "transactions_month", AmountMicroUSD: 300_000, HolderID: word("cus_1"),
				InstitutionName: word("Bank & Trust <\u2028>"), Month: word("2026-06"), ChargedAt: at, RunID: "r",
			},
			{ChargeKey: "b", Kind: "balance", AccountID: word("fca_1"), ChargedAt: at.Add(time.Hour)},
		}},
		{Kind: recordRunFinished, Run: &FinishedRun{RunRecord: run, Accounts: accounts}},
		{Kind: recordRunFinished, Run: &FinishedRun{RunRecord: run, Accounts: accounts[:1], Limits: []Limit{
			{Limit: "budget.max_usd_per_run", Feature: "balance", Accounts: 5}, {Limit: "stripe.reads_per_30_days"},
		}}},
	}
}

// readHere reports whether a record is read without the library.
func readHere(body []byte) bool {
	_, charges := chargesOf(body)
	_, run := runOf(body)
	return charges || run
}

// TestListsAreReadWithoutTheLibrary: else a plan would pay its price for each account of each run.
func TestListsAreReadWithoutTheLibrary(t *testing.T) {
	for _, r := range listed() {
		body, err := json.Marshal(r)
		if err != nil || !readHere(body) {
			t.Errorf("%s is left to the library: %v", body, err)
		}
		checkRead(t, body)
	}
	run := RunRecord{Reason: new("one {of} [all]")}
	for _, r := range []Record{
		{Kind: recordRunFinished, Run: &FinishedRun{RunRecord: run, Accounts: []RunAccount{{AccountID: "fca_1"}}}},
		{Kind: recordRunFinished, Run: &FinishedRun{}},
		{Kind: recordReads, Reads: &Reads{Count: 3}},
	} {
		if body, err := json.Marshal(r); err != nil || readHere(body) {
			t.Errorf("%s is not left to the library: %v", body, err)
		}
	}
}

// checkRead compares what is made of a record with what the library makes of it.
func checkRead(t *testing.T, body []byte) {
	t.Helper()
	var want Record
	failure := json.Unmarshal(body, &want)
	got, err := unmarshalRecord(body)
	if (err == nil) != (failure == nil) || err == nil && !reflect.DeepEqual(got, want) {
		t.Errorf("%q is\n%+v %v, the library finds\n%+v %v", body, got, err, want, failure)
	}
}

// FuzzLists: a list is what the library makes of it.
func FuzzLists(f *testing.F) {
	for _, r := range listed() {
		body, err := json.Marshal(r)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(body)
		for _, change := range []string{
			`null `, `,"accounts":[]`, `,"Accounts":null`, `"\ud800"`, `01`, `1e3`, `-0`, `"\q"`, "\"\xff\"",
			"\"\x01\"", `{}`, ` `, `]`, `"\`,
		} {
			f.Add([]byte(strings.Replace(string(body), `null`, change, 1)))
			f.Add([]byte(strings.Replace(string(body), `"fca_1"`, change, 1)))
			f.Add([]byte(strings.Replace(string(body), `}}`, change+`}}`, 1)))
			f.Add([]byte(strings.Replace(string(body), `3`, change, 1)))
		}
	}
	f.Fuzz(checkRead)
}
