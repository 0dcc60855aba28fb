package household

import (
	"fmt"

	"fcpipe/sync/simulator/draw"
	"fcpipe/sync/simulator/statement"
)

// enter writes a line of an account today. What cards pay is authorised first, and a few of these come to nothing.
func (h *Household) enter(
	account int, kind statement.Kind, amount int64, told statement.Fields, means Meaning,
) Entry {
	a := &h.accounts[account]
	h.numbers.entry++
	told.Date, told.Holder = h.date(), h.holder
	told.Card4 = fmt.Sprintf("%04d", draw.Of(h.seed, h.person, "card", int64(account))%10_000)
	e := Entry{
		Meaning: means, Number: h.numbers.entry, Authorised: amount, Amount: amount, Direct: true,
		Text: a.Style.Text(kind, h.isCard(account), h.next(), &told),
	}
	if kind == statement.Purchase || kind == statement.Recurring || kind == statement.PIN {
		e.Direct = false
		h.authorise(&e, kind)
	}
	if !e.Void {
		h.balance[account] += e.Amount
	}
	h.days[h.today()][account] = append(h.days[h.today()][account], e)
	return e
}

// authorise is what is known of a purchase before it posts: without the tip, a guess at the pump.
func (h *Household) authorise(e *Entry, kind statement.Kind) {
	switch {
	case kind == statement.Purchase && h.perMille(15):
		e.Void = true
	case e.Label == "food.restaurant" && h.chance(50):
		e.Authorised = e.Amount * 100 / h.between(110, 125)
	case e.Label == "transport.fuel" && h.chance(60):
		e.Authorised = -[]int64{100, 12_500, 17_500}[h.next()%3]
	}
}

// tell is what a merchant's form tells at the household's place.
func (h *Household) tell(m *statement.Merchant, form, store int) (told statement.Fields) {
	first, last := h.set.Person(h.next())
	m.Forms[form].Tell(m, statement.Place{
		City: h.home.Name, State: h.home.State, Date: h.date(), Person: first + " " + last,
		Store: draw.Of(h.seed, h.person, m.Name, int64(store)),
	}, h.next(), &told)
	return told
}

// other are the fields of a transfer: what stands on the other side.
func (h *Household) other(account int) statement.Fields {
	a := h.accounts[account]
	kind := map[string]string{"savings": "savings", "credit_card": "card"}[a.Kind]
	if kind == "" {
		kind = "checking"
	}
	return statement.Fields{Other4: a.Last4, Other: kind, Bank: a.Style.Name}
}

// sent are the fields of an ACH entry that a bank made.
func sent(by statement.Originator) statement.Fields {
	return statement.Fields{Company: by.Company, Entry: by.Entry, CompanyID: by.ID, Class: "WEB"}
}
