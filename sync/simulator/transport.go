package simulator

import (
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"net/http"
	"strings"
	"time"
)

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
	result, way := t.server.answer(r, string(body))
	if way.Delay > 0 {
		t.server.pass(r.Context(), time.Duration(way.Delay))
	}
	if way.dropped {
		return nil, way.lost()
	}
	response := &http.Response{
		Status: http.StatusText(result.status), StatusCode: result.status, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: result.header, Body: io.NopCloser(way.content(r.Context(), t.server, result.body)), ContentLength: int64(len(result.body)), Request: r,
	}
	if way.GzipBomb { // unpacked while it is read, as net/http does
		unpacked, err := gzip.NewReader(bytes.NewReader(bomb()))
		response.Body, response.Uncompressed, response.ContentLength = io.NopCloser(unpacked), true, -1
		return response, err
	}
	return response, nil
}
