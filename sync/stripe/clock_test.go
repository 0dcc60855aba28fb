package stripe

import (
	"context"
	"time"
)

// jumpClock is a clock on which a sleep passes at once.
type jumpClock struct{ now *time.Time }

func newJumpClock() jumpClock { return jumpClock{new(time.Unix(1_750_000_000, 0))} }

func (c jumpClock) Now() time.Time { return *c.now }

func (c jumpClock) Sleep(ctx context.Context, d time.Duration) error {
	*c.now = c.now.Add(d)
	return context.Cause(ctx)
}

// bubbleClock is the time of a synctest bubble: it passes when every goroutine waits.
type bubbleClock struct{}

func (bubbleClock) Now() time.Time { return time.Now() }

func (bubbleClock) Sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}
