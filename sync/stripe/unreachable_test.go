package stripe

import (
	"errors"
	"net/http"
	"strings"
	"testing"
)

func TestUnreachableNamesHostAndPort(t *testing.T) {
	for base, want := range map[string]string{
		"https://api.stripe.com": "api.stripe.com:443", "http://127.0.0.1:12111": "127.0.0.1:12111",
		"http://localhost": "localhost:80", "http://[::1]:80": "[::1]:80",
	} {
		if got := hostOf(base); got != want {
			t.Errorf("%s is %s, want %s", base, got, want)
		}
	}
	for name, fail := range map[string]func(*http.Request) (*http.Response, error){
		"no answer": func(*http.Request) (*http.Response, error) { return nil, errors.New("connection refused") },
		"Stripe answered 5": func(r *http.Request) (*http.Response, error) {
			return answered(r, http.StatusBadGateway, nil, `{"error":{}}`), nil
		},
	} {
		_, err := newTestClient(t, tripper(fail)).Get(t.Context(), "list accounts", Path("accounts"), nil)
		if !errors.Is(err, ErrUnreachable) {
			t.Fatalf("%s: %v", name, err)
		}
		want := "Stripe cannot be reached at simulator:80: "
		if said := err.Error(); !strings.Contains(said, want) || !strings.Contains(said, name) {
			t.Errorf("%v, want %s%s", err, want, name)
		}
	}
}
