package stripe

import (
	"context"
	"fmt"
	"sync"
	"time"
)

const (
	tripAfter      = 8  // failures in a row
	window         = 20 // answers that are looked at: when more than half of them are failures it trips too
	firstCooldown  = 30 * time.Second
	maxCooldown    = 5 * time.Minute
	outageDeadline = 10 * time.Minute // open for longer is an outage
)

// ErrOutage is returned when an endpoint gave nothing but failures for ten minutes. It wraps ErrUnreachable.
var ErrOutage = fmt.Errorf("%w: nothing but failures for %s", ErrUnreachable, outageDeadline)

// breaker is the circuit breaker of one endpoint: it trips when requests only fail, and then lets one request
// through after each cooldown, a probe. A success closes it. Failures are no answer, and status 5xx.
// Source: Nygard, Release It!
type breaker struct {
	mutex    sync.Mutex // protects all below
	last     []bool     // whether the last answers were failures, the newest last; at most window
	inARow   int        // failures since the last success
	opened   time.Time  // zero is closed
	cooldown time.Duration
	probeAt  time.Time
}

// wait returns when a request may be sent: at once, or after the cooldown. The error is ErrOutage when the breaker
// has been open for too long.
func (b *breaker) wait(ctx context.Context, clock Clock) error {
	for {
		delay, err := b.next(clock.Now())
		if err != nil || delay <= 0 {
			return err
		}
		if err := clock.Sleep(ctx, delay); err != nil {
			return err
		}
	}
}

// next is how long to wait before the next request; 0 is not at all. Of many callers one gets the probe.
func (b *breaker) next(now time.Time) (time.Duration, error) {
	b.mutex.Lock()
	defer b.mutex.Unlock()
	switch {
	case b.opened.IsZero():
		return 0, nil
	case now.Sub(b.opened) > outageDeadline:
		return 0, ErrOutage
	case now.Before(b.probeAt):
		return b.probeAt.Sub(now), nil
	}
	b.cooldown = min(2*b.cooldown, maxCooldown)
	b.probeAt = now.Add(b.cooldown)
	return 0, nil
}

// record notes how a request went.
func (b *breaker) record(failed bool, now time.Time) {
	b.mutex.Lock()
	defer b.mutex.Unlock()
	b.last = append(b.last, failed)
	if len(b.last) > window {
		b.last = append(b.last[:0], b.last[1:]...)
	}
	if !failed {
		b.inARow, b.opened = 0, time.Time{}
		return
	}
	b.inARow++
	if b.opened.IsZero() && (b.inARow >= tripAfter || b.mostlyFailed()) {
		b.opened, b.cooldown, b.last = now, firstCooldown, nil
		b.probeAt = now.Add(firstCooldown)
	}
}

// mostlyFailed reports whether more than half of a full window are failures.
func (b *breaker) mostlyFailed() bool {
	failures := 0
	for _, failed := range b.last {
		if failed {
			failures++
		}
	}
	return len(b.last) == window && 2*failures > window
}
