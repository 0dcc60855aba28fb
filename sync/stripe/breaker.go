package stripe

import (
	"context"
	"fmt"
	"sync"
	"time"
)

const (
	opensAfter   = 8  // failures in a row
	remembered   = 20 // answers; more than half of them failures opens too
	firstRecess  = 30 * time.Second
	longRecess   = 5 * time.Minute
	outageIsOver = 10 * time.Minute // then the round ends
)

// ErrOutage ends a round: nothing but failures for ten minutes.
var ErrOutage = fmt.Errorf("%w: nothing but failures for %s", ErrUnreachable, outageIsOver)

// breaker stops asking an endpoint that only fails: one request after each recess tries
// whether it is back. What counts as failure is no answer and 5xx.
type breaker struct {
	mutex   sync.Mutex
	last    []bool // true: failed; the newest last
	inARow  int
	opened  time.Time // zero: closed
	recess  time.Duration
	probeAt time.Time
}

// allow waits while the breaker is open; ErrOutage when it has been for too long.
func (b *breaker) allow(ctx context.Context, clock Clock) error {
	for {
		wait, err := b.turn(clock.Now())
		if err != nil || wait <= 0 {
			return err
		}
		if err := clock.Sleep(ctx, wait); err != nil {
			return err
		}
	}
}

// turn says how long to wait before asking again; 0 is now. One caller gets the probe.
func (b *breaker) turn(now time.Time) (time.Duration, error) {
	b.mutex.Lock()
	defer b.mutex.Unlock()
	switch {
	case b.opened.IsZero():
		return 0, nil
	case now.Sub(b.opened) > outageIsOver:
		return 0, ErrOutage
	case now.Before(b.probeAt):
		return b.probeAt.Sub(now), nil
	}
	b.recess = min(2*b.recess, longRecess)
	b.probeAt = now.Add(b.recess)
	return 0, nil
}

// heard notes how a request went.
func (b *breaker) heard(failed bool, now time.Time) {
	b.mutex.Lock()
	defer b.mutex.Unlock()
	if !failed {
		b.inARow, b.opened = 0, time.Time{}
		b.remember(false)
		return
	}
	b.inARow++
	b.remember(true)
	if b.opened.IsZero() && (b.inARow >= opensAfter || b.mostlyFailed()) {
		b.opened, b.recess, b.last = now, firstRecess, nil
		b.probeAt = now.Add(firstRecess)
	}
}

func (b *breaker) remember(failed bool) {
	if len(b.last) == remembered {
		b.last = append(b.last[:0], b.last[1:]...)
	}
	b.last = append(b.last, failed)
}

func (b *breaker) mostlyFailed() bool {
	failures := 0
	for _, failed := range b.last {
		if failed {
			failures++
		}
	}
	return len(b.last) == remembered && 2*failures > remembered
}
