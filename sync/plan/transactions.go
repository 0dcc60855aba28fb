package plan

import "slices"

// transactions decides about an account's transactions.
func (p *planner) transactions(a Account) Decision {
	d := skip(a, FeatureTransactions)
	if reason := Unusable(a.Account, FeatureTransactions); reason != "" {
		d.Reason = reason
		if reason == ReasonInactive && hasNewRows(a) {
			return p.fetch(d, a)
		}
		return d
	}
	if IsPending(a.TransactionRefresh) {
		if a.Features[FeatureTransactions].InBackoff && hasNewRows(a) {
			return p.fetch(d, a)
		}
		d.Action, d.Reason = ActionWait, ReasonPending
		return d
	}
	if bought, due := p.buyTransactions(d, a); due && (bought.Buys() || !hasNewRows(a)) {
		return bought
	}
	if hasNewRows(a) {
		return p.fetch(d, a)
	}
	d.Reason = whyNothingNew(a)
	return d
}

// buyTransactions decides on a refresh, if one is due.
func (p *planner) buyTransactions(d Decision, a Account) (bought Decision, due bool) {
	switch mode := p.facts.Policy.Transactions.Mode; {
	case mode == ModeSubscribe && p.isUnsubscribed(a):
		return p.buy(d, ActionSubscribe, ReasonNotSubscribed, a), true
	case mode == ModeOnDemand && p.due(a, FeatureTransactions):
		return p.buy(d, ActionRefresh, whyDue(a.TransactionRefresh), a), true
	}
	return d, false
}

// isUnsubscribed reports whether an account is to be subscribed. Null subscriptions say nothing: then
// a subscription is asked for once, and again when no refresh came for twice the interval.
func (p *planner) isUnsubscribed(a Account) bool {
	if a.Subscriptions != nil {
		return !slices.Contains(a.Subscriptions, FeatureTransactions)
	}
	every := p.facts.Policy.Transactions.Every
	return !a.Subscribed || a.TransactionRefresh == nil || p.facts.Now.Sub(a.TransactionRefresh.AttemptedAt) > 2*every
}

// hasNewRows reports whether Stripe may hold rows of an account that we do not.
func hasNewRows(a Account) bool {
	return a.RefreshUnread || IsReadable(a.Account) && OwesRows(a.Account, a.Stored)
}

// fetch reads rows or owners, if their quota carries that.
func (p *planner) fetch(d Decision, a Account) Decision {
	if a.Features[d.Feature].InBackoff {
		d.Action, d.Reason = ActionSkip, ReasonBackoff
		return d
	}
	if reason := p.reserve(a, p.readsOf(d, a)); reason != "" {
		p.plan.LackReads(p.facts.Policy)
		d.Action, d.Reason = ActionSkip, reason
		return d
	}
	d.Action, d.Reason, d.Requests = ActionFetch, ReasonNewRows, 1
	return d
}

// readsOf is the number of reads a decision takes, as far as it can be known. The reads for a whole first
// reading are reserved: one that is begun with fewer of them would be begun in vain, night after night.
func (p *planner) readsOf(d Decision, a Account) int64 {
	if d.Feature == FeatureTransactions && a.Stored.CompleteThroughAt == nil {
		return max(1, p.facts.FirstReading)
	}
	return 1
}

// whyNothingNew says why there is nothing to read.
func whyNothingNew(a Account) string {
	switch {
	case a.TransactionRefresh == nil:
		return ReasonNeverRefreshed
	case isFailed(a.TransactionRefresh):
		return ReasonRefreshFailed
	}
	return ReasonUpToDate
}
