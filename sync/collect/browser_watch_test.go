package collect

import (
	"context"
	"strings"
	"sync"
	"testing"

	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// awaited has an evaluation wait for its promise.
func awaited(p *runtime.EvaluateParams) *runtime.EvaluateParams { return p.WithAwaitPromise(true) }

// watched is what a tab asked for, and what its console said.
type watched struct {
	mutex     sync.Mutex
	addresses []string
	said      []string
}

func (v *shownVisit) watch(ctx context.Context) *watched {
	v.t.Helper()
	w := &watched{}
	chromedp.ListenTarget(ctx, func(event any) {
		w.mutex.Lock()
		defer w.mutex.Unlock()
		switch event := event.(type) {
		case *network.EventRequestWillBeSent:
			w.addresses = append(w.addresses, event.Request.URL)
		case *log.EventEntryAdded:
			w.said = append(w.said, event.Entry.Text)
		}
	})
	v.run(ctx, network.Enable(), log.Enable())
	return w
}

// check wants no secret in an address, no other server asked, and a console that says nothing: no broken policy.
func (w *watched) check(t *testing.T) {
	t.Helper()
	w.mutex.Lock()
	defer w.mutex.Unlock()
	for _, address := range w.addresses {
		if strings.Contains(address, "secret") || strings.Contains(address, "pk_test") ||
			!strings.HasPrefix(address, "http://127.0.0.1:") && !strings.HasPrefix(address, "data:") {
			t.Errorf("asked for %s", address)
		}
	}
	if len(w.said) > 0 || len(w.addresses) < 8 {
		t.Errorf("the console says %q; %d requests seen", w.said, len(w.addresses))
	}
}
