package synctest

import (
	"cmp"
	"slices"
	"time"

	"fcpipe/sync/simulator"
)

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

// WithinBudget is the month's limit: no refresh is bought that takes a month, as Stripe bills
// it, beyond it. What holders cause by linking again afterwards is not bought.
func (h *History) WithinBudget(n int) {
	if h.PerMonth == nil {
		return
	}
	charges, spent := h.Server.Meter().Charges, map[string]int64{}
	slices.SortStableFunc(charges, func(a, b simulator.Charge) int { return cmp.Compare(a.At, b.At) })
	for _, charge := range charges {
		m := time.Unix(charge.At, 0).UTC().Format("2006-01")
		if spent[m] += h.Prices[charge.Kind]; spent[m] > *h.PerMonth && charge.Kind != "transactions_month" {
			h.Breaks("I15", n, "the %s of %s takes %s to %d, its budget is %d", charge.Kind, charge.Account, m,
				spent[m],
				*h.PerMonth)
		}
	}
}
