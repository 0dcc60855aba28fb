package stripe

import (
	"errors"
	"io"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

func TestRateAtTheCapIsUsedAndNotExceeded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		x, steps := newTraffic(t, 25, nil), []step{{25, 10 * time.Minute}}
		x.run(t.Context(), steps...)
		if goodput, refused := x.report(t, steps...); goodput < 0.95 || refused >= 0.01 {
			t.Error("want at least 95 % of the cap and under 1 % of answers 429")
		}
	})
}

func TestRateFollowsACapThatMoves(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		x, steps := newTraffic(t, 25, nil), []step{{25, 5 * time.Minute}, {5, 5 * time.Minute}, {25, 5 * time.Minute}}
		x.run(t.Context(), steps...)
		if goodput, refused := x.report(t, steps...); goodput < 0.85 || refused >= 0.02 {
			t.Error("want at least 85 % of what was possible and under 2 % of answers 429")
		}
	})
}

func TestOutageIsNotMadeWorse(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var requests atomic.Int64
		x := newTraffic(t, 25, func(http.RoundTripper) http.RoundTripper {
			return tripper(func(*http.Request) (*http.Response, error) {
				requests.Add(1)
				return nil, errors.New("connection reset")
			})
		})
		x.run(t.Context(), step{25, 20 * time.Minute})
		if n := requests.Load(); n > 8+20+10 {
			t.Errorf("%d requests into a total outage of 20 minutes", n)
		}
		_, err := x.client.Get(t.Context(), "list accounts", Path("accounts"), nil)
		isOutage := errors.Is(err, ErrOutage) && errors.Is(err, ErrUnreachable)
		if !isOutage || !strings.Contains(err.Error(), "failures for 10m0s from ") {
			t.Errorf("after ten minutes the round is to end: %v", err)
		}
	})
}

// TestOutageStaysUnderTheRetryBudget: many first attempts, each of another kind of request,
// so that no breaker helps.
func TestOutageStaysUnderTheRetryBudget(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var requests atomic.Int64
		x := newTraffic(t, 25, func(http.RoundTripper) http.RoundTripper {
			return tripper(func(*http.Request) (*http.Response, error) {
				requests.Add(1)
				return nil, errors.New("connection reset")
			})
		})
		for n := range 1000 {
			_, _ = x.client.Get(t.Context(), "operation "+time.Duration(n).String(), Path("accounts"), nil)
		}
		if n := requests.Load(); n >= 1100 {
			t.Errorf("%d requests for 1000 first attempts", n)
		}
	})
}

func TestConcurrencyDecreasesAndRecovers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var inFlight, most, refused atomic.Int64
		narrow := atomic.Bool{}
		narrow.Store(true)
		x := newTraffic(t, 1000, func(next http.RoundTripper) http.RoundTripper {
			return tripper(func(r *http.Request) (*http.Response, error) {
				n := inFlight.Add(1)
				defer inFlight.Add(-1)
				time.Sleep(50 * time.Millisecond)
				if narrow.Load() && n > 2 {
					refused.Add(1)
					return &http.Response{
						StatusCode: 429, Request: r,
						Body: io.NopCloser(strings.NewReader(`{"error": {"type": "api_error", "code": "rate_limit"}}`)),
						Header: http.Header{
							"Stripe-Rate-Limited-Reason": {"endpoint-concurrency"},
							"Content-Type":               {"application/json"},
						},
					}, nil
				}
				most.Store(max(most.Load(), n))
				return next.RoundTrip(r)
			})
		})
		x.run(t.Context(), step{0, time.Minute})
		if n := most.Load(); n > 2 {
			t.Errorf("%d in flight, the server took 2", n)
		}
		t.Logf("%d answers, %d refused", x.good.Load(), refused.Load())
		if n := refused.Load(); n == 0 || n > x.good.Load()/10 {
			t.Errorf("%d refused of %d: fewer were to be in flight", n, x.good.Load())
		}
		narrow.Store(false)
		x.run(t.Context(), step{0, time.Minute})
		if n := most.Load(); n != 8 {
			t.Errorf("%d in flight after the server took more again, want 8", n)
		}
	})
}

func TestLockOfOneObjectSlowsNothingElse(t *testing.T) {
	l, now := newLimits(Options{RequestsPerSecond: 10, Concurrency: 4}), time.Unix(1_000_000, 0)
	l.decrease("refresh", &APIError{Reason: "resource-specific"}, now, now)
	l.decrease("refresh", &APIError{Code: "lock_timeout"}, now, now)
	if rate := l.of("refresh").rate(now); rate < 9 || l.all.rate(now) < 39 {
		t.Errorf("a locked object lowered the rate to %v", rate)
	}
	l.decrease("refresh", &APIError{Reason: "endpoint-rate"}, now, now)
	l.decrease("refresh", &APIError{Reason: "endpoint-rate"}, now, now) // of the same burst
	if rate := l.of("refresh").rate(now.Add(time.Second)); rate < 4.8 || rate > 5.1 {
		t.Errorf("one burst halves once: %v", rate)
	}
	if rate := l.of("list accounts").rate(now); rate < 9 {
		t.Errorf("another endpoint was slowed to %v", rate)
	}
}
