package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"fcpipe/schema"
	"fcpipe/schema/journal"
	"fcpipe/schema/store"
	"fcpipe/sync/simulator"
)

// linkWorld is a simulated Stripe and a directory with a configuration for it.
type linkWorld struct {
	t   *testing.T
	api string
	dir string

	hangups *hangups // of a command that takes them; nil sends none
}

func newLinkWorld(t *testing.T) *linkWorld {
	t.Helper()
	w := &linkWorld{t: t, dir: t.TempDir()}
	var stop func()
	w.api, stop = serveScript(simulator.New(simulator.Config{Seed: 7, Calm: true, Accounts: 3, Holders: 3}))
	t.Cleanup(stop)
	if err := writeScriptConfig(filepath.Join(w.dir, "config.yaml"), w.api); err != nil {
		t.Fatal(err)
	}
	return w
}

func (w *linkWorld) layout() schema.Layout { return schema.Layout{Dir: filepath.Join(w.dir, "data")} }

// fcpipe runs the program; nothing that it waits for takes time.
func (w *linkWorld) fcpipe(ctx context.Context, stdout io.Writer, args ...string) (stderr string, err error) {
	var said strings.Builder
	err = run(ctx, environment{
		args:   append([]string{"--config", filepath.Join(w.dir, "config.yaml")}, args...),
		getenv: scriptEnvironment, stdin: strings.NewReader(""), stdout: stdout, stderr: &said, now: time.Now,
		hooks: hooks{Sleepless: true}, hangups: w.hangups,
	})
	return said.String(), err
}

// link links two accounts as a client's SDK does.
func (w *linkWorld) link(secret string) {
	w.t.Helper()
	for _, step := range []string{"accounts", "connect"} {
		body := `{"key":"pk_test_page","client_secret":"` + secret +
			`","institution":"Cobalt Bank","accounts":["0","1"]}`
		answer, err := http.Post(w.api+"/_link/"+step, "application/json", strings.NewReader(body))
		if err != nil || answer.StatusCode != http.StatusOK {
			w.t.Fatal(step, answer, err)
		}
		_ = answer.Body.Close()
	}
}

func (w *linkWorld) consents() []journal.Consent {
	w.t.Helper()
	log, err := journal.Open(w.layout().Journal())
	if err != nil {
		w.t.Fatal(err)
	}
	return log.Consents()
}

// printedSession is the session that collect makes for another front end.
type printedSession struct {
	ID     string `json:"id"`
	Secret string `json:"client_secret"`
}

// session makes one for a holder, which arguments name.
func (w *linkWorld) session(holder ...string) (session printedSession) {
	w.t.Helper()
	var printed bytes.Buffer
	arguments := append(append([]string{"collect"}, holder...), "--print")
	if stderr, err := w.fcpipe(w.t.Context(), &printed, arguments...); err != nil {
		w.t.Fatal(err, stderr)
	}
	if err := json.Unmarshal(printed.Bytes(), &session); err != nil {
		w.t.Fatal(err)
	}
	return session
}

// TestALinkIsDurableWhileARoundRuns: the first round waits for the other one, and gives up after sync.deadline; the
// consent is in the journal all the same, once, however often it is told.
func TestALinkIsDurableWhileARoundRuns(t *testing.T) {
	t.Parallel()
	w := newLinkWorld(t)
	session := w.session("--email", "jo@example.com")
	w.link(session.Secret)
	if err := store.MakeDirectories(w.layout()); err != nil {
		t.Fatal(err)
	}
	release, err := store.TakeLock(w.layout())
	if err != nil {
		t.Fatal(err)
	}
	stderr, err := w.fcpipe(t.Context(), io.Discard, "-v", "collect", "--session", session.ID)
	if !errors.Is(err, schema.ErrLocked) || exitCode(err) != exitTryLater ||
		!strings.Contains(stderr, "within 45m") || len(w.consents()) != 2 {
		t.Errorf("%v: %s; %d consents", err, stderr, len(w.consents()))
	}
	if err := release(); err != nil {
		t.Fatal(err)
	}
	var result bytes.Buffer
	if stderr, err := w.fcpipe(t.Context(), &result, "--json", "collect", "--session", session.ID); err == nil {
		t.Errorf("--json before the command: %s", stderr)
	}
	result.Reset()
	if stderr, err := w.fcpipe(t.Context(), &result, "collect", "--json", "--session", session.ID); err != nil {
		t.Fatal(err, stderr)
	}
	for _, c := range w.consents() {
		if !strings.Contains(result.String(), c.AccountID) || rowsHeld(t, w.dir, c.AccountID) == "0" {
			t.Errorf("%s is not read: %s", c.AccountID, result.String())
		}
	}
	if len(w.consents()) != 2 || strings.Contains(result.String(), session.Secret) {
		t.Errorf("%d consents: %s", len(w.consents()), result.String())
	}
	var status bytes.Buffer // which does not take it for a round of everything
	if stderr, err := w.fcpipe(t.Context(), &status, "status", "--json"); err != nil ||
		!strings.Contains(status.String(), `"part": "linked"`) {
		t.Errorf("%v, %s: %s", err, stderr, status.String())
	}
}

// TestAnApplicationLinksThroughCollectServe: ticket, session, result, the first round; then it stops with 0.
func TestAnApplicationLinksThroughCollectServe(t *testing.T) {
	t.Parallel()
	w := newLinkWorld(t)
	const token = "0123456789abcdef0123456789abcdef"
	if err := os.WriteFile(filepath.Join(w.dir, "tokens"), []byte(token), 0o600); err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancelCause(t.Context())
	reading, writing := io.Pipe()
	ended := make(chan error)
	go func() {
		_, err := w.fcpipe(ctx, writing, "collect", "serve", "--listen", "127.0.0.1:0", "--tokens",
			filepath.Join(w.dir, "tokens"))
		ended <- err
	}()
	address, err := bufio.NewReader(reading).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	address = strings.TrimSpace(address)
	customer := w.customer()
	ticket := post(t, address+"/v1/tickets", token, `{"holder":"`+customer+`"}`)
	opened := post(t, address+"/v1/sessions", ticket["ticket"].(string), `{}`)
	w.link(opened["client_secret"].(string))
	result := post(t, address+"/v1/sessions/"+opened["session"].(string)+"/result", ticket["ticket"].(string),
		`{"outcome":"completed"}`)
	if accounts := result["accounts"].([]any); len(accounts) != 2 || len(w.consents()) != 2 {
		t.Errorf("%v, %d consents", result, len(w.consents()))
	}
	for step := ""; step != "done" && t.Context().Err() == nil; {
		r, _ := http.NewRequestWithContext(t.Context(), "GET", address+"/v1/sessions/"+opened["session"].(string), nil)
		step, _ = answerOf(t, r, token)["step"].(string)
	}
	stop(interruption{syscall.SIGTERM})
	if err := <-ended; exitCode(err) != 0 {
		t.Errorf("stopped: %v", err)
	}
	for _, c := range w.consents() {
		if c.HolderID != customer || rowsHeld(t, w.dir, c.AccountID) == "0" {
			t.Errorf("%+v", c)
		}
	}
}

// TestAPortThatIsTakenMakesNoHolder: it is found out before Stripe is asked for anything.
func TestAPortThatIsTakenMakesNoHolder(t *testing.T) {
	w := newLinkWorld(t)
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = taken.Close() }()
	_, port, _ := net.SplitHostPort(taken.Addr().String())
	said, err := w.fcpipe(t.Context(), io.Discard, "collect", "--email", "new@example.com", "--port", port)
	if exitCode(err) != exitIO || !strings.Contains(said, "--port chooses another port") {
		t.Errorf("%d: %s", exitCode(err), said)
	}
	r, _ := http.NewRequestWithContext(t.Context(), "GET", w.api+"/v1/customers?email=new@example.com", nil)
	if made := answerOf(t, r, scriptKey)["data"].([]any); len(made) != 0 {
		t.Errorf("made: %v", made)
	}
}

// customer is one who was made by another program.
func (w *linkWorld) customer() string {
	w.t.Helper()
	r, _ := http.NewRequestWithContext(w.t.Context(), "POST", w.api+"/v1/customers",
		strings.NewReader("email=other@example.com"))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return answerOf(w.t, r, scriptKey)["id"].(string)
}

// connected makes a connected account.
func (w *linkWorld) connected() string {
	w.t.Helper()
	r, _ := http.NewRequestWithContext(w.t.Context(), "POST", w.api+"/v2/core/accounts",
		strings.NewReader(`{"contact_email":"shop@example.com","configuration":{"merchant":{}}}`))
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Stripe-Version", "2026-09-30.preview")
	return answerOf(w.t, r, scriptKey)["id"].(string)
}

// TestAConnectedAccountLinks: it is the holder, from --account to its rows. Another one is unknown.
func TestAConnectedAccountLinks(t *testing.T) {
	t.Parallel()
	w := newLinkWorld(t)
	stderr, err := w.fcpipe(t.Context(), io.Discard, "collect", "--account", "acct_none", "--print")
	if exitCode(err) != exitUsage || !strings.Contains(stderr, "no such holder: acct_none is unknown to Stripe") {
		t.Errorf("%v: %s", err, stderr)
	}
	holder := w.connected()
	var result bytes.Buffer
	session := w.session("--account", holder)
	w.link(session.Secret)
	if stderr, err := w.fcpipe(t.Context(), &result, "collect", "--session", session.ID); err != nil {
		t.Fatal(err, stderr)
	}
	if len(w.consents()) != 2 {
		t.Errorf("%d consents", len(w.consents()))
	}
	for _, c := range w.consents() {
		if c.HolderID != holder || c.HolderType != "account" || rowsHeld(t, w.dir, c.AccountID) == "0" {
			t.Errorf("%+v", c)
		}
	}
}

// TestTokensAreReadAgain: after a SIGHUP the tokens of the file may ask, and no others. A file that cannot be used
// changes nothing.
func TestTokensAreReadAgain(t *testing.T) {
	w := newLinkWorld(t)
	w.hangups = &hangups{received: make(chan struct{}), listen: func() {}} // a send waits for its reader
	file, old, other := filepath.Join(w.dir, "tokens"), strings.Repeat("old0", 8), strings.Repeat("new1", 8)
	write := func(text string) {
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write(old)
	ctx, stop := context.WithCancelCause(t.Context())
	reading, writing := io.Pipe()
	ended := make(chan string)
	go func() {
		stderr, _ := w.fcpipe(ctx, writing, "collect", "serve", "--listen", "127.0.0.1:0", "--tokens", file)
		ended <- stderr
	}()
	address, err := bufio.NewReader(reading).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	knows := func(token string) bool {
		r, _ := http.NewRequestWithContext(t.Context(), "GET", strings.TrimSpace(address)+"/v1/sessions/x", nil)
		r.Header.Set("Authorization", "Bearer "+token)
		answer, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		_ = answer.Body.Close()
		return answer.StatusCode != http.StatusUnauthorized && answer.StatusCode != http.StatusTooManyRequests
	}
	write("short")
	w.hangups.received <- struct{}{}
	w.hangups.received <- struct{}{} // received only after the first was handled
	if !knows(old) {
		t.Error("a file that cannot be used took the old tokens away")
	}
	write(other)
	w.hangups.received <- struct{}{}
	for !knows(other) && t.Context().Err() == nil { // until it was seen to
	}
	if knows(old) {
		t.Error("a token that was taken away may still ask")
	}
	stop(interruption{syscall.SIGTERM})
	if stderr := <-ended; !strings.Contains(stderr, "the old ones stay in force") ||
		!strings.Contains(stderr, "tokens read again") || strings.Contains(stderr, old) {
		t.Errorf("said: %s", stderr)
	}
}

func post(t *testing.T, address, token, body string) map[string]any {
	t.Helper()
	r, _ := http.NewRequestWithContext(t.Context(), "POST", address, strings.NewReader(body))
	r.Header.Set("Content-Type", "application/json")
	return answerOf(t, r, token)
}

// answerOf is the object that a request of a token is answered with; a rate that is used up is an empty one.
func answerOf(t *testing.T, r *http.Request, token string) map[string]any {
	t.Helper()
	r.Header.Set("Authorization", "Bearer "+token)
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = answer.Body.Close() }()
	value := map[string]any{}
	err = json.NewDecoder(answer.Body).Decode(&value)
	if err != nil || answer.StatusCode >= 300 && answer.StatusCode != http.StatusTooManyRequests {
		t.Fatal(answer.Status, value, err)
	}
	return value
}
