package collect

import (
	"context"
	"net"
	"net/http"
	"os"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"

	"fcpipe/sync/browsertest"
	"fcpipe/sync/simulator"
)

// shared is the one headless browser of these tests, once a test needed it.
var shared struct {
	sync.Once
	ctx  context.Context //nolint:containedctx // the browser's, in which each test opens a tab
	err  error
	stop func()
}

// TestMain closes the browser that tests shared, and leaves nothing of it behind.
func TestMain(m *testing.M) {
	code := m.Run()
	if shared.stop != nil {
		shared.stop()
	}
	os.Exit(code)
}

// chromium is a new tab of a headless browser; tests that need one are skipped where none is installed.
func chromium(t *testing.T) context.Context {
	t.Helper()
	browsertest.Need(t)
	shared.Do(func() { shared.ctx, shared.stop, shared.err = browsertest.Start(context.Background()) })
	if shared.err != nil {
		t.Fatal(shared.err)
	}
	tab := browsertest.Tab(t, shared.ctx)
	soon := chromedp.ActionFunc(func(ctx context.Context) error {
		_, err := page.AddScriptToEvaluateOnNewDocument(askSoon).Do(ctx)
		return err
	})
	if err := chromedp.Run(tab, soon); err != nil {
		t.Fatal(err)
	}
	return tab
}

// askSoon has the page ask again after a moment, not after a second, for how far it is.
const askSoon = `{ const later = window.setTimeout; window.setTimeout = (f, ms) => later(f, ms === 1000 ? 50 : ms); }`

// shownVisit is a visit in a browser.
type shownVisit struct {
	*world
	ctx    context.Context // of its first tab
	flow   *Flow
	link   string
	ended  chan struct{}
	result Outcome
	err    error
}

// newVisitIn serves the page of a holder and opens it.
func (w *world) newVisitIn(ctx context.Context, f *Flow) *shownVisit {
	w.t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		w.t.Fatal(err)
	}
	shown, path, err := NewPage(PageOptions{
		Address: listener.Addr().String(), StripeJS: w.api.URL + "/stripe.js", APIBase: w.api.URL, Flow: f,
	})
	if err != nil {
		w.t.Fatal(err)
	}
	server := &http.Server{Handler: shown}
	go func() { _ = server.Serve(listener) }()
	w.t.Cleanup(func() { _ = server.Close() })
	v := &shownVisit{
		world: w, ctx: ctx, flow: f, link: "http://" + listener.Addr().String() + path, ended: make(chan struct{}),
	}
	go func() {
		defer close(v.ended)
		v.result, v.err = f.Run(w.t.Context())
	}()
	w.run(ctx, chromedp.Navigate(v.link), chromedp.WaitVisible("#go"))
	return v
}

// run does what a person does in a tab.
func (w *world) run(ctx context.Context, actions ...chromedp.Action) {
	w.t.Helper()
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	actions = append([]chromedp.Action{page.BringToFront()}, actions...) // of tabs behind it the browser draws nothing
	if err := chromedp.Run(ctx, actions...); err != nil {
		w.t.Fatal(err)
	}
}

// click presses what is shown, once it is there.
func click(selectors ...string) chromedp.Action {
	var tasks chromedp.Tasks
	for _, selector := range selectors {
		tasks = append(tasks, chromedp.WaitVisible(selector, chromedp.ByQuery),
			chromedp.Click(selector, chromedp.ByQuery))
	}
	return tasks
}

func bank(name string) string { return `[data-fcsim-bank="` + name + `"]` }

// linkAt is what a person does to link everything at a bank.
func linkAt(name string) chromedp.Action {
	return click("#go", "#fcsim-agree", bank(name), "#fcsim-connect", "#fcsim-done")
}

// reads waits until an element's text holds another one.
func reads(selector, text string) chromedp.Action {
	poll := chromedp.Poll(`document.querySelector(`+strconv.Quote(selector)+`).textContent.includes(`+
		strconv.Quote(text)+`)`, nil, chromedp.WithPollingInterval(20*time.Millisecond),
		chromedp.WithPollingTimeout(time.Minute))
	return chromedp.ActionFunc(func(ctx context.Context) error {
		for {
			err := poll.Do(ctx)
			// a page that is left while it is asked does not answer: the next one is asked
			if err == nil || ctx.Err() != nil || !strings.Contains(err.Error(), "Cannot find context") {
				return err
			}
		}
	})
}

// wait waits for the end of the visit.
func (v *shownVisit) wait() {
	v.t.Helper()
	select {
	case <-v.ended:
	case <-v.t.Context().Done():
		v.t.Fatal("the visit does not end")
	}
}

func TestHoldersLinkInABrowser(t *testing.T) {
	ctx := chromium(t)
	for _, kind := range []string{Customer, CustomerAccount} {
		t.Run(kind, func(t *testing.T) {
			w := newWorld(t, simulator.Config{})
			h := w.customer()
			if kind == CustomerAccount {
				var err error
				if h, err = w.collector.CreateAccountV2(t.Context(), Person{Email: "jo@example.com"}); err != nil {
					t.Fatal(err)
				}
			}
			w.after.hold = make(chan struct{})
			v := w.newVisitIn(ctx, w.flow(h))
			w.run(ctx, browsertest.Picture("notice-"+kind), linkAt("Cobalt Bank"), reads("#title", "are connected"),
				reads("#list", "asking the bank"), browsertest.Picture("reading-"+kind))
			w.server.Advance(2 * time.Minute)
			w.clock.advance(t, balanceEvery)
			w.run(ctx, reads("#list", "USD"), browsertest.Picture("balance-"+kind))
			close(w.after.hold)
			w.run(ctx, reads("#status", "Done."), reads("#list", "1,234"), browsertest.Picture("done-"+kind))
			v.wait()
			if v.err != nil || len(v.result.Accounts) == 0 {
				t.Fatalf("%+v: %v", v.result, v.err)
			}
			for i, c := range w.after.recorded() {
				if c.HolderID != h.ID || c.HolderType != h.Kind || c.AccountID != v.result.Accounts[i].AccountID ||
					*c.SessionID != v.result.Session || !strings.Contains(*c.Text, "To decide about your loan.") {
					t.Errorf("recorded %+v", c)
				}
			}
			if len(w.after.recorded()) != len(v.result.Accounts) || w.asked("POST", sessionsPath) != 1 {
				t.Errorf("%d consents of %d accounts, %d sessions", len(w.after.recorded()), len(v.result.Accounts),
					w.asked("POST", sessionsPath))
			}
		})
	}
}

const sessionsPath = "/v1/financial_connections/sessions"
