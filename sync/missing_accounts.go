package sync

import (
	"context"
	"errors"
	"net/http"
	"slices"

	"fcpipe/schema"
	"fcpipe/sync/plan"
	"fcpipe/sync/stripe"
)

// mostAskedFor is how many missing accounts a round asks for by their ids.
const mostAskedFor = 25

// Reasons of missing accounts.
const (
	notListed     = "Stripe does not list it any more"
	notFound      = notListed + " and does not find it by its id"
	stillAnswered = notListed + ", but still answers for it by its id: it is read so once a day"
)

// noticeMissing finds accounts that are held, are not disconnected, and do not appear in a complete list. They are
// missing, and no round is complete, until they are listed again, Stripe answers for their ids that they are
// disconnected, or the operator settles it. Where a list is empty and several accounts are held, the list is probably
// wrong: all of them are missing, and none is asked for or changed.
func (r *round) noticeMissing(ctx context.Context, src *source, listed map[string]bool) error {
	if err := r.unsettle(listed); err != nil {
		return err
	}
	missing := r.expected(src, func(id string) bool { return !listed[id] })
	if len(listed) == 0 && len(missing) > 0 {
		r.noteList(src, "Stripe lists no account, %d are held", len(missing))
	}
	if len(listed) == 0 && len(missing) > 1 {
		for _, id := range missing {
			r.isMissing(id, notListed, nil)
		}
		return nil
	}
	return r.askForMissing(ctx, src, missing)
}

// stillMissing keeps accounts missing that were so before, in a round whose list of accounts is not whole.
func (r *round) stillMissing(ctx context.Context, src *source, listed map[string]bool) error {
	before := r.history.Missing()
	return r.askForMissing(ctx, src, r.expected(src, func(id string) bool {
		_, known := r.find(id)
		return before[id] && !known && !listed[id]
	}))
}

// expected are stored accounts that a list of a Stripe account should name, as far as they are wanted.
func (r *round) expected(src *source, wanted func(id string) bool) (ids []string) {
	settled := r.journal.Settled()
	for id, held := range r.state.Accounts {
		_, isSettled := settled[id]
		if !isSettled && held.Status != "disconnected" && src.lists(held.Account) && r.syncer.selects(held.Account) &&
			wanted(id) {
			ids = append(ids, id)
		}
	}
	slices.Sort(ids)
	return ids
}

// lists reports whether an account is one of this Stripe account's: neither of one that is not
// configured any more nor of another one.
func (src *source) lists(a schema.Account) bool {
	if src.connected != "" {
		return orEmpty(a.StripeAccountID) == src.connected
	}
	return a.StripeAccountID == nil || src.id != nil && *a.StripeAccountID == *src.id
}

// askForMissing asks for missing accounts by their ids, each at most once a day. One that Stripe shows as disconnected,
// or as another holder's, is no longer missing.
func (r *round) askForMissing(ctx context.Context, src *source, missing []string) error {
	left, asked := mostAskedFor, r.history.AskedForSince(r.syncer.Now().Add(-plan.QuotaWindow))
	for _, id := range missing {
		if left == 0 || asked[id] || src.looks || r.mayOpen(src, 1) != nil {
			r.isMissing(id, notListed, nil)
			continue
		}
		left--
		a, err := r.readAccount(ctx, id, src)
		if end := endsRound(ctx, err); end != nil {
			return end
		}
		var api *stripe.APIError
		switch {
		case errors.As(err, &api) && api.Status == http.StatusNotFound:
			r.isMissing(id, notFound, &api.RequestID)
		case err != nil:
			_, request := code(err)
			r.isMissing(id, notListed, request)
		case !r.replace(a) || a.Status != "disconnected" && r.syncer.selects(a.Account):
			r.isMissing(id, stillAnswered, new(""))
		}
	}
	return nil
}

// isMissing records a missing account, and the request that asked for it; nil when none did.
func (r *round) isMissing(id, reason string, request *string) {
	r.report.Missing = append(r.report.Missing, id)
	r.failReason(id, codeNotListed, reason)
	r.mutex.Lock()
	defer r.mutex.Unlock()
	r.accountOutcome(id).RequestID = request
}

// unsettle ends what the operator settled of accounts that are listed again.
func (r *round) unsettle(listed map[string]bool) error {
	for id, settled := range r.journal.Settled() {
		if !listed[id] || r.planOnly {
			continue
		}
		settled.At, settled.Undone, settled.Reason = r.syncer.Now(), true, "Stripe lists it again"
		r.syncer.options.Log.Warn(
			"an account that was settled as missing is listed again and is read as before",
			"account",
			id,
		)
		if err := r.journal.RecordSettlement(settled); err != nil {
			return err
		}
	}
	return nil
}
