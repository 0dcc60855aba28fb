package service

import (
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"
)

// TestAUserLinksWithATicket: from the operator's server to the first round.
func TestAUserLinksWithATicket(t *testing.T) {
	w := newWorld(t, nil)
	holder := w.customer("jo@example.com")
	ticket := w.ticket(holder)
	opened := w.ask(ticket, "POST", "/v1/sessions", `{}`)
	if opened.status != http.StatusCreated || opened.value.Key != "pk_test_service" ||
		!strings.Contains(opened.value.Notice.Text, "To decide.") {
		t.Fatalf("%d %s", opened.status, opened.text)
	}
	path := "/v1/sessions/" + opened.value.Session
	if a := w.ask(ticket, "GET", path, ""); a.status != 200 || a.value.Step != stepNothing {
		t.Errorf("before: %d %s", a.status, a.text)
	}
	w.link(opened.value.ClientSecret)
	const told = `{"outcome":"completed","shown":{"version":"fcpipe-3","locale":"en"}}`
	ended := w.ask(ticket, "POST", path+"/result", told)
	if ended.status != 200 || len(ended.value.Accounts) != 2 || strings.Contains(ended.text, "secret") {
		t.Fatalf("%d %s", ended.status, ended.text)
	}
	if h := <-w.after.ended; h.String() != holder {
		t.Errorf("a round of %s", h)
	}
	w.stop()
	<-w.worked
	if a := w.ask(ticket, "GET", path, ""); a.value.Step != "done" {
		t.Errorf("after: %s", a.text)
	}
	c := w.after.consents
	if len(c) != 2 || c[0].HolderID != holder || *c[0].SessionID != opened.value.Session ||
		*c[0].Text != w.service.options.Notice.Text() {
		t.Errorf("%+v", c)
	}
	if strings.Contains(w.told.String(), opened.value.ClientSecret) || strings.Contains(w.told.String(), ticket) {
		t.Error("a secret is in the log")
	}
}

// TestToldManyTimesAtOnceItIsWrittenOnce.
func TestToldManyTimesAtOnceItIsWrittenOnce(t *testing.T) {
	w := newWorld(t, nil)
	holder := w.customer("jo@example.com")
	opened := w.ask(serverToken, "POST", "/v1/sessions", `{"holder":"`+holder+`"}`)
	w.link(opened.value.ClientSecret)
	var all sync.WaitGroup
	for range 20 {
		all.Go(func() {
			w.ask(serverToken, "POST", "/v1/sessions/"+opened.value.Session+"/result", `{"outcome":"completed"}`)
		})
	}
	all.Wait()
	<-w.after.ended
	if len(w.after.consents) != 2 || len(w.after.rounds) != 1 {
		t.Errorf("%d consents, %d rounds", len(w.after.consents), len(w.after.rounds))
	}
}

// TestATicketReachesItsHolderAlone.
func TestATicketReachesItsHolderAlone(t *testing.T) {
	w := newWorld(t, nil)
	jo, other := w.customer("jo@example.com"), w.customer("other@example.com")
	ticket := w.ticket(jo)
	if a := w.ask(ticket, "POST", "/v1/sessions", `{"holder":"`+other+`"}`); a.value.Error.Code != "other_holder" {
		t.Errorf("another holder: %d %s", a.status, a.text)
	}
	if a := w.ask(ticket, "POST", "/v1/sessions", `{"holder":"`+jo+`"}`); a.status != http.StatusCreated {
		t.Errorf("its own, named: %d %s", a.status, a.text)
	}
	theirs := w.ask(serverToken, "POST", "/v1/sessions", `{"holder":"`+other+`"}`)
	w.link(theirs.value.ClientSecret)
	for _, a := range []answered{
		w.ask(ticket, "GET", "/v1/sessions/"+theirs.value.Session, ""),
		w.ask(ticket, "POST", "/v1/sessions/"+theirs.value.Session+"/result", `{"outcome":"completed"}`),
		w.ask(ticket, "GET", "/v1/sessions/fcsess_none", ""),
	} {
		if a.status != http.StatusNotFound || a.value.Error.Code != "unknown_session" {
			t.Errorf("another's session: %d %s", a.status, a.text)
		}
	}
	w.pass(time.Minute)
	if a := w.ask(ticket, "POST", "/v1/tickets", `{"holder":"`+jo+`"}`); a.status != http.StatusForbidden {
		t.Errorf("a ticket made a ticket: %d %s", a.status, a.text)
	}
	if len(w.after.consents) != 0 {
		t.Error("something was recorded")
	}
}

// TestATicketEnds, and cannot be changed.
func TestATicketEnds(t *testing.T) {
	w := newWorld(t, nil)
	ticket := w.ticket(w.customer("jo@example.com"))
	other := newWorld(t, nil).service.signer // of another process
	content, mac, _ := strings.Cut(strings.TrimPrefix(ticket, ticketPrefix), ".")
	forged := encoding.EncodeToString([]byte("cus_other 9999999999"))
	h, _ := w.service.signer.read(ticket, w.time())
	for name, token := range map[string]string{
		"none": "", "another holder": ticketPrefix + forged + "." + mac, "no mac": ticketPrefix + content,
		"another key": other.ticket(h, w.time().Add(TicketHolds)), "nothing": "x", "half": ticket[:len(ticket)/2],
	} {
		if a := w.ask(token, "POST", "/v1/sessions", `{}`); a.status != http.StatusUnauthorized {
			t.Errorf("%s: %d %s", name, a.status, a.text)
		}
	}
	if a := w.ask(ticket, "POST", "/v1/sessions", `{}`); a.status != http.StatusCreated {
		t.Errorf("now: %d %s", a.status, a.text)
	}
	w.pass(TicketHolds)
	if a := w.ask(ticket, "POST", "/v1/sessions", `{}`); a.status != http.StatusUnauthorized {
		t.Errorf("later: %d %s", a.status, a.text)
	}
}

func TestOnlyListedPagesMayAsk(t *testing.T) {
	w := newWorld(t, nil)
	from := func(origin string) func(*http.Request) {
		return func(r *http.Request) { r.Header.Set("Origin", origin) }
	}
	for _, method := range []string{"POST", "OPTIONS"} {
		a := w.ask(serverToken, method, "/v1/sessions", `{}`, from("https://evil.example"))
		if a.status != http.StatusForbidden || a.header.Get("Access-Control-Allow-Origin") != "" {
			t.Errorf("%s: %d %v", method, a.status, a.header)
		}
	}
	a := w.ask("", "OPTIONS", "/v1/sessions", "", from(webPage))
	if a.status != http.StatusNoContent || a.header.Get("Access-Control-Allow-Origin") != webPage ||
		a.header.Get("Access-Control-Allow-Credentials") != "" ||
		!strings.Contains(a.header.Get("Access-Control-Allow-Headers"), "Authorization") {
		t.Errorf("%d %v", a.status, a.header)
	}
	holder := w.customer("jo@example.com")
	a = w.ask(serverToken, "POST", "/v1/sessions", `{"holder":"`+holder+`"}`, from(webPage))
	if a.status != http.StatusCreated || a.header.Get("Access-Control-Allow-Origin") != webPage {
		t.Errorf("%d %v", a.status, a.header)
	}
}

func TestBadRequestsAreRefused(t *testing.T) {
	w := newWorld(t, func(o *Options) { o.Holders = []string{"cus_read"} })
	for _, test := range []struct {
		method, path, body string
		status             int
		code               string
	}{
		{"POST", "/v1/sessions", `{"holder":"cus_read","permissions":["ownership"]}`, 400, "bad_request"},
		{"POST", "/v1/sessions", `{"holder":"cus_read"}{}`, 400, "bad_request"},
		{"POST", "/v1/sessions", `{"holder":"cus_read"}]`, 400, "bad_request"},
		{"POST", "/v1/sessions", `{"holder":"cus_read"}` + strings.Repeat(" ", 20<<10), 413, "too_large"},
		{"POST", "/v1/sessions", `{"holder":"`, 400, "bad_request"},
		{"POST", "/v1/sessions", strings.Repeat(" ", 20<<10), 413, "too_large"},
		{"POST", "/v1/sessions", `{"holder":"fca_1"}`, 400, "bad_holder"},
		{"POST", "/v1/sessions", `{}`, 400, "bad_holder"},
		{"POST", "/v1/sessions", `{"holder":"cus_other"}`, 403, "holder_not_read"},
		{"POST", "/v1/sessions", `{"holder":"cus_read"}`, 404, "unknown_holder"},
		{"POST", "/v1/sessions/fcsess_1/result", `{"outcome":"won"}`, 400, "bad_outcome"},
		{"GET", "/v1/sessions/..%2f..%2fcustomers", ``, 404, "unknown_session"},
		{"GET", "/v1/sessions", ``, 405, "wrong_method"},
		{"DELETE", "/v1/tickets", ``, 405, "wrong_method"},
		{"POST", "/v1/sessions/fcsess_1", `{}`, 405, "wrong_method"},
		{"GET", "/", ``, 404, "not_found"},
	} {
		a := w.ask(serverToken, test.method, test.path, test.body)
		if a.status != test.status || a.value.Error.Code != test.code {
			t.Errorf("%s %s %.40s: %d %s", test.method, test.path, test.body, a.status, a.text)
		}
	}
	plain := func(r *http.Request) { r.Header.Set("Content-Type", "text/plain") }
	if a := w.ask(serverToken, "POST", "/v1/sessions", `{}`, plain); a.status != http.StatusUnsupportedMediaType {
		t.Errorf("%d %s", a.status, a.text)
	}
	if a := w.ask("", "GET", "/healthz", ""); a.status != 200 || a.text != `{"status":"ok"}`+"\n" {
		t.Errorf("health: %d %s", a.status, a.text)
	}
}

// TestTheWordBeforeATokenIsBearer in any case, and no other; what an address takes is said.
func TestTheWordBeforeATokenIsBearer(t *testing.T) {
	w := newWorld(t, nil)
	for given, status := range map[string]int{
		"bearer " + serverToken: 201, "BEARER  " + serverToken: 201,
		serverToken: 401, "Basic " + serverToken: 401, "Bearer": 401,
	} {
		a := w.ask("", "POST", "/v1/tickets", `{"holder":"cus_1"}`, func(r *http.Request) {
			r.Header.Set("Authorization", given)
		})
		if a.status != status {
			t.Errorf("%.10s: %d %s", given, a.status, a.text)
		}
	}
	if a := w.ask(serverToken, "GET", "/v1/tickets", ""); a.header.Get("Allow") != "POST" {
		t.Errorf("%d %v", a.status, a.header)
	}
}

// TestATicketLivesInThisMachinesTime: Stripe's clock may be another, and is unknown before its first answer.
func TestATicketLivesInThisMachinesTime(t *testing.T) {
	var theirs time.Time
	w := newWorld(t, func(o *Options) { o.Now = func() time.Time { return theirs } })
	theirs = w.time().Add(-24 * time.Hour)
	ticket := w.ticket(w.customer("jo@example.com"))
	theirs = w.time().Add(24 * time.Hour)
	if a := w.ask(ticket, "POST", "/v1/sessions", `{}`); a.status != http.StatusCreated {
		t.Errorf("now: %d %s", a.status, a.text)
	}
	theirs = w.time().Add(-24 * time.Hour)
	w.pass(TicketHolds)
	if a := w.ask(ticket, "POST", "/v1/sessions", `{}`); a.status != http.StatusUnauthorized {
		t.Errorf("later: %d %s", a.status, a.text)
	}
}

// TestRatesAreKept for each holder and for those without a token; time gives them back.
func TestRatesAreKept(t *testing.T) {
	w := newWorld(t, nil)
	ticket := w.ticket(w.customer("jo@example.com"))
	statuses := map[int]int{}
	for range 30 {
		statuses[w.ask(ticket, "POST", "/v1/sessions", `{}`).status]++
	}
	if statuses[http.StatusCreated] != burstSeconds || statuses[http.StatusTooManyRequests] != 30-burstSeconds {
		t.Errorf("%v", statuses)
	}
	other := w.ticket(w.customer("other@example.com"))
	if a := w.ask(other, "POST", "/v1/sessions", `{}`); a.status != http.StatusCreated {
		t.Errorf("another holder: %d %s", a.status, a.text)
	}
	w.pass(2 * time.Second)
	if a := w.ask(ticket, "POST", "/v1/sessions", `{}`); a.status != http.StatusCreated {
		t.Errorf("later: %d %s", a.status, a.text)
	}
	for range 200 {
		statuses[w.ask("wrong", "POST", "/v1/sessions", `{}`).status]++
	}
	if statuses[http.StatusUnauthorized] > 150 || statuses[http.StatusUnauthorized] == 0 {
		t.Errorf("%v", statuses)
	}
}

func TestTokensAreLongAndOneALine(t *testing.T) {
	for _, text := range []string{"", "# none\n", "short", serverToken + " " + serverToken, "fct_" + serverToken} {
		if _, err := ParseTokens(text); err == nil || text != "" && strings.Contains(err.Error(), serverToken) {
			t.Errorf("%q: %v", text, err)
		}
	}
	tokens, err := ParseTokens("# first\n" + serverToken + "\r\n\n" + strings.ToUpper(serverToken) + "x\n")
	if err != nil || !tokens.knows(serverToken) || tokens.knows("") || tokens.knows(serverToken+"x") ||
		(Tokens{}).knows("") {
		t.Errorf("%v", err)
	}
}
