package page

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"

	"fcpipe/schema/storetest"
	"fcpipe/sync/browsertest"
)

// browser is a headless browser that shows files of a directory.
type browser struct {
	t    *testing.T
	ctx  context.Context //nolint:containedctx // the tab's
	dir  string
	seen *browsertest.Watched
}

func newBrowser(t *testing.T) *browser {
	t.Helper()
	tab := browsertest.New(t)
	return &browser{t: t, ctx: tab, dir: t.TempDir(), seen: browsertest.Watch(t, tab)}
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

// checkWidths wants nothing beyond the edge of a phone and of paper of A4; with -proof of a desk and of Letter as well,
// which are wider. Wide tables scroll within their frames on screens, and on paper are as wide as it is.
func (b *browser) checkWidths(name string) {
	b.t.Helper()
	for _, media := range []struct {
		name  string
		width int64
	}{{"screen", 390}, {"screen", 1280}, {"print", 703}, {"print", 725}} { // paper less its margins
		if !*storetest.Proof && (media.width == 1280 || media.width == 725) {
			continue
		}
		var over []string
		b.run(emulation.SetEmulatedMedia().WithMedia(media.name), chromedp.EmulateViewport(media.width, 900),
			browsertest.Over(".wide", &over))
		if len(over) > 0 {
			b.t.Errorf("%s, %s of %d pixels: beyond the edge %q", name, media.name, media.width, over)
		}
	}
	b.run(emulation.SetEmulatedMedia().WithMedia("screen"))
}

// checkPaper prints the page, which must not be cut; without -proof that with the longest names alone.
func (b *browser) checkPaper(name string) {
	b.t.Helper()
	if !*storetest.Proof && name != hostile {
		return
	}
	var paper []byte
	b.run(chromedp.ActionFunc(func(ctx context.Context) (err error) {
		paper, _, err = page.PrintToPDF().WithPaperWidth(8.27).WithPaperHeight(11.69).WithPrintBackground(true).Do(ctx)
		return err
	}))
	if !strings.HasPrefix(string(paper), "%PDF") || len(paper) < 10_000 {
		b.t.Errorf("%s is printed as %d bytes", name, len(paper))
	}
	if err := browsertest.Keep(name+".pdf", paper); err != nil {
		b.t.Error(err)
	}
}

// picture keeps how a page looks, light and dark, on a desk and on a phone.
func (b *browser) picture(name string) {
	for _, scheme := range []string{"dark", "light"} {
		b.run(browsertest.Scheme(scheme), browsertest.Picture(name+"-"+scheme))
	}
}

// checkRequests wants no address asked for but those of the pages themselves, and a console that says nothing.
func (b *browser) checkRequests(pages int) {
	b.t.Helper()
	for _, address := range b.seen.Addresses() {
		if !strings.HasPrefix(address, "file://"+b.dir+"/") {
			b.t.Errorf("asked for %s", address)
		}
	}
	if n := len(b.seen.Addresses()); n != pages || len(b.seen.Said()) > 0 {
		b.t.Errorf("%d requests for %d pages; the console says %q", n, pages, b.seen.Said())
	}
}

// worldPages are the pages of the world that are hardest to show: long names, large amounts in two currencies, all that
// there is of a steady holder, a business, and the page over all.
func worldPages(t *testing.T) map[string]string {
	t.Helper()
	connection := readWorld(t)
	policy := lendersPolicy(t, connection)
	shown := map[string]string{}
	for _, id := range []string{steady, twoMoney, hostile, shop} {
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
	t.Parallel()
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
	script := browsertest.Axe(t)
	b := newBrowser(t)
	for name, html := range worldPages(t) {
		b.open(name, html)
		browsertest.CheckAxe(t, b.ctx, name, script)
	}
}
