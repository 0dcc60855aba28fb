package simulator

import (
	"encoding/json"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"fcpipe/sync/browsertest"
)

// shownAccount is an account as clients read it.
type shownAccount struct {
	Permissions, Subscriptions []string
	Status                     string
	Authorization              string
	Balance                    json.RawMessage
	TransactionRefresh         *struct{ ID string } `json:"transaction_refresh"`
}

func accountOf(t *testing.T, s *Server, id string, headers ...string) (a shownAccount) {
	t.Helper()
	asked(t, s, "GET", accountsPath+"/"+id, "", &a, headers...)
	return a
}

// TestPermissionsShrinkAndReturn: what is not shared is neither shown nor done, at once; given again, it is.
func TestPermissionsShrinkAndReturn(t *testing.T) {
	s := New(Config{Calm: true, Linked: true})
	s.Advance(time.Hour)
	id := s.Accounts()[0]
	asked(t, s, "POST", accountsPath+"/"+id+"/subscribe", "features[]=transactions", nil)
	s.Advance(25 * time.Hour)
	before := accountOf(t, s, id)
	if len(before.Subscriptions) != 1 || before.TransactionRefresh == nil || string(before.Balance) == "null" {
		t.Fatalf("before: %+v", before)
	}
	if !s.Share(id, "payment_method", "ownership") || s.Share("fca_none", "balances") {
		t.Error("Share tells accounts it knows from others")
	}
	a := accountOf(t, s, id)
	if strings.Join(a.Permissions, " ") != "ownership payment_method" || len(a.Subscriptions) != 0 ||
		a.TransactionRefresh != nil || string(a.Balance) != "null" || a.Status != "active" {
		t.Errorf("after: %+v", a)
	}
	for path, status := range map[string]int{
		rowsPath + "?account=" + id: 403, accountsPath + "/" + id: 200,
	} {
		if r := asked(t, s, "GET", path, "", nil); r.StatusCode != status {
			t.Errorf("%s: %d", path, r.StatusCode)
		}
	}
	for _, change := range []string{"refresh", "subscribe"} {
		path := accountsPath + "/" + id + "/" + change
		if r := asked(t, s, "POST", path, "features[]=transactions", nil); r.StatusCode != 400 {
			t.Errorf("%s: %d", change, r.StatusCode)
		}
	}
	s.Share(id)
	if a := accountOf(t, s, id); a.Permissions == nil || len(a.Permissions) != 0 {
		t.Errorf("nothing is shared: %+v", a)
	}
	s.Share(id, "transactions", "balances")
	if r := asked(t, s, "GET", rowsPath+"?account="+id, "", nil); r.StatusCode != 200 {
		t.Errorf("given again: %d", r.StatusCode)
	}
	if a := accountOf(t, s, id); len(a.Subscriptions) != 0 || a.TransactionRefresh == nil {
		t.Errorf("given again: %+v", a)
	}
}

// TestConsentChangesInTheMiddleOfARound: while another account is read, or this one's second page.
func TestConsentChangesInTheMiddleOfARound(t *testing.T) {
	s := New(Config{Calm: true, Linked: true})
	s.Advance(time.Hour)
	first, second, third := s.Accounts()[0], s.Accounts()[1], s.Accounts()[2]
	script, err := ParseFaults([]byte(strings.NewReplacer("FIRST", first, "SECOND", second, "THIRD", third).Replace(`[
		{"when": {"path": "/transactions", "account": "FIRST", "page": 2, "times": 1},
		 "do": {"permissions": ["balances"]}},
		{"when": {"path": "/accounts$", "times": 1}, "do": {"permissions": [], "of": "SECOND"}},
		{"when": {"path": "/accounts$", "times": 1}, "do": {"account_status": "disconnected", "of": "THIRD"}}]`)))
	if err == nil {
		err = s.AddFaults(script)
	}
	if err != nil {
		t.Fatal(err)
	}
	var page struct{ Data []struct{ ID string } }
	rows := rowsPath + "?limit=5&account=" + first
	asked(t, s, "GET", rows, "", &page)
	if r := asked(t, s, "GET", rows+"&starting_after="+page.Data[4].ID, "", nil); r.StatusCode != 403 {
		t.Errorf("the second page: %d", r.StatusCode)
	}
	for range 2 {
		asked(t, s, "GET", accountsPath, "", nil)
	}
	if a := accountOf(t, s, second); len(a.Permissions) != 0 {
		t.Errorf("%+v", a)
	}
	if a := accountOf(t, s, third); a.Status != "disconnected" {
		t.Errorf("%+v", a)
	}
	for _, wrong := range []string{
		`{"do": {"permissions": ["balance"]}}`, `{"do": {"of": "` + first + `", "delay": "1s"}}`,
	} {
		if _, err := ParseFaults([]byte(wrong)); err == nil {
			t.Errorf("%s is a script", wrong)
		}
	}
}

func TestSavedWorldKnowsWhatIsShared(t *testing.T) {
	s := New(Config{Calm: true, Linked: true})
	id := s.Accounts()[0]
	s.Share(id, "balances")
	path := t.TempDir() + "/state"
	if err := s.Save(path); err != nil {
		t.Fatal(err)
	}
	loaded, err := Load(path)
	if err != nil {
		t.Fatal(err)
	}
	if a := accountOf(t, loaded, id); !slices.Equal(a.Permissions, []string{"balances"}) {
		t.Errorf("%+v", a)
	}
}

func TestConsentsArePrivatePreview(t *testing.T) {
	s := New(Config{Calm: true})
	consents := "/v1/financial_connections/consents"
	version := []string{"Stripe-Version", preview}
	if r := asked(t, s, "POST", consents, holderForm(s), nil); r.StatusCode != 404 {
		t.Errorf("without a preview version: %d", r.StatusCode)
	}
	var made, read struct {
		ID, Object, Locale string
		Text               string `json:"consent_text"`
		Created            int64
		Expires            int64          `json:"expires_at"`
		Holder             map[string]any `json:"account_holder"`
	}
	asked(t, s, "POST", consents, holderForm(s)+"&locale=es-US", &made, version...)
	asked(t, s, "GET", consents+"/"+made.ID, "", &read, version...)
	if made.Object != "financial_connections.consent" || made.Locale != "es-US" || made.Text == "" ||
		made.Expires <= made.Created || made.Text != read.Text || read.Holder["type"] != "customer" {
		t.Errorf("%+v, then %+v", made, read)
	}
	var told refusal
	asked(t, s, "POST", consents, holderForm(s)+"&locale=tlh", &told, version...)
	if told.Error.Param != "locale" {
		t.Errorf("%+v", told.Error)
	}
	for _, test := range []struct {
		id      string
		at      int64
		outcome string
	}{
		{made.ID, made.Created, "consent_accepted"},
		{made.ID, made.Created - 9, "consent_required"},
		{"fccons_none", made.Created, "consent_required"},
	} {
		session, credentials := sessionOf(t, s, "")
		evidence, _ := json.Marshal(map[string]any{"consent": test.id, "collected_at": test.at})
		var opened struct {
			Given bool `json:"consent_given"`
		}
		clientStep(t, s, "open", credentials+`, "pre_collected_consent": `+string(evidence), &opened)
		var shown struct {
			Consent struct{ Outcome string } `json:"pre_collected_consent"`
		}
		asked(t, s, "GET", sessionsPath+"/"+session.ID, "", &shown, version...)
		if shown.Consent.Outcome != test.outcome || opened.Given != (test.outcome == "consent_accepted") {
			t.Errorf("%s: %+v, given %v", test.id, shown, opened.Given)
		}
	}
}

// TestInactiveAccountIsRelinked by a session for its authorization: it keeps its id.
func TestInactiveAccountIsRelinked(t *testing.T) {
	s := New(Config{Calm: true, Linked: true})
	id, version := s.Accounts()[0], []string{"Stripe-Version", preview}
	s.Advance(time.Hour)
	s.SetStatus(id, "inactive")
	s.Advance(time.Hour)
	authorization := accountOf(t, s, id, version...).Authorization
	var shown struct{ Object, Status string }
	asked(t, s, "GET", "/v1/financial_connections/authorizations/"+authorization, "", &shown, version...)
	if shown.Object != "financial_connections.authorization" || accountOf(t, s, id).Authorization != "" {
		t.Errorf("%+v", shown)
	}
	var made shownSession
	asked(t, s, "POST", sessionsPath, "permissions[]=balances&permissions[]=transactions&ui_mode=hosted"+
		"&hosted[delivery_method]=url&relink_options[account]="+id+"&relink_options[authorization]="+authorization,
		&made, version...)
	token := made.URL[strings.LastIndex(made.URL, "/")+1:]
	if made.ClientSecret != nil || made.UIMode != "hosted" || made.Status != "pending" || token == "" {
		t.Fatalf("%+v", made)
	}
	institution := s.world.ByID[id].Institution
	clientStep(t, s, "connect", `"hosted_token": "`+token+`", "institution": "`+institution+`", "accounts": ["0"]`, nil)
	var after shownSession
	asked(t, s, "GET", sessionsPath+"/"+made.ID, "", &after, version...)
	a := accountOf(t, s, id)
	if a.Status != "active" || len(a.Permissions) != 2 || after.Status != "succeeded" || after.URL != "" ||
		after.RelinkResult == nil || *after.RelinkResult.Account != id || len(after.Accounts.Data) != 1 {
		t.Errorf("%+v %+v", a, after)
	}
	var page listed
	asked(t, s, "GET", "/v1/events?type=financial_connections.account.reactivated", "", &page)
	if len(page.Data) != 1 {
		t.Errorf("%d events of accounts that came back", len(page.Data))
	}
}

func TestHostedSessionInTheBrowser(t *testing.T) {
	ctx := newTab(t)
	p := newLinkPage(t, Config{Calm: true})
	hosted := func(back string) (made shownSession) {
		r := httptest.NewRequest("POST", p.sim.URL+sessionsPath, strings.NewReader(holderForm(p.server)+
			"&permissions[]=balances&ui_mode=hosted&hosted[return_url]="+back))
		r.Header.Set("Authorization", "Bearer sk_test_x")
		r.Header.Set("Stripe-Version", preview)
		answered := httptest.NewRecorder()
		p.server.ServeHTTP(answered, r)
		if err := json.Unmarshal(answered.Body.Bytes(), &made); err != nil || made.URL == "" {
			t.Fatalf("%v: %s", err, answered.Body)
		}
		return made
	}
	made := hosted(p.page.URL)
	run(t, ctx, chromedp.Navigate(made.URL), chromedp.WaitVisible("#fcsim-agree"), browsertest.Picture("hosted"),
		click("#fcsim-agree"), click(bank("Cobalt Bank")), click("#fcsim-connect"), click("#fcsim-done"),
		chromedp.WaitVisible("#before")) // the page it returns to
	if n := len(p.server.desk.Linked(p.server.desk.Session(made.ID))); n == 0 {
		t.Error("nothing was linked")
	}
	var text string
	run(t, ctx, chromedp.Navigate(made.URL),
		chromedp.Poll(`document.querySelector("#fcsim-outcome").textContent`, &text))
	if !strings.Contains(text, "already been completed") {
		t.Errorf("opened again: %s", text)
	}
}
