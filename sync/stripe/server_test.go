package stripe

import (
	"io"
	"net/http"
	"strings"
)

// tripper lets a test answer in the server's place.
type tripper func(*http.Request) (*http.Response, error)

func (t tripper) RoundTrip(r *http.Request) (*http.Response, error) { return t(r) }

// answered is an answer of a server, of request req_fault.
func answered(r *http.Request, status int, header http.Header, body string) *http.Response {
	if header == nil {
		header = http.Header{}
	}
	header.Set("Content-Type", "application/json")
	header.Set("Request-Id", "req_fault")
	return &http.Response{StatusCode: status, Header: header, Body: io.NopCloser(strings.NewReader(body)), Request: r}
}

// always is a server that gives one answer.
func always(body string) tripper {
	return func(r *http.Request) (*http.Response, error) { return answered(r, http.StatusOK, nil, body), nil }
}

// endless is a body that never ends.
type endless struct{}

func (endless) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = ' '
	}
	return len(p), nil
}
