package simulator

import (
	"strings"
	"testing"

	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"fcpipe/sync/browsertest"
)

// TestOutcomesInTheBrowser goes through the dialogue as people do, in one browser, a session each.
func TestOutcomesInTheBrowser(t *testing.T) {
	ctx := newTab(t)
	p := newLinkPage(t, Config{Calm: true})
	banks := chromedp.Tasks{click("#fcsim-agree"), chromedp.WaitVisible("#fcsim-search")}
	accounts := chromedp.Tasks{banks, click(bank("Cobalt Bank")), chromedp.WaitVisible("#fcsim-connect")}
	for _, test := range []struct {
		name, more string
		do         chromedp.Action
		accounts   int // that are linked
		error      string
	}{
		{"cancel at once", "", click("#fcsim-cancel"), 0, ""},
		{"close among banks", "", chromedp.Tasks{banks, click("#fcsim-close")}, 0, ""},
		{"Escape among accounts", "", chromedp.Tasks{accounts, chromedp.KeyEvent(kb.Escape)}, 0, ""},
		{"everything", "", chromedp.Tasks{accounts, click("#fcsim-connect"), click("#fcsim-done")}, 3, ""},
		{"Escape when all is done", "", chromedp.Tasks{
			banks, click(bank("Meridian Trust")), click("#fcsim-connect"), chromedp.WaitVisible("#fcsim-done"),
			chromedp.KeyEvent(kb.Escape),
		}, 2, ""},
		{"nothing ticked is not connected", "&filters[account_subcategories][]=savings", chromedp.Tasks{
			accounts, click(`[data-fcsim-account="0"]`), click("#fcsim-connect"), click("#fcsim-cancel"),
		}, 0, ""},
		{"only one may be connected", "&limits[accounts]=1", chromedp.Tasks{
			accounts, click(`[type=radio][data-fcsim-account="1"]`), click("#fcsim-connect"), click("#fcsim-done"),
		}, 1, ""},
		{"no account of the kind", "&filters[account_subcategories][]=mortgage", chromedp.Tasks{
			banks, click(bank("Cobalt Bank")), chromedp.WaitVisible("#fcsim-none"), click("#fcsim-cancel"),
		}, 0, ""},
		{"bank is down", "", chromedp.Tasks{
			banks, click(bank("Down Bank")), chromedp.WaitVisible("#fcsim-error"), browsertest.Picture("error"),
			click("#fcsim-cancel"),
		}, 0, "Down Bank cannot be reached"},
		{"another bank than the one that is down", "", chromedp.Tasks{
			banks, click(bank("Down Bank")), click("#fcsim-other"), click(bank("Lakeside Savings")),
			click("#fcsim-connect"), click("#fcsim-done"),
		}, 3, ""},
		{"session expires", "", chromedp.Tasks{banks, click(bank("Slow Bank"))}, 0, "has expired"},
		{"by keyboard alone", "&filters[account_subcategories][]=checking", chromedp.Tasks{
			chromedp.WaitVisible("#fcsim-agree"), chromedp.KeyEvent("\t\r"), chromedp.WaitVisible("#fcsim-search"),
			chromedp.KeyEvent("\tsummit\t\r"), chromedp.WaitVisible("#fcsim-connect"),
			chromedp.KeyEvent("\t\t\r"), chromedp.WaitVisible("#fcsim-done"), chromedp.KeyEvent("\t\r"),
		}, 1, ""},
	} {
		id, secret := p.session(test.more)
		run(t, ctx, chromedp.Navigate(p.page.URL), start(secret), test.do)
		l := p.outcome(ctx)
		if n := len(p.server.desk.Linked(p.server.desk.Session(id))); n != test.accounts {
			t.Errorf("%s: %d accounts are linked, want %d", test.name, n, test.accounts)
		}
		switch {
		case test.error != "":
			if l.Error == nil || !strings.Contains(l.Error.Message, test.error) || l.Session != nil {
				t.Errorf("%s: %+v, %+v", test.name, l, l.Error)
			}
		case l.Session == nil || l.Session.ID != id || len(l.Session.Accounts) != test.accounts:
			t.Errorf("%s: %+v", test.name, l)
		}
		var isThere bool
		run(t, ctx, chromedp.Evaluate(`!!document.querySelector("dialog")`, &isThere))
		if isThere {
			t.Errorf("%s: the dialogue stays", test.name)
		}
	}
}

// TestSecretIsUsedTwice: while the dialogue is open, when it is done, and in a second tab.
func TestSecretIsUsedTwice(t *testing.T) {
	ctx := newTab(t)
	p := newLinkPage(t, Config{Calm: true})
	id, secret := p.session("")
	connect := chromedp.Tasks{
		click("#fcsim-agree"), click(bank("Cobalt Bank")), click("#fcsim-connect"), click("#fcsim-done"),
	}
	second, closeTab := chromedp.NewContext(ctx)
	defer closeTab()
	if err := chromedp.Run(second); err != nil { // the tab lives as long as the context of its first run
		t.Fatal(err)
	}
	run(t, second, chromedp.Navigate(p.page.URL), start(secret), click("#fcsim-agree"),
		click(bank("Summit Federal")), chromedp.WaitVisible("#fcsim-connect"))

	run(t, ctx, page.BringToFront(), chromedp.Navigate(p.page.URL), start(secret),
		chromedp.WaitVisible("#fcsim-agree"), start(secret))
	if l := p.outcome(ctx); !strings.Contains(l.Thrown, "in progress") {
		t.Errorf("while the dialogue is open: %+v", l)
	}
	run(t, ctx, chromedp.Reload(), start(secret), connect)
	if l := p.outcome(ctx); l.Session == nil || len(l.Session.Accounts) == 0 {
		t.Errorf("after a reload: %+v", l)
	}
	n := len(p.server.Accounts())
	run(t, ctx, start(secret))
	if l := p.outcome(ctx); l.Error == nil || !strings.Contains(l.Error.Message, "already been completed") {
		t.Errorf("after it was completed: %+v", l)
	}
	run(t, second, page.BringToFront(), click("#fcsim-connect"))
	if l := p.outcome(second); l.Error == nil || !strings.Contains(l.Error.Message, "already been completed") {
		t.Errorf("in the second tab: %+v", l)
	}
	if len(p.server.Accounts()) != n || p.server.desk.Session(id).Status != "succeeded" {
		t.Errorf("%d accounts where there were %d", len(p.server.Accounts()), n)
	}
}

// TestPageGetsItWrong: what Stripe.js throws, and what it answers.
func TestPageGetsItWrong(t *testing.T) {
	ctx := newTab(t)
	p := newLinkPage(t, Config{Calm: true})
	_, secret := p.session("")
	collect := `.collectFinancialConnectionsAccounts({clientSecret: "` + secret + `"})`
	for script, want := range map[string]string{
		`Stripe()`: "Missing value for Stripe()", `Stripe("sk_test_1")`: "secret key",
		`Stripe("pk_test_1").collectFinancialConnectionsAccounts({})`:                   "clientSecret",
		`Stripe("pk_test_1").collectFinancialConnectionsAccounts({clientSecret: "no"})`: "No such",
		`Stripe("pk_live_1")` + collect:                                                 "live mode key",
		`Stripe("pk_test_other")` + collect:                                             "No such",
		`Stripe("pk_test_1", {stripeAccount: "acct_1"})` + collect:                      "No such",
	} {
		var told string
		run(t, ctx, chromedp.Navigate(p.page.URL), chromedp.Evaluate(
			`(async () => { try { return JSON.stringify(await `+script+`) } catch (e) { return String(e) } })()`,
			&told, chromedp.EvalAsValue, browsertest.Awaited))
		if !strings.Contains(told, want) || strings.Contains(told, secret) {
			t.Errorf("%s: %s", script, told)
		}
	}
}

// TestFocusStaysInTheDialogue, goes to the title of each pane, and returns to where it was.
func TestFocusStaysInTheDialogue(t *testing.T) {
	ctx := newTab(t)
	p := newLinkPage(t, Config{Calm: true})
	_, secret := p.session("")
	where := func() (id string) {
		t.Helper()
		run(t, ctx, chromedp.Evaluate(`document.activeElement.id`, &id))
		return id
	}
	run(t, ctx, chromedp.Navigate(p.page.URL), chromedp.Focus("#before"), start(secret),
		chromedp.WaitVisible("#fcsim-agree"))
	visited := []string{where()}
	for _, key := range []string{"\t", "\t", "\t", "\t", "\t"} {
		run(t, ctx, chromedp.KeyEvent(key))
		visited = append(visited, where())
	}
	run(t, ctx, chromedp.KeyEvent("\t", chromedp.KeyModifiers(input.ModifierShift)))
	visited = append(visited, where())
	want := "fcsim-title fcsim-agree fcsim-cancel fcsim-close fcsim-agree fcsim-cancel fcsim-agree"
	if got := strings.Join(visited, " "); got != want {
		t.Errorf("Tab goes to %s", got)
	}
	run(t, ctx, click("#fcsim-agree"), chromedp.WaitVisible("#fcsim-search"))
	if id := where(); id != "fcsim-title" {
		t.Errorf("a new pane has the focus on %q", id)
	}
	run(t, ctx, chromedp.KeyEvent(kb.Escape))
	if p.outcome(ctx); where() != "before" {
		t.Errorf("the focus returns to %q", where())
	}
}
