package sync

import (
	"context"
	"errors"
	"fmt"

	"golang.org/x/sync/errgroup"

	"fcpipe/sync/plan"
)

// owesOwners reports whether an account shows an ownership snapshot whose owners are to be
// stored and are not held.
func (r *round) owesOwners(a reading) bool {
	p := r.syncer.options.Policy
	return p.KeepOwners && a.OwnershipID != "" && !r.state.Ownerships[a.OwnershipID] && !r.readNow(a.OwnershipID) &&
		a.Status != "disconnected" && plan.IsShared(a.Account, plan.FeatureOwnership)
}

// readNow reports whether the owners of a snapshot were read whole in this round.
func (r *round) readNow(ownership string) bool {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	return r.roster.ownersRead[ownership]
}

// newOwners are the accounts that owe owners, for a plan.
func (r *round) newOwners() map[string]bool {
	owing := map[string]bool{}
	for a := range r.roster.readings() {
		if r.owesOwners(a) {
			owing[a.AccountID] = true
		}
	}
	return owing
}

// ownersToFetch lists accounts that owe owners, as they are after waiting, but for those the
// plan left alone.
func (r *round) ownersToFetch() []string {
	denied := r.denied(plan.FeatureOwnership)
	var ids []string
	for _, a := range r.stalestFirst() {
		if !denied[a.AccountID] && r.owesOwners(r.account(a.AccountID)) {
			ids = append(ids, a.AccountID)
		}
	}
	return ids
}

// fetchOwners reads the owners of new snapshots. As with rows, one account's failure is its own.
func (r *round) fetchOwners(ctx context.Context, ids []string) error {
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(max(r.syncer.options.Stripe.Concurrency, 1))
	for i, id := range ids {
		group.Go(func() error {
			if ctx.Err() != nil {
				return context.Cause(ctx)
			}
			if r.outOfReads(id) {
				return nil
			}
			r.syncer.options.Progress(Progress{Phase: "owners", Done: i, Total: len(ids)})
			f := &ownersFetch{round: r, account: r.account(id), refusals: newRefusals()}
			return r.ownersOutcome(ctx, f, f.run(ctx))
		})
	}
	return group.Wait()
}

// ownersOutcome notes what went wrong, unless the account's rows have failed already.
func (r *round) ownersOutcome(ctx context.Context, f *ownersFetch, err error) error {
	if end := endsRound(ctx, err); end != nil {
		return end
	}
	r.mutex.Lock()
	defer r.mutex.Unlock()
	r.report.Pages += f.pages
	r.report.Owners += f.owners
	if o := r.accountOutcome(f.account.AccountID); o.Outcome == outcomeComplete {
		switch {
		case errors.Is(err, ErrReadAllowance):
			reason, code := plan.Explain(plan.ReasonReadAllowance), codeReads
			o.Outcome, o.Reason, o.ErrorCode = outcomeIncomplete, &reason, &code
		case errors.Is(err, errClosed):
			r.closedLocked(f.account.AccountID)
		case err != nil:
			r.failLocked(f.account.AccountID, "owners could not be read", err)
		case f.refusals.count() > 0:
			reason, code := fmt.Sprintf("%d owners refused, see meta.quarantine", f.refusals.count()), codeOwnersRefused
			o.Outcome, o.Reason, o.ErrorCode = outcomeFailed, &reason, &code
		}
	}
	if errors.Is(err, ErrReadAllowance) {
		r.report.Plan.LackReads(r.syncer.options.Policy)
	}
	return nil
}
