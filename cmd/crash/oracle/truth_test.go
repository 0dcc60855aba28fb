package oracle

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"fcpipe/sync/simulator"
)

func TestDifferencesAreNamed(t *testing.T) {
	for _, c := range []struct {
		name   string
		stored []string
		says   []string
	}{
		{"the same", []string{"a\t1", "b\t2"}, nil},
		{"one is missing", []string{"a\t1"}, []string{"1 balances are missing"}},
		{
			"one twice in the place of another",
			[]string{"a\t1", "a\t1"},
			[]string{"a wrong balance: a\t1", "1 balances are missing"},
		},
		{"one twice", []string{"a\t1", "b\t2", "a\t1"}, []string{"a wrong balance: a\t1"}},
		{"another amount", []string{"a\t1", "b\t3"}, []string{"a wrong balance: b\t3", "1 balances are missing"}},
	} {
		got := differences("balance", c.stored, map[string]bool{"a\t1": true, "b\t2": true})
		if !slices.EqualFunc(got, c.says, strings.Contains) {
			t.Errorf("%s: %q, want %q", c.name, got, c.says)
		}
	}
}

func TestTruthKnowsWhatIsNotListedAnyMore(t *testing.T) {
	truth, err := TruthOf(simulator.Truth{
		Transactions: []json.RawMessage{[]byte(`{"id": "a", "account": "x", "amount": -7, "currency": "usd",
			"status": "posted", "status_transitions": {"posted_at": 5}, "transacted_at": 3, "updated": 9}`)},
		Accounts: []json.RawMessage{[]byte(`{"id": "x", "transaction_refresh": {"id": "r", "status": "pending"}}`)},
		Removed:  []string{"gone"},
	})
	if err != nil {
		t.Fatal(err)
	}
	const row = "a\tx\t-7\tusd\t\tposted\t5\t\t3\t\t9"
	got := differences("row", truth.withoutRemoved([]string{row, "gone\tx"}), truth.rows)
	if len(got) != 0 || truth.newest["x"] != "" {
		t.Errorf("%q; the newest refresh is %q", got, truth.newest["x"])
	}
}

func TestRowsBehindACursorAreMissed(t *testing.T) {
	shows := func(refresh string, rows ...string) simulator.Revelation {
		r := simulator.Revelation{RefreshID: refresh}
		for _, row := range rows {
			r.Transactions = append(r.Transactions, json.RawMessage(row))
		}
		return r
	}
	revealed := []simulator.Revelation{
		shows("r1", `{"id": "a", "status": "pending", "transaction_refresh": "r1", "amount": 1}`),
		shows("r2", `{"id": "a", "status": "posted", "transaction_refresh": "r2", "amount": 2}`, `{"id": "b"}`),
	}
	for held, missing := range map[string]int{"pending\tr1\t1": 0, "posted\tr2\t2": 0, "posted\tr2\t1": 1, "": 1} {
		if got, err := missingOf(revealed, map[string]string{"a": held}); err != nil || got != missing {
			t.Errorf("held as %q: %d missing, want %d: %v", held, got, missing, err)
		}
	}
}
