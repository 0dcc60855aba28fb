package collect

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"

	"fcpipe/schema"
	"fcpipe/sync/simulator"
	"fcpipe/sync/stripe"
)

// world is a simulated Stripe, and a collector that speaks to it.
type world struct {
	t         *testing.T
	server    *simulator.Server
	api       *httptest.Server
	client    *stripe.Client
	collector *Collector
	clock     *testClock
	after     *testAfterwards

	mutex    sync.Mutex
	requests []*http.Request // to the API, bodies read
	answer   func(http.ResponseWriter, *http.Request) bool
}

func newWorld(t *testing.T, config simulator.Config) *world {
	t.Helper()
	config.Calm = true
	w := &world{t: t, server: simulator.New(config), clock: newTestClock(), after: &testAfterwards{}}
	w.api = httptest.NewServer(http.HandlerFunc(w.serve))
	t.Cleanup(w.api.Close)
	client, err := stripe.New(stripe.Options{
		Key: "sk_test_collect", APIBase: w.api.URL, Clock: sleepless{}, ServerTimeIsClock: true, Concurrency: 8,
		Random: func() float64 { return 0 },
	})
	if err != nil {
		t.Fatal(err)
	}
	var keys int
	var mutex sync.Mutex
	w.client = client
	w.collector = New(Options{Client: client, PreviewVersion: "2026-08-26.preview", NewKey: func() string {
		mutex.Lock()
		defer mutex.Unlock()
		keys++
		return strconv.Itoa(keys)
	}})
	return w
}

func (w *world) serve(rw http.ResponseWriter, r *http.Request) {
	w.mutex.Lock()
	if r.Header.Get("Authorization") != "" {
		w.requests = append(w.requests, r)
	}
	answer := w.answer
	w.mutex.Unlock()
	if answer == nil || !answer(rw, r) {
		w.server.ServeHTTP(rw, r)
	}
}

// asked counts requests to the API whose path ends so.
func (w *world) asked(method, path string) int {
	w.mutex.Lock()
	defer w.mutex.Unlock()
	count := 0
	for _, r := range w.requests {
		if r.Method == method && r.URL.Path == path {
			count++
		}
	}
	return count
}

func (w *world) terms() Terms {
	return Terms{
		Permissions: []string{"balances", "transactions"}, Prefetch: []string{"balances"},
		Subcategories: Subcategories, Countries: []string{"US"},
	}
}

func (w *world) notice() Notice {
	return Notice{
		Business: "Example Lending", Purpose: "To decide about your loan.", Storage: "On our own computers, two years.",
		Contact: "write to privacy@example.com", Permissions: w.terms().Permissions,
	}
}

// customer is a holder who is there.
func (w *world) customer() Holder {
	w.t.Helper()
	h, _, err := w.collector.FindOrCreate(w.t.Context(), Person{Email: "jo@example.com", Name: "Jo Doe"})
	if err != nil {
		w.t.Fatal(err)
	}
	return h
}

func (w *world) flow(h Holder) *Flow {
	return NewFlow(FlowOptions{
		Collector: w.collector, Holder: h, Terms: w.terms(), Notice: w.notice(), PublishableKey: "pk_test_page",
		Clock: w.clock, Now: w.client.Now, Afterwards: w.after,
	})
}

// testAfterwards remembers what it was told.
type testAfterwards struct {
	mutex    sync.Mutex
	consents []schema.Consent
	rounds   []Holder
	record   error // what Record fails with
	round    error
	hold     chan struct{} // a round ends when it is closed; nil ends at once
}

func (a *testAfterwards) Record(_ context.Context, consents []schema.Consent) error {
	a.mutex.Lock()
	defer a.mutex.Unlock()
	if a.record == nil {
		a.consents = append(a.consents, consents...)
	}
	return a.record
}

func (a *testAfterwards) FirstRound(
	ctx context.Context, h Holder, accounts []string, tell func(string),
) (FirstRound, error) {
	tell("Reading the data for the first time")
	a.mutex.Lock()
	a.rounds = append(a.rounds, h)
	hold := a.hold
	a.mutex.Unlock()
	if hold != nil {
		select {
		case <-hold:
		case <-ctx.Done():
			return FirstRound{}, context.Cause(ctx)
		}
	}
	rows := map[string]int64{}
	for _, id := range accounts {
		rows[id] = 1234
	}
	return FirstRound{Summary: "complete", Transactions: rows}, a.round
}

func (a *testAfterwards) recorded() []schema.Consent {
	a.mutex.Lock()
	defer a.mutex.Unlock()
	return slices.Clone(a.consents)
}

// sleepless is the machine's time for a client whose retries wait for nothing.
type sleepless struct{}

func (sleepless) Now() time.Time { return time.Now() }

func (sleepless) Sleep(ctx context.Context, _ time.Duration) error { return context.Cause(ctx) }

// sleeper is one who waits.
type sleeper struct {
	until time.Time
	asked time.Duration
}

// testClock stands still until it is moved.
type testClock struct {
	over    <-chan struct{} // closed when a flow that waits for the clock has ended; may be nil
	mutex   sync.Mutex
	now     time.Time
	waiting map[chan struct{}]sleeper
	changed chan struct{} // closed when another one waits
}

func newTestClock() *testClock {
	return &testClock{
		now: time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC), waiting: map[chan struct{}]sleeper{},
		changed: make(chan struct{}),
	}
}

func (c *testClock) Now() time.Time {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	return c.now
}

func (c *testClock) Sleep(ctx context.Context, d time.Duration) error {
	woken := make(chan struct{})
	c.mutex.Lock()
	c.waiting[woken] = sleeper{c.now.Add(d), d}
	close(c.changed)
	c.changed = make(chan struct{})
	c.mutex.Unlock()
	select {
	case <-woken:
		return nil
	case <-ctx.Done():
		c.mutex.Lock()
		defer c.mutex.Unlock()
		delete(c.waiting, woken)
		return context.Cause(ctx)
	}
}

// advance moves the clock once a goroutine waits for just that.
func (c *testClock) advance(t *testing.T, by time.Duration) {
	t.Helper()
	c.awaited(t, by)
	c.mutex.Lock()
	defer c.mutex.Unlock()
	c.now = c.now.Add(by)
	c.wake()
}

// awaited returns once a goroutine waits for just that.
func (c *testClock) awaited(t *testing.T, by time.Duration) {
	t.Helper()
	for {
		c.mutex.Lock()
		changed, found := c.changed, false
		for _, s := range c.waiting {
			found = found || s.asked == by
		}
		c.mutex.Unlock()
		if found {
			return
		}
		select {
		case <-changed:
		case <-c.over:
			t.Fatal("what would wait for the clock has ended")
		case <-t.Context().Done():
			t.Fatal(errors.New("no goroutine waits for the clock"))
		}
	}
}

func (c *testClock) wake() {
	for waiting, s := range c.waiting {
		if !s.until.After(c.now) {
			close(waiting)
			delete(c.waiting, waiting)
		}
	}
}
