package sync

import (
	"errors"
	"net/http"
	"strings"
	"testing"

	"fcpipe/sync/simulator"
)

func TestUnreachableNamesHostAndPort(t *testing.T) {
	for base, want := range map[string]string{
		"https://api.stripe.com": "api.stripe.com:443", "http://127.0.0.1:12111": "127.0.0.1:12111", "http://localhost": "localhost:80", "http://[::1]:80": "[::1]:80",
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
		w := newWorld(t, simulator.Config{Accounts: 1, Holders: 1, Calm: true, Linked: true})
		w.change = func(o *Options) { o.Transport = tripper(fail) }
		_, _, err := w.round()
		if want := "Stripe cannot be reached at simulator:80: "; !errors.Is(err, ErrUnreachable) || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), name) {
			t.Errorf("%v, want %s%s", err, want, name)
		}
	}
}
