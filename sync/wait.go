package sync

import (
	"context"
	"slices"
	"time"

	"fcpipe/sync/plan"
)

const (
	firstPoll = time.Second
	lastPoll  = time.Minute
	// spreadPolls or fewer are spread over the rest of the wait.
	spreadPolls = 16
)

// wait polls until refreshes that began recently have settled, the time for waiting is over, or its reads are used up.
// A later round reads what is still pending then.
func (r *round) wait(ctx context.Context) error {
	clock := r.syncer.options.Stripe.Clock
	poll, end := firstPoll, clock.Now().Add(r.syncer.options.Policy.MaxWait())
	for {
		pending := r.affordable(r.pending())
		if len(pending) == 0 {
			return nil
		}
		r.syncer.options.Progress(
			Progress{Phase: "wait", Done: len(r.roster.listed) - len(pending), Total: len(r.roster.listed)},
		)
		if rest, limited := timeLeft(ctx); limited && rest <= r.syncer.options.Policy.Deadline/2 {
			return nil // the other half of the time is for reading what has settled
		}
		if err := pause(ctx, clock, pollPause(poll, end.Sub(clock.Now()), r.pollsLeft(pending))); err != nil {
			return err
		}
		poll = min(2*poll, lastPoll)
		if err := r.reread(ctx, pending); err != nil {
			return err
		}
	}
}

// pollPause is how long to wait before the next poll, when the rest of the wait has so many polls left: twice as
// long as before, or, when those polls are few, so long that the last of them comes when the wait is over.
func pollPause(next, rest time.Duration, polls int64) time.Duration {
	if polls <= 0 || polls > spreadPolls {
		return next
	}
	return max(next, rest/(1<<polls-1))
}

// pollsLeft is how many polls of these accounts the quotas carry.
func (r *round) pollsLeft(pending []string) int64 {
	fewest := int64(spreadPolls + 1)
	for _, src := range r.sources {
		if cost := src.pollCost(len(r.ofSource(src, pending))); cost > 0 && src.quota.Limited() {
			fewest = min(fewest, src.polls/cost)
		}
	}
	return fewest
}

// pending lists accounts with a refresh worth waiting for.
func (r *round) pending() []string {
	var ids []string
	now := r.syncer.Now()
	for a := range r.roster.readings() {
		if r.roster.get(a.AccountID).isAbandoned || a.Status == "disconnected" {
			continue
		}
		for _, feature := range plan.Features() {
			if state := plan.RefreshOf(
				a.Account,
				feature,
			); plan.IsPending(state) && now.Sub(state.AttemptedAt) < r.syncer.options.Policy.Wait &&
				believed(state.AttemptedAt, now) {
				ids = append(ids, a.AccountID)
				break
			}
		}
	}
	return ids
}

// affordable leaves out accounts of sources that have no reads left for waiting.
func (r *round) affordable(ids []string) []string {
	var all []string
	for _, src := range r.sources {
		if mine := r.ofSource(src, ids); !src.quota.Limited() || src.pollCost(len(mine)) <= src.polls {
			all = append(all, mine...)
		}
	}
	return all
}

// ofSource are the accounts among ids that belong to a source.
func (r *round) ofSource(src *source, ids []string) []string {
	return slices.DeleteFunc(
		slices.Clone(ids),
		func(id string) bool { return r.sourceOf(r.account(id).Account) != src },
	)
}

// pollCost is what it takes to read so many accounts again: by list or one by one, whichever
// takes fewer requests.
func (src *source) pollCost(accounts int) int64 { return int64(min(accounts, src.listPages)) }

// reread asks again for accounts.
func (r *round) reread(ctx context.Context, ids []string) error {
	for _, src := range r.sources {
		if err := r.rereadSource(ctx, src, r.ofSource(src, ids)); err != nil {
			return err
		}
	}
	return nil
}

// rereadSource reads accounts of a source again. Those that cannot be read have failed, and are not
// waited for; the round goes on.
func (r *round) rereadSource(ctx context.Context, src *source, ids []string) error {
	before := src.client.Reads()
	defer func() { src.polls -= src.client.Reads() - before }()
	if len(ids) > 0 && len(ids) >= src.listPages {
		listed, err := r.syncer.listAccounts(ctx, src)
		shown := map[string]bool{}
		for _, a := range listed.accounts {
			r.replace(*a)
			shown[a.AccountID] = true
		}
		for _, id := range ids { // nor those that were shown before the list broke off
			e := r.roster.entryOf(id)
			e.isAbandoned = e.isAbandoned || err != nil
		}
		return r.abandon(ctx, slices.DeleteFunc(ids, func(id string) bool { return shown[id] }), err)
	}
	for _, id := range ids {
		a, err := r.readAccount(ctx, id, src)
		if err == nil {
			r.replace(a)
		} else if err := r.abandon(ctx, []string{id}, err); err != nil {
			return err
		}
	}
	return nil
}

// abandon notes which accounts an error concerns: the others are waited for.
func (r *round) abandon(ctx context.Context, ids []string, err error) error {
	if end := endsRound(ctx, err); end != nil || err == nil {
		return end
	}
	for _, id := range ids {
		r.fail(id, "could not be read again", err)
		r.roster.entryOf(id).isAbandoned = true
	}
	return nil
}
