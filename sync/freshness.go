package sync

import (
	"time"

	"fcpipe/schema"
	"fcpipe/sync/plan"
)

// transactionsStale reports whether an account's rows are older than twice their interval.
func (r *round) transactionsStale(a schema.Account) bool {
	stored, monitored := r.monitored(a, plan.FeatureTransactions)
	if !monitored {
		return false
	}
	since := stored.FirstSeenAt
	if stored.CompleteThroughAt != nil {
		since = *stored.CompleteThroughAt
	}
	o := r.roster.get(a.AccountID).outcome
	isComplete := o != nil && o.Outcome == outcomeComplete
	if t := a.TransactionRefresh; t != nil && t.Status == "succeeded" && isComplete {
		since = r.attemptedAt(a.AccountID, plan.FeatureTransactions, *t)
	}
	return r.isStale(plan.FeatureTransactions, since)
}

// balanceStale reports whether an account's balance is older than twice its interval and the last
// refresh of it failed. One that is not asked for, or not paid for, is not missed.
func (r *round) balanceStale(a reading) bool {
	stored, monitored := r.monitored(a.Account, plan.FeatureBalance)
	if !monitored || a.BalanceRefresh == nil || a.BalanceRefresh.Status != "failed" {
		return false
	}
	since := stored.FirstSeenAt
	for _, b := range a.Balances {
		since = r.laterBelieved(since, b.AsOf)
	}
	for _, b := range stored.Balances {
		since = r.laterBelieved(since, b.AsOf)
	}
	return r.isStale(plan.FeatureBalance, since)
}

// monitored reports whether a feature of an account that is held is to be kept fresh.
func (r *round) monitored(a schema.Account, feature string) (stored schema.AccountState, monitored bool) {
	stored, known := r.state.Accounts[a.AccountID]
	return stored, known && r.syncer.options.Policy.IsMonitored(a, feature, r.syncer.options.Stripe.Key.Livemode())
}

func (r *round) isStale(feature string, since time.Time) bool {
	return r.syncer.options.Policy.IsStale(feature, since, r.syncer.Now())
}

// laterBelieved is the later of two instants, if it may have been.
func (r *round) laterBelieved(since, at time.Time) time.Time {
	if at.After(since) && believed(at, r.syncer.Now()) {
		return at
	}
	return since
}
