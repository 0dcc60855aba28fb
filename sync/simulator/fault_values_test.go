package simulator

import (
	"encoding/json"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"fcpipe/sync/simulator/faults"
)

// TestValuesThatAreAllowedAndRare: which fields of an object are null, or at a bound, is always
// the same; the rest of it stays.
func TestValuesThatAreAllowedAndRare(t *testing.T) {
	s := calmWorld(50)
	before, _ := rowsOf(t, s, "")
	s.Advance(time.Hour)
	arm(t, s, `[
		{"when": {"path": "/accounts"}, "do": {"nulls": 50, "rows": "all"}},
		{"when": {"path": "/transactions"}, "do": {"bounds": 60, "nulls": 100, "rows": "all"}}
	]`)
	var first, second, rows listed
	ask(t, s, "GET", accountsPath, "", &first)
	ask(t, s, "GET", accountsPath, "", &second)
	if string(first.Data[0]) != string(second.Data[0]) || !strings.Contains(string(first.Data[0]), "null") {
		t.Errorf("first %s, then %s", first.Data[0], second.Data[0])
	}
	ask(t, s, "GET", "/v1/financial_connections/transactions", "limit=100&account="+s.Accounts()[0], &rows)
	values := map[string]int{}
	for i, raw := range rows.Data {
		var row struct {
			ID          string
			Amount      json.Number
			Transitions map[string]any `json:"status_transitions"`
		}
		if err := json.Unmarshal(raw, &row); err != nil || row.ID != before[i] || row.Transitions["posted_at"] != nil {
			t.Errorf("%v: %s", err, raw)
		}
		values[row.Amount.String()]++
	}
	for _, bound := range faults.BoundAmounts[:4] {
		if values[bound] == 0 {
			t.Errorf("no row is at %s: %v", bound, slices.Sorted(maps.Keys(values)))
		}
	}
}

// TestAccountsLeaveTheListAndComeBack: by its id one is kept, missing, or disconnected for good.
func TestAccountsLeaveTheListAndComeBack(t *testing.T) {
	for _, test := range []struct {
		unlisted, status, later string
		code                    int
	}{
		{"kept", "active", "active", http.StatusOK},
		{"missing", "", "active", http.StatusNotFound},
		{"disconnected", "disconnected", "disconnected", http.StatusOK},
	} {
		s := calmWorld(5)
		id := s.Accounts()[0]
		arm(t, s, `{"when": {"account": "ACCOUNT"}, "do": {"unlisted": "`+test.unlisted+`"}}`)
		var page listed
		var a struct{ Status string }
		ask(t, s, "GET", accountsPath, "", &page)
		if truth := s.Truth(); !slices.Equal(truth.Unlisted, []string{id}) {
			t.Errorf("%s: the truth has %v unlisted", test.unlisted, truth.Unlisted)
		}
		if response := ask(t, s, "GET", accountsPath+"/"+id, "", &a); response.StatusCode != test.code ||
			a.Status != test.status || len(page.Data) != len(s.Accounts())-1 {
			t.Errorf("%s: %d %q, %d are listed", test.unlisted, response.StatusCode, a.Status, len(page.Data))
		}
		s.ClearFaults()
		ask(t, s, "GET", accountsPath, "", &page)
		ask(t, s, "GET", accountsPath+"/"+id, "", &a)
		if len(page.Data) != len(s.Accounts()) || a.Status != test.later {
			t.Errorf("%s, then listed again: %q, %d are listed", test.unlisted, a.Status, len(page.Data))
		}
	}
}

// TestAnotherConnectionTellsTheSameInOtherWords: linked again otherwise, an account has the same
// amounts under other ids and texts, some a day earlier.
func TestAnotherConnectionTellsTheSameInOtherWords(t *testing.T) {
	s := New(Config{Seed: 5, Accounts: 1, Holders: 1, HistoryDays: 60, Calm: true, Linked: true})
	old := s.world.ByID[s.Accounts()[0]]
	id, known := s.RelinkOtherwise(old.ID)
	if !known {
		t.Fatal("it is not linked again")
	}
	if truth := s.Truth(); truth.Relinked[id] != old.ID {
		t.Errorf("the truth has %v linked again", truth.Relinked)
	}
	s.Advance(time.Hour)
	again := s.world.ByID[id]
	s.world.Extend(again, s.now)
	s.world.Extend(old, s.now)
	texts, days := 0, 0
	for i := range old.Rows {
		was, is := old.Rows[i].Versions[0], again.Rows[i].Versions[0]
		if was.Amount != is.Amount || old.Rows[i].ID == again.Rows[i].ID {
			t.Errorf("%+v became %+v", was, is)
		}
		if was.Description != is.Description {
			texts++
		}
		if was.At.Sub(is.At) == 24*time.Hour {
			days++
		}
	}
	if texts < len(old.Rows)/2 || days == 0 || days > len(old.Rows)/2 || len(old.Rows) < 50 {
		t.Errorf("of %d rows %d have another text, %d another day", len(old.Rows), texts, days)
	}
}
