package household

import (
	"fcpipe/sync/simulator/statement"
)

// distress is what the banks have charged for.
type distress struct {
	lastSignal map[int]int // day of the newest fee or returned item, by account
	lastEvent  map[int]int // its event
	lastFee    int         // day of the newest overdraft fee
}

// chained is how many days may lie between two signals of one event.
const chained = 5

// event is the number of the event that a signal of today belongs to.
func (h *Household) event(account int) int {
	if h.lastSignal == nil {
		h.lastSignal, h.lastEvent, h.lastFee = map[int]int{}, map[int]int{}, -100
	}
	last, any := h.lastSignal[account]
	if !any || h.today()-last > chained {
		h.numbers.event++
		h.lastEvent[account] = h.numbers.event
	}
	h.lastSignal[account] = h.today()
	return h.lastEvent[account]
}

// bankCharges reports whether the bank of the main account charges for overdrafts and returns what is not covered.
func (h *Household) bankCharges() bool { return len(h.accounts[0].Style.Name)%3 != 0 }

// fee charges for an item, and gives some fees back.
func (h *Household) fee(account int, kind statement.Kind, label string, item int64, told statement.Fields, event int) {
	told.Item = item
	if told.Merchant == "" {
		told.Merchant = "Debit Card"
	}
	if told.Company == "" {
		told.Company = "ACH DEBIT"
	}
	amount := []int64{3_500, 3_400, 3_600, 2_900, 1_500}[len(h.accounts[account].Style.Name)%5]
	charged := h.enter(account, kind, -amount, told, Meaning{Label: label, FeeEvent: event})
	if h.chance(25) {
		h.after(int(h.between(2, 12)), func() {
			h.enter(account, statement.FeeReversal, amount, told,
				Meaning{Label: "adj.fee_reversal", ReversalOf: charged.Number})
		})
	}
}

// charge is what banks do at the end of a day.
func (h *Household) charge() {
	date := h.date()
	last := date.AddDate(0, 0, 1).Day() == 1
	if h.balance[0] < 0 && isBusiness(date) {
		h.overdrawn()
	}
	if last && h.person%7 == 1 {
		h.enter(0, statement.Maintenance, -1_200, statement.Fields{}, Meaning{Label: "fee.maintenance"})
	}
	if last {
		for _, savings := range h.of("savings") {
			if earned := h.balance[savings] / 1200; earned > 0 {
				h.enter(savings, statement.InterestEarned, earned, statement.Fields{},
					Meaning{Label: "income.interest"})
			}
		}
	}
}

// overdrawn: savings at the same bank cover it, or the bank charges, at most twice a week.
func (h *Household) overdrawn() {
	for _, savings := range h.of("savings") {
		short := -h.balance[0]
		if h.protects && h.accounts[savings].Style == h.accounts[0].Style && h.balance[savings] > short+2_000 {
			h.numbers.transfer++
			amount := (short + 4_999) / 5_000 * 5_000
			if amount > h.balance[savings] {
				amount = short
			}
			h.enter(savings, statement.ProtectionOut, -amount, h.other(0),
				Meaning{Label: "xfer.own_out", Transfer: h.numbers.transfer})
			h.enter(0, statement.ProtectionIn, amount, h.other(savings),
				Meaning{Label: "xfer.own_in", Transfer: h.numbers.transfer})
			return
		}
	}
	if !h.bankCharges() || h.lastSignal != nil && h.today()-h.lastFee < 3 {
		return
	}
	event := h.event(0)
	h.lastFee = h.today()
	h.fee(0, statement.Overdraft, "fee.overdraft", -h.balance[0], statement.Fields{}, event)
}
