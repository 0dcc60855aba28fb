package sync

import (
	"context"
	"errors"
	"slices"
	"time"
)

const (
	firstPoll = time.Second
	lastPoll  = time.Minute
)

// wait polls until refreshes that began recently have settled, or their time is up. What is
// still pending then is picked up by a later round.
func (r *round) wait(ctx context.Context) error {
	clock, poll := r.syncer.options.Clock, firstPoll
	for {
		pending := r.pending()
		if len(pending) == 0 {
			return nil
		}
		r.syncer.options.Progress(Progress{Room: "wait", Done: len(r.accounts) - len(pending), Total: len(r.accounts)})
		if rest, limited := left(ctx); limited && rest <= r.syncer.options.Deadline/2 {
			return nil // the other half is for reading what has settled
		}
		if err := pause(ctx, clock, poll); err != nil {
			return err
		}
		poll = min(2*poll, lastPoll)
		if err := r.reread(ctx, pending); err != nil {
			return err
		}
	}
}

// pending lists accounts with a refresh worth waiting for.
func (r *round) pending() []string {
	var ids []string
	now := r.syncer.Now()
	for _, a := range r.accounts {
		if r.givenUp[a.AccountID] {
			continue
		}
		for _, refresh := range []string{FeatureTransactions, FeatureBalance, FeatureOwnership} {
			if state := featureOf(a.Account, refresh); state != nil && state.Status == "pending" && now.Sub(state.AttemptedAt) < r.syncer.options.Wait {
				ids = append(ids, a.AccountID)
				break
			}
		}
	}
	return ids
}

// reread asks again, by list or one by one, whichever takes fewer requests.
func (r *round) reread(ctx context.Context, ids []string) error {
	for _, src := range r.sources {
		mine := slices.DeleteFunc(slices.Clone(ids), func(id string) bool { return r.sourceOf(r.account(id).Account) != src })
		if err := r.rereadSource(ctx, src, mine); err != nil {
			return err
		}
	}
	return nil
}

func (r *round) rereadSource(ctx context.Context, src *source, ids []string) error {
	if len(ids) > 0 && len(ids) >= src.listPages {
		listed, err := r.syncer.listAccounts(ctx, src)
		for _, a := range listed.accounts {
			r.replace(a)
		}
		return err
	}
	for _, id := range ids {
		a, err := r.syncer.readAccount(ctx, id, src)
		switch {
		case errors.Is(err, ErrKeyRefused), errors.Is(err, errOutage), ctx.Err() != nil:
			return err
		case err != nil: // this account's trouble; the others are waited for
			r.fail(id, "could not be read again", err)
			r.givenUp[id] = true
		default:
			r.replace(a)
		}
	}
	return nil
}
