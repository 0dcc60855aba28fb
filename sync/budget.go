package sync

import (
	"strings"
	"time"

	"fcpipe/schema"
)

// maxDrift is how far the clock may be off before nothing is bought.
const maxDrift = 5 * time.Minute

// buy decides on a purchase: allowed, within budget, at what cost.
func (p *planner) buy(d Decision, action, reason string, a schema.Account) Decision {
	o := p.facts.options
	cost, key := o.Prices.refresh(d.Feature), ""
	if d.Feature == FeatureTransactions {
		if cost, key = o.Prices.TransactionsMonth, monthChargeKey(a, p.facts.now); p.charged[key] || p.facts.charged(key) {
			cost = 0
		}
	}
	if p.facts.open[d.AccountID+d.Feature] {
		reason = ReasonNotConfirmed
	}
	switch {
	case p.facts.unread[d.AccountID], p.facts.unread[d.AccountID+d.Feature]:
		d.Reason = ReasonNotRead
	case o.Stripe.Key.Livemode() && o.MaxPerMonth == nil:
		d.Reason = ReasonBudgetNotSet
	case p.facts.drift > maxDrift:
		d.Reason = ReasonClockDrift
	case over(o.MaxPerRun, p.plan.CostMicroUSD+cost), over(o.MaxPerMonth, p.facts.spentMonth+p.plan.CostMicroUSD+cost):
		d.Reason = ReasonOverBudget
		p.plan.Blocked = true
	default:
		p.charged[key] = key != ""
		d.Action, d.Reason, d.Requests, d.CostMicroUSD = action, reason, 1, cost
	}
	return d
}

// warnOfBudget says once in a round that a live key buys nothing yet.
func (r *round) warnOfBudget() {
	held := 0
	for _, d := range r.report.Plan.Decisions {
		if d.Reason == ReasonBudgetNotSet {
			held++
		}
	}
	if held > 0 {
		r.syncer.options.Log.Warn(Explain(ReasonBudgetNotSet)+"; what is there is read", "refreshes_held_back", held)
	}
}

func over(limit *int64, amount int64) bool { return limit != nil && amount > *limit }

// monthChargeKey names what Stripe bills for transactions: once per institution, holder and UTC month.
// An account whose holder is not stated is billed as that of a holder of its own; an institution that
// is not stated is one of its own.
func monthChargeKey(a schema.Account, at time.Time) string {
	holder := a.AccountID
	if a.HolderID != nil {
		holder = *a.HolderID
	}
	return strings.Join([]string{"transactions_month", holder, a.InstitutionName, month(at)}, "|")
}

// refreshChargeKey names what Stripe bills for balances and owners: every refresh that succeeds.
func refreshChargeKey(feature, accountID string, attemptedAt time.Time) string {
	return strings.Join([]string{feature, accountID, attemptedAt.UTC().Format(time.RFC3339)}, "|")
}

// billedByRefresh are the features Stripe bills for each refresh.
var billedByRefresh = []string{FeatureBalance, FeatureOwnership}

// refresh is what one refresh of a feature costs; nothing for transactions, billed by month.
func (p Prices) refresh(feature string) int64 {
	return map[string]int64{FeatureBalance: p.Balance, FeatureOwnership: p.Ownership}[feature]
}

func month(at time.Time) string { return at.UTC().Format("2006-01") }

func startOfMonth(at time.Time) time.Time {
	at = at.UTC()
	return time.Date(at.Year(), at.Month(), 1, 0, 0, 0, 0, time.UTC)
}

func orEmpty(text *string) string {
	if text == nil {
		return ""
	}
	return *text
}
