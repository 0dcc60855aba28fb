package sync

import (
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"
)

func onPlatform(r *http.Request) bool { return r.URL.Path == "/v1/account" }

// TestKeyOfOtherDataIsRefused: of another Stripe account, and of live data beside test data. Nothing is listed or
// bought, and nothing lands.
func TestKeyOfOtherDataIsRefused(t *testing.T) {
	w := newFaultWorld(t)
	_, _, err := w.round()
	w.must(err)
	before := len(w.file.Rows())
	w.server.Advance(25 * time.Hour)
	requests := 0
	w.between = func(r *http.Request) {
		if !onPlatform(r) {
			requests++
		}
	}
	stop := w.meddle(onPlatform, -1, withAnswer(200, nil, `{"id":"acct_other","object":"account"}`))
	change := w.change
	w.change = func(o *Options) { change(o); o.Stripe.Key = "sk_test_other" }
	if _, _, err := w.round(); !errors.Is(err, ErrWrongStore) || !strings.Contains(err.Error(), "acct_other") {
		t.Errorf("of another account: %v", err)
	}
	stop()
	w.change = func(o *Options) { o.Stripe.Key, o.Stripe.APIBase = "rk_live_world", "https://api.stripe.com" }
	if _, err := w.killed(t.Context()); !errors.Is(err, ErrWrongStore) {
		t.Errorf("of live data: %v", err)
	}
	if requests != 0 || len(w.file.Rows()) != before {
		t.Errorf("%d requests, %d rows, there were %d", requests, len(w.file.Rows()), before)
	}
}

// TestKeyThatMayNotSayWhoseItIs: a restricted key need not have the permission, and an answer may make no sense. Rounds
// go on with the account that is known, and ask again only where the answer made no sense.
func TestKeyThatMayNotSayWhoseItIs(t *testing.T) {
	for name, test := range map[string]struct {
		status int
		body   string
		asked  int
	}{
		"not permitted": {403, `{"error":{"type":"invalid_request_error"}}`, 1},
		"no sense":      {200, `{"object":"account"}`, 2},
	} {
		t.Run(name, func(t *testing.T) {
			w := newFaultWorld(t)
			_, _, err := w.round()
			w.must(err)
			known := orEmpty(w.file.State().StripeAccountID)
			asked := 0
			w.meddle(onPlatform, -1, func(r *http.Request, _ func() *http.Response) (*http.Response, error) {
				asked++
				return answered(r, test.status, nil, test.body), nil
			})
			change := w.change
			w.change = func(o *Options) { change(o); o.Stripe.Key = "sk_test_other" }
			for range 2 {
				report, _, err := w.round()
				if w.must(err); !report.Complete || orEmpty(report.StripeAccountID) != known || known == "" {
					t.Errorf("complete %v, of %q, want %q", report.Complete, orEmpty(report.StripeAccountID), known)
				}
			}
			if asked != test.asked {
				t.Errorf("asked %d times, want %d", asked, test.asked)
			}
		})
	}
}
