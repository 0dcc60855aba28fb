package simulator

import (
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"net/url"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// ask sends one request and decodes the answer.
func ask(t *testing.T, s *Server, method, path, form string, into any) *http.Response {
	t.Helper()
	target := "http://simulator" + path
	var body io.Reader
	if method == http.MethodPost {
		body = strings.NewReader(form)
	} else if form != "" {
		target += "?" + form
	}
	r, err := http.NewRequestWithContext(t.Context(), method, target, body)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer sk_test_x")
	response, err := s.Transport().RoundTrip(r)
	if err != nil {
		t.Fatal(err)
	}
	if into != nil {
		if err := json.NewDecoder(response.Body).Decode(into); err != nil {
			t.Fatal(err)
		}
	}
	return response
}

type listed struct {
	Data    []json.RawMessage
	HasMore bool `json:"has_more"`
}

type seenRow struct {
	ID      string
	Refresh string `json:"transaction_refresh"`
}

// listAll pages through a list of transactions.
func listAll(t *testing.T, s *Server, form string) map[string]string {
	t.Helper()
	rows, after := map[string]string{}, ""
	for {
		var page listed
		if response := ask(t, s, "GET", rowsPath, form+after, &page); response.StatusCode != 200 {
			t.Fatalf("%s: %d", form, response.StatusCode)
		}
		for _, raw := range page.Data {
			var row seenRow
			if err := json.Unmarshal(raw, &row); err != nil {
				t.Fatal(err)
			}
			rows[row.ID] = string(raw)
			after = "&starting_after=" + row.ID
		}
		if !page.HasMore {
			return rows
		}
	}
}

func TestReadingIncrementallyEqualsReadingEverything(t *testing.T) {
	s := New(Config{Accounts: 3, Holders: 3, Linked: true, Calm: true, Seed: 7})
	s.Advance(time.Hour)
	id := s.Accounts()[0]
	path := "/v1/financial_connections/accounts/" + id
	ask(t, s, "POST", path+"/subscribe", "features[0]=transactions", nil)
	held := map[string]string{}
	cursor := ""
	for range 20 {
		s.Advance(24 * time.Hour)
		var account struct {
			TransactionRefresh struct{ ID, Status string } `json:"transaction_refresh"`
		}
		ask(t, s, "GET", path, "", &account)
		form := url.Values{"account": {id}, "limit": {"7"}}
		if cursor != "" {
			form.Set("transaction_refresh[after]", cursor)
		}
		maps.Copy(held, listAll(t, s, form.Encode()))
		if account.TransactionRefresh.Status == "succeeded" {
			cursor = account.TransactionRefresh.ID
		}
	}
	everything := listAll(t, s, "limit=100&account="+id)
	if len(everything) < 50 || len(held) != len(everything) {
		t.Fatalf("held %d rows, everything is %d", len(held), len(everything))
	}
	for row, raw := range everything {
		if held[row] != raw {
			t.Errorf("%s: held %s, is %s", row, held[row], raw)
		}
	}
}

func TestWorldIsTheSameWhateverTheOrderOfRequests(t *testing.T) {
	subscribe := func(s *Server, ids []string) string {
		s.Advance(time.Hour)
		for _, id := range ids {
			ask(t, s, "POST", "/v1/financial_connections/accounts/"+id+"/subscribe", "features[]=transactions", nil)
		}
		s.Advance(72 * time.Hour)
		for _, id := range ids {
			ask(t, s, "GET", "/v1/financial_connections/accounts/"+id, "", nil)
		}
		text, err := json.Marshal(s.Truth())
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	one, two := New(Config{Seed: 3}), New(Config{Seed: 3})
	ids := one.Accounts()
	backwards := slices.Clone(ids)
	slices.Reverse(backwards)
	if subscribe(one, ids) != subscribe(two, backwards) {
		t.Error("the order of requests changed the world")
	}
}

func TestSavedWorldGoesOnAsIfNeverStopped(t *testing.T) {
	path := filepath.Join(t.TempDir(), "simulator.state")
	s := New(Config{Seed: 5, Linked: true})
	s.Advance(30 * time.Hour)
	ask(t, s, "POST", "/v1/financial_connections/accounts/"+s.Accounts()[1]+"/refresh", "features[]=balance", nil)
	if err := s.Save(path); err != nil {
		t.Fatal(err)
	}
	loaded, err := Load(path)
	if err != nil {
		t.Fatal(err)
	}
	for _, world := range []*Server{s, loaded} {
		world.Advance(48 * time.Hour)
	}
	want, _ := json.Marshal(s.Truth())
	got, _ := json.Marshal(loaded.Truth())
	if string(want) != string(got) {
		t.Error("the loaded world differs")
	}
}

func TestBalanceIsWhatPostedRowsAddUpTo(t *testing.T) {
	s := New(Config{Accounts: 6, Holders: 2, Linked: true, Calm: true, Seed: 11})
	s.Advance(time.Hour)
	for _, id := range s.Accounts() {
		a := s.world.ByID[id]
		before, _ := a.Latest("balance")
		s.Advance(20 * 24 * time.Hour)
		ask(t, s, "POST", "/v1/financial_connections/accounts/"+id+"/refresh",
			"features[]=balance&features[]=transactions", nil)
		s.Advance(time.Hour)
		after, _ := a.Latest("balance")
		var moved int64
		for _, row := range s.world.Visible(a, s.now).Rows {
			if row.Version.Status == "posted" && row.Version.PostedAt.After(before.AttemptedAt) {
				moved += row.Version.Amount
			}
			if v := row.Version; v.Status == "void" && !v.PostedAt.IsZero() && !v.PostedAt.After(before.AttemptedAt) &&
				v.VoidAt.After(before.AttemptedAt) {
				moved -= row.Version.Amount
			}
		}
		if after.Current-before.Current != moved {
			t.Errorf("%s: balance moved by %d, rows by %d", id, after.Current-before.Current, moved)
		}
	}
}

func TestRefusals(t *testing.T) {
	s := New(Config{Seed: 1, Linked: true})
	id := s.Accounts()[0]
	for _, test := range []struct {
		method, path, form string
		status             int
		code               string
	}{
		{"GET", "/v1/financial_connections/accounts", "limit=101", 400, ""},
		{"GET", "/v1/financial_connections/accounts", "limit=0", 400, ""},
		{"GET", "/v1/financial_connections/accounts", "status=active", 400, "parameter_unknown"},
		{"GET", "/v1/financial_connections/accounts/fca_none", "", 404, "resource_missing"},
		{"GET", "/v1/financial_connections/transactions", "", 400, "parameter_missing"},
		{"GET", rowsPath, "account=" + id + "&transaction_refresh[after]=fctxnref_none", 400, "resource_missing"},
		{"GET", rowsPath, "account=" + id + "&starting_after=fctxn_none", 400, "resource_missing"},
		{"GET", "/v1/financial_connections/transactions", "account=" + s.Accounts()[17], 403, ""},
		{"GET", "/v1/financial_connections/transactions", "account=" + s.Accounts()[31], 403, ""},
		{"POST", "/v1/financial_connections/accounts/" + id + "/refresh", "features[]=balances", 400, ""},
		{
			"POST", accountsPath + "/" + s.Accounts()[7] + "/refresh", "features[]=balance",
			400, "financial_connections_account_inactive",
		},
		{"DELETE", "/v1/nothing", "", 404, ""},
	} {
		var body struct{ Error struct{ Code, Type string } }
		response := ask(t, s, test.method, test.path, test.form, &body)
		if response.StatusCode != test.status || body.Error.Code != test.code || body.Error.Type == "" {
			t.Errorf("%s %s?%s: %d %q, want %d %q", test.method, test.path, test.form, response.StatusCode,
				body.Error.Code, test.status, test.code)
		}
	}
}

func TestPostWithAKeyHappensOnce(t *testing.T) {
	s := New(Config{Seed: 1, Linked: true, Calm: true})
	s.Advance(3 * time.Hour)
	id := s.Accounts()[0]
	post := func(form, key string) *http.Response {
		r, _ := http.NewRequestWithContext(t.Context(), "POST",
			"http://simulator/v1/financial_connections/accounts/"+id+"/refresh", strings.NewReader(form))
		r.Header.Set("Authorization", "Bearer sk_test_x")
		r.Header.Set("Idempotency-Key", key)
		response, err := s.Transport().RoundTrip(r)
		if err != nil {
			t.Fatal(err)
		}
		return response
	}
	first := post("features[]=balance", "k1")
	s.Advance(3 * time.Hour)
	second := post("features[]=balance", "k1")
	if first.StatusCode != 200 || second.StatusCode != 200 || second.Header.Get("Idempotent-Replayed") != "true" {
		t.Errorf("first %d, second %d replayed %q", first.StatusCode, second.StatusCode,
			second.Header.Get("Idempotent-Replayed"))
	}
	if got := len(s.world.ByID[id].State.Refreshes["balance"]); got != 2 { // one at linking, one asked for
		t.Errorf("%d balance refreshes", got)
	}
	if other := post("features[]=transactions", "k1"); other.StatusCode != 400 {
		t.Errorf("another request under the same key: %d", other.StatusCode)
	}
}

func TestFaultsHappenAsOftenAsArmed(t *testing.T) {
	s := New(Config{Seed: 1, Linked: true})
	var f Fault
	f.When.Path, f.When.Times, f.Do.Status = "/accounts", 2, 429
	s.AddFault(f)
	var statuses []int
	for range 3 {
		statuses = append(statuses, ask(t, s, "GET", "/v1/financial_connections/accounts", "", nil).StatusCode)
	}
	if !slices.Equal(statuses, []int{429, 429, 200}) {
		t.Errorf("statuses %v", statuses)
	}
	var cut Fault
	cut.Do.TruncateAt = 10
	s.AddFault(cut)
	response := ask(t, s, "GET", "/v1/financial_connections/accounts", "", nil)
	if body, err := io.ReadAll(response.Body); err == nil || len(body) != 10 {
		t.Errorf("cut body: %d bytes, %v", len(body), err)
	}
}
