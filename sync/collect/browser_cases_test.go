package collect

import (
	"errors"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"

	"fcpipe/sync/browsertest"
	"fcpipe/sync/simulator"
)

// newShownVisit is a visit of a customer, in a browser.
func newShownVisit(t *testing.T) *shownVisit {
	t.Helper()
	w := newWorld(t, simulator.Config{})
	return w.newVisitIn(chromium(t), w.flow(w.customer()))
}

// linked ends a visit in which accounts are to be linked once.
func (v *shownVisit) linked() {
	v.t.Helper()
	v.run(v.ctx, reads("#title", "are connected"))
	v.wait()
	if v.err != nil || len(v.result.Accounts) == 0 || len(v.after.recorded()) != len(v.result.Accounts) ||
		len(v.after.rounds) != 1 {
		v.t.Fatalf("%+v: %v; %d consents, %d rounds", v.result, v.err, len(v.after.recorded()), len(v.after.rounds))
	}
}

// TestAHolderWhoClosesTheWindowMayTryAgain: nothing is shared by the first try, and the second is a session of its own.
func TestAHolderWhoClosesTheWindowMayTryAgain(t *testing.T) {
	v := newShownVisit(t)
	v.run(v.ctx, click("#go", "#fcsim-agree", "#fcsim-cancel"), reads("#status", "Nothing was shared"),
		reads("#go", "Try again"), browsertest.Picture("cancelled"))
	if len(v.after.recorded()) != 0 {
		t.Error("something was recorded")
	}
	v.run(v.ctx, linkAt("Cobalt Bank"))
	v.linked()
	if n := v.asked("POST", sessionsPath); n != 2 {
		t.Errorf("%d sessions", n)
	}
}

// TestAnAccountThatIsNotChosenIsNotShared.
func TestAnAccountThatIsNotChosenIsNotShared(t *testing.T) {
	v := newShownVisit(t)
	v.run(v.ctx, click("#go", "#fcsim-agree", bank("Cobalt Bank"), `[data-fcsim-account="0"]`, "#fcsim-connect",
		"#fcsim-done"))
	v.linked()
	var cards int
	v.run(v.ctx, chromedp.Evaluate(`document.querySelectorAll("#list li").length`, &cards))
	if all := len(v.result.Accounts); cards != all || all != 1 {
		t.Errorf("%d accounts shown, %d linked", cards, all)
	}
}

// TestStripeThatDidNotLoadIsLoadedAgain by the next try, without a reload.
func TestStripeThatDidNotLoadIsLoadedAgain(t *testing.T) {
	w := newWorld(t, simulator.Config{})
	tab := chromium(t)
	w.run(tab, network.Enable(), network.SetBlockedURLs([]string{w.api.URL + "/stripe.js"}))
	v := w.newVisitIn(tab, w.flow(w.customer()))
	v.run(v.ctx, click("#go"), reads("#problem", "Stripe could not be loaded"), browsertest.Picture("no-stripe"),
		network.SetBlockedURLs([]string{}), linkAt("Cobalt Bank"))
	v.linked()
}

// TestAHolderIsToldThatALinkIsNotRecorded, and is not asked to try again.
func TestAHolderIsToldThatALinkIsNotRecorded(t *testing.T) {
	v := newShownVisit(t)
	v.after.record = errors.New("disk full")
	v.run(v.ctx, linkAt("Cobalt Bank"), reads("#problem", "could not be written down"),
		chromedp.WaitNotVisible("#go"), browsertest.Picture("broken"))
	if v.wait(); !errors.Is(v.err, ErrNotRecorded) {
		t.Errorf("%v", v.err)
	}
}

// failAtBank is what a person does whose bank cannot be reached: once that is shown, they leave.
func failAtBank() chromedp.Action {
	return chromedp.Tasks{
		click("#go", "#fcsim-agree", bank("Down Bank")), chromedp.WaitVisible("#fcsim-error"), click("#fcsim-cancel"),
	}
}

// TestABankThatIsDownIsNamed, and another one may be chosen.
func TestABankThatIsDownIsNamed(t *testing.T) {
	v := newShownVisit(t)
	v.run(v.ctx, failAtBank(),
		reads("#problem", "cannot be reached"), browsertest.Picture("bank-down"), linkAt("Cobalt Bank"))
	v.linked()
}

// TestASessionThatIsTooOldIsReplaced.
func TestASessionThatIsTooOldIsReplaced(t *testing.T) {
	v := newShownVisit(t)
	v.run(v.ctx, click("#go", "#fcsim-agree", bank("Slow Bank")), reads("#problem", "open for too long"),
		browsertest.Picture("session-old"), linkAt("Cobalt Bank"))
	v.linked()
}

// TestTwoClicksAreOneSession.
func TestTwoClicksAreOneSession(t *testing.T) {
	v := newShownVisit(t)
	v.run(v.ctx, chromedp.Evaluate(`document.getElementById("go").click(); document.getElementById("go").click()`, nil),
		click("#fcsim-agree", bank("Cobalt Bank"), "#fcsim-connect", "#fcsim-done"))
	v.linked()
	if n := v.asked("POST", sessionsPath); n != 1 {
		t.Errorf("%d sessions", n)
	}
}

// TestASecondTabSeesTheSameVisit: what was linked in one is shown in the other, once.
func TestASecondTabSeesTheSameVisit(t *testing.T) {
	v := newShownVisit(t)
	v.after.hold = make(chan struct{})
	home, _, _ := strings.Cut(v.link, "/start/")
	second := browsertest.Tab(t, v.ctx)
	v.run(second, chromedp.Navigate(home), click("#go"), chromedp.WaitVisible("#fcsim-agree"))
	v.run(v.ctx, linkAt("Cobalt Bank"), reads("#title", "are connected"))
	v.run(second, click("#fcsim-agree", bank("Cobalt Bank")), reads("#title", "are connected"))
	close(v.after.hold)
	v.linked()
	if n := v.asked("POST", sessionsPath); n != 1 {
		t.Errorf("%d sessions", n)
	}
}

// TestAReloadAndTheBackButtonGoOn: before linking, in the middle of it, and after.
func TestAReloadAndTheBackButtonGoOn(t *testing.T) {
	v := newShownVisit(t)
	v.after.hold = make(chan struct{})
	v.run(v.ctx, chromedp.Reload(), click("#go"), chromedp.WaitVisible("#fcsim-agree"), chromedp.Reload(),
		chromedp.WaitVisible("#go"), chromedp.Navigate("about:blank"), chromedp.NavigateBack(),
		linkAt("Cobalt Bank"), reads("#title", "are connected"), chromedp.Navigate("about:blank"),
		chromedp.NavigateBack(), reads("#list", "Cobalt Bank"), chromedp.Reload(), reads("#list", "Cobalt Bank"))
	close(v.after.hold)
	v.linked()
	if n := v.asked("POST", sessionsPath); n != 1 {
		t.Errorf("%d sessions", n)
	}
}

// TestALinkOpensInOneBrowser: a second one is told so, and learns nothing of the visit.
func TestALinkOpensInOneBrowser(t *testing.T) {
	v := newShownVisit(t)
	home, _, _ := strings.Cut(v.link, "/start/")
	v.run(v.ctx, chromedp.Navigate(v.link), linkAt("Cobalt Bank")) // in the first browser the link still leads there
	v.linked()
	v.run(v.ctx, network.ClearBrowserCookies()) // makes it another browser
	for _, address := range []string{v.link, home + "/", home + "/state"} {
		v.run(v.ctx, chromedp.Navigate(address), reads("h1", "does not open here"))
	}
}

// TestAVisitEndsWhenTimeIsOver, and the page says so.
func TestAVisitEndsWhenTimeIsOver(t *testing.T) {
	v := newShownVisit(t)
	v.run(v.ctx, click("#go"), chromedp.WaitVisible("#fcsim-agree"))
	v.clock.advance(t, LinkWithin)
	v.run(v.ctx, reads("#status", "time to connect a bank is over"), browsertest.Picture("expired"))
	v.wait()
	if !errors.Is(v.err, ErrNothingLinked) || len(v.after.recorded()) != 0 {
		t.Errorf("%v, %d consents", v.err, len(v.after.recorded()))
	}
}

// TestTheSecretIsInNoAddressAndNoElement, and the page breaks no rule of its own policy.
func TestTheSecretIsInNoAddressAndNoElement(t *testing.T) {
	v := newShownVisit(t)
	seen := browsertest.Watch(t, v.ctx)
	v.run(v.ctx, chromedp.Reload(), linkAt("Cobalt Bank"))
	v.linked()
	var html string
	var stored int
	v.run(v.ctx, chromedp.OuterHTML("html", &html),
		chromedp.Evaluate(`localStorage.length + sessionStorage.length + document.cookie.length`, &stored))
	if strings.Contains(html, "_secret_") || stored != 0 {
		t.Errorf("a secret is in the page, or something is stored: %d", stored)
	}
	checkWatched(t, seen)
}

// TestAxeFindsNothingSerious in any state of the page, light and dark, on a desk and on a phone.
func TestAxeFindsNothingSerious(t *testing.T) {
	script := browsertest.Axe(t)
	v := newShownVisit(t)
	v.after.hold = make(chan struct{})
	v.checkAxe("notice", script)
	v.run(v.ctx, failAtBank(),
		reads("#problem", "cannot be reached"))
	v.checkAxe("failed", script)
	v.run(v.ctx, linkAt("Cobalt Bank"), reads("#title", "are connected"))
	v.checkAxe("reading", script)
	close(v.after.hold)
	v.run(v.ctx, reads("#status", "Done."))
	v.checkAxe("done", script)
	v.wait()
	v.run(v.ctx, network.ClearBrowserCookies(), chromedp.Navigate(v.link), reads("h1", "does not open here"))
	v.checkAxe("refused", script)
}

func (v *shownVisit) checkAxe(state, script string) {
	v.t.Helper()
	for _, scheme := range []string{"light", "dark"} {
		v.run(v.ctx, browsertest.Scheme(scheme), browsertest.Picture(state+"-"+scheme))
	}
	browsertest.CheckAxe(v.t, v.ctx, state, script)
}

// checkWatched wants no secret in an address, no other server asked, and a console that says nothing: no broken policy.
func checkWatched(t *testing.T, seen *browsertest.Watched) {
	t.Helper()
	for _, address := range seen.Addresses() {
		if strings.Contains(address, "secret") || strings.Contains(address, "pk_test") ||
			!strings.HasPrefix(address, "http://127.0.0.1:") && !strings.HasPrefix(address, "data:") {
			t.Errorf("asked for %s", address)
		}
	}
	if len(seen.Said()) > 0 || len(seen.Addresses()) < 8 {
		t.Errorf("the console says %q; %d requests seen", seen.Said(), len(seen.Addresses()))
	}
}
