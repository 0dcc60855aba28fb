package collect

import (
	"errors"
	"os"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"

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
		reads("#go", "Try again"), picture("cancelled"))
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
	v.run(v.ctx, click("#go"), reads("#problem", "Stripe could not be loaded"), picture("no-stripe"),
		network.SetBlockedURLs([]string{}), linkAt("Cobalt Bank"))
	v.linked()
}

// TestAHolderIsToldThatALinkIsNotRecorded, and is not asked to try again.
func TestAHolderIsToldThatALinkIsNotRecorded(t *testing.T) {
	v := newShownVisit(t)
	v.after.record = errors.New("disk full")
	v.run(v.ctx, linkAt("Cobalt Bank"), reads("#problem", "could not be written down"),
		chromedp.WaitNotVisible("#go"), picture("broken"))
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
		reads("#problem", "cannot be reached"), picture("bank-down"), linkAt("Cobalt Bank"))
	v.linked()
}

// TestASessionThatIsTooOldIsReplaced.
func TestASessionThatIsTooOldIsReplaced(t *testing.T) {
	v := newShownVisit(t)
	v.run(v.ctx, click("#go", "#fcsim-agree", bank("Slow Bank")), reads("#problem", "open for too long"),
		picture("session-old"), linkAt("Cobalt Bank"))
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
	second := v.tab()
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
	v.run(v.ctx, reads("#status", "time to connect a bank is over"), picture("expired"))
	v.wait()
	if !errors.Is(v.err, ErrNothingLinked) || len(v.after.recorded()) != 0 {
		t.Errorf("%v, %d consents", v.err, len(v.after.recorded()))
	}
}

// TestTheSecretIsInNoAddressAndNoElement, and the page breaks no rule of its own policy.
func TestTheSecretIsInNoAddressAndNoElement(t *testing.T) {
	v := newShownVisit(t)
	seen := v.watch(v.ctx)
	v.run(v.ctx, chromedp.Reload(), linkAt("Cobalt Bank"))
	v.linked()
	var html string
	var stored int
	v.run(v.ctx, chromedp.OuterHTML("html", &html),
		chromedp.Evaluate(`localStorage.length + sessionStorage.length + document.cookie.length`, &stored))
	if strings.Contains(html, "_secret_") || stored != 0 {
		t.Errorf("a secret is in the page, or something is stored: %d", stored)
	}
	seen.check(t)
}

// axe is axe-core, where FCPIPE_AXE names its file; "make interop" does.
func axe(t *testing.T) string {
	t.Helper()
	path := os.Getenv("FCPIPE_AXE")
	if path == "" {
		t.Skip("FCPIPE_AXE names no axe.min.js: accessibility was not checked")
	}
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// TestAxeFindsNothingSerious in any state of the page, light and dark, on a desk and on a phone.
func TestAxeFindsNothingSerious(t *testing.T) {
	script := axe(t)
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
		for _, width := range []int64{1280, 390} {
			var found []struct{ ID, Impact, Help string }
			v.run(v.ctx, chromedp.EmulateViewport(width, 844),
				emulation.SetEmulatedMedia().WithFeatures([]*emulation.MediaFeature{
					{Name: "prefers-color-scheme", Value: scheme},
				}),
				picture(state+"-"+scheme), chromedp.EmulateViewport(width, 844),
				chromedp.Evaluate(script+"; 0", nil),
				chromedp.Evaluate(`axe.run(document).then((r) => r.violations)`, &found, awaited))
			for _, violation := range found {
				v.t.Errorf("%s, %s, %d pixels: %+v", state, scheme, width, violation)
			}
		}
	}
}
