package simulator

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

func TestMalformedBodies(t *testing.T) {
	s := calmWorld(20)
	get := func() (string, int64) {
		response := ask(t, s, "GET", rowsPath, "account="+s.Accounts()[0], nil)
		body, err := io.ReadAll(response.Body)
		if err != nil {
			t.Fatal(err)
		}
		return string(body), response.ContentLength
	}
	true0, _ := get()
	for how, want := range map[string]string{
		"cut": true0[:len(true0)/2], "trailing": true0 + "}", "twice": true0 + true0,
		"duplicate_keys": `{"object":"list",` + true0[1:],
		"bad_utf8":       strings.Replace(true0, `"description":"`, "\"description\":\"\xff\xfe", 1),
	} {
		s.ClearFaults()
		arm(t, s, `{"when": {"path": "/transactions"}, "do": {"malform": "`+how+`"}}`)
		if got, length := get(); got != want || length != int64(len(want)) {
			t.Errorf("%s: %d bytes, length %d, want %d", how, len(got), length, len(want))
		}
	}
}

func TestAnswersAreLostInProcess(t *testing.T) {
	s := calmWorld(5)
	for script, want := range map[string]string{
		`{"do": {"drop_before": true}}`:                            "connection reset",
		`{"do": {"drop_before": true, "drop_as": "refused"}}`:      "connection refused",
		`{"do": {"commit_then_drop": true, "drop_as": "timeout"}}`: "in time",
		`{"do": {"drop_before": true, "drop_as": "goaway"}}`:       "GOAWAY",
		`{"do": {"drop_before": true, "drop_as": "untrusted"}}`:    "certificate",
	} {
		s.ClearFaults()
		arm(t, s, script)
		r, _ := http.NewRequestWithContext(t.Context(), "GET", "http://simulator"+accountsPath, nil)
		if _, err := s.Transport().RoundTrip(r); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", script, err)
		}
	}
}

// brokenOnItsWay is what a client over a socket sees of faults of delivery.
var brokenOnItsWay = map[string]struct {
	do   string
	want func(response *http.Response, body []byte, err error) bool
}{
	"html": {`{"html": true}`, func(r *http.Response, b []byte, _ error) bool {
		return r.StatusCode == 502 && strings.HasPrefix(string(b), "<html>")
	}},
	"redirect": {`{"redirect": "https://elsewhere.example/"}`, func(r *http.Response, _ []byte, _ error) bool {
		return r.StatusCode == 302
	}},
	"empty": {`{"status": 200, "empty": true}`, func(r *http.Response, b []byte, err error) bool {
		return r.StatusCode == 200 && len(b) == 0 && err == nil
	}},
	"truncated": {`{"truncate_at": 700}`, func(_ *http.Response, b []byte, err error) bool {
		return len(b) == 700 && errors.Is(err, io.ErrUnexpectedEOF)
	}},
	"reset": {`{"reset_at": 700}`, func(_ *http.Response, b []byte, err error) bool {
		return len(b) <= 700 && err != nil
	}},
	"dropped": {`{"drop_before": true}`, func(r *http.Response, _ []byte, err error) bool {
		return r == nil && err != nil
	}},
	"dripping": {`{"drip": "10s"}`, func(_ *http.Response, b []byte, err error) bool {
		return len(b) > 9000 && err == nil
	}},
	"delayed": {`{"delay": "10m"}`, func(_ *http.Response, b []byte, err error) bool {
		return len(b) > 9000 && err == nil
	}},
	"gzip bomb": {`{"gzip_bomb": true}`, func(r *http.Response, b []byte, err error) bool {
		return len(b) == 40<<20 && r.Uncompressed && err == nil
	}},
	"endless": {`{"endless": true}`, func(_ *http.Response, b []byte, err error) bool {
		return len(b) == 40<<20 && err == nil
	}},
}

// TestSocketsBreakAsArmed: the same faults over a real connection. No time passes for real:
// this world has no wall clock.
func TestSocketsBreakAsArmed(t *testing.T) {
	s := calmWorld(60)
	web := httptest.NewServer(s)
	defer web.Close()
	web.Client().CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	for name, test := range brokenOnItsWay {
		s.ClearFaults()
		script := strings.NewReader(`{"do": ` + test.do + `}`)
		if response, err := http.Post(web.URL+"/_sim/faults", "application/json", script); err != nil ||
			response.StatusCode != 200 {
			t.Fatal(name, err)
		}
		r, _ := http.NewRequestWithContext(t.Context(), "GET",
			web.URL+rowsPath+"?limit=100&account="+s.Accounts()[0], nil)
		r.Header.Set("Authorization", "Bearer sk_test_x")
		before := s.Now()
		response, err := web.Client().Do(r)
		var body []byte
		if err == nil {
			body, err = io.ReadAll(io.LimitReader(response.Body, 40<<20))
			_ = response.Body.Close()
		}
		if !test.want(response, body, err) {
			t.Errorf("%s: %d bytes, %v", name, len(body), err)
		}
		if passed := s.Now().Sub(before); (name == "dripping" || name == "delayed") != (passed >= time.Minute) {
			t.Errorf("%s took %s", name, passed)
		}
	}
}
