package stripe

import (
	"errors"
	"io"
	"net/http"
	"testing"
	"time"
)

// TestBackoffIsSpreadAndNeverBeforeTheServersWord: clients that failed together come back over
// the whole interval, and none before it was told to.
func TestBackoffIsSpreadAndNeverBeforeTheServersWord(t *testing.T) {
	for attempt, seconds := range []float64{0.5, 1, 2, 4, 8, 16, 20, 20} {
		bound := time.Duration(seconds * float64(time.Second))
		for _, random := range []float64{0, 0.25, 0.75} {
			c := &Client{options: Options{Random: func() float64 { return random }}}
			want := time.Duration(random * float64(bound))
			if got := c.backoff(errors.New("cut"), attempt); got != want {
				t.Errorf("attempt %d, random %v: %v, want %v", attempt, random, got, want)
			}
			asked := &APIError{Status: 503, RetryAfter: 7 * time.Second}
			if got := c.backoff(asked, attempt); got != 7*time.Second+want {
				t.Errorf("attempt %d, random %v: %v where the server wants 7 s", attempt, random, got)
			}
		}
	}
}

// TestN5_BodyOverTheBoundIsCutOff: no more than the bound is read, whatever comes.
func TestN5_BodyOverTheBoundIsCutOff(t *testing.T) {
	wire := limitedTransport{tripper(func(r *http.Request) (*http.Response, error) {
		answer := answered(r, http.StatusOK, nil, "")
		answer.Body = io.NopCloser(io.LimitReader(endless{}, 3*maxBody))
		return answer, nil
	})}
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://simulator/", nil)
	if err != nil {
		t.Fatal(err)
	}
	answer, err := wire.RoundTrip(request)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	if read, err := io.Copy(io.Discard, answer.Body); err == nil || read > maxBody {
		t.Errorf("%d bytes read, %v", read, err)
	}
}

// TestRetryAfterAnHourIsNotWaitedFor: not even where the server says that it should be.
func TestRetryAfterAnHourIsNotWaitedFor(t *testing.T) {
	for _, test := range []struct {
		retry string
		after time.Duration
		want  bool
	}{
		{"true", time.Hour, false},
		{"", time.Hour, false},
		{"true", maxRetryAfter, true},
		{"false", 0, false},
		{"", 0, true},
	} {
		if got := isRetryable(&APIError{Status: 503, Retry: test.retry, RetryAfter: test.after}, 0); got != test.want {
			t.Errorf("should retry %q after %v: retried %v", test.retry, test.after, got)
		}
	}
}
