package main

import (
	"context"
	"time"

	"fcpipe/sync/simulator"
)

// systemClock is the machine's time.
type systemClock struct {
	now       func() time.Time
	sleepless bool // tests: sleeping takes no time
}

func (c systemClock) Now() time.Time { return c.now() }

func (c systemClock) Sleep(ctx context.Context, d time.Duration) error {
	if c.sleepless {
		return context.Cause(ctx)
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-timer.C:
		return nil
	}
}

// AfterFunc lets a deadline cut a request that is under way.
func (systemClock) AfterFunc(d time.Duration, f func()) (stop func() bool) {
	return time.AfterFunc(d, f).Stop
}

// simulatorClock is the virtual time of a simulator in this process: sleeping passes it at once.
type simulatorClock struct{ server *simulator.Server }

func (c simulatorClock) Now() time.Time { return c.server.Now() }

func (c simulatorClock) Sleep(ctx context.Context, d time.Duration) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	c.server.Advance(d)
	return nil
}
