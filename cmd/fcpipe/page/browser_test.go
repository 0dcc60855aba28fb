package page

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// browser is a headless browser that shows files of a directory.
type browser struct {
	t         *testing.T
	ctx       context.Context
	dir       string
	mutex     sync.Mutex
	addresses []string
	said      []string
}

// newBrowser starts the browser that is installed; without one the test is skipped.
func newBrowser(t *testing.T) *browser {
	t.Helper()
	path := ""
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if found, err := exec.LookPath(name); err == nil && path == "" {
			path = found
		}
	}
	if path == "" {
		t.Skip("no chromium is installed: browser tests were not run")
	}
	temporary, err := os.MkdirTemp("", "chromium") // short: a socket is made in it
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(temporary) })
	allocator, stop := chromedp.NewExecAllocator(context.Background(), append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(path), chromedp.NoSandbox, chromedp.WSURLReadTimeout(time.Minute),
		chromedp.Env("TMPDIR="+temporary))...)
	t.Cleanup(stop)
	ctx, stop := chromedp.NewContext(allocator, chromedp.WithErrorf(func(string, ...any) {}))
	t.Cleanup(stop)
	ctx, stop = context.WithTimeout(ctx, 10*time.Minute)
	t.Cleanup(stop)
	b := &browser{t: t, ctx: ctx, dir: t.TempDir()}
	chromedp.ListenTarget(ctx, func(event any) {
		b.mutex.Lock()
		defer b.mutex.Unlock()
		switch event := event.(type) {
		case *network.EventRequestWillBeSent:
			b.addresses = append(b.addresses, event.Request.URL)
		case *log.EventEntryAdded:
			b.said = append(b.said, event.Entry.Text)
		}
	})
	b.run(network.Enable(), log.Enable())
	return b
}

func (b *browser) run(actions ...chromedp.Action) {
	b.t.Helper()
	if err := chromedp.Run(b.ctx, actions...); err != nil {
		b.t.Fatal(err)
	}
}

// open shows a page.
func (b *browser) open(name, html string) {
	b.t.Helper()
	path := filepath.Join(b.dir, name+".html")
	if err := os.WriteFile(path, []byte(html), 0o600); err != nil {
		b.t.Fatal(err)
	}
	b.run(chromedp.Navigate("file://"+path), chromedp.WaitVisible("footer"))
}

// checkWidths wants nothing beyond the edge of a phone, a desk, and paper of A4 and Letter; wide tables scroll within
// their frames on screens, and on paper are as wide as it is.
func (b *browser) checkWidths(name string) {
	b.t.Helper()
	for _, media := range []struct {
		name  string
		width int64
	}{{"screen", 390}, {"screen", 1280}, {"print", 703}, {"print", 725}} { // paper less its margins
		var over []string
		b.run(emulation.SetEmulatedMedia().WithMedia(media.name), chromedp.EmulateViewport(media.width, 900),
			chromedp.Evaluate(`[...document.querySelectorAll("body *")].filter((e) => !e.closest("svg") &&
				e.getBoundingClientRect().right > innerWidth + 1 &&
				(matchMedia("print").matches || !e.closest(".wide")))
				.map((e) => e.tagName + "." + e.className + " " + e.textContent.trim().slice(0, 40))
				.slice(0, 3)
				.concat(document.documentElement.scrollWidth > innerWidth ? ["the page"] : [])`, &over))
		if len(over) > 0 {
			b.t.Errorf("%s, %s of %d pixels: beyond the edge %q", name, media.name, media.width, over)
		}
	}
	b.run(emulation.SetEmulatedMedia().WithMedia("screen"))
}

// checkPaper prints the page, which must not be cut.
func (b *browser) checkPaper(name string) {
	b.t.Helper()
	var paper []byte
	b.run(chromedp.ActionFunc(func(ctx context.Context) (err error) {
		paper, _, err = page.PrintToPDF().WithPaperWidth(8.27).WithPaperHeight(11.69).WithPrintBackground(true).Do(ctx)
		return err
	}))
	if !strings.HasPrefix(string(paper), "%PDF") || len(paper) < 10_000 {
		b.t.Errorf("%s is printed as %d bytes", name, len(paper))
	}
	b.keep(name+".pdf", paper)
}

// keep writes what is to be looked at where FCPIPE_PICTURES names a directory.
func (b *browser) keep(name string, content []byte) {
	if dir := os.Getenv("FCPIPE_PICTURES"); dir != "" {
		if err := os.WriteFile(filepath.Join(dir, name), content, 0o600); err != nil {
			b.t.Error(err)
		}
	}
}

// picture keeps how a page looks, light and dark, on a desk and on a phone.
func (b *browser) picture(name string) {
	if os.Getenv("FCPIPE_PICTURES") == "" {
		return
	}
	for scheme, width := range map[string]int64{"light": 1280, "dark": 1280, "phone": 390} {
		var seen []byte
		b.run(b.scheme(strings.Replace(scheme, "phone", "light", 1)), chromedp.EmulateViewport(width, 900),
			chromedp.FullScreenshot(&seen, 100))
		b.keep(name+"-"+scheme+".png", seen)
	}
}

func (b *browser) scheme(name string) chromedp.Action {
	return emulation.SetEmulatedMedia().WithFeatures([]*emulation.MediaFeature{
		{Name: "prefers-color-scheme", Value: name},
	})
}

// checkRequests wants no address asked for but those of the pages themselves, and a console that says nothing.
func (b *browser) checkRequests(pages int) {
	b.t.Helper()
	b.mutex.Lock()
	defer b.mutex.Unlock()
	for _, address := range b.addresses {
		if !strings.HasPrefix(address, "file://"+b.dir+"/") {
			b.t.Errorf("asked for %s", address)
		}
	}
	if len(b.addresses) != pages || len(b.said) > 0 {
		b.t.Errorf("%d requests for %d pages; the console says %q", len(b.addresses), pages, b.said)
	}
}

// checkAxe wants axe-core to find nothing serious, light and dark.
func (b *browser) checkAxe(name, script string) {
	b.t.Helper()
	for _, scheme := range []string{"light", "dark"} {
		var found []struct{ ID, Impact, Help string }
		b.run(b.scheme(scheme), chromedp.EmulateViewport(1280, 900), chromedp.Evaluate(script+"; 0", nil),
			chromedp.Evaluate(`axe.run(document).then((r) => r.violations)`, &found,
				func(p *runtime.EvaluateParams) *runtime.EvaluateParams { return p.WithAwaitPromise(true) }))
		for _, violation := range found {
			b.t.Errorf("%s, %s: %+v", name, scheme, violation)
		}
	}
}

// worldPages are the pages of the world that are hardest to show: long names, large amounts in two currencies, all that
// there is of a steady holder, and the page over all.
func worldPages(t *testing.T) map[string]string {
	t.Helper()
	connection := connect(t, world(t))
	policy := lendersPolicy(t, connection)
	shown := map[string]string{}
	for _, id := range []string{steady, twoMoney, hostile} {
		r, err := Of(t.Context(), connection, Holder{ID: id})
		if err != nil {
			t.Fatal(err)
		}
		if err := policy.Apply(t.Context(), connection, []*Report{r}); err != nil {
			t.Fatal(err)
		}
		shown[id] = pageOf(t, r)
	}
	shown["portfolio"] = portfolioText(t, connection, policy)
	return shown
}

// TestPagesInABrowser: they ask for nothing, fit phones, desks and paper, and are printed.
func TestPagesInABrowser(t *testing.T) {
	b := newBrowser(t)
	shown := worldPages(t)
	for name, html := range shown {
		b.open(name, html)
		b.picture(name)
		b.checkWidths(name)
		b.checkPaper(name)
	}
	b.checkRequests(len(shown))
}

// TestAxeFindsNothingSeriousInPages, light and dark, where FCPIPE_AXE names axe-core; "make interop" does.
func TestAxeFindsNothingSeriousInPages(t *testing.T) {
	path := os.Getenv("FCPIPE_AXE")
	if path == "" {
		t.Skip("FCPIPE_AXE names no axe.min.js: accessibility was not checked")
	}
	script, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	b := newBrowser(t)
	for name, html := range worldPages(t) {
		b.open(name, html)
		b.checkAxe(name, string(script))
	}
}
