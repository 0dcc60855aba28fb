package stripe

import (
	"errors"
	"io"
	"net/http"
	"net/url"
	"testing"
)

// sentBy is the one request that a call of Send makes.
func sentBy(t *testing.T, options func(*Options), request Request) (sent *http.Request, body string) {
	t.Helper()
	c := newTestClient(t, tripper(func(r *http.Request) (*http.Response, error) {
		text, err := []byte(nil), error(nil)
		if r.Body != nil {
			text, err = io.ReadAll(r.Body)
		}
		sent, body = r, string(text)
		return answered(r, http.StatusOK, nil, `{}`), err
	}))
	if options != nil {
		options(&c.options)
	}
	if _, err := c.Send(t.Context(), request); err != nil {
		t.Fatal(err)
	}
	return sent, body
}

// TestSendSaysEverythingOfARequest: JSON and a version of its own, as v2 endpoints want them.
func TestSendSaysEverythingOfARequest(t *testing.T) {
	sent, body := sentBy(t, func(o *Options) { o.Account = "acct_1" }, Request{
		Method: http.MethodPost, Operation: "create account", Path: "/v2/core/accounts", JSON: []byte(`{"a":1}`),
		Version: "2026-08-26.preview", IdempotencyKey: "once",
	})
	for header, want := range map[string]string{
		"Content-Type": "application/json", "Stripe-Version": "2026-08-26.preview", "Idempotency-Key": "once",
		"Stripe-Account": "acct_1",
	} {
		if got := sent.Header.Values(header); len(got) != 1 || got[0] != want {
			t.Errorf("%s: %q, want %s", header, got, want)
		}
	}
	if body != `{"a":1}` || sent.URL.RawQuery != "" {
		t.Errorf("sent %q to %s", body, sent.URL)
	}
}

// TestSendKeepsTheVersionOfTheProgram where a request names none.
func TestSendKeepsTheVersionOfTheProgram(t *testing.T) {
	sent, body := sentBy(t, nil, Request{Method: http.MethodPost, Path: "/v1/x", Form: url.Values{"a": {"b"}}})
	if sent.Header.Get("Stripe-Version") != "2025-08-27.basil" || body != "a=b" ||
		sent.Header.Get("Content-Type") != "application/x-www-form-urlencoded" {
		t.Errorf("%v %q", sent.Header, body)
	}
	sent, body = sentBy(t, nil, Request{Method: http.MethodGet, Path: "/v1/x", Form: url.Values{"a": {"b"}}})
	if sent.URL.RawQuery != "a=b" || body != "" {
		t.Errorf("%s %q", sent.URL, body)
	}
}

// TestARefusalNamesTheParameter, never what was in it.
func TestARefusalNamesTheParameter(t *testing.T) {
	c := newTestClient(t, tripper(func(r *http.Request) (*http.Response, error) {
		return answered(r, http.StatusBadRequest, nil,
			`{"error":{"type":"invalid_request_error","param":"account_holder[customer]","message":"secret"}}`), nil
	}))
	_, err := c.Send(t.Context(), Request{Method: http.MethodPost, Path: "/v1/x", JSON: []byte(`{}`)})
	api, is := errors.AsType[*APIError](err)
	if !is || api.Param != "account_holder[customer]" || api.Error() != "Stripe answered 400 (req_fault)" {
		t.Errorf("%v", err)
	}
}
