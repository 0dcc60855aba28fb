package sync

import (
	"context"
	"fmt"
	"slices"

	"fcpipe/schema"
	"fcpipe/sync/plan"
)

// confirmPages reads the accounts again whose only page was empty: by one list of all accounts where that takes fewer
// reads, else one by one. It moves the cursors of those that have not changed since before that page. The others are
// incomplete. Nothing of them is lost, because no row was read.
func (r *round) confirmPages(ctx context.Context) error {
	slices.SortFunc(
		r.unconfirmed,
		func(a, b *fetch) int { return compareText(a.account.AccountID, b.account.AccountID) },
	)
	for _, src := range r.sources {
		mine := slices.DeleteFunc(
			slices.Clone(r.unconfirmed),
			func(f *fetch) bool { return r.sourceOf(f.account.Account) != src },
		)
		if err := r.confirmSource(ctx, src, mine); err != nil {
			return err
		}
	}
	return nil
}

func (r *round) confirmSource(ctx context.Context, src *source, empty []*fetch) error {
	if len(empty) == 0 {
		return nil
	}
	if err := r.mayOpen(src, int(src.pollCost(len(empty)))); err != nil {
		for _, f := range empty {
			r.leaveUnconfirmed(f.account.AccountID, plan.Explain(plan.ReasonReadAllowance), err)
		}
		r.report.Plan.LackReads(r.syncer.options.Policy)
		return nil
	}
	shown, err := r.lookAgain(ctx, src, empty)
	if end := endsRound(ctx, err); end != nil {
		return end
	}
	for _, f := range empty {
		if err := r.confirm(ctx, f, shown, err); err != nil {
			return err
		}
	}
	return nil
}

// confirm moves the cursor of one account, if it is shown as it was before its page.
func (r *round) confirm(ctx context.Context, f *fetch, shown map[string]reading, err error) error {
	id := f.account.AccountID
	again, isShown := shown[id]
	switch {
	case !isShown:
		r.leaveUnconfirmed(id, "it could not be read again after a page without a row", err)
		return nil
	case closed(again.Account) != nil:
		r.mutex.Lock()
		defer r.mutex.Unlock()
		r.closedLocked(id)
		return nil
	case !sameStanding(f.account.Account, again.Account):
		r.leaveUnconfirmed(id, "a refresh landed while its rows were read", nil)
		return nil
	}
	f.account, f.waits = again, false
	if err := f.land(ctx, schema.Landed{}, true); err != nil {
		return err
	}
	r.mutex.Lock()
	defer r.mutex.Unlock()
	if o := r.accountOutcome(id); o.Outcome == outcomeIncomplete && orEmpty(o.ErrorCode) == codeNotReadAgain {
		o.Outcome, o.Reason, o.ErrorCode = outcomeComplete, nil, nil
	}
	r.concludeLocked(f, nil)
	return nil
}

// lookAgain reads accounts by a list or one by one, whichever takes fewer requests. It returns those whose state was
// shown and is not older than the one held.
func (r *round) lookAgain(ctx context.Context, src *source, empty []*fetch) (map[string]reading, error) {
	shown := map[string]reading{}
	if len(empty) >= src.listPages {
		listed, err := r.syncer.listAccounts(ctx, src)
		for _, a := range listed.accounts {
			if r.replace(*a) {
				shown[a.AccountID] = *a
			}
		}
		return shown, err
	}
	for _, f := range empty {
		a, err := r.readAccount(ctx, f.account.AccountID, src)
		if end := endsRound(ctx, err); end != nil {
			return shown, end
		}
		switch {
		case err != nil:
			r.fail(f.account.AccountID, "could not be read again after its rows", err)
		case r.replace(a):
			shown[a.AccountID] = a
		}
	}
	return shown, nil
}

// leaveUnconfirmed notes why the cursor of an account stays.
func (r *round) leaveUnconfirmed(id, reason string, err error) {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	o := r.accountOutcome(id)
	if o.Outcome == outcomeFailed {
		return
	}
	if o.Outcome, o.Reason = outcomeIncomplete, &reason; err != nil {
		o.ErrorCode, o.RequestID = code(err)
	}
}

// closedLocked notes an account that was closed to us while it was read. The round must be locked.
func (r *round) closedLocked(id string) {
	reason := fmt.Sprintf("%s: the rows read are held, it is complete up to an earlier refresh", errClosed)
	code, o := codeClosed, r.accountOutcome(id)
	o.Outcome, o.Reason, o.ErrorCode = outcomeIncomplete, &reason, &code
}
