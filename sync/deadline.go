package sync

import (
	"context"
	"errors"
	"fmt"
	"time"

	"fcpipe/sync/stripe"
)

// Alarm is a clock whose time passes by itself: it calls f once d has passed, unless stopped
// before. With one, a deadline cuts a request that is under way; with any other clock, whose
// time passes only between requests, checking before each request and in each pause is exact.
type Alarm interface {
	AfterFunc(d time.Duration, f func()) (stop func() bool)
}

// deadline is the instant of the injected clock at which a round ends.
type deadline struct {
	clock stripe.Clock
	at    time.Time
	end   context.CancelCauseFunc
}

type deadlineKey struct{}

// withDeadline returns a context that ends with ErrDeadline once d has passed on the clock;
// 0 is no deadline. The caller calls stop.
func withDeadline(parent context.Context, clock stripe.Clock, d time.Duration) (ctx context.Context, stop func()) {
	ctx, end := context.WithCancelCause(parent)
	if d <= 0 {
		return ctx, func() { end(nil) }
	}
	limit := &deadline{clock: clock, at: clock.Now().Add(d), end: end}
	cancelAlarm := func() bool { return true }
	if alarm, passes := clock.(Alarm); passes {
		cancelAlarm = alarm.AfterFunc(d, func() { end(ErrDeadline) })
	}
	return context.WithValue(ctx, deadlineKey{}, limit), func() { cancelAlarm(); end(nil) }
}

// timeLeft is how long a round may still take; without a deadline it is not limited.
func timeLeft(ctx context.Context) (d time.Duration, limited bool) {
	limit, limited := ctx.Value(deadlineKey{}).(*deadline)
	if !limited {
		return 0, false
	}
	return limit.at.Sub(limit.clock.Now()), true
}

// checkDeadline ends the round when its deadline has passed, and returns why a context has ended.
func checkDeadline(ctx context.Context) error {
	if d, limited := timeLeft(ctx); limited && d <= 0 {
		ctx.Value(deadlineKey{}).(*deadline).end(ErrDeadline)
	}
	return context.Cause(ctx)
}

// boundedClock is a clock on which no sleep lasts longer than the round may take: the client's.
type boundedClock struct{ stripe.Clock }

// Sleep is pause.
func (c boundedClock) Sleep(ctx context.Context, d time.Duration) error {
	return pause(ctx, c.Clock, d)
}

// pause sleeps, no longer than the round may take.
func pause(ctx context.Context, clock stripe.Clock, d time.Duration) error {
	if rest, limited := timeLeft(ctx); limited && rest < d {
		d = max(rest, 0)
	}
	if err := clock.Sleep(ctx, d); err != nil {
		return err
	}
	return checkDeadline(ctx)
}

// endAtDeadline lands what is known without another request, and says which accounts were
// not reached: the next round begins with them, stalest first.
func (r *round) endAtDeadline(ctx context.Context) error {
	if len(r.roster.listed) == 0 {
		host := r.syncer.client.Host()
		return fmt.Errorf("%w at %s: %w before the accounts were listed", stripe.ErrUnreachable, host, ErrDeadline)
	}
	for _, id := range r.toFetch() {
		if e := r.roster.get(id); !e.isLanded && e.outcome == nil {
			r.notReached(id, "rows")
		}
	}
	for _, id := range r.ownersToFetch() {
		if r.roster.get(id).outcome == nil {
			r.notReached(id, "owners")
		}
	}
	return errors.Join(ErrDeadline, r.landChanges(context.WithoutCancel(ctx)))
}

func (r *round) notReached(id, what string) {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	reason, code := ErrDeadline.Error()+" before its "+what+" were read", codeDeadline
	o := r.accountOutcome(id)
	o.Outcome, o.Reason, o.ErrorCode = outcomeIncomplete, &reason, &code
}
