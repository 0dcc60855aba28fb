package simulator

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"strings"
)

// ErrReset is what a client in the same process sees where a socket would be reset.
var ErrReset = errors.New("connection reset by simulator")

// Transport answers requests in this process, without a socket.
func (s *Server) Transport() http.RoundTripper { return transport{s} }

type transport struct{ server *Server }

// RoundTrip hands a request to the server.
func (t transport) RoundTrip(r *http.Request) (*http.Response, error) {
	if err := r.Context().Err(); err != nil {
		return nil, err
	}
	var body []byte
	if r.Body != nil {
		var err error
		if body, err = io.ReadAll(r.Body); err != nil {
			return nil, err
		}
		_ = r.Body.Close()
	}
	if strings.HasPrefix(r.URL.Path, "/_sim/") {
		return nil, errors.New("the simulator's own paths need fcpipe simulate")
	}
	result, broken := t.server.answer(r, string(body))
	if broken.reset {
		return nil, ErrReset
	}
	var content io.Reader = bytes.NewReader(result.body)
	if broken.truncateAt > 0 {
		content = io.MultiReader(bytes.NewReader(result.body[:min(broken.truncateAt, len(result.body))]), brokenReader{})
	}
	return &http.Response{
		Status: http.StatusText(result.status), StatusCode: result.status, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: result.header, Body: io.NopCloser(content), ContentLength: int64(len(result.body)), Request: r,
	}, nil
}

type brokenReader struct{}

func (brokenReader) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }
