package synctest

import (
	"cmp"
	"math"
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
		if bought.Kind == "transactions_month" {
			continue
		}
		month := monthOf(bought)
		spent := int64(0)
		for _, charge := range charges[:i+1] {
			if monthOf(charge) == month && h.hiddenUntil[charge.Account] <= bought.At {
				spent += h.Prices[charge.Kind]
			}
		}
		if spent > *h.PerMonth {
			h.Breaks("I15", n, "the %s of %s takes %s to %d, its budget is %d", bought.Kind, bought.Account, month,
				spent, *h.PerMonth)
		}
	}
}

func monthOf(c simulator.Charge) string { return time.Unix(c.At, 0).UTC().Format("2006-01") }
