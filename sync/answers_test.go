package sync

import (
	"fmt"
	"maps"
	"net/http"
	"strings"
	"testing"
)

// TestOnly200IsAnAnswer: whatever a true body comes under, only 200 says that it is the whole of
// what was asked for. Nothing of it is taken, the cursor stays, and the next round reads it.
func TestOnly200IsAnAnswer(t *testing.T) {
	elsewhere := http.Header{"Location": {"https://elsewhere.example/"}}
	for _, test := range []struct {
		status int
		header http.Header
	}{
		{status: 201},
		{status: 202},
		{status: 203},
		{status: 204},
		{status: 206},
		{300, elsewhere},
		{status: 302},
		{303, elsewhere},
		{304, elsewhere},
	} {
		t.Run(fmt.Sprint(test.status, len(test.header)), func(t *testing.T) {
			w := newFaultWorld(t)
			stop := w.meddle(onRows, -1, func(_ *http.Request, send func() *http.Response) (*http.Response, error) {
				answer := send()
				answer.StatusCode = test.status
				maps.Copy(answer.Header, test.header)
				return answer, nil
			})
			report := w.threeActs(false, stop)
			for _, a := range report.Accounts {
				if got, want := orEmpty(a.ErrorCode), fmt.Sprint("http_", test.status); got != want ||
					a.RequestID == nil {
					t.Errorf("%s failed with %q of request %q, want %q", a.AccountID, got, orEmpty(a.RequestID), want)
				}
			}
			if report.Rows > 0 || report.Retries > 0 {
				t.Errorf("%d rows were taken, %d requests repeated", report.Rows, report.Retries)
			}
		})
	}
}

// TestPurchaseAnsweredOtherwiseIsNotConfirmed: an answer to a POST that is neither 200 nor a
// refusal leaves open what became of it. It is found out by reading, and paid once.
func TestPurchaseAnsweredOtherwiseIsNotConfirmed(t *testing.T) {
	w := newFaultWorld(t)
	stop := w.meddle(func(r *http.Request) bool { return onPost(r) && strings.HasSuffix(r.URL.Path, "/refresh") }, -1,
		func(_ *http.Request, send func() *http.Response) (*http.Response, error) {
			answer := send()
			answer.StatusCode = http.StatusAccepted
			return answer, nil
		})
	w.threeActs(false, stop)
	if paid := w.paidBalances(); len(paid) != 3 {
		t.Errorf("%d of 3 balances bought", len(paid))
	}
}
