package stripe

import (
	"context"
	"sync"
	"time"
)

// Values of the header Stripe-Rate-Limited-Reason. Source: https://docs.stripe.com/rate-limits
const (
	reasonGlobalConcurrency   = "global-concurrency"
	reasonEndpointConcurrency = "endpoint-concurrency"
	reasonEndpointRate        = "endpoint-rate"
	reasonResource            = "resource-specific"
)

// limits pace the requests to one Stripe account: a rate for each operation, one for all together, and a number in
// flight. They adapt by additive increase and multiplicative decrease: a 429 halves what it names, and time brings
// it back evenly. Source: Chiu and Jain 1989; https://docs.stripe.com/rate-limits
type limits struct {
	perSecond float64 // of each operation; 0 is no limit
	all       *pacer
	gate      *gate
	mutex     sync.Mutex // protects operations
	operation map[string]*pacer
}

func newLimits(options Options) *limits {
	return &limits{
		perSecond: options.RequestsPerSecond, operation: map[string]*pacer{},
		all: newPacer(4 * options.RequestsPerSecond), gate: newGate(max(options.Concurrency, 1)),
	}
}

// of is the pacer of an operation.
func (l *limits) of(operation string) *pacer {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	if l.operation[operation] == nil {
		l.operation[operation] = newPacer(l.perSecond)
	}
	return l.operation[operation]
}

// wait returns when the rates allow a request of an operation.
func (l *limits) wait(ctx context.Context, clock Clock, operation string) error {
	for _, p := range []*pacer{l.of(operation), l.all} {
		if delay := p.reserve(clock.Now()); delay > 0 {
			if err := clock.Sleep(ctx, delay); err != nil {
				return err
			}
		}
	}
	return nil
}

// decrease obeys a 429 that answered a request sent at an instant. One that concerns a single object slows nothing
// else down: its own retries wait.
func (l *limits) decrease(operation string, refusal *APIError, sent, now time.Time) {
	switch {
	case refusal.Reason == reasonGlobalConcurrency, refusal.Reason == reasonEndpointConcurrency:
		l.gate.decrease(sent, now)
	case refusal.Reason == reasonEndpointRate:
		l.of(operation).decrease(sent, now)
	case refusal.Reason == reasonResource, refusal.Code == "lock_timeout":
	default:
		l.all.decrease(sent, now)
		l.of(operation).decrease(sent, now)
	}
}
