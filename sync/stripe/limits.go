package stripe

import (
	"context"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

const (
	belowLimit   = 0.98            // of a rate: a clock's rounding must not be one request too many
	slowestRate  = 0.5             // requests per second
	regrowth     = 100             // seconds from nothing back to the configured rate
	freeze       = time.Second     // after Stripe said too many
	widenAgain   = 2 * time.Second // between two steps back to the configured concurrency
	reasonOwn    = "endpoint-rate"
	reasonSingle = "resource-specific"
)

// limits pace the requests to one Stripe account: a rate for each operation, one for all,
// and a number in flight. What Stripe says is too much halves in the scope it names, and
// grows back evenly. Source: https://docs.stripe.com/rate-limits
type limits struct {
	mutex     sync.Mutex
	perSecond float64 // of each operation; 0 is no limit
	operation map[string]*pacer
	all       *pacer
	gate      *gate
}

func newLimits(options Options) *limits {
	return &limits{
		perSecond: options.RequestsPerSecond, operation: map[string]*pacer{},
		all: newPacer(4 * options.RequestsPerSecond), gate: newGate(max(options.Concurrency, 1)),
	}
}

func (l *limits) of(operation string) *pacer {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	if l.operation[operation] == nil {
		l.operation[operation] = newPacer(l.perSecond)
	}
	return l.operation[operation]
}

// pace waits for the turn of an operation.
func (l *limits) pace(ctx context.Context, clock Clock, operation string) error {
	for _, p := range []*pacer{l.of(operation), l.all} {
		if delay := p.reserve(clock.Now()); delay > 0 {
			if err := clock.Sleep(ctx, delay); err != nil {
				return err
			}
		}
	}
	return nil
}

// slow obeys a 429 for a request that was sent at an instant. A refusal that concerns one
// object alone slows nobody else: its own repeats wait.
func (l *limits) slow(operation, reason, code string, sent, now time.Time) {
	switch {
	case reason == "global-concurrency" || reason == "endpoint-concurrency":
		l.gate.narrow(sent, now)
	case reason == reasonOwn:
		l.of(operation).halve(sent, now)
	case reason == reasonSingle || code == "lock_timeout":
	default:
		l.all.halve(sent, now)
		l.of(operation).halve(sent, now)
	}
}

// pacer spaces requests evenly at a rate that adapts.
type pacer struct {
	mutex   sync.Mutex
	ceiling float64
	lowered float64 // rate at the last 429
	since   time.Time
	frozen  time.Time // nothing is sent before
	limiter *rate.Limiter
}

// newPacer starts at its ceiling; 0 is no limit, until Stripe sets one.
func newPacer(perSecond float64) *pacer {
	p := &pacer{ceiling: perSecond * belowLimit, limiter: rate.NewLimiter(rate.Inf, 1)}
	if perSecond > 0 {
		p.lowered = p.ceiling
		p.limiter.SetLimit(rate.Limit(p.ceiling))
	}
	return p
}

// reserve takes the next turn and returns how far away it is.
func (p *pacer) reserve(now time.Time) time.Duration {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	if p.ceiling > 0 {
		p.limiter.SetLimitAt(now, rate.Limit(p.rate(now)))
	}
	return max(p.limiter.ReserveN(now, 1).DelayFrom(now), p.frozen.Sub(now), 0)
}

// rate is what is allowed now, grown back since it was lowered.
func (p *pacer) rate(now time.Time) float64 {
	return min(p.ceiling, p.lowered+p.ceiling/regrowth*max(0, now.Sub(p.since).Seconds()))
}

// halve lowers the rate, once for all requests that were under way together.
func (p *pacer) halve(sent, now time.Time) {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	if p.ceiling == 0 || sent.Before(p.since) {
		return
	}
	p.lowered = max(min(slowestRate, p.ceiling), p.rate(now)/2)
	p.since, p.frozen = now.Add(freeze), now.Add(freeze)
}

// gate lets a number of requests be in flight; the number adapts.
type gate struct {
	mutex  sync.Mutex
	free   chan struct{}
	size   int
	kept   int // places that are not given out for now
	wanted int // places that should be kept
	since  time.Time
}

func newGate(size int) *gate {
	g := &gate{free: make(chan struct{}, size), size: size}
	for range size {
		g.free <- struct{}{}
	}
	return g
}

func (g *gate) enter(ctx context.Context) error {
	select {
	case <-g.free:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// leave gives the place back, or keeps it while fewer may be in flight.
func (g *gate) leave(now time.Time) {
	g.mutex.Lock()
	defer g.mutex.Unlock()
	if g.wanted > 0 && now.Sub(g.since) >= widenAgain {
		g.wanted--
		g.since = now
	}
	if g.kept < g.wanted {
		g.kept++
		return
	}
	g.free <- struct{}{}
	for ; g.kept > g.wanted; g.kept-- {
		g.free <- struct{}{}
	}
}

// narrow halves the number in flight, once for all that were under way together.
func (g *gate) narrow(sent, now time.Time) {
	g.mutex.Lock()
	defer g.mutex.Unlock()
	if sent.Before(g.since) {
		return
	}
	g.wanted = g.size - max(1, (g.size-g.wanted)/2)
	g.since = now
}
