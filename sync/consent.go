package sync

import (
	"context"
	"errors"
	"fmt"
	"net/http"

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
