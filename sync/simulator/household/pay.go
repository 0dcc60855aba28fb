package household

import (
	"fcpipe/sync/simulator/statement"
)

// earn is what comes regularly.
func (h *Household) earn() {
	for _, r := range h.income {
		if !r.isDue(h.date()) {
			continue
		}
		amount := h.varied(r)
		means := Meaning{Label: r.label, Merchant: r.merchant.Name, Stream: r.stream}
		if aside := amount * r.split / 100; aside > 0 {
			h.enter(h.of("savings")[0], statement.Credit, aside, h.tell(r.merchant, r.form, 0), means)
			amount -= aside
		}
		h.enter(0, statement.Credit, amount, h.tell(r.merchant, r.form, 0), means)
	}
}

// varied is what is paid this time.
func (h *Household) varied(r *regular) int64 {
	amount := r.priced(h.date())
	if r.varies > 0 {
		amount = amount * h.between(1000-10*r.varies, 1000+10*r.varies) / 1000
	}
	return amount
}

// pay is what is due.
func (h *Household) pay() {
	for _, r := range h.fixed {
		if r.isDue(h.date()) {
			h.payOne(r)
		}
	}
}

func (h *Household) payOne(r *regular) {
	amount := h.varied(r)
	means := Meaning{Label: r.label, Stream: r.stream}
	var told statement.Fields
	if r.merchant != nil {
		means.Merchant, told = r.merchant.Name, h.tell(r.merchant, r.form, 0)
	}
	told.Person = r.person
	if r.rail == statement.Check {
		h.numbers.check++
		told.Check = h.numbers.check
	}
	bounces := r.account == 0 && h.balance[0]-amount < -h.covered
	switch {
	case bounces && r.rail == statement.Debit && h.bankCharges():
		h.bounce(r, amount, told, means)
	case bounces: // they call, and pay late
		h.after(int(h.between(3, 8)), func() {
			if h.balance[0]-amount > -h.covered {
				h.enter(r.account, r.rail, -amount, told, means)
			}
		})
	default:
		h.enter(r.account, r.rail, -amount, told, means)
	}
}

// bounce presents a debit that the bank returns for want of funds, with a fee, and that is presented again.
func (h *Household) bounce(r *regular, amount int64, told statement.Fields, means Meaning) {
	first := means
	first.Stream = 0 // what stands is the payment that goes through
	returned := h.enter(0, statement.Debit, -amount, told, first)
	h.after(1, func() {
		event := h.event(0)
		h.enter(0, statement.ReturnedItem, amount, told, Meaning{
			Label: "adj.returned_item", ReturnOf: returned.Number, FeeEvent: event,
		})
		h.fee(0, statement.NSF, "fee.nsf", amount, told, event)
		h.after(int(h.between(2, 4)), func() {
			again := told
			again.Entry = "RETRY PYMT"
			retry := means
			retry.RetryOf, retry.FeeEvent = returned.Number, h.event(0)
			h.enter(0, statement.Debit, -amount, again, retry)
		})
	})
}
