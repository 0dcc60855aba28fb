package harness

import (
	"net"
	"net/http"
	"strings"
	"sync"
	"time"

	"fcpipe/sync/simulator"
)

// Stage is where in an HTTP exchange the client is killed.
type Stage int

// The stages of an exchange.
const (
	beforeServing Stage = iota // the request has arrived and has no effect
	beforeReply                // it was carried out, no byte of the answer was sent
	midReply                   // half of the answer was sent
	afterReply                 // the whole answer was sent
)

// Stages are all there are, in their order.
var Stages = []Stage{beforeServing, beforeReply, midReply, afterReply}

// settleTime passes before lists of accounts and purchases, so that refreshes settle between two requests.
const settleTime = 45 * time.Second

// FakeStripe is the simulated server of one worker, on a loopback port of its own. Its world is replaced before every
// trial.
type FakeStripe struct {
	url     string
	serving sync.Mutex // held for a whole exchange: each request has its number and its world
	mutex   sync.Mutex // protects all below
	world   *simulator.Server
	count   int         // requests since the world was replaced
	served  func(n int) // called when the nth request was carried out; may be nil
	killIn  int         // the request in which to kill; 0 is none
	killAt  Stage
	kill    func()
}

func newFakeStripe() (*FakeStripe, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0") //nolint:noctx // lives as long as the program
	if err != nil {
		return nil, err
	}
	f := &FakeStripe{url: "http://" + listener.Addr().String()}
	server := &http.Server{Handler: f, ReadHeaderTimeout: time.Minute}
	go func() { _ = server.Serve(listener) }()
	return f, nil
}

// serve replaces the world and forgets what was asked of the last one.
func (f *FakeStripe) serve(world *simulator.Server) {
	f.mutex.Lock()
	defer f.mutex.Unlock()
	f.world, f.count, f.killIn, f.kill = world, 0, 0, nil
}

// killClient has kill called in the nth request from now on; 0 is in none.
func (f *FakeStripe) killClient(n int, at Stage, kill func()) {
	f.mutex.Lock()
	defer f.mutex.Unlock()
	f.count, f.killIn, f.killAt, f.kill = 0, n, at, kill
}

// onServed has served called after every request that was carried out, counted from now on; nil stops that.
func (f *FakeStripe) onServed(served func(n int)) {
	f.mutex.Lock()
	defer f.mutex.Unlock()
	f.count, f.served = 0, served
}

// requests counts those since the world was replaced or counting began again.
func (f *FakeStripe) requests() int {
	f.mutex.Lock()
	defer f.mutex.Unlock()
	return f.count
}

// ServeHTTP answers from the world and kills the client when it is time.
func (f *FakeStripe) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	f.serving.Lock()
	defer f.serving.Unlock()
	world, number, served, kill := f.next()
	if kill != nil && f.killAt == beforeServing {
		kill()
		panic(http.ErrAbortHandler)
	}
	if r.Method == http.MethodPost || strings.HasSuffix(r.URL.Path, "/accounts") {
		world.Advance(settleTime)
	}
	if kill == nil {
		if served != nil {
			w = &notifyingWriter{ResponseWriter: w, notify: func() { served(number) }}
		}
		world.ServeHTTP(w, r)
		return
	}
	world.ServeHTTP(&killingWriter{ResponseWriter: w, at: f.killAt, kill: kill}, r)
	if f.killAt == afterReply {
		_ = http.NewResponseController(w).Flush()
		kill()
	}
}

// next counts a request; kill is nil unless the client dies in it.
func (f *FakeStripe) next() (world *simulator.Server, number int, served func(int), kill func()) {
	f.mutex.Lock()
	defer f.mutex.Unlock()
	f.count++
	if f.count == f.killIn {
		kill = f.kill
	}
	return f.world, f.count, f.served, kill
}

// killingWriter kills the client when the answer is about to be sent, or half of it was.
type killingWriter struct {
	http.ResponseWriter
	at   Stage
	kill func()
}

func (k *killingWriter) Write(body []byte) (int, error) {
	switch k.at {
	case beforeReply:
		k.kill()
		panic(http.ErrAbortHandler)
	case midReply:
		_, _ = k.ResponseWriter.Write(body[:len(body)/2])
		_ = http.NewResponseController(k.ResponseWriter).Flush()
		k.kill()
		panic(http.ErrAbortHandler)
	default:
		return k.ResponseWriter.Write(body)
	}
}

// notifyingWriter says, before an answer is sent, that its request was carried out.
type notifyingWriter struct {
	http.ResponseWriter
	notify func()
}

func (n *notifyingWriter) WriteHeader(status int) {
	n.notify()
	n.ResponseWriter.WriteHeader(status)
}
