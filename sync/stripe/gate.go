package stripe

import (
	"context"
	"sync"
	"time"
)

// recoveryStep is the time between two requests more in flight, back to the configured number.
const recoveryStep = 2 * time.Second

// gate lets a number of requests be in flight. The number adapts.
type gate struct {
	size     int           // the configured number
	free     chan struct{} // a token for each request that may be sent now
	mutex    sync.Mutex    // protects all below
	withheld int           // tokens that are not given out for now
	target   int           // tokens that should be withheld: those still in flight are withheld when they come back
	since    time.Time     // of the last change of target
}

func newGate(size int) *gate {
	g := &gate{free: make(chan struct{}, size), size: size}
	for range size {
		g.free <- struct{}{}
	}
	return g
}

// enter waits until a request may be sent. Each that entered leaves.
func (g *gate) enter(ctx context.Context) error {
	select {
	case <-g.free:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// leave gives the token of a request back, or withholds it while fewer may be in flight.
func (g *gate) leave(now time.Time) {
	g.mutex.Lock()
	defer g.mutex.Unlock()
	if g.target > 0 && now.Sub(g.since) >= recoveryStep {
		g.target--
		g.since = now
	}
	if g.withheld < g.target {
		g.withheld++
		return
	}
	g.free <- struct{}{}
	for ; g.withheld > g.target; g.withheld-- {
		g.free <- struct{}{}
	}
}

// decrease halves the number in flight, once for all requests that were under way together.
func (g *gate) decrease(sent, now time.Time) {
	g.mutex.Lock()
	defer g.mutex.Unlock()
	if sent.Before(g.since) {
		return
	}
	g.target = g.size - max(1, (g.size-g.target)/2)
	g.since = now
}
