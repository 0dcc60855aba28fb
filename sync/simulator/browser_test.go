package simulator

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"fcpipe/sync/browsertest"
)

// browser is the one that the tests of this package share, once the first of them has asked for a tab.
var browser struct {
	start sync.Once
	tab   context.Context
	stop  func()
	err   error
}

func TestMain(m *testing.M) {
	code := m.Run()
	if browser.stop != nil {
		browser.stop()
	}
	os.Exit(code)
}

// newTab is a tab of this test's own; without a browser the test is skipped.
func newTab(t *testing.T) context.Context {
	t.Helper()
	browser.start.Do(func() { browser.tab, browser.stop, browser.err = browsertest.Start(context.Background()) })
	switch {
	case errors.Is(browser.err, browsertest.ErrMissing):
		t.Skip(browser.err)
	case browser.err != nil:
		t.Fatal(browser.err)
	}
	return browsertest.Tab(t, browser.tab)
}

// linkPage is a page of a business, of another origin than the simulator's and with a policy that allows no inline
// script and no inline style.
type linkPage struct {
	t      *testing.T
	server *Server
	sim    *httptest.Server
	page   *httptest.Server
}

const pageScript = `
window.outcome = "";
window.link = (key, options, asked) => {
  window.outcome = "";
  Stripe(key, options).collectFinancialConnectionsAccounts(asked)
    .then((result) => { window.outcome = JSON.stringify(result); })
    .catch((error) => { window.outcome = JSON.stringify({thrown: error.name + ": " + error.message}); });
};
window.violations = [];
document.addEventListener("securitypolicyviolation", (event) => window.violations.push(event.violatedDirective));
`

func newLinkPage(t *testing.T, config Config) *linkPage {
	t.Helper()
	p := &linkPage{t: t, server: New(config)}
	p.sim = httptest.NewServer(p.server)
	t.Cleanup(p.sim.Close)
	p.page = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/page.js" {
			w.Header().Set("Content-Type", "text/javascript")
			_, _ = w.Write([]byte(pageScript))
			return
		}
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.Header().Set("Content-Security-Policy", "default-src 'none'; script-src 'self' "+p.sim.URL+
			"; connect-src "+p.sim.URL)
		_, _ = w.Write([]byte(`<!doctype html><html lang="en"><title>Business</title>` +
			`<button id="before">before</button>` +
			`<script src="/page.js"></script><script src="` + p.sim.URL + `/stripe.js"></script></html>`))
	}))
	t.Cleanup(p.page.Close)
	return p
}

// session makes one and returns its id and secret.
func (p *linkPage) session(more string) (id, secret string) {
	p.t.Helper()
	var made shownSession
	asked(p.t, p.server, "POST", sessionsPath, holderForm(p.server)+
		"&permissions[]=balances&permissions[]=transactions&prefetch[]=balances"+more, &made)
	if made.ClientSecret == nil {
		p.t.Fatal("no session was made")
	}
	return made.ID, *made.ClientSecret
}

// linked is what the page is told.
type linked struct {
	Session *struct {
		ID       string
		Accounts []struct {
			ID          string
			Institution string `json:"institution_name"`
			Subcategory string
		}
	} `json:"financialConnectionsSession"`
	Error  *struct{ Type, Code, Message string }
	Thrown string
}

// start calls the stand-in as a page does.
func start(secret string) chromedp.Action {
	asked, _ := json.Marshal(map[string]string{"clientSecret": secret})
	return chromedp.Evaluate(`window.link("pk_test_page", {}, `+string(asked)+`)`, nil)
}

// click presses what is shown, once it is there.
func click(selector string) chromedp.Action {
	return chromedp.Tasks{chromedp.WaitVisible(selector), chromedp.Click(selector)}
}

func bank(name string) string { return `[data-fcsim-bank="` + name + `"]` }

// outcome waits for what the page is told.
func (p *linkPage) outcome(ctx context.Context) (l linked) {
	p.t.Helper()
	var text string
	// by an interval: a page in the background draws no frames
	run(p.t, ctx, chromedp.Poll(`window.outcome`, &text, chromedp.WithPollingInterval(20*time.Millisecond)))
	if err := json.Unmarshal([]byte(text), &l); err != nil {
		p.t.Fatalf("%v: %s", err, text)
	}
	return l
}

func run(t *testing.T, ctx context.Context, actions ...chromedp.Action) {
	t.Helper()
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	if err := chromedp.Run(ctx, actions...); err != nil {
		t.Fatal(err)
	}
}

func TestHolderLinksInTheBrowser(t *testing.T) {
	ctx := newTab(t)
	p := newLinkPage(t, Config{Calm: true})
	id, secret := p.session("")
	seen := browsertest.Watch(t, ctx)
	run(t, ctx, chromedp.Navigate(p.page.URL), start(secret), chromedp.WaitVisible("#fcsim-agree"),
		browsertest.Picture("consent"), click("#fcsim-agree"), chromedp.WaitVisible(bank("Cobalt Bank")),
		browsertest.Picture("banks"), click(bank("Cobalt Bank")), chromedp.WaitVisible("#fcsim-connect"),
		browsertest.Picture("accounts"),
		click(`[data-fcsim-account="1"]`), click("#fcsim-connect"), chromedp.WaitVisible("#fcsim-done"),
		browsertest.Picture("done"), click("#fcsim-done"))
	l := p.outcome(ctx)
	if l.Session == nil || l.Session.ID != id || len(l.Session.Accounts) == 0 {
		t.Fatalf("%+v", l)
	}
	for _, a := range l.Session.Accounts {
		if a.Institution != "Cobalt Bank" || a.Subcategory == "savings" {
			t.Errorf("linked %+v, of which savings was declined", a)
		}
		if _, began := p.server.world.ByID[a.ID].Latest("balance"); !began {
			t.Errorf("%s: the balance was prefetched", a.ID)
		}
	}
	for _, address := range seen.Addresses() {
		if strings.Contains(address, secret) || strings.Contains(address, "pk_test") {
			t.Errorf("a secret is in the address %s", address)
		}
	}
	var violations []string
	run(t, ctx, chromedp.Evaluate(`window.violations`, &violations))
	if len(violations) > 0 || len(seen.Addresses()) < 5 {
		t.Errorf("policy violated: %v; %d requests seen", violations, len(seen.Addresses()))
	}
}
