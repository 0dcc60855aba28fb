package sync

import (
	"errors"
	"net/http"
	"testing"
	"time"
)

func TestN13_AccountGoneKeepsWhatIsHeld(t *testing.T) {
	w := newFaultWorld(t)
	_, _, err := w.round()
	w.must(err)
	held := w.rowsHeld()
	w.server.Advance(25 * time.Hour)
	stop := w.meddle(onRows, -1, withAnswer(404, nil,
		`{"error": {"type": "invalid_request_error", "code": "resource_missing"}}`))
	w.threeActs(false, func() {
		if n := w.rowsHeld(); n != held {
			t.Errorf("%d rows held, %d before", n, held)
		}
		stop()
	})
}

func TestN13_PageRowGoneStartsAgain(t *testing.T) {
	w := newFaultWorld(t)
	w.threeActs(true, w.meddle(
		func(r *http.Request) bool { return onRows(r) && r.URL.Query().Has("starting_after") },
		2,
		withAnswer(
			400,
			nil,
			`{"error": {"type": "invalid_request_error", "code": "resource_missing", "param": "starting_after"}}`,
		),
	))
}

func TestN14_RedirectsAreNotFollowed(t *testing.T) {
	w := newFaultWorld(t)
	stop := w.meddle(func(r *http.Request) bool {
		if r.URL.Host != "simulator" {
			t.Error("the key left for " + r.URL.Host)
		}
		return onRows(r)
	}, -1, withAnswer(302, http.Header{"Location": {"https://elsewhere.example/v1/x"}}, `{}`))
	w.threeActs(false, stop)
}

func TestN15_ConnectionsThatCloseAreReplaced(t *testing.T) {
	w := newFaultWorld(t)
	w.threeActs(true, w.meddle(onRows, 2, with(errors.New("http2: server sent GOAWAY and closed the connection"))))
}

func TestN16_LostReplyOfAPurchaseIsBilledOnce(t *testing.T) {
	w := newFaultWorld(t)
	w.threeActs(false, w.meddle(onPost, -1, func(_ *http.Request, send func() *http.Response) (*http.Response, error) {
		_ = send().Body.Close()
		return nil, errors.New("connection reset by peer")
	}))
	if paid := w.paidBalances(); len(paid) != 3 {
		t.Errorf("%d of 3 balances bought", len(paid))
	}
}
