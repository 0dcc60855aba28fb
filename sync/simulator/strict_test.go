package simulator

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/stripe/stripe-mock/embedded"
	"github.com/stripe/stripe-mock/server"
)

// refusedSession is a request for a session that Stripe refuses.
type refusedSession struct{ version, form, code, param, message string }

func refusedSessions(holder string) []refusedSession {
	whole := holder + "&permissions[]=balances"
	return []refusedSession{
		{"", whole + "&foo=1", "parameter_unknown", "foo", "Received unknown parameter: foo"},
		{
			"", whole + "&filters[foo]=1", "parameter_unknown",
			"filters[foo]", "Received unknown parameter: filters[foo]",
		},
		{"", whole + "&ui_mode=hosted", "parameter_unknown", "ui_mode", ""},
		{"", whole + "&filters[country]=US", "parameter_unknown", "filters[country]", ""},
		{"2026-09-30.endive", whole + "&filters[countries][]=US", "parameter_unknown", "filters[countries][]", ""},
		{
			"", "permissions[]=balances", "parameter_missing",
			"account_holder", "Missing required param: account_holder.",
		},
		{
			"", "permissions[]=balances&account_holder[customer]=cus_x", "parameter_missing", "account_holder[type]",
			"Missing required param: account_holder[type].",
		},
		{
			"", "permissions[]=balances&account_holder[type]=customer", "parameter_missing",
			"account_holder[customer]", "",
		},
		{"", "permissions[]=balances&account_holder[type]=account", "parameter_missing", "account_holder[account]", ""},
		{
			"", "permissions[]=balances&account_holder[type]=person", "", "account_holder[type]",
			"Invalid account_holder[type]: must be one of account or customer",
		},
		{
			"", "permissions[]=balances&account_holder[type]=customer&account_holder[customer]=cus_none",
			"resource_missing", "account_holder[customer]", "No such customer: 'cus_none'",
		},
		{"", whole + "&account_holder[customer_account]=acct_1", "parameters_exclusive", "account_holder", ""},
		{"", whole + "&account_holder[account]=acct_1", "parameter_unknown", "account_holder[account]", ""},
		{"", holder, "parameter_missing", "permissions", "Missing required param: permissions."},
		{"", holder + "&permissions=balances", "", "permissions", "Invalid array"},
		{
			"", holder + "&permissions[0]=balance", "", "permissions[0]",
			"Invalid permissions[0]: must be one of balances, ownership, payment_method, or transactions",
		},
		{"", holder + "&permissions[]=balances&permissions[]=", "parameter_invalid_empty", "permissions[1]", ""},
		{"", whole + "&prefetch[]=payment_method", "", "prefetch[0]", ""},
		{"", whole + "&prefetch[]=inferred_balances", "", "prefetch[0]", ""},
		{"", whole + "&filters[account_subcategories][]=other", "", "filters[account_subcategories][0]", ""},
		{"", whole + "&filters[countries][]=DE", "", "filters[countries][0]", ""},
		{
			"", whole + "&filters[require_payment_method_support]=some", "",
			"filters[require_payment_method_support]", "",
		},
		{"", whole + "&limits[accounts]=x", "parameter_invalid_integer", "limits[accounts]", "Invalid integer: x"},
		{"", whole + "&limits[accounts]=0", "parameter_invalid_integer", "limits[accounts]", ""},
		{"", whole + "&manual_entry[mode]=custom", "", "manual_entry[mode]", ""},
		{"", whole + "&return_url=nowhere", "url_invalid", "return_url", "Not a valid URL"},
		{preview, whole + "&ui_mode=hosted", "parameter_missing", "hosted", ""},
		{preview, whole + "&ui_mode=hosted&hosted[delivery_method]=url", "", "hosted[delivery_method]", ""},
		{preview, whole + "&hosted[return_url]=https://a.example", "", "hosted", ""},
		{
			preview, whole + "&relink_options[authorization]=fcauth_none", "resource_missing",
			"relink_options[authorization]", "No such financial_connections.authorization: 'fcauth_none'",
		},
	}
}

func TestSessionsAreAsStrictAsStripe(t *testing.T) {
	s := New(Config{Calm: true})
	for _, test := range refusedSessions(holderForm(s)) {
		var told refusal
		response := asked(t, s, "POST", sessionsPath, test.form, &told, "Stripe-Version", test.version)
		if e := told.Error; response.StatusCode != 400 || e.Code != test.code || e.Param != test.param ||
			e.Type != "invalid_request_error" || e.Message == "" || test.message != "" && e.Message != test.message {
			t.Errorf("%s %s: %d %+v", test.version, test.form, response.StatusCode, e)
		}
	}
	if n := len(s.desk.Sessions); n != 0 {
		t.Errorf("%d sessions were made of requests that were refused", n)
	}
}

// TestStripeMockAgrees: what is accepted here, Stripe's own stand-in accepts, and much of what is refused it refuses.
// It checks less: neither whether objects exist, nor addresses, nor versions.
func TestStripeMockAgrees(t *testing.T) {
	document, err := server.LoadSpec(embedded.OpenAPISpec, "")
	if err != nil {
		t.Fatal(err)
	}
	fixtures, err := server.LoadFixtures(embedded.OpenAPIFixtures, "")
	if err != nil {
		t.Fatal(err)
	}
	mock, err := server.NewStubServer(fixtures, document, false, false)
	if err != nil {
		t.Fatal(err)
	}
	s := New(Config{Calm: true})
	type request struct{ path, form string }
	accepted := []request{
		{customersPath, "email=a@example.com&name=Ada&phone=1&description=d&metadata[user]=7"},
		{sessionsPath, holderForm(s) + "&permissions[0]=balances"},
		{sessionsPath, holderForm(s) + "&permissions[0]=transactions&permissions[1]=ownership&prefetch[0]=ownership" +
			"&filters[account_subcategories][0]=savings&filters[countries][0]=US&limits[accounts]=2" +
			"&filters[require_payment_method_support]=none&manual_entry[mode]=disabled&return_url=https://a.example"},
	}
	refused := 0
	for _, test := range refusedSessions(holderForm(s)) {
		if test.version == "" && answered(t, mock, sessionsPath, test.form) != 200 {
			refused++
		}
	}
	for _, r := range accepted {
		ours := asked(t, s, "POST", r.path, r.form, nil).StatusCode
		if theirs := answered(t, mock, r.path, r.form); ours != 200 || theirs != 200 {
			t.Errorf("%s %s: %d here, %d there", r.path, r.form, ours, theirs)
		}
	}
	if refused < 10 {
		t.Errorf("stripe-mock refuses %d of the requests that are refused here", refused)
	}
}

func answered(t *testing.T, mock *server.StubServer, path, form string) int {
	t.Helper()
	if _, err := url.ParseQuery(form); err != nil {
		t.Fatal(err)
	}
	r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, path, strings.NewReader(form))
	r.Header.Set("Authorization", "Bearer sk_test_x")
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	w := httptest.NewRecorder()
	mock.HandleRequest(w, r)
	return w.Code
}
