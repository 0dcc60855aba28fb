package synctest

import (
	"cmp"
	"math"
	"slices"
	"time"

	"fcpipe/sync/plan"
	"fcpipe/sync/simulator"
)

// prices are those of every history, in millionths of a US dollar by the kind of a charge.
var prices = map[string]int64{
	plan.FeatureBalance: 100_000, plan.FeatureOwnership: 1_500_000, plan.ChargeTransactionsMonth: 300_000,
}

// SetPolicy makes a policy that of the history: what it sets, its rules rely on.
func (h *History) SetPolicy(p *plan.Policy) {
	p.Prices = plan.Prices{
		Balance: prices[plan.FeatureBalance], Ownership: prices[plan.FeatureOwnership],
		TransactionsMonth: prices[plan.ChargeTransactionsMonth],
	}
	p.MaxPerMonth, p.Wait, p.Deadline, p.AuditEvery = h.PerMonth, time.Minute, LongestRound, 72*time.Hour
	p.Balance.Every = 20 * time.Hour
	p.Ownership, p.KeepOwners = plan.FeaturePolicy{Mode: plan.ModeOnDemand, Every: 70 * time.Hour}, true
	if h.Calm {
		p.Balance.Mode = plan.ModeOnChange
	}
}

// SetLastPolicy makes a policy that of the last round: it buys nothing and keeps owners.
func SetLastPolicy(p *plan.Policy) {
	p.Transactions.Mode, p.Balance.Mode, p.Ownership.Mode = plan.ModeOff, plan.ModeOff, plan.ModeOff
	p.KeepOwners = true
}

// oncePerWindow is I14: an account's balance, and its owners, are paid for at most once in their
// intervals, less what may be missing of one and the hour a round takes.
func (h *History) oncePerWindow(n int) {
	last := map[string]int64{}
	for _, charge := range h.Server.Meter().Charges {
		window, isRefresh := map[string]time.Duration{
			"balance":   16 * time.Hour,
			"ownership": 65 * time.Hour,
		}[charge.Kind]
		if !isRefresh {
			continue
		}
		what := charge.Kind + " of " + charge.Account
		if before, known := last[what]; known && charge.At-before < int64(window/time.Second) {
			h.Breaks("I14", n, "%s paid twice within %d s", what, charge.At-before)
		}
		last[what] = charge.At
	}
}

// noteListed notes after a round which accounts its lists named, and which ones no round has been shown yet.
func (h *History) noteListed(began time.Time, listed bool) {
	unlisted := h.Server.Truth().Unlisted
	for _, id := range h.Server.Accounts() {
		_, wasHidden := h.hiddenUntil[id]
		switch {
		case h.known[id]:
		case slices.Contains(unlisted, id):
			h.hiddenUntil[id] = math.MaxInt64
		case listed:
			if h.known[id] = true; wasHidden {
				h.hiddenUntil[id] = began.Unix()
			}
		}
	}
}

// WithinBudget is the month's limit: no refresh is bought that takes a month, as Stripe bills
// it, beyond it. What holders cause by linking again afterwards is not bought, and what Stripe
// bills for an account that no list had named yet cannot be counted.
func (h *History) WithinBudget(n int) {
	if h.PerMonth == nil {
		return
	}
	charges := h.Server.Meter().Charges
	slices.SortStableFunc(charges, func(a, b simulator.Charge) int { return cmp.Compare(a.At, b.At) })
	for i, bought := range charges {
		if bought.Kind == plan.ChargeTransactionsMonth {
			continue
		}
		month := monthOf(bought)
		spent := int64(0)
		for _, charge := range charges[:i+1] {
			if monthOf(charge) == month && h.hiddenUntil[charge.Account] <= bought.At {
				spent += prices[charge.Kind]
			}
		}
		if spent > *h.PerMonth {
			h.Breaks("I15", n, "the %s of %s takes %s to %d, its budget is %d", bought.Kind, bought.Account, month,
				spent, *h.PerMonth)
		}
	}
}

func monthOf(c simulator.Charge) string { return time.Unix(c.At, 0).UTC().Format("2006-01") }
