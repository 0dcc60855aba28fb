package stripe

import (
	"sync"
	"time"

	"golang.org/x/time/rate"
)

const (
	headroom     = 0.98        // of a configured rate: the rounding of a clock must not be one request too many
	minRate      = 0.5         // requests per second
	recoveryTime = 100         // seconds from 0 back to the configured rate
	rateCooldown = time.Second // without a request after a 429
)

// pacer spaces requests evenly, at a rate that adapts.
type pacer struct {
	maxRate   float64    // requests per second; 0 is no limit
	mutex     sync.Mutex // protects all below
	decreased float64    // the rate after the last 429
	since     time.Time  // when the rate begins to recover
	limiter   *rate.Limiter
}

// newPacer starts at the configured rate; 0 is no limit.
func newPacer(perSecond float64) *pacer {
	p := &pacer{maxRate: perSecond * headroom, limiter: rate.NewLimiter(rate.Inf, 1)}
	if perSecond > 0 {
		p.decreased = p.maxRate
		p.limiter.SetLimit(rate.Limit(p.maxRate))
	}
	return p
}

// reserve reserves the next request and returns how long to wait for it.
func (p *pacer) reserve(now time.Time) time.Duration {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	if p.maxRate > 0 {
		p.limiter.SetLimitAt(now, rate.Limit(p.rate(now)))
	}
	return max(p.limiter.ReserveN(now, 1).DelayFrom(now), p.since.Sub(now), 0)
}

// rate is what is allowed at an instant, in requests per second.
func (p *pacer) rate(now time.Time) float64 {
	return min(p.maxRate, p.decreased+p.maxRate/recoveryTime*max(0, now.Sub(p.since).Seconds()))
}

// decrease halves the rate, once for all requests that were under way together.
func (p *pacer) decrease(sent, now time.Time) {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	if p.maxRate == 0 || sent.Before(p.since) {
		return
	}
	p.decreased = max(min(minRate, p.maxRate), p.rate(now)/2)
	p.since = now.Add(rateCooldown)
}
