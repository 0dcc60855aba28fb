package plan

// ownership decides about an account's owners. An ownership snapshot never changes: its owners are
// read once, whoever asked for it.
func (p *planner) ownership(a Account) Decision {
	d, policy := skip(a, FeatureOwnership), p.facts.Policy.Ownership
	switch reason := Unusable(a.Account, FeatureOwnership); {
	case reason == ReasonInactive && a.NewOwners:
		return p.fetch(d, a)
	case reason != "":
		d.Reason = reason
		return d
	case IsPending(a.OwnershipRefresh):
		d.Action, d.Reason = ActionWait, ReasonPending
		return d
	case policy.Mode == ModeOnDemand && p.due(a, FeatureOwnership):
		if bought := p.buy(d, ActionRefresh, whyDue(a.OwnershipRefresh), a); bought.Buys() || !a.NewOwners {
			return bought
		}
	}
	switch {
	case a.NewOwners:
		return p.fetch(d, a)
	case policy.Mode != ModeOnDemand:
		d.Reason = ReasonOff
	default:
		d.Reason = whyNotDue(a.OwnershipRefresh)
	}
	return d
}
