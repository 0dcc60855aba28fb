package plan

import "fcpipe/schema"

// balance decides about an account's balance, which comes with the account itself.
func (p *planner) balance(a Account) Decision {
	d, policy := skip(a, FeatureBalance), p.facts.Policy.Balance
	switch reason := Unusable(a.Account, FeatureBalance); {
	case reason != "":
		d.Reason = reason
	case IsPending(a.BalanceRefresh):
		d.Action, d.Reason = ActionWait, ReasonPending
	case policy.Mode == ModeOff:
		d.Reason = ReasonOff
	case !p.due(a, FeatureBalance):
		d.Reason = whyNotDue(a.BalanceRefresh)
	case policy.Mode == ModeOnDemand, a.BalanceRefresh == nil, isFailed(a.BalanceRefresh),
		Unusable(a.Account, FeatureTransactions) != "":
		return p.buy(d, ActionRefresh, whyDue(a.BalanceRefresh), a)
	case mayHaveMoved(a, *a.BalanceRefresh):
		return p.buy(d, ActionRefresh, ReasonChanged, a)
	default:
		d.Reason = ReasonUnchanged
	}
	return d
}

// mayHaveMoved reports whether transactions may have changed since a balance was asked for: a later
// refresh of them succeeded, as the account list shows or as held rows prove. It takes no read.
func mayHaveMoved(a Account, balance schema.RefreshState) bool {
	t := a.TransactionRefresh
	return orZero(a.Stored.CompleteThroughAt).After(balance.AttemptedAt) ||
		t != nil && t.Status == "succeeded" && t.AttemptedAt.After(balance.AttemptedAt)
}
