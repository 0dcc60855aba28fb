package sync

import "fcpipe/schema"

// ownership decides about an account's owners. An ownership snapshot never changes: its
// owners are read once, whoever asked for it.
func (p *planner) ownership(a schema.Account) Decision {
	d := Decision{AccountID: a.AccountID, Feature: FeatureOwnership, Action: ActionSkip}
	policy, isNew := p.facts.options.Ownership, p.facts.newOwners[a.AccountID]
	switch reason := unusable(a, FeatureOwnership); {
	case reason == ReasonInactive && isNew:
		return p.fetch(d, a)
	case reason != "":
		d.Reason = reason
		return d
	case isPending(a.OwnershipRefresh):
		d.Action, d.Reason = ActionWait, ReasonPending
		return d
	case policy.Mode == ModeOnDemand && p.due(a, FeatureOwnership):
		if bought := p.buy(d, ActionRefresh, whyDue(a.OwnershipRefresh), a); bought.Action != ActionSkip || !isNew {
			return bought
		}
	}
	switch {
	case isNew:
		return p.fetch(d, a)
	case policy.Mode != ModeOnDemand:
		d.Reason = ReasonOff
	default:
		d.Reason = whyNotDue(a.OwnershipRefresh)
	}
	return d
}
