package browsertest

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

// ErrMissing means that no browser is installed.
var ErrMissing = errors.New("no chromium is installed: browser tests were not run")

// find is the path of the browser that is installed.
func find() (string, error) {
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			return path, nil
		}
	}
	return "", ErrMissing
}

// Need skips a test where no browser is installed, for tests that have much to do before they show a page.
func Need(t testing.TB) {
	t.Helper()
	if _, err := find(); err != nil {
		t.Skip(err)
	}
}

// Start starts a browser with an empty tab, which stop closes, whether or not there is an error.
func Start(ctx context.Context) (tab context.Context, stop func(), err error) {
	path, err := find()
	if err != nil {
		return nil, func() {}, err
	}
	dir, err := os.MkdirTemp("", "chromium") // short: a socket is made in it
	if err != nil {
		return nil, func() {}, err
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(path), chromedp.NoSandbox,
		chromedp.WSURLReadTimeout(time.Minute), chromedp.Env("TMPDIR="+dir))
	allocator, stopAllocator := chromedp.NewExecAllocator(ctx, options...)
	silent := chromedp.WithErrorf(func(string, ...any) {}) // of events that chromedp does not know
	tab, closeTab := chromedp.NewContext(allocator, silent)
	stop = func() {
		closeTab()
		stopAllocator()
		_ = os.RemoveAll(dir)
	}
	return tab, stop, chromedp.Run(tab)
}

// New is the tab of a browser of this test's own; without a browser the test is skipped.
func New(t testing.TB) context.Context {
	t.Helper()
	tab, stop, err := Start(context.Background())
	t.Cleanup(stop)
	switch {
	case errors.Is(err, ErrMissing):
		t.Skip(err)
	case err != nil:
		t.Fatal(err)
	}
	return tab
}

// Tab opens another tab of the browser of a tab.
func Tab(t testing.TB, of context.Context) context.Context {
	t.Helper()
	tab, closeTab := chromedp.NewContext(of)
	t.Cleanup(closeTab)
	if err := chromedp.Run(tab); err != nil { // the tab lives as long as the context of its first action
		t.Fatal(err)
	}
	return tab
}
