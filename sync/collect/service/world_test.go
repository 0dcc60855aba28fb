package service

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"fcpipe/schema"
	"fcpipe/sync/collect"
	"fcpipe/sync/simulator"
	"fcpipe/sync/stripe"
)

const (
	serverToken = "0123456789abcdef0123456789abcdef"
	webPage     = "https://app.example.com"
)

// world is a service in front of a simulated Stripe.
type world struct {
	t       *testing.T
	server  *simulator.Server
	api     *httptest.Server
	web     *httptest.Server
	service *Service
	client  *stripe.Client
	after   *afterwards
	now     atomic.Int64 // seconds
	stop    context.CancelFunc
	worked  chan struct{}
	told    lines
}

// lines are what the operator was told.
type lines struct {
	mutex sync.Mutex
	text  strings.Builder
}

func (l *lines) add(line string) {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	l.text.WriteString(line + "\n")
}

func (l *lines) String() string {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	return l.text.String()
}

type afterwards struct {
	mutex    sync.Mutex
	consents []schema.Consent
	rounds   []collect.Holder
	ended    chan collect.Holder
}

func (a *afterwards) Record(_ context.Context, c []schema.Consent) error {
	a.mutex.Lock()
	defer a.mutex.Unlock()
	a.consents = append(a.consents, c...)
	return nil
}

func (a *afterwards) FirstRound(
	_ context.Context, h collect.Holder, _ []string, _ func(string),
) (collect.FirstRound, error) {
	a.mutex.Lock()
	a.rounds = append(a.rounds, h)
	a.mutex.Unlock()
	a.ended <- h
	return collect.FirstRound{Summary: "complete"}, nil
}

type sleepless struct{}

func (sleepless) Now() time.Time { return time.Now() }

func (sleepless) Sleep(ctx context.Context, _ time.Duration) error { return context.Cause(ctx) }

func newWorld(t *testing.T, change func(*Options)) *world {
	t.Helper()
	w := &world{
		t: t, server: simulator.New(simulator.Config{Calm: true}), worked: make(chan struct{}),
		after: &afterwards{ended: make(chan collect.Holder, 100)},
	}
	w.api = httptest.NewServer(w.server)
	t.Cleanup(w.api.Close)
	var err error
	w.client, err = stripe.New(stripe.Options{
		Key: "sk_test_service", APIBase: w.api.URL, Clock: sleepless{}, ServerTimeIsClock: true, Concurrency: 32,
		Random: func() float64 { return 0 },
	})
	if err != nil {
		t.Fatal(err)
	}
	tokens, err := ParseTokens(serverToken)
	if err != nil {
		t.Fatal(err)
	}
	var keys atomic.Int64
	options := Options{
		Collector: collect.New(collect.Options{Client: w.client, NewKey: func() string {
			return strconv.FormatInt(keys.Add(1), 10)
		}}),
		Terms: collect.Terms{
			Permissions: []string{"balances", "transactions"}, Subcategories: collect.Subcategories,
			Countries: []string{"US"},
		},
		Notice: collect.Notice{
			Business: "Example Lending", Purpose: "To decide.", Storage: "Here.", Contact: "ask",
			Permissions: []string{"balances", "transactions"},
		},
		PublishableKey: "pk_test_service", Tokens: tokens, Origins: []string{webPage},
		Now: w.time, Clock: w.time, Afterwards: w.after, Limits: DefaultLimits, Tell: w.told.add,
	}
	if change != nil {
		change(&options)
	}
	w.service = New(options)
	w.web = httptest.NewServer(w.service)
	t.Cleanup(w.web.Close)
	ctx, stop := context.WithCancel(t.Context())
	w.stop = stop
	go func() {
		defer close(w.worked)
		w.service.Work(ctx, ctx)
	}()
	return w
}

func (w *world) time() time.Time { return time.Unix(1_780_000_000+w.now.Load(), 0) }

// pass lets time pass: rates recover, tickets grow old.
func (w *world) pass(d time.Duration) { w.now.Add(int64(d / time.Second)) }

// customer is a holder who is there.
func (w *world) customer(email string) string {
	w.t.Helper()
	h, _, err := w.service.options.Collector.FindOrCreate(w.t.Context(), collect.Person{Email: email})
	if err != nil {
		w.t.Fatal(err)
	}
	return h.String()
}

// answered is what a client was answered.
type answered struct {
	status int
	header http.Header
	text   string
	value  struct {
		Ticket       string `json:"ticket"`
		Session      string `json:"session"`
		Step         string `json:"step"`
		ClientSecret string `json:"client_secret"`
		Key          string `json:"publishable_key"`
		Accounts     []any  `json:"accounts"`
		Notice       struct{ Text, Version, Locale string }
		Error        struct{ Code string }
	}
}

// ask sends a request as a client of a token.
func (w *world) ask(token, method, path, body string, change ...func(*http.Request)) answered {
	w.t.Helper()
	r, err := http.NewRequestWithContext(w.t.Context(), method, w.web.URL+path, strings.NewReader(body))
	if err != nil {
		w.t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/json")
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	for _, f := range change {
		f(r)
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		w.t.Fatal(err)
	}
	defer func() { _ = answer.Body.Close() }()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		w.t.Fatal(err)
	}
	a := answered{status: answer.StatusCode, header: answer.Header, text: string(text)}
	if len(text) > 0 && json.NewDecoder(bytes.NewReader(text)).Decode(&a.value) != nil {
		w.t.Fatalf("%s %s: %s", method, path, text)
	}
	return a
}

// ticket is one for a holder, as the operator's server fetches it.
func (w *world) ticket(holder string) string {
	w.t.Helper()
	a := w.ask(serverToken, "POST", "/v1/tickets", `{"holder":"`+holder+`"}`)
	if a.status != http.StatusCreated {
		w.t.Fatal(a.status, a.text)
	}
	return a.value.Ticket
}

// link links two accounts as the client's SDK does.
func (w *world) link(secret string) {
	w.t.Helper()
	for _, step := range []string{"accounts", "connect"} {
		body := `{"key":"pk_test_page","client_secret":"` + secret +
			`","institution":"Cobalt Bank","accounts":["0","1"]}`
		answer, err := http.Post(w.api.URL+"/_link/"+step, "application/json", strings.NewReader(body))
		if err != nil || answer.StatusCode != http.StatusOK {
			w.t.Fatal(step, answer, err)
		}
		_ = answer.Body.Close()
	}
}
