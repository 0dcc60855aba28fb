package collect

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"fcpipe/sync/simulator"
)

// servedFlow is the page of a flow, for a client that is no browser.
type servedFlow struct {
	*world
	flow   *Flow
	server *httptest.Server
	link   string
}

func (w *world) served(f *Flow) *servedFlow {
	w.t.Helper()
	s := &servedFlow{world: w, flow: f}
	var page *Page
	s.server = httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		page.ServeHTTP(rw, r)
	}))
	w.t.Cleanup(s.server.Close)
	var path string
	var err error
	page, path, err = NewPage(PageOptions{
		Address: strings.TrimPrefix(s.server.URL, "http://"), StripeJS: w.api.URL + "/stripe.js", APIBase: w.api.URL,
		Flow: f,
	})
	if err != nil {
		w.t.Fatal(err)
	}
	s.link = s.server.URL + path
	return s
}

// person has cookies of their own.
func (s *servedFlow) person() *http.Client {
	jar, _ := cookiejar.New(nil)
	return &http.Client{Jar: jar}
}

// send is a request as the page's script sends it, changed by change.
func (s *servedFlow) send(c *http.Client, method, path, body string, change func(*http.Request)) (int, string) {
	s.t.Helper()
	r, err := http.NewRequestWithContext(s.t.Context(), method, s.server.URL+path, strings.NewReader(body))
	if err != nil {
		s.t.Fatal(err)
	}
	r.Header.Set("Origin", s.server.URL)
	r.Header.Set("Content-Type", "application/json")
	if change != nil {
		change(r)
	}
	answer, err := c.Do(r)
	if err != nil {
		s.t.Fatal(err)
	}
	defer func() { _ = answer.Body.Close() }()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		s.t.Fatal(err)
	}
	return answer.StatusCode, string(text)
}

func newServedFlow(t *testing.T) *servedFlow {
	t.Helper()
	w := newWorld(t, simulator.Config{})
	return w.served(w.flow(w.customer()))
}

// flowEnd is what a flow ended with.
type flowEnd struct {
	outcome Outcome
	err     error
}

// begin runs the flow beside the test.
func (s *servedFlow) begin(ctx context.Context) (ended <-chan flowEnd) {
	ends, over := make(chan flowEnd, 1), make(chan struct{})
	s.clock.over = over
	go func() {
		outcome, err := s.flow.Run(ctx)
		ends <- flowEnd{outcome, err}
		close(over)
	}()
	return ends
}

// TestOnlyTheFirstBrowserMayAsk, and only from the page itself.
func TestOnlyTheFirstBrowserMayAsk(t *testing.T) {
	s := newServedFlow(t)
	first, second := s.person(), s.person()
	if status, _ := s.send(second, "POST", "/open", "{}", nil); status != http.StatusForbidden {
		t.Errorf("without the link: %d", status)
	}
	for range 2 { // the link may be opened again where it was opened first
		if answer, err := first.Get(s.link); err != nil || answer.StatusCode != http.StatusOK ||
			strings.Contains(answer.Request.URL.String(), "start") {
			t.Fatalf("%v, %v", answer, err)
		}
	}
	if answer, err := second.Get(s.link); err != nil || answer.StatusCode != http.StatusForbidden {
		t.Errorf("the second browser: %v, %v", answer, err)
	}
	for name, change := range map[string]func(*http.Request){
		"another page":    func(r *http.Request) { r.Header.Set("Origin", "http://evil.example") },
		"no page":         func(r *http.Request) { r.Header.Del("Origin") },
		"a form":          func(r *http.Request) { r.Header.Set("Content-Type", "text/plain") },
		"another name":    func(r *http.Request) { r.Host = "evil.example" },
		"another browser": func(r *http.Request) { r.Header.Del("Cookie"); r.URL.Path = "/open/" },
	} {
		status, body := s.send(first, "POST", "/open", "{}", change)
		if status < 400 || strings.Contains(body, "secret") {
			t.Errorf("%s: %d %s", name, status, body)
		}
	}
	if status, _ := s.send(first, "POST", "/open", strings.Repeat(" ", maxPageBody+1), nil); status != 413 {
		t.Errorf("a large body: %d", status)
	}
	status, body := s.send(first, "POST", "/open", "{}", nil)
	if status != 200 || !strings.Contains(body, "client_secret") {
		t.Errorf("the page: %d %s", status, body)
	}
}

func TestThePagesHeadersKeepItToItself(t *testing.T) {
	s := newServedFlow(t)
	answer, err := s.person().Get(s.link)
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{
		"Cross-Origin-Opener-Policy": "same-origin-allow-popups", "Referrer-Policy": "same-origin",
		"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff",
		"Content-Security-Policy": "default-src 'none'; script-src 'self' " + s.api.URL + "; style-src 'self'; " +
			"img-src 'self'; frame-src " + s.api.URL + "; connect-src 'self' " + s.api.URL +
			"; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
	} {
		if got := answer.Header.Get(name); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
	stripes, _, err := NewPage(PageOptions{
		Address: "127.0.0.1:1", StripeJS: "https://js.stripe.com/dahlia/stripe.js", Flow: s.flow,
	})
	const scripts, connect = "script-src 'self' https://js.stripe.com https://*.js.stripe.com;",
		"connect-src 'self' https://api.stripe.com;"
	if err != nil || !strings.Contains(stripes.policy, scripts) || !strings.Contains(stripes.policy, connect) {
		t.Errorf("%v: %s", err, stripes.policy)
	}
}

// linkBy links a bank's accounts as Stripe.js does.
func (s *servedFlow) linkBy(secret string) {
	s.t.Helper()
	for _, step := range []string{"accounts", "connect"} {
		body := `{"key":"pk_test_page","client_secret":"` + secret +
			`","institution":"Cobalt Bank","accounts":["0","1"]}`
		answer, err := http.Post(s.api.URL+"/_link/"+step, "application/json", strings.NewReader(body))
		if err != nil || answer.StatusCode != http.StatusOK {
			s.t.Fatal(step, answer, err)
		}
		_ = answer.Body.Close()
	}
}

// TestToldTwiceAtOnceItIsRecordedOnce.
func TestToldTwiceAtOnceItIsRecordedOnce(t *testing.T) {
	s := newServedFlow(t)
	opening, err := s.flow.open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	s.linkBy(opening.ClientSecret)
	var all sync.WaitGroup
	for range 10 {
		all.Go(func() {
			if err := s.flow.ended(t.Context(), opening.Session, Ending{Outcome: Completed}); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if n := len(s.after.recorded()); n != 2 || s.flow.State().Step != StepReading {
		t.Errorf("%d consents, %+v", n, s.flow.State())
	}
	if _, err := s.flow.open(t.Context()); !errors.Is(err, errOver) {
		t.Errorf("opened again: %v", err)
	}
	if err := s.flow.ended(t.Context(), "fcsess_other", Ending{Outcome: Completed}); !errors.Is(err, ErrNoSession) {
		t.Errorf("another session: %v", err)
	}
}

// TestAClaimWithoutAccountsLinksNothing: what was linked is what Stripe says.
func TestAClaimWithoutAccountsLinksNothing(t *testing.T) {
	s := newServedFlow(t)
	opening, err := s.flow.open(t.Context())
	if err == nil {
		err = s.flow.ended(t.Context(), opening.Session, Ending{Outcome: Completed})
	}
	if err != nil || len(s.after.recorded()) != 0 || s.flow.State().Step != StepNothing {
		t.Errorf("%v, %+v", err, s.flow.State())
	}
}

// TestABrowserThatWasClosedDoesNotLoseALink: when time is over, Stripe is asked once more.
func TestABrowserThatWasClosedDoesNotLoseALink(t *testing.T) {
	s := newServedFlow(t)
	opening, err := s.flow.open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	s.linkBy(opening.ClientSecret)
	ended := s.begin(t.Context())
	s.clock.advance(t, LinkWithin)
	s.clock.advance(t, seenWithin)
	if end := <-ended; end.err != nil || len(end.outcome.Accounts) != 2 || len(s.after.recorded()) != 2 {
		t.Errorf("%+v, %d consents", end, len(s.after.recorded()))
	}
}

// TestALinkAfterTheLastLookIsRead: time is over, the page has not shown it yet, and the holder finishes in Stripe's
// window.
func TestALinkAfterTheLastLookIsRead(t *testing.T) {
	s := newServedFlow(t)
	opening, err := s.flow.open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	ended := s.begin(t.Context())
	s.clock.advance(t, LinkWithin)
	s.clock.awaited(t, seenWithin) // the page has expired
	s.linkBy(opening.ClientSecret)
	if err := s.flow.ended(t.Context(), opening.Session, Ending{Outcome: Completed}); err != nil {
		t.Fatal(err)
	}
	s.clock.advance(t, seenWithin)
	s.clock.advance(t, seenWithin)
	if end := <-ended; end.err != nil || len(end.outcome.Accounts) != 2 || len(s.after.rounds) != 1 {
		t.Errorf("%+v, %d rounds", end, len(s.after.rounds))
	}
}

// TestTwoSessionsOfAVisitAreBothRecorded: one was given up in a tab, a new one was opened, and both were finished.
func TestTwoSessionsOfAVisitAreBothRecorded(t *testing.T) {
	s := newServedFlow(t)
	first, err := s.flow.open(t.Context())
	if err == nil {
		err = s.flow.ended(t.Context(), first.Session, Ending{Outcome: Cancelled})
	}
	if err != nil {
		t.Fatal(err)
	}
	second, err := s.flow.open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, o := range []Opening{second, first} {
		s.linkBy(o.ClientSecret)
		if err := s.flow.ended(t.Context(), o.Session, Ending{Outcome: Completed}); err != nil {
			t.Fatal(err)
		}
	}
	sessions := map[string]int{}
	for _, c := range s.after.recorded() {
		sessions[*c.SessionID]++
	}
	if sessions[first.Session] != 2 || sessions[second.Session] != 2 || s.flow.State().Step != StepReading {
		t.Errorf("%v, %+v", sessions, s.flow.State())
	}
}

// TestALinkThatCannotBeRecordedIsSaid: to the operator by an error, to the holder by the page.
func TestALinkThatCannotBeRecordedIsSaid(t *testing.T) {
	s := newServedFlow(t)
	full := errors.New("disk full")
	s.after.record = full
	opening, err := s.flow.open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	s.linkBy(opening.ClientSecret)
	if err := s.flow.ended(t.Context(), opening.Session, Ending{Outcome: Completed}); !errors.Is(err, full) {
		t.Errorf("%v", err)
	}
	if err := s.flow.ended(t.Context(), opening.Session, Ending{Outcome: Completed}); err != nil {
		t.Errorf("told again: %v", err)
	}
	s.flow.State() // is shown
	outcome, err := s.flow.Run(t.Context())
	if !errors.Is(err, full) || !errors.Is(err, ErrNotRecorded) || outcome.Session != opening.Session ||
		len(s.after.rounds) != 0 {
		t.Errorf("%v, %d rounds", err, len(s.after.rounds))
	}
	if state := s.flow.State(); state.Step != StepBroken {
		t.Errorf("%+v", state)
	}
}

// TestASignalEndsAVisit, and a link that was made by then is recorded.
func TestASignalEndsAVisit(t *testing.T) {
	stopped := errors.New("stopped")
	for _, isLinked := range []bool{false, true} {
		s := newServedFlow(t)
		opening, err := s.flow.open(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		consents := 0
		if isLinked {
			s.linkBy(opening.ClientSecret)
			s.after.hold, consents = make(chan struct{}), 2
		}
		ctx, stop := context.WithCancelCause(t.Context())
		stop(stopped)
		if _, err := s.flow.Run(ctx); !errors.Is(err, stopped) || len(s.after.recorded()) != consents {
			t.Errorf("linked %v: %v, %d consents", isLinked, err, len(s.after.recorded()))
		}
	}
}

// TestTriesAreBounded: a page cannot make Stripe make one session after another.
func TestTriesAreBounded(t *testing.T) {
	s := newServedFlow(t)
	var err error
	for range mostSessions + 1 {
		var opening Opening
		if opening, err = s.flow.open(t.Context()); err == nil {
			err = s.flow.ended(t.Context(), opening.Session, Ending{Outcome: Failed})
		}
	}
	if n := s.asked("POST", sessionsPath); !errors.Is(err, errTooManyTries) || n != mostSessions {
		t.Errorf("%v, %d sessions", err, n)
	}
}
