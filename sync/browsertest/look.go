package browsertest

import (
	"context"
	"os"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// Widths in pixels of a desk and of a phone.
const (
	Desk  = 1280
	Phone = 390
)

// Height in pixels of what is shown at once.
const height = 844

// Keep writes what is to be looked at where FCPIPE_PICTURES names a directory.
func Keep(name string, content []byte) error {
	dir := os.Getenv("FCPIPE_PICTURES")
	if dir == "" {
		return nil
	}
	return os.WriteFile(filepath.Join(dir, name), content, 0o600)
}

// Picture keeps the whole page on a desk and on a phone, each with its width in its name, where FCPIPE_PICTURES names
// a directory.
func Picture(name string) chromedp.Action {
	return chromedp.ActionFunc(func(ctx context.Context) error {
		if os.Getenv("FCPIPE_PICTURES") == "" {
			return nil
		}
		for _, width := range []int64{Desk, Phone} {
			var seen []byte
			err := chromedp.Tasks{Width(width), chromedp.FullScreenshot(&seen, 100)}.Do(ctx)
			if err == nil {
				err = Keep(name+"-"+strconv.FormatInt(width, 10)+".png", seen)
			}
			if err != nil {
				return err
			}
		}
		return nil
	})
}

// Width makes the window so many pixels wide.
func Width(pixels int64) chromedp.Action { return chromedp.EmulateViewport(pixels, height) }

// Scheme is what the holder of the screen prefers: light or dark.
func Scheme(name string) chromedp.Action {
	return emulation.SetEmulatedMedia().WithFeatures([]*emulation.MediaFeature{
		{Name: "prefers-color-scheme", Value: name},
	})
}

// Awaited has an evaluation wait for its promise.
func Awaited(p *runtime.EvaluateParams) *runtime.EvaluateParams { return p.WithAwaitPromise(true) }

// Over finds what lies beyond the right edge of the window: at most three elements, and the page itself. On screens,
// elements within a match of the selector scrolls are left out: they have their own frame.
func Over(scrolls string, found *[]string) chromedp.Action {
	return chromedp.Evaluate(`[...document.querySelectorAll("body *")].filter((e) => !e.closest("svg") &&
		e.getBoundingClientRect().right > innerWidth + 1 &&
		(matchMedia("print").matches || !e.closest(`+strconv.Quote(scrolls)+`)))
		.map((e) => e.tagName + "." + e.className + " " + e.textContent.trim().slice(0, 40)).slice(0, 3)
		.concat(document.documentElement.scrollWidth > innerWidth ? ["the page"] : [])`, found)
}

// Axe is the script of axe-core, which FCPIPE_AXE names; without it the test is skipped. "make interop" names it.
func Axe(t testing.TB) string {
	t.Helper()
	path := os.Getenv("FCPIPE_AXE")
	if path == "" {
		t.Skip("FCPIPE_AXE names no axe.min.js: accessibility was not checked")
	}
	script, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(script)
}

// CheckAxe wants axe-core to find nothing in the state of a page that a tab shows, light and dark, on a desk and on a
// phone.
func CheckAxe(t testing.TB, tab context.Context, state, script string) {
	t.Helper()
	for _, scheme := range []string{"light", "dark"} {
		for _, width := range []int64{Desk, Phone} {
			var found []struct{ ID, Impact, Help string }
			if err := chromedp.Run(tab, Width(width), Scheme(scheme), chromedp.Evaluate(script+"; 0", nil),
				chromedp.Evaluate(`axe.run(document).then((r) => r.violations)`, &found, Awaited)); err != nil {
				t.Fatal(err)
			}
			for _, violation := range found {
				t.Errorf("%s, %s, %d pixels: %+v", state, scheme, width, violation)
			}
		}
	}
}
