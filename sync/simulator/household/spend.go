package household

import (
	"strings"

	"fcpipe/sync/simulator/statement"
)

// habits are where a household buys, and whom it knows.
type habits struct {
	chains  []*statement.Merchant
	local   []*statement.Merchant
	friends []string
	spent   int64 // this month
}

// choose draws the habits.
func (h *Household) choose(shops []*statement.Merchant, town int) {
	for range 14 {
		h.chains = append(h.chains, h.set.Pick(statement.Street, h.next()))
	}
	for _, shop := range shops {
		if shop.Town == town {
			h.local = append(h.local, shop)
		}
	}
	for range 6 {
		first, last := h.set.Person(h.next())
		h.friends = append(h.friends, first+" "+last)
	}
}

// shop buys what a day needs, within what a month allows.
func (h *Household) shop() {
	if h.date().Day() == 1 {
		h.spent = 0
	}
	for range h.between(0, 4) {
		if m := h.where(); m != nil {
			h.buy(m)
		}
	}
	if h.person%11 == 4 && h.perMille(220) {
		h.buy(h.set.Pick(statement.Gamble, h.next()))
	}
	if h.person%6 == 2 && h.perMille(25) {
		h.instalments()
	}
}

func (h *Household) where() *statement.Merchant {
	switch at := h.next() % 100; {
	case at < 46:
		return h.chains[h.next()%uint64(len(h.chains))]
	case at < 62:
		return h.set.Pick(statement.Street, h.next())
	case at < 80:
		return h.set.Pick(statement.Online, h.next())
	case len(h.local) > 0:
		local := min(len(h.local), 10)
		if h.chance(25) {
			local = len(h.local)
		}
		return h.local[(uint64(h.person)+h.next()%uint64(local))%uint64(len(h.local))]
	}
	return nil
}

// price is in the lower part of the range mostly.
func (h *Household) price(m *statement.Merchant) int64 {
	a, b := h.between(m.Low, m.High), h.between(m.Low, m.High)
	return min(a, b)
}

func (h *Household) buy(m *statement.Merchant) {
	price, account := h.price(m), 0
	if cards := h.of("credit_card"); len(cards) > 0 && h.chance(60) {
		account = cards[h.next()%uint64(len(cards))]
	} else if spare := h.of("checking"); len(spare) > 0 && h.chance(20) {
		account = spare[0]
	}
	if h.spent+price > h.budget || !h.affords(account, price) {
		return
	}
	kind := statement.Purchase
	if m.Way == statement.Street && !h.isCard(account) && h.chance(25) {
		kind = statement.PIN
	}
	form := int(h.next() % uint64(len(m.Forms)))
	told := h.tell(m, form, int(h.next()%2))
	abroad := m.Town >= 0 && h.perMille(12)
	if abroad {
		told.City, told.State = "Cancun", "MX"
	}
	e := h.enter(account, kind, -price, told, Meaning{Label: m.Label, Merchant: m.Name})
	if e.Void {
		return
	}
	h.spent += price
	if abroad {
		h.after(1, func() {
			h.enter(account, statement.ForeignFee, -price*3/100, told, Meaning{Label: "fee.foreign"})
		})
	}
	if isReturnable(m) && h.chance(6) {
		h.giveBack(account, m, told, e)
	}
}

func (h *Household) affords(account int, price int64) bool {
	switch {
	case h.isCard(account):
		return price-h.balance[account] < h.limit
	case h.tight && account == 0:
		return h.balance[0]-price > -14_000
	}
	return h.balance[account]-price > 6_000
}

func isReturnable(m *statement.Merchant) bool {
	return strings.HasPrefix(m.Label, "shopping.") || strings.HasPrefix(m.Label, "home.") ||
		strings.HasPrefix(m.Label, "travel.")
}

// giveBack refunds a purchase some days later, the whole of it or a part.
func (h *Household) giveBack(account int, m *statement.Merchant, told statement.Fields, bought Entry) {
	amount := -bought.Amount
	if h.chance(35) {
		amount = max(amount*h.between(15, 90)/100, 100)
	}
	h.after(int(h.between(4, 24)), func() {
		h.enter(account, statement.Refund, amount, told, Meaning{
			Label: "adj.refund", Merchant: m.Name, RefundOf: bought.Number,
		})
	})
}

// instalments pay a purchase in four parts.
func (h *Household) instalments() {
	m := h.set.Pick(statement.Instalments, h.next())
	form, part := int(h.next()%uint64(len(m.Forms))), h.price(m)
	kind := statement.Recurring
	if m.Forms[form].ByACH {
		kind = statement.Debit
	}
	means := Meaning{Label: m.Label, Merchant: m.Name, Stream: h.stream("instalments", biweekly, m.Name)}
	for n := range 4 {
		pays := func() { h.enter(0, kind, -part, h.tell(m, form, 0), means) }
		if n == 0 {
			pays()
			continue
		}
		h.later[h.today()+14*n] = append(h.later[h.today()+14*n], pays)
	}
}
