package plan

import "time"

// maxDrift is how far this machine's clock may be off before nothing is bought.
const maxDrift = 5 * time.Minute

// buy decides on a purchase: whether it is allowed and within budget, and at what cost.
func (p *planner) buy(d Decision, action, reason string, a Account) Decision {
	cost, key := p.cost(a, d.Feature)
	if a.Features[d.Feature].Unanswered {
		reason = ReasonNotConfirmed
	}
	if refusal := p.refusal(a, d.Feature, cost); refusal != "" {
		d.Reason = refusal
		if refusal == ReasonOverBudget {
			p.leave(d.Feature, cost)
		}
		return d
	}
	p.charged[key] = key != ""
	d.Action, d.Reason, d.Requests, d.CostMicroUSD = action, reason, 1, cost
	return d
}

// cost is what a refresh of a feature adds to this month, and the key of its charge; "" for features
// that are billed for each refresh.
func (p *planner) cost(a Account, feature string) (amount int64, key string) {
	prices := p.facts.Policy.Prices
	if feature != FeatureTransactions {
		return prices.Refresh(feature), ""
	}
	key = MonthChargeKey(a.Account, p.facts.Now)
	if p.charged[key] || p.facts.Charged[key] {
		return 0, key
	}
	return prices.TransactionsMonth, key
}

// refusal is the reason why a purchase may not be made; "" when it may.
func (p *planner) refusal(a Account, feature string, cost int64) string {
	policy, planned := p.facts.Policy, p.plan.CostMicroUSD+cost
	switch {
	case a.Features[feature].Unread:
		return ReasonNotRead
	case p.facts.Livemode && policy.MaxPerMonth == nil:
		return ReasonBudgetNotSet
	case p.facts.Drift > maxDrift:
		return ReasonClockDrift
	case over(policy.MaxPerRun, planned), over(policy.MaxPerMonth, p.facts.SpentMonth+planned):
		return ReasonOverBudget
	}
	return ""
}

// Limits of the configuration that leave due work undone.
const (
	LimitMonth = "budget.max_usd_per_month"
	LimitRun   = "budget.max_usd_per_run"
	LimitReads = "stripe.reads_per_30_days"
)

// Limited counts accounts for which a budget leaves a purchase undone.
type Limited struct {
	Limit    string `json:"limit"` // one of the constants Limit…
	Feature  string `json:"feature,omitempty"`
	Accounts int64  `json:"accounts"`
}

// leave notes that a budget leaves a purchase undone: that of the month, where it is the one that lasts.
func (p *planner) leave(feature string, cost int64) {
	limit := LimitRun
	if over(p.facts.Policy.MaxPerMonth, p.facts.SpentMonth+p.plan.CostMicroUSD+cost) {
		limit = LimitMonth
	}
	p.plan.Blocked = true
	for i, l := range p.plan.Limited {
		if l.Limit == limit && l.Feature == feature {
			p.plan.Limited[i].Accounts++
			return
		}
	}
	p.plan.Limited = append(p.plan.Limited, Limited{limit, feature, 1})
}

func over(limit *int64, amount int64) bool { return limit != nil && amount > *limit }
