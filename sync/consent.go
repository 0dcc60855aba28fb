package sync

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"fcpipe/schema"
	"fcpipe/sync/plan"
	"fcpipe/sync/stripe"
)

// aboutAccounts are the operations whose requests concern one account: each has to say what it does with it.
var aboutAccounts = map[string]bool{
	"retrieve account": true, "list transactions": true, "list owners": true,
	plan.ActionRefresh: true, plan.ActionSubscribe: true,
}

// errUnjustified is a defect: a request for an account did not say what it does with it, or for which.
var errUnjustified = errors.New("a request that nothing justifies was not sent; please report it")

// using says for which account, and for what, the requests of a context are. It is the only way to send any: before
// each attempt checkConsent asks plan.Justified, with what Stripe showed last.
func (r *round) using(ctx context.Context, id string, use plan.Use) context.Context {
	return context.WithValue(ctx, consentKey{}, func() error { return r.justify(id, use) })
}

type consentKey struct{}

// checkRequest is asked before every attempt: may the round go on, and may this be sent?
func checkRequest(ctx context.Context, operation string) error {
	if err := checkDeadline(ctx); err != nil {
		return err
	}
	justify, stated := ctx.Value(consentKey{}).(func() error)
	switch {
	case !aboutAccounts[operation]:
		return nil
	case !stated:
		return fmt.Errorf("%w: %s", errUnjustified, operation)
	}
	return justify()
}

// justify returns errClosed where the account is not shared any more, and plan.ErrNoConsent where it never was.
func (r *round) justify(id string, use plan.Use) error {
	var shown *schema.Account
	if a, isRead := r.find(id); isRead {
		shown = &a.Account
	}
	held, isHeld := r.state.ConsentFor(id)
	err := plan.Justified(shown, held, isHeld, use)
	if errors.Is(err, plan.ErrNotShared) {
		return errClosed
	}
	return err
}

// readAccount reads one account again.
func (r *round) readAccount(ctx context.Context, id string, src *source) (reading, error) {
	return r.syncer.readAccount(r.using(ctx, id, plan.Use{}), id, src)
}

// shownAfter reads an account again that Stripe forbade to read from: its holder may share less now, and that counts
// from now on. It returns errClosed then, else the error itself.
func (r *round) shownAfter(ctx context.Context, id string, forbidden error) error {
	var api *stripe.APIError
	if !errors.As(forbidden, &api) || api.Status != http.StatusForbidden {
		return forbidden
	}
	before := r.account(id)
	again, err := r.readAccount(ctx, id, r.sourceOf(before.Account))
	if end := endsRound(ctx, err); end != nil {
		return end
	}
	if err == nil && r.replace(again) && consentChanged(again.Account, before.Account) {
		return errClosed
	}
	return forbidden
}

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
