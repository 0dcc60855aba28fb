package sync

import (
	"cmp"
	"slices"
	"time"

	"fcpipe/sync/plan"
	"fcpipe/sync/simulator"
)

// oncePerWindow is I14: an account's balance, and its owners, are paid for at most once in their
// intervals, less what may be missing of one and the hour a round takes.
func (h *history) oncePerWindow(n int) {
	last := map[string]int64{}
	for _, charge := range h.server.Meter().Charges {
		window, isRefresh := map[string]time.Duration{plan.FeatureBalance: 16 * time.Hour, plan.FeatureOwnership: 65 * time.Hour}[charge.Kind]
		if !isRefresh {
			continue
		}
		what := charge.Kind + " of " + charge.Account
		if before, known := last[what]; known && charge.At-before < int64(window/time.Second) {
			h.breaks("I14", n, "%s paid twice within %d s", what, charge.At-before)
		}
		last[what] = charge.At
	}
}

// withinBudget is the month's limit: no refresh is bought that takes a month, as Stripe bills
// it, beyond it. What holders cause by linking again afterwards is not bought.
func (h *history) withinBudget(n int) {
	if h.perMonth == nil {
		return
	}
	charges, spent := h.server.Meter().Charges, map[string]int64{}
	slices.SortStableFunc(charges, func(a, b simulator.Charge) int { return cmp.Compare(a.At, b.At) })
	prices := h.syncer().options.Policy.Prices
	for _, charge := range charges {
		m := plan.Month(time.Unix(charge.At, 0))
		price := prices.TransactionsMonth
		if bought := prices.Refresh(charge.Kind); bought > 0 {
			price = bought
		}
		if spent[m] += price; spent[m] > *h.perMonth && charge.Kind != "transactions_month" {
			h.breaks("I15", n, "the %s of %s takes %s to %d, its budget is %d", charge.Kind, charge.Account, m, spent[m], *h.perMonth)
		}
	}
}
