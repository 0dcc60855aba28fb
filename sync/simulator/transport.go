package simulator

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"time"

	"fcpipe/sync/simulator/delivery"
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
	return delivery.Respond(r, result, way, t.server.pass)
}

// pass lets time pass: virtual time at once, real time as long as the client waits for it.
func (s *Server) pass(ctx context.Context, d time.Duration) {
	s.mutex.Lock()
	virtual := s.wall == nil
	s.mutex.Unlock()
	if virtual {
		s.Advance(d)
		return
	}
	timer := time.NewTimer(min(d, delivery.MaxRealDelay))
	defer timer.Stop()
	select {
	case <-ctx.Done():
	case <-timer.C:
	}
}
