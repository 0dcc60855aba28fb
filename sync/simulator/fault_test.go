package simulator

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// arm arms a script in which ACCOUNT is the world's first account.
func arm(t *testing.T, s *Server, script string) {
	t.Helper()
	faults, err := ParseFaults([]byte(strings.ReplaceAll(script, "ACCOUNT", s.Accounts()[0])))
	if err == nil {
		err = s.AddFaults(faults)
	}
	if err != nil {
		t.Fatal(err)
	}
}

func calmWorld(rows int) *Server {
	s := New(Config{Seed: 2, Accounts: 3, Holders: 3, RowsPerAccount: rows, HistoryDays: 60, Linked: true, Calm: true})
	s.Advance(time.Hour)
	return s
}

const rowsPath, accountsPath = "/v1/financial_connections/transactions", "/v1/financial_connections/accounts"

// rowsOf asks for one page of the first account's rows.
func rowsOf(t *testing.T, s *Server, form string) (ids []string, more bool) {
	t.Helper()
	var page struct {
		Data    []seenRow
		HasMore bool `json:"has_more"`
	}
	ask(t, s, "GET", rowsPath, "limit=100&account="+s.Accounts()[0]+form, &page)
	for _, row := range page.Data {
		ids = append(ids, row.ID)
	}
	return ids, page.HasMore
}

func TestScriptsThatMakeNoSenseAreRefusedByTheirField(t *testing.T) {
	for script, want := range map[string]string{
		`{"when": {}, "do": {"stauts": 500}}`:                             `line 1, fault 1: unknown field "stauts"`,
		"[{\"do\": {\"status\": 500}},\n\n{\"when\": {\"pat\": \"/x\"}}]": `line 3, fault 2: unknown field "pat"`,
		`{"when": {}}`:                                                    "nothing to do",
		`{"do": {"delay": "soon"}}`:                                       `"soon" is no duration`,
		`{"do": {"delay": 5}}`:                                            "5 is no duration",
		`{"do": {"status": 5000}}`:                                        "do.status",
		`{"do": {"move_row": "sideways"}}`:                                "do.move_row",
		`{"do": {"malform": "nicely"}}`:                                   "do.malform",
		`{"do": {"status": 500, "rows": "all"}}`:                          "do.rows",
		`{"do": {"status": 500, "reveal": "silently"}}`:                   "row and reveal",
		`{"do": {"status": 500, "drop_as": "timeout"}}`:                   "do.drop_as",
		`{"do": {"gone": true}}`:                                          "do.gone",
		`{"when": {"path": "/refresh"}, "do": {"fail_refresh": true}}`:    "concern refreshes",
		`{"when": {"feature": "balances"}, "do": {"fail_refresh": true}}`: "when.feature",
		`{"when": {"nth": 2, "skip": 1}, "do": {"status": 500}}`:          "nth stands alone",
		`{"when": {"probability": 2}, "do": {"status": 500}}`:             "when.probability",
		`{"when": {"times": -1}, "do": {"status": 500}}`:                  "not negative",
		`{"do": {"status": 500}} {"do": {"status": 500}}`:                 "more follows",
		`[{"do": {"status": 500}}`:                                        "does not end",
		`nonsense`:                                                        "no JSON",
		`{"when": {"account": "fca_none"}, "do": {"status": 500}}`:        `no account "fca_none"`,
		`{"when": {"account": "fca_none"}, "do": {"fail_refresh": true}}`: `no account "fca_none"`,
	} {
		faults, err := ParseFaults([]byte(script))
		if err == nil {
			err = calmWorld(1).AddFaults(faults)
		}
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %s", script, err, want)
		}
	}
}

func TestConditions(t *testing.T) {
	status := func(s *Server, path, form string) int { return ask(t, s, "GET", path, form, nil).StatusCode }
	for name, test := range map[string]struct {
		script string
		want   []int // of five requests for rows of the first account, then one for each other and a list of accounts
	}{
		"nth":         {`{"when": {"path": "/transactions", "nth": 3}, "do": {"status": 500}}`, []int{200, 200, 500, 200, 200, 200, 200, 200}},
		"skip, times": {`{"when": {"skip": 1, "times": 2}, "do": {"status": 500}}`, []int{200, 500, 500, 200, 200, 200, 200, 200}},
		"per account": {`{"when": {"path": "/transactions", "times": 1, "per_account": true}, "do": {"status": 500}}`, []int{500, 200, 200, 200, 200, 500, 500, 200}},
		"account":     {`{"when": {"account": "ACCOUNT"}, "do": {"status": 500}}`, []int{500, 500, 500, 500, 500, 200, 200, 200}},
		"end of path": {`{"when": {"path": "/accounts$"}, "do": {"status": 500}}`, []int{200, 200, 200, 200, 200, 200, 200, 500}},
		"method":      {`{"when": {"method": "POST"}, "do": {"status": 500}}`, []int{200, 200, 200, 200, 200, 200, 200, 200}},
		"parameter":   {`{"when": {"param": "account"}, "do": {"status": 500}}`, []int{500, 500, 500, 500, 500, 500, 500, 200}},
	} {
		t.Run(name, func(t *testing.T) {
			s := calmWorld(10)
			arm(t, s, test.script)
			var got []int
			for range 5 {
				got = append(got, status(s, rowsPath, "account="+s.Accounts()[0]))
			}
			for _, id := range s.Accounts()[1:] {
				got = append(got, status(s, rowsPath, "account="+id))
			}
			if got = append(got, status(s, accountsPath, "")); !slices.Equal(got, test.want) {
				t.Errorf("%v, want %v", got, test.want)
			}
		})
	}
}

func TestPagesAreCountedAlongStartingAfter(t *testing.T) {
	s := calmWorld(350)
	arm(t, s, `{"when": {"path": "/transactions", "page": 3, "times": 1}, "do": {"status": 500}}`)
	after := ""
	for page, want := range []int{200, 200, 500, 200} {
		var shown struct{ Data []seenRow }
		response := ask(t, s, "GET", rowsPath, "limit=100&account="+s.Accounts()[0]+after, &shown)
		if response.StatusCode != want {
			t.Errorf("request %d: %d", page, response.StatusCode)
		}
		if len(shown.Data) > 0 {
			after = "&starting_after=" + shown.Data[len(shown.Data)-1].ID
		}
	}
}

// TestDrawsOfFaultsDoNotDependOnTheOrderOfAccounts: an account's own requests meet the same
// fate, whoever comes between them.
func TestDrawsOfFaultsDoNotDependOnTheOrderOfAccounts(t *testing.T) {
	fates := func(backwards bool) map[string]string {
		s, fate := calmWorld(5), map[string]string{}
		arm(t, s, `{"when": {"path": "/transactions", "probability": 0.3}, "do": {"status": 500}}`)
		ids := s.Accounts()
		if backwards {
			slices.Reverse(ids)
		}
		for range 40 {
			for _, id := range ids {
				fate[id] += fmt.Sprint(ask(t, s, "GET", rowsPath, "account="+id, nil).StatusCode, " ")
			}
		}
		return fate
	}
	one, two := fates(false), fates(true)
	for id, fate := range one {
		if failed := strings.Count(fate, "500"); two[id] != fate || failed < 4 || failed > 25 {
			t.Errorf("%s: %d of 40 failed; %s, backwards %s", id, failed, fate, two[id])
		}
	}
}

func TestListActions(t *testing.T) {
	plain, _ := rowsOf(t, calmWorld(250), "")
	for name, test := range map[string]struct {
		do   string
		want func(ids []string, more bool) bool
	}{
		"empty page": {`{"empty_page_has_more": true}`, func(ids []string, more bool) bool { return len(ids) == 0 && more }},
		"no more":    {`{"full_page_no_more": true}`, func(ids []string, more bool) bool { return slices.Equal(ids, plain) && !more }},
		"twice": {`{"dup_page": true}`, func(ids []string, more bool) bool {
			return slices.Equal(ids, append(slices.Clone(plain), plain...)) && more
		}},
		"another order": {`{"shuffle": true}`, func(ids []string, _ bool) bool {
			return !slices.Equal(ids, plain) && slices.Equal(sorted(ids), sorted(plain))
		}},
		"an id":       {`{"set": {"id": "fctxn_x"}}`, func(ids []string, _ bool) bool { return ids[0] == "fctxn_x" && slices.Equal(ids[1:], plain[1:]) }},
		"the last id": {`{"set": {"id": "fctxn_x"}, "rows": "last"}`, func(ids []string, _ bool) bool { return ids[99] == "fctxn_x" }},
		"no data":     {`{"set_list": {"data": null}}`, func(ids []string, more bool) bool { return len(ids) == 0 && more }},
	} {
		t.Run(name, func(t *testing.T) {
			s := calmWorld(250)
			arm(t, s, `{"when": {"path": "/transactions"}, "do": `+test.do+`}`)
			if ids, more := rowsOf(t, s, ""); !test.want(ids, more) {
				t.Errorf("%d rows, more %v: %v", len(ids), more, ids[:min(3, len(ids))])
			}
		})
	}
	s := calmWorld(250)
	arm(t, s, `{"when": {"param": "starting_after"}, "do": {"repeat_page": true}}`)
	if ids, _ := rowsOf(t, s, "&starting_after="+plain[99]); !slices.Equal(ids, plain) {
		t.Error("starting_after was not ignored")
	}
}

func sorted(ids []string) []string { return slices.Sorted(slices.Values(ids)) }

func TestFieldsAreSetToAnyJSON(t *testing.T) {
	s := calmWorld(20)
	arm(t, s, `{"when": {"path": "/transactions"}, "do": {"set": {"amount": 1e3, "currency": null, "status_transitions.posted_at": 9223372036854775808, "mood": [1, 2.50], "none.such": 1}, "unset": ["livemode"]}}`)
	var page struct{ Data []map[string]json.RawMessage }
	ask(t, s, "GET", rowsPath, "account="+s.Accounts()[0], &page)
	first, second := page.Data[0], page.Data[1]
	if _, there := first["livemode"]; there || string(first["amount"]) != "1e3" || string(first["currency"]) != "null" || string(first["mood"]) != "[1,2.50]" ||
		!strings.Contains(string(first["status_transitions"]), "9223372036854775808") || first["none"] != nil {
		t.Errorf("%s", first)
	}
	if string(second["currency"]) != `"usd"` || second["mood"] != nil {
		t.Errorf("another row was changed: %s", second)
	}
	var account map[string]any
	arm(t, s, `{"when": {"path": "/accounts/"}, "do": {"set": {"balance.as_of": 7}}}`)
	ask(t, s, "GET", accountsPath+"/"+s.Accounts()[0], "", &account)
	if account["balance"].(map[string]any)["as_of"] != 7.0 {
		t.Errorf("%v", account["balance"])
	}
}

func TestMalformedBodies(t *testing.T) {
	s := calmWorld(20)
	get := func() (string, int64) {
		response := ask(t, s, "GET", rowsPath, "account="+s.Accounts()[0], nil)
		body, err := io.ReadAll(response.Body)
		if err != nil {
			t.Fatal(err)
		}
		return string(body), response.ContentLength
	}
	true0, _ := get()
	for how, want := range map[string]string{
		"cut": true0[:len(true0)/2], "trailing": true0 + "}", "twice": true0 + true0,
		"duplicate_keys": `{"object":"list",` + true0[1:], "bad_utf8": strings.Replace(true0, `"description":"`, "\"description\":\"\xff\xfe", 1),
	} {
		s.ClearFaults()
		arm(t, s, `{"when": {"path": "/transactions"}, "do": {"malform": "`+how+`"}}`)
		if got, length := get(); got != want || length != int64(len(want)) {
			t.Errorf("%s: %d bytes, length %d, want %d", how, len(got), length, len(want))
		}
	}
}

func TestStaleReadsShowThePast(t *testing.T) {
	s := calmWorld(20)
	path := accountsPath + "/" + s.Accounts()[0]
	show := func() string {
		body, _ := io.ReadAll(ask(t, s, "GET", path, "", nil).Body)
		rows, _ := rowsOf(t, s, "")
		return string(body) + fmt.Sprint(rows)
	}
	before := show()
	ask(t, s, "POST", path+"/refresh", "features[]=balance", nil)
	s.Advance(48 * time.Hour)
	ask(t, s, "POST", path+"/refresh", "features[]=balance&features[]=transactions", nil)
	s.Advance(time.Hour)
	if show() == before {
		t.Fatal("nothing happened in two days")
	}
	arm(t, s, `{"do": {"stale_read": "49h1m"}}`)
	if got := show(); got != before {
		t.Errorf("as it is shown now: %s\nas it was: %s", got, before)
	}
}

func TestTroubleLastsUntilFaultsAreCleared(t *testing.T) {
	s := calmWorld(5)
	status := func() int { return ask(t, s, "GET", accountsPath, "", nil).StatusCode }
	arm(t, s, `{"when": {"nth": 2}, "do": {"rate_burst": "30s", "headers": {"Stripe-Rate-Limited-Reason": "global-rate"}}}`)
	got := []int{status(), status(), status()}
	if reason := ask(t, s, "GET", accountsPath, "", nil).Header.Get("Stripe-Rate-Limited-Reason"); reason != "global-rate" {
		t.Errorf("reason %q", reason)
	}
	s.Advance(30 * time.Second)
	got = append(got, status())
	arm(t, s, `{"when": {"nth": 1}, "do": {"revoke_key": true}}`)
	got = append(got, status(), status())
	s.ClearFaults()
	if got = append(got, status()); !slices.Equal(got, []int{200, 429, 429, 200, 401, 401, 200}) {
		t.Errorf("%v", got)
	}
}

func TestGoneAccountIsFoundNowhere(t *testing.T) {
	s := calmWorld(5)
	arm(t, s, `{"when": {"account": "ACCOUNT"}, "do": {"gone": true}}`)
	var page listed
	ask(t, s, "GET", accountsPath, "", &page)
	got := []int{len(page.Data), ask(t, s, "GET", accountsPath+"/"+s.Accounts()[0], "", nil).StatusCode, ask(t, s, "GET", rowsPath, "account="+s.Accounts()[0], nil).StatusCode}
	s.ClearFaults()
	ask(t, s, "GET", accountsPath, "", &page)
	if got = append(got, len(page.Data)); !slices.Equal(got, []int{2, 404, 404, 3}) {
		t.Errorf("%v", got)
	}
}

func TestRefreshesFailAndPendAsArmed(t *testing.T) {
	s := calmWorld(5)
	path := accountsPath + "/" + s.Accounts()[0]
	arm(t, s, `[{"when": {"account": "ACCOUNT", "feature": "balance"}, "do": {"fail_refresh": true}}, {"when": {"feature": "transactions"}, "do": {"pend_for": "90h"}}]`)
	var a struct {
		Balance struct{ Status string } `json:"balance_refresh"`
		Rows    struct{ Status string } `json:"transaction_refresh"`
	}
	var got []string
	for range 2 {
		s.Advance(25 * time.Hour)
		ask(t, s, "POST", path+"/refresh", "features[]=balance&features[]=transactions", nil)
		s.Advance(time.Hour)
		ask(t, s, "GET", path, "", &a)
		got = append(got, a.Balance.Status, a.Rows.Status)
	}
	s.Advance(70 * time.Hour)
	ask(t, s, "GET", path, "", &a)
	if got = append(got, a.Rows.Status); !slices.Equal(got, []string{"failed", "pending", "succeeded", "pending", "succeeded"}) {
		t.Errorf("%v", got)
	}
}

// TestFaultsGoOnInASavedWorld: what was armed, how often it happened and what it did.
func TestFaultsGoOnInASavedWorld(t *testing.T) {
	s := calmWorld(150)
	arm(t, s, `[{"when": {"path": "/transactions", "param": "starting_after", "times": 1}, "do": {"move_row": "top", "reveal": "new_refresh", "delete_row": false, "insert_now": 2}},
		{"when": {"path": "/transactions", "skip": 2, "times": 2}, "do": {"status": 503}}, {"when": {"account": "ACCOUNT"}, "do": {"pend_for": "ever"}}, {"when": {"path": "/nowhere"}, "do": {"revoke_key": true}}]`)
	ids, _ := rowsOf(t, s, "")
	rowsOf(t, s, "&starting_after="+ids[99])
	for range 2 {
		ask(t, s, "GET", rowsPath, "account="+s.Accounts()[1], nil)
	}
	path := filepath.Join(t.TempDir(), "state")
	if err := s.Save(path); err != nil {
		t.Fatal(err)
	}
	loaded, err := Load(path)
	if err != nil {
		t.Fatal(err)
	}
	var both [2]string
	for i, world := range []*Server{s, loaded} {
		for range 3 {
			both[i] += fmt.Sprint(ask(t, world, "GET", rowsPath, "account="+s.Accounts()[1], nil).StatusCode, " ")
		}
		ask(t, world, "POST", accountsPath+"/"+s.Accounts()[0]+"/refresh", "features[]=transactions", nil)
		world.Advance(48 * time.Hour)
		truth, _ := json.Marshal(world.Truth())
		both[i] += string(truth)
	}
	if both[0] != both[1] || !strings.HasPrefix(both[0], "503 200 200") || !strings.Contains(both[0], `"pending"`) || strings.Count(both[0], "INSERTED") != 2 {
		t.Errorf("it went on with %.60s…, loaded with %.60s…", both[0], both[1])
	}
}

// TestRowsChangeAtTheirBank: what each action makes of the rows, and when they show it.
func TestRowsChangeAtTheirBank(t *testing.T) {
	for name, test := range map[string]struct {
		do   string
		want func(before, after []string) bool
	}{
		"next to the top, silently":  {`{"move_row": "top", "reveal": "silently"}`, func(b, a []string) bool { return a[0] == b[100] && len(a) == 100 }},
		"cursor to the end, at once": {`{"move_row": "end", "row": "cursor", "reveal": "new_refresh"}`, func(b, a []string) bool { return a[99] == b[100] }},
		"deleted, silently":          {`{"delete_row": true, "row": "cursor", "reveal": "silently"}`, func(b, a []string) bool { return a[99] == b[100] && !slices.Contains(a, b[99]) }},
		"inserted at once":           {`{"insert_now": 3, "reveal": "new_refresh"}`, func(b, a []string) bool { return slices.Equal(a[3:], b[:97]) }},
		"inserted, next refresh":     {`{"insert_now": 3}`, func(b, a []string) bool { return slices.Equal(a, b[:100]) }},
		"history shrinks":            {`{"shrink_history": "240h"}`, func(b, a []string) bool { return len(a) < 60 && slices.Equal(a, b[:len(a)]) }},
	} {
		t.Run(name, func(t *testing.T) {
			s := calmWorld(250)
			ids, _ := rowsOf(t, s, "")
			second, _ := rowsOf(t, s, "&starting_after="+ids[99])
			arm(t, s, `{"when": {"param": "starting_after"}, "do": `+test.do+`}`)
			rowsOf(t, s, "&starting_after="+ids[99])
			s.ClearFaults()
			if after, _ := rowsOf(t, s, ""); !test.want(append(ids, second...), after) {
				t.Errorf("%d rows: %v", len(after), after[:min(5, len(after))])
			}
		})
	}
	s := calmWorld(50)
	arm(t, s, `[{"when": {"nth": 1}, "do": {"change_row": {"status": "posted", "amount": -7, "currency": "eur", "description": "X", "transacted_at": 1}, "reveal": "silently"}}, {"when": {"nth": 1}, "do": {"replace_row": true, "reveal": "silently"}}]`)
	rowsOf(t, s, "")
	rowsOf(t, s, "")
	text, _ := json.Marshal(s.Truth())
	for _, want := range []string{`"amount":-7,"currency":"eur","description":"X","livemode":false,"status":"posted"`, `"transacted_at":1,`, `"status":"void"`} {
		if !strings.Contains(string(text), want) {
			t.Errorf("the truth has no %s", want)
		}
	}
}

func TestAnswersAreLostInProcess(t *testing.T) {
	s := calmWorld(5)
	for script, want := range map[string]string{
		`{"do": {"drop_before": true}}`:                            "connection reset",
		`{"do": {"drop_before": true, "drop_as": "refused"}}`:      "connection refused",
		`{"do": {"commit_then_drop": true, "drop_as": "timeout"}}`: "in time",
		`{"do": {"drop_before": true, "drop_as": "goaway"}}`:       "GOAWAY",
		`{"do": {"drop_before": true, "drop_as": "untrusted"}}`:    "certificate",
	} {
		s.ClearFaults()
		arm(t, s, script)
		r, _ := http.NewRequestWithContext(t.Context(), "GET", "http://simulator"+accountsPath, nil)
		if _, err := s.Transport().RoundTrip(r); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", script, err)
		}
	}
}

// TestSocketsBreakAsArmed: the same faults over a real connection. No time passes for real:
// this world has no wall clock.
func TestSocketsBreakAsArmed(t *testing.T) {
	s := calmWorld(60)
	web := httptest.NewServer(s)
	defer web.Close()
	web.Client().CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	for name, test := range map[string]struct {
		do   string
		want func(response *http.Response, body []byte, err error) bool
	}{
		"html": {`{"html": true}`, func(r *http.Response, b []byte, _ error) bool {
			return r.StatusCode == 502 && strings.HasPrefix(string(b), "<html>")
		}},
		"redirect": {`{"redirect": "https://elsewhere.example/"}`, func(r *http.Response, _ []byte, _ error) bool { return r.StatusCode == 302 }},
		"empty": {`{"status": 200, "empty": true}`, func(r *http.Response, b []byte, err error) bool {
			return r.StatusCode == 200 && len(b) == 0 && err == nil
		}},
		"truncated": {`{"truncate_at": 700}`, func(_ *http.Response, b []byte, err error) bool {
			return len(b) == 700 && errors.Is(err, io.ErrUnexpectedEOF)
		}},
		"reset":    {`{"reset_at": 700}`, func(_ *http.Response, b []byte, err error) bool { return len(b) <= 700 && err != nil }},
		"dropped":  {`{"drop_before": true}`, func(r *http.Response, _ []byte, err error) bool { return r == nil && err != nil }},
		"dripping": {`{"drip": "10s"}`, func(_ *http.Response, b []byte, err error) bool { return len(b) > 9000 && err == nil }},
		"delayed":  {`{"delay": "10m"}`, func(_ *http.Response, b []byte, err error) bool { return len(b) > 9000 && err == nil }},
		"gzip bomb": {`{"gzip_bomb": true}`, func(r *http.Response, b []byte, err error) bool {
			return len(b) == 40<<20 && r.Uncompressed && err == nil
		}},
		"endless": {`{"endless": true}`, func(_ *http.Response, b []byte, err error) bool { return len(b) == 40<<20 && err == nil }},
	} {
		s.ClearFaults()
		if response, err := http.Post(web.URL+"/_sim/faults", "application/json", strings.NewReader(`{"do": `+test.do+`}`)); err != nil || response.StatusCode != 200 {
			t.Fatal(name, err)
		}
		r, _ := http.NewRequestWithContext(t.Context(), "GET", web.URL+rowsPath+"?limit=100&account="+s.Accounts()[0], nil)
		r.Header.Set("Authorization", "Bearer sk_test_x")
		before := s.Now()
		response, err := web.Client().Do(r)
		var body []byte
		if err == nil {
			body, err = io.ReadAll(io.LimitReader(response.Body, 40<<20))
			_ = response.Body.Close()
		}
		if !test.want(response, body, err) {
			t.Errorf("%s: %d bytes, %v", name, len(body), err)
		}
		if passed := s.Now().Sub(before); (name == "dripping" || name == "delayed") != (passed >= time.Minute) {
			t.Errorf("%s took %s", name, passed)
		}
	}
}
