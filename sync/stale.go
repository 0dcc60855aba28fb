package sync

import (
	"slices"
	"time"

	"fcpipe/schema"
	"fcpipe/sync/plan"
)

// longestLag is how long every round may be shown an older state of an account before that
// is what Stripe holds now: no replica lags for a day.
const longestLag = 24 * time.Hour

// isStale reports whether a reading is older than what we hold: a replica that lags shows
// attempts before the ones we have seen, or one that has settled as pending still. A state
// never moves backwards. An attempt that is gone where consent or connection changed too is
// no lag.
func isStale(read, held schema.Account, now time.Time) bool {
	changed, account := consentChanged(read, held), read
	for _, pair := range [][2]*schema.RefreshState{
		{read.BalanceRefresh, held.BalanceRefresh}, {read.OwnershipRefresh, held.OwnershipRefresh}, {read.TransactionRefresh, held.TransactionRefresh},
	} {
		switch read, held := pair[0], pair[1]; {
		case held == nil:
		case read == nil && !changed, read != nil && isBefore(account, *read, *held, now), read != nil && isUnsettled(*read, *held):
			return true
		}
	}
	return false
}

// consentChanged reports whether an account was connected otherwise, or shared otherwise, than held.
func consentChanged(read, held schema.Account) bool {
	isStated := read.Permissions != nil && held.Permissions != nil
	return read.Status != held.Status || isStated && !slices.Equal(read.Permissions, held.Permissions)
}

// isBefore reports whether an attempt is older than the held one, if both may have been.
func isBefore(a schema.Account, read, held schema.RefreshState, now time.Time) bool {
	return read.AttemptedAt.Before(held.AttemptedAt) && believed(held.AttemptedAt, now) && existed(a, read.AttemptedAt)
}

// isUnsettled reports whether an attempt is read as pending that is known to have settled.
func isUnsettled(read, held schema.RefreshState) bool {
	return read.AttemptedAt.Equal(held.AttemptedAt) && read.Status == "pending" && held.Status != "pending"
}

// replace takes a newer reading of an account. An older one is left aside, and it reports so:
// the account is not complete, unless a newer one follows.
func (r *round) replace(a reading) bool {
	taken := r.take(a)
	r.mutex.Lock()
	defer r.mutex.Unlock()
	if !taken && !r.aside[a.AccountID] {
		r.syncer.options.Log.Warn("an older state of an account than the one held was shown, left aside", "account", a.AccountID)
	}
	r.aside[a.AccountID] = !taken
	return taken
}

// take is replace for answers that may be old without any replica that lags: a purchase that
// is sent again under its key is answered as it was the first time.
func (r *round) take(a reading) bool {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	at, known := r.position[a.AccountID]
	held := r.state.Accounts[a.AccountID].Account
	if known {
		held = r.accounts[at].Account
	}
	a.refuseEarly(r.syncer.Now())
	a.keepKnown(held)
	since, lags := r.history.RegressedSince(a.AccountID)
	believed := !known && lags && r.syncer.Now().Sub(since) >= longestLag
	if !believed && isStale(a.Account, held, r.syncer.Now()) {
		return false
	}
	if known {
		r.accounts[at] = a
		return true
	}
	r.position[a.AccountID] = len(r.accounts)
	r.accounts = append(r.accounts, a)
	return true
}

// noteAside makes accounts incomplete whose newest reading was left aside: those that were not
// read otherwise in this round, and those that were waited for.
func (r *round) noteAside() {
	for id, aside := range r.aside {
		a, known := r.find(id)
		if !aside || known && !anyPending(a.Account) {
			continue
		}
		r.incomplete(id, codeRegressed, "Stripe showed an older state than the one held, which is kept; it is asked again")
	}
}

func anyPending(a schema.Account) bool {
	return slices.ContainsFunc([]*schema.RefreshState{a.BalanceRefresh, a.OwnershipRefresh, a.TransactionRefresh}, plan.IsPending)
}
