package sync

import (
	"net/http"
	"strings"
	"testing"

	"fcpipe/sync/simulator"
)

// laterLists matches lists of accounts after the first.
func laterLists() func(*http.Request) bool {
	lists := 0
	return func(r *http.Request) bool {
		if strings.HasSuffix(r.URL.Path, "/accounts") {
			lists++
		}
		return lists > 1 && strings.HasSuffix(r.URL.Path, "/accounts")
	}
}

// TestListThatFailsWhileWaitingEndsTheWaitAlone: purchases are sent, the list that looks after them
// fails. What is there is read all the same, and the accounts were not seen again.
func TestListThatFailsWhileWaitingEndsTheWaitAlone(t *testing.T) {
	for name, answer := range map[string]struct {
		status int
		body   string
	}{
		"server errors": {500, `{"error": {"type": "api_error"}}`}, "no list": {200, `{}`},
		"refused": {403, `{"error": {"type": "invalid_request_error"}}`},
	} {
		t.Run(name, func(t *testing.T) {
			w := newFaultWorld(t)
			stop := w.meddle(laterLists(), -1, withAnswer(answer.status, nil, answer.body))
			if report := w.threeActs(false, stop); report.AccountsFetched != 3 || report.AccountsFailed != 3 {
				t.Errorf("%d accounts read, %d not seen again", report.AccountsFetched, report.AccountsFailed)
			}
		})
	}
}

// TestConnectedAccountThatRefusesUsWhileWaitingFailsAlone: it was listed, and bought for, before it
// took its permission back.
func TestConnectedAccountThatRefusesUsWhileWaitingFailsAlone(t *testing.T) {
	w := newFaultWorld(t)
	branch := simulator.New(simulator.Config{
		Seed: 9, Accounts: 2, Holders: 2, HistoryDays: 10, Calm: true,
		Linked: true,
	})
	refuses := laterLists()
	w.change = func(o *Options) {
		o.Connected = []string{"acct_branch"}
		own := o.Stripe.Transport
		o.Stripe.Transport = tripper(func(r *http.Request) (*http.Response, error) {
			if r.Header.Get("Stripe-Account") == "" {
				return own.RoundTrip(r)
			}
			if refuses(r) {
				return answered(r, 403, nil, `{"error": {"type": "invalid_request_error"}}`), nil
			}
			branch.Advance(max(0, w.server.Now().Sub(branch.Now())))
			return branch.Transport().RoundTrip(r)
		})
	}
	report, _, err := w.round()
	if w.must(err); report.AccountsFailed != 2 || report.AccountsFetched != 5 {
		t.Errorf("%d accounts read, %d failed: %+v", report.AccountsFetched, report.AccountsFailed, report.Accounts)
	}
	for _, o := range report.Accounts {
		if theirs := branch.Succeeded(o.AccountID) != nil; theirs != (o.Outcome == outcomeFailed) {
			t.Errorf("%s: %s", o.AccountID, o.Outcome)
		}
	}
}
