package simulator

import (
	"errors"
	"io"
	"maps"
	"net"
	"net/http"
	"strconv"
	"time"
)

// deliver writes an answer to a socket.
func (s *Server) deliver(w http.ResponseWriter, r *http.Request, result answer, way delivery) {
	if way.Delay > 0 {
		s.pass(r.Context(), time.Duration(way.Delay))
	}
	if way.dropped {
		if way.DropAs == "timeout" && way.Delay == 0 {
			s.pass(r.Context(), maxRealDelay)
		}
		hangUp(w)
		return
	}
	maps.Copy(w.Header(), result.header)
	if way.GzipBomb {
		w.Header().Set("Content-Encoding", "gzip")
		result.body = bomb()
	}
	if !way.Endless {
		w.Header().Set("Content-Length", strconv.Itoa(len(result.body)))
	}
	w.WriteHeader(result.status)
	err := pour(w, way.content(r.Context(), s, result.body))
	switch {
	case errors.Is(err, io.ErrUnexpectedEOF):
		panic(http.ErrAbortHandler) // closes the connection short of the promised length
	case errors.Is(err, ErrReset):
		hangUp(w)
	}
}

// pour copies a body as it comes.
func pour(w http.ResponseWriter, body io.Reader) error {
	buffer, flush := make([]byte, 32<<10), http.NewResponseController(w)
	for {
		n, err := body.Read(buffer)
		if _, failed := w.Write(buffer[:n]); failed != nil {
			return failed
		}
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil || n < len(buffer) {
			err = errors.Join(err, flush.Flush())
		}
		if err != nil {
			return err
		}
	}
}

// hangUp resets the connection, or closes it where that cannot be done.
func hangUp(w http.ResponseWriter) {
	connection, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	if tcp, is := connection.(*net.TCPConn); is {
		_ = tcp.SetLinger(0)
	}
	_ = connection.Close()
}
