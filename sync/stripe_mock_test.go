package sync

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"fcpipe/sync/simulator"
	"fcpipe/sync/synctest"
)

// TestEveryRequestIsOneStripeAccepts shows every request of some rounds to the official
// stripe-mock, which knows paths and parameters but no state.
func TestEveryRequestIsOneStripeAccepts(t *testing.T) {
	mock := synctest.StripeMock(t)

	w := newWorld(t, simulator.Config{Seed: 6, Accounts: 120, Holders: 20, HistoryDays: 10})
	var mutex sync.Mutex
	shown := map[string]int{}
	w.between = func(r *http.Request) {
		mutex.Lock()
		defer mutex.Unlock()
		copied := r.Clone(t.Context())
		if r.Body != nil {
			body, _ := io.ReadAll(r.Body)
			r.Body, copied.Body = io.NopCloser(bytes.NewReader(body)), io.NopCloser(bytes.NewReader(body))
		}
		copied.RequestURI = r.URL.RequestURI()
		recorder := httptest.NewRecorder()
		mock.ServeHTTP(recorder, copied)
		shown[r.Method]++
		if recorder.Code != http.StatusOK {
			t.Errorf("%s %s: %d %s", r.Method, r.URL.Path, recorder.Code, recorder.Body)
		}
	}
	for range 3 {
		if _, _, err := w.round(); err != nil {
			t.Fatal(err)
		}
		w.server.Advance(24 * time.Hour)
	}
	w.change = func(o *Options) { o.Holders = []string{"cus_1234567890", "acct_1234567890"} }
	_, _, err := w.round()
	w.must(err)
	if shown[http.MethodGet] < 100 || shown[http.MethodPost] < 100 {
		t.Errorf("requests shown: %v", shown)
	}
}
