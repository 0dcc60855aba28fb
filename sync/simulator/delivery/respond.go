package delivery

import (
	"bytes"
	"compress/gzip"
	"io"
	"net/http"
	"time"

	"fcpipe/sync/simulator/answer"
)

// Respond makes the response of a client in the same process, or the error it sees.
func Respond(r *http.Request, result answer.Answer, way Way, pass Pass) (*http.Response, error) {
	if way.Delay > 0 {
		pass(r.Context(), time.Duration(way.Delay))
	}
	if way.Dropped {
		return nil, way.lost()
	}
	response := &http.Response{
		Status: http.StatusText(result.Status), StatusCode: result.Status,
		Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: result.Header, Body: io.NopCloser(way.content(r.Context(), pass, result.Body)),
		ContentLength: int64(len(result.Body)), Request: r,
	}
	if way.GzipBomb { // unpacked while it is read, as net/http does
		unpacked, err := gzip.NewReader(bytes.NewReader(bomb()))
		response.Body, response.Uncompressed, response.ContentLength = io.NopCloser(unpacked), true, -1
		return response, err
	}
	return response, nil
}
