package service

import (
	"net"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// Limits bound what clients can make the service do. The zero value is not useful: start from DefaultLimits.
type Limits struct {
	AtOnce      int     // requests that are answered at the same time; more are refused at once
	Connections int     // open at the same time; more wait
	PerSecond   float64 // requests of one server token
	PerTicket   float64 // requests a second for one holder
	Body        int64   // bytes of a request
}

// DefaultLimits suit an application in which some people link at the same time.
var DefaultLimits = Limits{AtOnce: 32, Connections: 512, PerSecond: 20, PerTicket: 1, Body: 16 << 10}

const (
	// bursts are so many seconds' worth of requests
	burstSeconds = 5
	// mostSubjects bounds the memory of rates: beyond it they are forgotten, which lets a burst through
	mostSubjects = 10_000
)

// rates are the rates of all who ask. It is safe for concurrent use.
type rates struct {
	mutex sync.Mutex // protects bySubject
	// by what a rate is kept for: a server token, a holder, or those without a good token
	bySubject map[string]*rate.Limiter
}

// allow reports whether one more request of a subject is within its rate.
func (r *rates) allow(subject string, perSecond float64, now time.Time) bool {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	if r.bySubject == nil || len(r.bySubject) > mostSubjects {
		r.bySubject = map[string]*rate.Limiter{}
	}
	limiter := r.bySubject[subject]
	if limiter == nil {
		limiter = rate.NewLimiter(rate.Limit(perSecond), max(1, int(burstSeconds*perSecond)))
		r.bySubject[subject] = limiter
	}
	return limiter.AllowN(now, 1)
}

// limitedListener accepts so many connections; the next one waits until another is closed.
type limitedListener struct {
	net.Listener
	free chan struct{}
	done chan struct{}
	once *sync.Once
}

// Limit bounds the open connections of a listener.
func Limit(l net.Listener, connections int) net.Listener {
	return limitedListener{l, make(chan struct{}, connections), make(chan struct{}), &sync.Once{}}
}

func (l limitedListener) Accept() (net.Conn, error) {
	select {
	case l.free <- struct{}{}:
	case <-l.done:
		return nil, net.ErrClosed
	}
	connection, err := l.Listener.Accept()
	if err != nil {
		<-l.free
		return nil, err
	}
	return &limitedConn{Conn: connection, free: l.free}, nil
}

func (l limitedListener) Close() error {
	l.once.Do(func() { close(l.done) })
	return l.Listener.Close()
}

type limitedConn struct {
	net.Conn
	once sync.Once
	free chan struct{}
}

func (c *limitedConn) Close() error {
	c.once.Do(func() { <-c.free })
	return c.Conn.Close()
}
