package delivery

import (
	"errors"
	"io"
	"maps"
	"net"
	"net/http"
	"strconv"
	"time"

	"fcpipe/sync/simulator/answer"
)

// Write sends an answer over a socket. It panics with http.ErrAbortHandler where the connection has to be closed short
// of the promised length, as net/http wants it.
func Write(w http.ResponseWriter, r *http.Request, result answer.Answer, way Way, pass Pass) {
	if way.Delay > 0 {
		pass(r.Context(), time.Duration(way.Delay))
	}
	if way.Dropped {
		if way.DropAs == "timeout" && way.Delay == 0 {
			pass(r.Context(), MaxRealDelay)
		}
		hangUp(w)
		return
	}
	maps.Copy(w.Header(), result.Header)
	if way.GzipBomb {
		w.Header().Set("Content-Encoding", "gzip")
		result.Body = bomb()
	}
	if !way.Endless {
		w.Header().Set("Content-Length", strconv.Itoa(len(result.Body)))
	}
	w.WriteHeader(result.Status)
	err := pour(w, way.content(r.Context(), pass, result.Body))
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
