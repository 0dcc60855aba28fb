package stripe

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"
)

// TestRedirectIsNotFollowed: the key goes where it was sent, and nowhere else.
func TestRedirectIsNotFollowed(t *testing.T) {
	for _, status := range []int{301, 302, 303, 307, 308} {
		var hosts []string
		c := newTestClient(t, tripper(func(r *http.Request) (*http.Response, error) {
			hosts = append(hosts, r.URL.Host)
			return answered(r, status, http.Header{"Location": {"https://elsewhere.example/"}}, `{}`), nil
		}))
		_, err := c.Get(t.Context(), "read", Path("thing"), nil)
		var api *APIError
		if !errors.As(err, &api) || api.Status != status || api.RequestID != "req_fault" {
			t.Errorf("%d: %v", status, err)
		}
		if !slices.Equal(hosts, []string{"simulator"}) {
			t.Errorf("%d: asked %q", status, hosts)
		}
	}
}

func TestKeyGoesOnlyWhereItMay(t *testing.T) {
	transport := always(`{}`)
	for _, test := range []struct {
		options Options
		may     bool
	}{
		{Options{Key: "sk_live_x", APIBase: "https://api.stripe.com"}, true},
		{Options{Key: "sk_live_x", APIBase: "http://api.stripe.com"}, false},
		{Options{Key: "rk_live_x", APIBase: "http://localhost:12111"}, false},
		{Options{Key: "rk_live_x", APIBase: "http://simulator", Transport: transport}, false},
		{Options{Key: "rk_test_x", APIBase: "http://simulator", Transport: transport}, true},
		{Options{Key: "rk_test_x", APIBase: "http://127.0.0.1:12111"}, true},
		{Options{Key: "rk_test_x", APIBase: "http://[::1]:12111"}, true},
		{Options{Key: "rk_test_x", APIBase: "https://stripe.example"}, false},
		{Options{Key: "rk_test_x", APIBase: "api.stripe.com"}, false},
	} {
		if _, err := New(test.options); (err == nil) != test.may {
			t.Errorf("%v to %s: %v", test.options.Key, test.options.APIBase, err)
		}
	}
}

// TestRetryOfAPurchaseIsTheSameRequest: with the key and the form of the first attempt, so that it is bought once.
func TestRetryOfAPurchaseIsTheSameRequest(t *testing.T) {
	var sent []string
	c := newTestClient(t, tripper(func(r *http.Request) (*http.Response, error) {
		body, err := io.ReadAll(r.Body)
		key := r.Header.Get("Idempotency-Key")
		sent = append(sent, strings.Join([]string{r.Method, r.URL.Path, key, string(body)}, " "))
		return answered(r, http.StatusInternalServerError, nil, `{"error":{"type":"api_error"}}`), err
	}))
	form := url.Values{"features[]": {"balance"}}
	_, err := c.Post(t.Context(), "refresh", Path("accounts", "a/b", "refresh"), form, "fc1-x")
	if !errors.Is(err, ErrUnreachable) {
		t.Errorf("%v", err)
	}
	want := "POST /v1/financial_connections/accounts/a/b/refresh fc1-x features%5B%5D=balance"
	if !slices.Equal(sent, []string{want, want, want}) {
		t.Errorf("sent %q", sent)
	}
	if counts := c.Counts(); counts != (Counts{Writes: 3, Retries: 2}) {
		t.Errorf("counted %+v", counts)
	}
}

// TestServerTellsTheTime: it is the clock's until then.
func TestServerTellsTheTime(t *testing.T) {
	c := newTestClient(t, tripper(func(r *http.Request) (*http.Response, error) {
		ahead := time.Unix(1_750_000_000, 0).Add(time.Hour).UTC()
		return answered(r, http.StatusOK, http.Header{"Date": {ahead.Format(http.TimeFormat)}}, `{}`), nil
	}))
	if c.Drift() != 0 || c.Now().Unix() != 1_750_000_000 {
		t.Errorf("before an answer: %v, drift %v", c.Now(), c.Drift())
	}
	if _, err := c.Get(t.Context(), "read", Path("thing"), nil); err != nil {
		t.Fatal(err)
	}
	if c.Drift() != time.Hour || c.Now().Unix() != 1_750_003_600 {
		t.Errorf("after an answer: %v, drift %v", c.Now(), c.Drift())
	}
}

// TestBeforeSendEndsARequest: nothing is sent, and its error comes back as it is.
func TestBeforeSendEndsARequest(t *testing.T) {
	enough := errors.New("enough")
	c := newTestClient(t, tripper(func(*http.Request) (*http.Response, error) { return nil, errors.New("sent") }))
	c.options.BeforeSend = func(context.Context, string) error { return enough }
	if _, err := c.Get(t.Context(), "read", Path("thing"), nil); !errors.Is(err, enough) || c.Reads() != 0 {
		t.Errorf("%v after %d reads", err, c.Reads())
	}
}
