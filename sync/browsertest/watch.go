package browsertest

import (
	"context"
	"slices"
	"sync"
	"testing"

	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
)

// Watched is what a tab asked for, and what its console said.
type Watched struct {
	mutex     sync.Mutex
	addresses []string
	said      []string
}

// Watch watches a tab from now on.
func Watch(t testing.TB, tab context.Context) *Watched {
	t.Helper()
	w := &Watched{}
	chromedp.ListenTarget(tab, func(event any) {
		w.mutex.Lock()
		defer w.mutex.Unlock()
		switch event := event.(type) {
		case *network.EventRequestWillBeSent:
			w.addresses = append(w.addresses, event.Request.URL)
		case *log.EventEntryAdded:
			w.said = append(w.said, event.Entry.Text)
		}
	})
	if err := chromedp.Run(tab, network.Enable(), log.Enable()); err != nil {
		t.Fatal(err)
	}
	return w
}

// Addresses are those that were asked for.
func (w *Watched) Addresses() []string { return w.copied(&w.addresses) }

// Said are the lines of the console.
func (w *Watched) Said() []string { return w.copied(&w.said) }

func (w *Watched) copied(lines *[]string) []string {
	w.mutex.Lock()
	defer w.mutex.Unlock()
	return slices.Clone(*lines)
}
