package simulator

import (
	"encoding/json"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stripe/stripe-mock/embedded"
	"github.com/stripe/stripe-mock/server"
	"github.com/stripe/stripe-mock/spec"
)

// TestNullableFieldsAreThoseOfStripesSpecification holds the list to the OpenAPI file, as far as
// the world has the fields.
func TestNullableFieldsAreThoseOfStripesSpecification(t *testing.T) {
	document, err := server.LoadSpec(embedded.OpenAPISpec, "")
	if err != nil {
		t.Fatal(err)
	}
	for kind, fields := range nullable {
		allowed := nullableOf(document, kind, "", 0)
		allowed = slices.DeleteFunc(allowed, func(field string) bool { return field == "account_numbers" })
		if slices.Sort(allowed); !slices.Equal(allowed, slices.Sorted(slices.Values(fields))) {
			t.Errorf("%s: Stripe lets %v be null", kind, allowed)
		}
	}
}

// nullableOf lists the fields of a schema that may be null, those of its own parts too.
func nullableOf(document *spec.Spec, kind, prefix string, depth int) (fields []string) {
	for name, property := range document.Components.Schemas[kind].Properties {
		if property.Nullable {
			fields = append(fields, prefix+name)
		}
		refs := []string{property.Ref}
		for _, option := range property.AnyOf {
			refs = append(refs, option.Ref)
		}
		for _, ref := range refs {
			part := ref[strings.LastIndex(ref, "/")+1:]
			if strings.HasPrefix(part, "bank_connections_resource") && depth < 4 {
				fields = append(fields, nullableOf(document, part, prefix+name+".", depth+1)...)
			}
		}
	}
	return fields
}

// TestValuesThatAreAllowedAndRare: which fields of an object are null, or at a bound, is always
// the same; the rest of it stays.
func TestValuesThatAreAllowedAndRare(t *testing.T) {
	s := calmWorld(50)
	before, _ := rowsOf(t, s, "")
	s.Advance(time.Hour)
	arm(t, s, `[{"when": {"path": "/accounts"}, "do": {"nulls": 50, "rows": "all"}}, {"when": {"path": "/transactions"}, "do": {"bounds": 60, "nulls": 100, "rows": "all"}}]`)
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
	for _, bound := range boundAmounts[:4] {
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
		if response := ask(t, s, "GET", accountsPath+"/"+id, "", &a); response.StatusCode != test.code || a.Status != test.status || len(page.Data) != len(s.Accounts())-1 {
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
	old := s.byID[s.Accounts()[0]]
	id, known := s.RelinkOtherwise(old.id)
	if !known {
		t.Fatal("it is not linked again")
	}
	if truth := s.Truth(); truth.Relinked[id] != old.id {
		t.Errorf("the truth has %v linked again", truth.Relinked)
	}
	s.Advance(time.Hour)
	again := s.byID[id]
	s.generate(again, s.now)
	s.generate(old, s.now)
	texts, days := 0, 0
	for i := range old.rows {
		was, is := old.rows[i].versions[0], again.rows[i].versions[0]
		if was.amount != is.amount || old.rows[i].id == again.rows[i].id {
			t.Errorf("%+v became %+v", was, is)
		}
		if was.description != is.description {
			texts++
		}
		if was.at.Sub(is.at) == 24*time.Hour {
			days++
		}
	}
	if texts < len(old.rows)/2 || days == 0 || days > len(old.rows)/2 || len(old.rows) < 50 {
		t.Errorf("of %d rows %d have another text, %d another day", len(old.rows), texts, days)
	}
}
