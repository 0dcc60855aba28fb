//go:build linux && amd64

package harness

import (
	"net"
	"net/http"
	"strings"
	"sync"
	"time"

	"fcpipe/sync/simulator"
)

// Stage is where in an exchange the client is killed.
type Stage int

const (
	beforeServing Stage = iota // the request has arrived and does nothing
	beforeReply                // it was carried out, no byte of the answer left
	amidReply                  // half of the answer left
	afterReply                 // the whole answer left
)

// Stages are all there are, in their order.
var Stages = []Stage{beforeServing, beforeReply, amidReply, afterReply}

// Bank is the simulated server of one worker, on a loopback port of its own. Its world is
// put back before every trial.
type Bank struct {
	url     string
	serving sync.Mutex // one request after the other, so that each has its number and its world
	mutex   sync.Mutex
	world   *simulator.Server
	count   int // requests since the world was put there
	kill    func()
	done    func(n int) // called when a request was carried out
	at      int         // the request in which to kill; 0 is none
	when    Stage
}

func openBank() (*Bank, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0") //nolint:noctx // lives as long as the program
	if err != nil {
		return nil, err
	}
	b := &Bank{url: "http://" + listener.Addr().String()}
	server := &http.Server{Handler: b, ReadHeaderTimeout: time.Minute}
	go func() { _ = server.Serve(listener) }()
	return b, nil
}

// put gives the bank another world and forgets what was asked of the last.
func (b *Bank) put(world *simulator.Server) {
	b.mutex.Lock()
	defer b.mutex.Unlock()
	b.world, b.count, b.at, b.kill = world, 0, 0, nil
}

// KillAt has the client killed in the nth request from now on.
func (b *Bank) killAt(n int, when Stage, kill func()) {
	b.mutex.Lock()
	defer b.mutex.Unlock()
	b.count, b.at, b.when, b.kill = 0, n, when, kill
}

// after has somebody told of every request that was carried out; nil nobody.
func (b *Bank) after(done func(n int)) {
	b.mutex.Lock()
	defer b.mutex.Unlock()
	b.count, b.done = 0, done
}

func (b *Bank) requests() int {
	b.mutex.Lock()
	defer b.mutex.Unlock()
	return b.count
}

// ServeHTTP lets refreshes settle before a round looks again, and kills when it is time.
func (b *Bank) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	b.serving.Lock()
	defer b.serving.Unlock()
	b.mutex.Lock()
	b.count++
	world, kill, done, number := b.world, b.kill, b.done, b.count
	if b.count != b.at {
		kill = nil
	}
	b.mutex.Unlock()
	if kill != nil && b.when == beforeServing {
		kill()
		panic(http.ErrAbortHandler)
	}
	if r.Method == http.MethodPost || strings.HasSuffix(r.URL.Path, "/accounts") {
		world.Advance(45 * time.Second)
	}
	if kill == nil {
		if done != nil {
			w = &tellingWriter{ResponseWriter: w, tell: func() { done(number) }}
		}
		world.ServeHTTP(w, r)
		return
	}
	world.ServeHTTP(&killingWriter{ResponseWriter: w, bank: b, kill: kill}, r)
	if b.when == afterReply {
		_ = http.NewResponseController(w).Flush()
		kill()
	}
}

// killingWriter kills the client when the answer is about to leave, or half of it has left.
type killingWriter struct {
	http.ResponseWriter
	bank *Bank
	kill func()
}

func (k *killingWriter) Write(body []byte) (int, error) {
	switch k.bank.when {
	case beforeReply:
		k.kill()
		panic(http.ErrAbortHandler)
	case amidReply:
		_, _ = k.ResponseWriter.Write(body[:len(body)/2])
		_ = http.NewResponseController(k.ResponseWriter).Flush()
		k.kill()
		panic(http.ErrAbortHandler)
	default:
		return k.ResponseWriter.Write(body)
	}
}

// tellingWriter tells, before an answer leaves, that its request was carried out.
type tellingWriter struct {
	http.ResponseWriter
	tell func()
}

func (t *tellingWriter) WriteHeader(status int) {
	t.tell()
	t.ResponseWriter.WriteHeader(status)
}
