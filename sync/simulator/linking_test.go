package simulator

import (
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"
)

const (
	customersPath = "/v1/customers"
	sessionsPath  = "/v1/financial_connections/sessions"
	v2Path        = "/v2/core/accounts"
	preview       = "2026-08-26.preview"
)

// refusal is what a client is told: status, code, parameter and text.
type refusal struct {
	Error struct{ Code, Param, Message, Type string }
}

// asked sends a request with headers; a body that begins with { is JSON.
func asked(t *testing.T, s *Server, method, path, body string, into any, headers ...string) *http.Response {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, "http://simulator"+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer sk_test_x")
	if strings.HasPrefix(body, "{") {
		r.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	response, err := s.Transport().RoundTrip(r)
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	if into != nil {
		if err := json.Unmarshal(text, into); err != nil {
			t.Fatalf("%s %s: %v: %s", method, path, err, text)
		}
	}
	return response
}

// holderForm is a session's holder, one of the world's customers.
func holderForm(s *Server) string {
	return "account_holder[type]=customer&account_holder[customer]=" + s.world.Config.Holder(0)
}

// shownSession is a session as clients read it.
type shownSession struct {
	ID           string
	ClientSecret *string `json:"client_secret"`
	Permissions  []string
	Prefetch     []string
	Filters      map[string]any
	Limits       *struct{ Accounts int }
	ManualEntry  *struct{ Mode string } `json:"manual_entry"`
	ReturnURL    string                 `json:"return_url"`
	Holder       map[string]any         `json:"account_holder"`
	Accounts     struct {
		Data []struct{ ID, Subcategory string }
	}
	Status       string
	UIMode       string `json:"ui_mode"`
	URL          string
	RelinkResult *struct{ Account *string } `json:"relink_result"`
}

func TestSessionKeepsEveryParameter(t *testing.T) {
	s := New(Config{Calm: true})
	all := holderForm(s) + "&permissions[0]=transactions&permissions[1]=balances&prefetch[]=balances" +
		"&filters[account_subcategories][]=savings&filters[require_payment_method_support]=none&limits[accounts]=2" +
		"&manual_entry[mode]=automatic&return_url=https://a.example/back&expand[]=accounts"
	for version, country := range map[string]string{
		"2025-08-27.basil": "filters[countries][]=US", "2026-09-30.endive": "filters[country]=US",
	} {
		var made, read shownSession
		asked(t, s, "POST", sessionsPath, all+"&"+country, &made, "Stripe-Version", version)
		asked(t, s, "GET", sessionsPath+"/"+made.ID, "", &read, "Stripe-Version", version)
		if strings.Join(read.Permissions, " ") != "balances transactions" || read.Prefetch[0] != "balances" ||
			read.Limits == nil || read.Limits.Accounts != 2 || read.ManualEntry.Mode != "automatic" ||
			read.ReturnURL != "https://a.example/back" || read.ClientSecret == nil || read.Status != "" ||
			!strings.HasPrefix(*read.ClientSecret, "fcsess_client_secret_") {
			t.Errorf("%s: %+v", version, read)
		}
		name := strings.TrimSuffix(strings.TrimPrefix(strings.TrimSuffix(country, "]=US"), "filters["), "][")
		if read.Filters[name] == nil {
			t.Errorf("%s: filters %v without %s", version, read.Filters, name)
		}
	}
}

func TestLimitsAndKindsOfAccountsHold(t *testing.T) {
	s := New(Config{Calm: true})
	var made shownSession
	asked(t, s, "POST", sessionsPath, holderForm(s)+"&permissions[]=transactions&prefetch[]=transactions"+
		"&prefetch[]=balances&filters[account_subcategories][]=savings&limits[accounts]=2", &made)
	if _, e := s.desk.Link(made.ID, 3, s.whole()); e == nil {
		t.Error("three accounts were linked where two are allowed")
	}
	ids, e := s.desk.Link(made.ID, 2, s.whole())
	if e != nil {
		t.Fatal(e.Message)
	}
	for _, id := range ids {
		a := s.world.ByID[id]
		_, hasTransactions := a.Latest("transactions")
		_, hasBalance := a.Latest("balance") // prefetched without its permission
		if a.Subcategory != "savings" || !hasTransactions || hasBalance {
			t.Errorf("%s: %s, refreshes %v", id, a.Subcategory, a.State.Refreshes)
		}
	}
}

func TestCustomers(t *testing.T) {
	s := New(Config{Calm: true})
	s.Advance(time.Minute)
	var made, again struct{ ID, Email, Phone, Description string }
	form := "email=Ada@example.com&name=Ada&phone=%2B15550000001&description=d&metadata[user]=7"
	key := []string{"Idempotency-Key", "one"}
	asked(t, s, "POST", customersPath, form, &made, key...)
	asked(t, s, "POST", customersPath, form, &again, key...)
	if made.ID == "" || made != again || made.Phone != "+15550000001" || made.Description != "d" {
		t.Errorf("made %+v, then %+v", made, again)
	}
	for email, n := range map[string]int{"Ada@example.com": 1, "ada@example.com": 0} {
		var page listed
		asked(t, s, "GET", customersPath+"?email="+email, "", &page)
		if len(page.Data) != n {
			t.Errorf("%s: %d customers", email, len(page.Data))
		}
	}
	key[1] = "two"
	for form, code := range map[string]string{
		"email=ada": "email_invalid", "mail=a@example.com": "parameter_unknown",
	} {
		var told refusal
		if asked(t, s, "POST", customersPath, form, &told, key...); told.Error.Code != code {
			t.Errorf("%s: %+v", form, told.Error)
		}
	}
	if r := asked(t, s, "POST", customersPath, "email=b@example.com", nil, key...); r.StatusCode != 200 {
		t.Errorf("the key of requests that were refused is used up: %d", r.StatusCode)
	}
	var told refusal
	asked(t, s, "POST", customersPath, "email=c@example.com", &told, key...)
	if told.Error.Type != "idempotency_error" {
		t.Errorf("the key was used for another customer: %+v", told.Error)
	}
}

func TestAccountsV2(t *testing.T) {
	s := New(Config{Calm: true})
	body := `{"contact_email": "a@example.com", "display_name": "Ada", "configuration": {"customer": {}},
		"include": ["configuration.customer"], "identity": {"country": "us"}}`
	var told refusal
	if asked(t, s, "POST", v2Path, body, &told); told.Error.Message == "" {
		t.Error("accounts v2 without a preview version")
	}
	var made struct {
		ID, Object    string
		Configuration map[string]any
		Identity      any
		Applied       []string `json:"applied_configurations"`
	}
	version := []string{"Stripe-Version", preview}
	asked(t, s, "POST", v2Path, body, &made, version...)
	if !strings.HasPrefix(made.ID, "acct_") || made.Object != "v2.core.account" || made.Identity != nil ||
		made.Configuration["customer"] == nil || len(made.Applied) != 1 {
		t.Errorf("%+v", made)
	}
	if asked(t, s, "GET", v2Path+"/"+made.ID+"?include[]=identity", "", &made, version...); made.Identity == nil {
		t.Errorf("identity was included: %+v", made)
	}
	var session shownSession
	asked(t, s, "POST", sessionsPath, "account_holder[type]=customer&account_holder[customer_account]="+made.ID+
		"&permissions[]=balances", &session)
	if session.Holder["customer_account"] != made.ID || session.Holder["type"] != "customer" {
		t.Errorf("holder %v", session.Holder)
	}
	asked(t, s, "POST", sessionsPath, "account_holder[type]=account&account_holder[account]="+made.ID+
		"&permissions[]=balances", &told)
	if told.Error.Code != "resource_missing" {
		t.Errorf("an account configured as a customer is no connected account: %+v", told.Error)
	}
	for body, code := range map[string]string{
		`{"email": "a@example.com"}`: "parameter_unknown", `{"contact_email": "a"}`: "email_invalid",
		`{"configuration": {"storer": {}}}`: "parameter_unknown", `{"include": ["everything"]}`: "",
		`{"contact_email": 7}`: "", `{"contact_email": "a@example.com"} {}`: "",
	} {
		told = refusal{}
		if r := asked(t, s, "POST", v2Path, body, &told, version...); r.StatusCode != 400 || told.Error.Code != code {
			t.Errorf("%s: %d %+v", body, r.StatusCode, told.Error)
		}
	}
}

func TestConnectedAccountsAreHolders(t *testing.T) {
	s := New(Config{Calm: true})
	var made struct{ ID string }
	asked(t, s, "POST", v2Path, `{"configuration": {"merchant": {}}}`, &made, "Stripe-Version", preview)
	var v1 struct{ ID, Object string }
	if asked(t, s, "GET", "/v1/accounts/"+made.ID, "", &v1); v1.ID != made.ID || v1.Object != "account" {
		t.Errorf("API v1 shows %+v", v1)
	}
	var told refusal
	if r := asked(t, s, "GET", "/v1/accounts/acct_none", "", &told); r.StatusCode != http.StatusForbidden ||
		told.Error.Code != "account_invalid" {
		t.Errorf("an account that is unknown: %s, %+v", r.Status, told.Error)
	}
	var session shownSession
	asked(t, s, "POST", sessionsPath, "account_holder[type]=account&account_holder[account]="+made.ID+
		"&permissions[]=balances", &session)
	if _, e := s.desk.Link(session.ID, 1, s.whole()); e != nil {
		t.Fatal(e.Message)
	}
	var page struct {
		Data []struct {
			Holder struct{ Type, Account string } `json:"account_holder"`
		}
	}
	asked(t, s, "GET", "/v1/financial_connections/accounts?account_holder[account]="+made.ID, "", &page)
	if len(page.Data) != 1 || page.Data[0].Holder.Account != made.ID || page.Data[0].Holder.Type != "account" {
		t.Errorf("%+v", page)
	}
}

func TestStripeAccountsWithoutAccess(t *testing.T) {
	hosted := "&ui_mode=hosted&hosted[return_url]=https://a.example"
	for access, path := range map[string]string{
		"registration": sessionsPath, "balances": sessionsPath, "hosted": sessionsPath, "accounts_v2": v2Path,
	} {
		s := New(Config{Calm: true})
		form := holderForm(s) + "&permissions[]=balances" + hosted
		if path == v2Path {
			form = `{"configuration": {"customer": {}}}`
		}
		if r := asked(t, s, "POST", path, form, nil, "Stripe-Version", preview); r.StatusCode != 200 {
			t.Errorf("%s: %d with access", path, r.StatusCode)
		}
		script, err := ParseFaults([]byte(`{"when": {"times": 1}, "do": {"without": ["` + access + `"]}}`))
		if err != nil {
			t.Fatal(err)
		}
		if err := s.AddFaults(script); err != nil {
			t.Fatal(err)
		}
		for range 2 { // it lasts
			var told refusal
			r := asked(t, s, "POST", path, form, &told, "Stripe-Version", preview)
			if r.StatusCode != 400 || !strings.Contains(told.Error.Message, "does not have access") {
				t.Errorf("without %s: %d %+v", access, r.StatusCode, told.Error)
			}
		}
	}
	var f Fault
	f.Do.Without = []string{"everything"}
	if New(Config{}).AddFault(f) == nil {
		t.Error("there is no access of this name")
	}
}
