package simulator

import (
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"fcpipe/sync/simulator/linking"
)

// clientStep posts a step of the client; the body is an object without its braces.
func clientStep(t *testing.T, s *Server, step, body string, into any) *http.Response {
	t.Helper()
	return asked(t, s, "POST", "/_link/"+step, "{"+body+"}", into, "Authorization", "")
}

// sessionOf makes a session for the world's first customer; more are parameters.
func sessionOf(t *testing.T, s *Server, more string) (made shownSession, credentials string) {
	t.Helper()
	asked(t, s, "POST", sessionsPath, holderForm(s)+"&permissions[]=balances&permissions[]=transactions"+more, &made)
	if made.ClientSecret == nil {
		t.Fatal("no session was made")
	}
	return made, `"key": "pk_test_x", "client_secret": "` + *made.ClientSecret + `"`
}

func TestClientNeedsKeyAndSecret(t *testing.T) {
	s := New(Config{Calm: true})
	_, credentials := sessionOf(t, s, "")
	secret := strings.SplitN(credentials, ", ", 2)[1]
	for body, status := range map[string]int{
		credentials: 200, secret: 401, `"key": "pk_test_x"`: 400, `"key": "sk_test_x", ` + secret: 401,
		`"key": "pk_test_revoked", ` + secret: 401, `"key": "pk_test_other", ` + secret: 400,
		`"key": "pk_live_x", ` + secret: 400, credentials + `, "stripe_account": "acct_1"`: 400,
		`"key": "pk_test_x", "client_secret": "fcsess_client_secret_none"`: 400, credentials + `, "more": 1`: 400,
	} {
		if response := clientStep(t, s, "open", body, nil); response.StatusCode != status {
			t.Errorf("%s: %d, want %d", body, response.StatusCode, status)
		}
	}
	if n := len(s.Meter().Requests); n != 1 { // the session
		t.Errorf("%d endpoints were metered", n)
	}
}

func TestEveryOriginMayAskAndNoneIsTrusted(t *testing.T) {
	s := New(Config{Calm: true})
	_, credentials := sessionOf(t, s, "")
	preflight := asked(t, s, "OPTIONS", "/_link/open", "", nil, "Origin", "https://a.example")
	if preflight.StatusCode != 204 || preflight.Header.Get("Access-Control-Allow-Headers") != "Content-Type" {
		t.Errorf("%d %v", preflight.StatusCode, preflight.Header)
	}
	for _, response := range []*http.Response{
		preflight, clientStep(t, s, "open", credentials, nil), clientStep(t, s, "open", `"key": "no"`, nil),
	} {
		h := response.Header
		if h.Get("Access-Control-Allow-Origin") != "*" || h.Get("Access-Control-Allow-Credentials") != "" {
			t.Errorf("%d %v", response.StatusCode, h)
		}
	}
	if api := asked(t, s, "GET", customersPath, "", nil).Header; api.Get("Access-Control-Allow-Origin") != "" {
		t.Errorf("a page may ask the API: %v", api)
	}
	script := asked(t, s, "GET", "/stripe.js", "", nil)
	text, err := io.ReadAll(script.Body)
	kind := script.Header.Get("Content-Type")
	if err != nil || script.StatusCode != 200 || !strings.HasPrefix(kind, "text/javascript") {
		t.Errorf("%d %v %v", script.StatusCode, script.Header, err)
	}
	for _, forbidden := range []string{"innerHTML", "eval(", "setAttribute(\"style", "https://"} {
		if strings.Contains(string(text), forbidden) {
			t.Errorf("the script has %s", forbidden)
		}
	}
}

func TestChoosingIsAllOrNothing(t *testing.T) {
	s := New(Config{Calm: true})
	made, credentials := sessionOf(t, s, "&limits[accounts]=2")
	before := len(s.Accounts())
	for _, body := range []string{
		`"institution": "Cobalt Bank", "accounts": []`, `"institution": "Cobalt Bank", "accounts": ["0", "1", "2"]`,
		`"institution": "Cobalt Bank", "accounts": ["0", "9"]`, `"institution": "No Bank", "accounts": ["0"]`,
		`"institution": "Down Bank", "accounts": ["0"]`,
	} {
		if r := clientStep(t, s, "connect", credentials+", "+body, nil); r.StatusCode != 400 {
			t.Errorf("%s: %d", body, r.StatusCode)
		}
	}
	if len(s.Accounts()) != before || s.desk.Session(made.ID).Status != "" {
		t.Error("something was linked")
	}
	chosen := credentials + `, "institution": "Cobalt Bank", "accounts": ["1", "0", "0"]`
	var l linked
	clientStep(t, s, "connect", chosen, &l)
	var told refusal
	if r := clientStep(t, s, "connect", chosen, &told); r.StatusCode != 400 || len(l.Session.Accounts) != 2 {
		t.Errorf("%+v, then %d", l.Session, r.StatusCode)
	}
	if len(s.Accounts()) != before+2 {
		t.Errorf("%d accounts were linked", len(s.Accounts())-before)
	}
	var page listed
	if asked(t, s, "GET", "/v1/events?type=financial_connections.account.created&limit=100&created[gte]="+
		"1780322400", "", &page); len(page.Data) != 2 {
		t.Errorf("%d events of accounts that were created", len(page.Data))
	}
}

// TestHolderLinksTheSameAccountAgain: what was offered is there again; linked again it has a new id, and the old one
// is inactive.
func TestHolderLinksTheSameAccountAgain(t *testing.T) {
	s := New(Config{Calm: true})
	choose := `, "institution": "Summit Federal", "accounts": ["0"]`
	var first, second linked
	_, credentials := sessionOf(t, s, "")
	clientStep(t, s, "connect", credentials+choose, &first)
	s.Advance(time.Hour)
	_, credentials = sessionOf(t, s, "&permissions[]=ownership")
	clientStep(t, s, "connect", credentials+choose, &second)
	a, b := s.world.ByID[first.Session.Accounts[0].ID], s.world.ByID[second.Session.Accounts[0].ID]
	if a.ID == b.ID || a.Last4 != b.Last4 || a.Status(s.now) != "inactive" || !b.Permits("ownership") {
		t.Errorf("%s %s %v, then %s %s %v", a.ID, a.Last4, a.Status(s.now), b.ID, b.Last4, b.Permissions)
	}
	if s.Truth().Relinked[b.ID] != a.ID {
		t.Error("the truth does not tell that they are one")
	}
}

func TestSessionsEnd(t *testing.T) {
	for name, end := range map[string]func(*Server, string, string){
		"has expired": func(s *Server, _, _ string) { s.Advance(25 * time.Hour) },
		"expired":     func(s *Server, id, _ string) { s.desk.Expire(id, s.whole()) },
		"has already ended": func(s *Server, _, credentials string) {
			clientStep(t, s, "cancel", credentials, nil)
		},
		"completed": func(s *Server, id, _ string) { _, _ = s.desk.Link(id, 1, s.whole()) },
		"ended": func(s *Server, _, credentials string) {
			clientStep(t, s, "cancel", credentials+`, "institution": "`+linking.DownBank+`"`, nil)
		},
	} {
		s := New(Config{Calm: true})
		made, credentials := sessionOf(t, s, "")
		end(s, made.ID, credentials)
		var told refusal
		if r := clientStep(t, s, "open", credentials, &told); r.StatusCode != 400 ||
			!strings.Contains(told.Error.Message, name) {
			t.Errorf("%s: %d %+v", name, r.StatusCode, told.Error)
		}
	}
}

// TestSavedWorldKnowsItsSessions: a session that was begun before the world was saved is completed after.
func TestSavedWorldKnowsItsSessions(t *testing.T) {
	path := t.TempDir() + "/state"
	s := New(Config{Calm: true})
	made, credentials := sessionOf(t, s, "&limits[accounts]=1&prefetch[]=transactions")
	if err := s.Save(path); err != nil {
		t.Fatal(err)
	}
	s, err := Load(path)
	if err != nil {
		t.Fatal(err)
	}
	var l linked
	clientStep(t, s, "connect", credentials+`, "institution": "Cobalt Bank", "accounts": ["0"]`, &l)
	if err := s.Save(path); err != nil {
		t.Fatal(err)
	}
	if s, err = Load(path); err != nil {
		t.Fatal(err)
	}
	a := s.world.ByID[l.Session.Accounts[0].ID]
	if a == nil || a.Institution != "Cobalt Bank" || s.desk.Session(made.ID).Status != "succeeded" {
		t.Errorf("%+v", a)
	}
}
