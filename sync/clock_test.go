package sync

import (
	"context"
	"time"
)

// stillClock stands still; sleeping returns at once.
type stillClock struct{}

func (stillClock) Now() time.Time { return planNow }

func (stillClock) Sleep(ctx context.Context, _ time.Duration) error { return context.Cause(ctx) }
