package household

import (
	"fcpipe/sync/simulator/statement"
)

// help is money between people, cash and checks, and what comes once.
func (h *Household) help() {
	h.friendsPay()
	h.cash()
	h.once()
	h.advance()
}

// rounded is an amount as people name it.
func (h *Household) rounded() int64 {
	if h.chance(30) {
		return h.between(600, 18_000)
	}
	return []int64{1_000, 2_000, 2_500, 4_000, 5_000, 6_000, 10_000, 15_000, 20_000}[h.next()%9]
}

func (h *Household) friend() statement.Fields {
	return statement.Fields{Person: h.friends[h.next()%uint64(len(h.friends))]}
}

func (h *Household) friendsPay() {
	amount := h.rounded()
	in := Meaning{Label: "xfer.p2p_in"}
	account := 0
	if spare := h.of("checking"); len(spare) > 0 && h.chance(40) {
		account = spare[0]
	}
	switch at := h.next() % 1000; {
	case at < 28:
		if h.balance[0]-amount > 10_000 {
			h.enter(0, statement.ZelleOut, -amount, h.friend(), Meaning{Label: "xfer.p2p_out"})
		}
	case at < 46:
		h.enter(account, statement.ZelleIn, amount, h.friend(), in)
	case at < 74:
		h.byApp(statement.App, -amount)
	case at < 88:
		h.byApp(statement.AppIn, amount)
	case at < 89 && h.balance[0] > 400_000:
		h.enter(0, statement.WireOut, -h.between(5, 20)*10_000, h.friend(), Meaning{Label: "xfer.wire_out"})
	case at < 90:
		h.enter(0, statement.WireIn, h.between(5, 30)*10_000, h.friend(), Meaning{Label: "xfer.wire_in"})
	}
}

// byApp pays, or cashes out, through an app: an ACH entry, or a purchase of the app.
func (h *Household) byApp(way statement.Way, amount int64) {
	m := h.set.Pick(way, h.next())
	form := int(h.next() % uint64(len(m.Forms)))
	kind := statement.Purchase
	switch {
	case m.Forms[form].ByACH && amount > 0:
		kind = statement.Credit
	case m.Forms[form].ByACH:
		kind = statement.Debit
	}
	if h.balance[0]+amount > 10_000 {
		h.enter(0, kind, amount, h.tell(m, form, 0), Meaning{Label: m.Label})
	}
}

func (h *Household) cash() {
	town := statement.Fields{City: h.home.Name, State: h.home.State, Merchant: "ATM " + h.home.Name}
	switch at := h.next() % 1000; {
	case at < 60:
		amount := h.between(1, 15) * 2_000
		if h.balance[0]-amount < 15_000 {
			return
		}
		h.enter(0, statement.ATM, -amount, town, Meaning{Label: "xfer.cash_withdrawal"})
		if h.chance(20) {
			h.enter(0, statement.ATMFee, -h.between(250, 350), town, Meaning{Label: "fee.atm"})
		}
	case at < 66:
		h.enter(0, statement.CashDeposit, h.between(2, 40)*1_000, town, Meaning{Label: "xfer.cash_deposit"})
	case at < 78:
		h.enter(0, statement.CheckDeposit, h.between(2_500, 60_000), town, Meaning{Label: "xfer.check_deposit"})
	case at < 92:
		if amount := h.between(2_500, 45_000); h.balance[0]-amount > 30_000 {
			h.numbers.check++
			h.enter(0, statement.Check, -amount, statement.Fields{Check: h.numbers.check},
				Meaning{Label: "xfer.check_out"})
		}
	}
}

// once is the tax: given back to some, asked of others.
func (h *Household) once() {
	refundDay := 20 + int(h.x%120)
	if h.today() != refundDay {
		return
	}
	way, sign := statement.TaxRefund, int64(1)
	if h.x>>20%10 >= 4 {
		way, sign = statement.TaxPayment, -1
		if h.x>>30%10 != 3 || h.tight {
			return
		}
	}
	m := h.set.Pick(way, h.next())
	kind := statement.Credit
	if sign < 0 {
		kind = statement.Debit
	}
	h.enter(0, kind, sign*h.price(m), h.tell(m, 0, 0), Meaning{Label: m.Label, Merchant: m.Name})
}

// advance is part of the wage before payday, paid back with a little more after it.
func (h *Household) advance() {
	if !h.tight || h.person%5 > 1 || h.balance[0] > 25_000 || !h.perMille(90) {
		return
	}
	m := h.set.Pick(statement.Advance, h.x)
	form, amount := int(h.x>>9%uint64(len(m.Forms))), h.between(m.Low/1000, m.High/1000)*1000
	h.enter(0, statement.Credit, amount, h.tell(m, form, 0), Meaning{Label: "fin_in.ewa", Merchant: m.Name})
	h.after(int(h.between(6, 14)), func() {
		h.enter(0, statement.Debit, -amount-h.between(2, 7)*100, h.tell(m, form, 0),
			Meaning{Label: "fin_out.ewa", Merchant: m.Name})
	})
}
