package sync

import (
	"time"

	"fcpipe/schema"
)

// rowsAreOld reports whether an account's rows are older than twice their interval.
func (r *round) rowsAreOld(a schema.Account) bool {
	stored, wanted := r.wanted(a, FeatureTransactions)
	if !wanted {
		return false
	}
	since := stored.FirstSeenAt
	if stored.CompleteThroughAt != nil {
		since = *stored.CompleteThroughAt
	}
	if t := a.TransactionRefresh; t != nil && t.Status == "succeeded" && r.outcomes[a.AccountID] != nil && r.outcomes[a.AccountID].Outcome == outcomeComplete {
		since = r.attemptedAt(a.AccountID, FeatureTransactions, *t)
	}
	return r.isOld(since, FeatureTransactions)
}

// balanceIsOld reports whether an account's balance is older than twice its interval and the last
// refresh of it failed. One that is not asked for, or not paid for, is not missed.
func (r *round) balanceIsOld(a reading) bool {
	stored, wanted := r.wanted(a.Account, FeatureBalance)
	if !wanted || !failed(a.BalanceRefresh) {
		return false
	}
	since := stored.FirstSeenAt
	for _, b := range a.Balances {
		since = r.laterBelieved(since, b.AsOf)
	}
	for _, b := range stored.Balances {
		since = r.laterBelieved(since, b.AsOf)
	}
	return r.isOld(since, FeatureBalance)
}

// wanted reports whether a feature of an account that is not new is to be kept fresh. Purchases
// that may not be made do not count.
func (r *round) wanted(a schema.Account, feature string) (stored schema.AccountState, wanted bool) {
	o := r.syncer.options
	stored, known := r.state.Accounts[a.AccountID]
	return stored, known && o.policy(feature).Mode != ModeOff && unusable(a, feature) == "" && (!o.Stripe.Key.Livemode() || o.MaxPerMonth != nil)
}

func (r *round) isOld(since time.Time, feature string) bool {
	return r.syncer.Now().Sub(since) > 2*r.syncer.options.policy(feature).Every
}

// laterBelieved is the later of two instants, if it may have been.
func (r *round) laterBelieved(since, at time.Time) time.Time {
	if at.After(since) && believed(at, r.syncer.Now()) {
		return at
	}
	return since
}
