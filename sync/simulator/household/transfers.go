package household

import (
	"fcpipe/sync/simulator/statement"
)

// move is money between the household's own accounts: put aside after payday, filled up, or at a whim.
func (h *Household) move() {
	date := h.date()
	savings, spare := h.of("savings"), h.of("checking")
	if day := 1 + h.person%27; date.Day() == day && h.aside > 0 {
		for i, to := range savings {
			if amount := h.aside / int64(i+1) / 5000 * 5000; h.balance[0]-amount > 50_000 && amount > 0 {
				h.transfer(0, to, amount)
			}
		}
		if len(savings) == 0 && h.person%7 == 3 {
			h.sendElsewhere(h.aside / 5000 * 5000)
		}
	}
	for _, to := range spare {
		if (date.Day() == 3 || date.Day() == 17) && h.balance[0] > 90_000 {
			h.transfer(0, to, h.between(2, 12)*2500)
		}
	}
	for _, from := range savings {
		if h.balance[0] < 30_000 && h.balance[from] > 40_000 && h.chance(35) {
			h.transfer(from, 0, h.between(2, 8)*5000)
		}
	}
	if others := append(savings, spare...); len(others) > 0 && h.perMille(45) {
		h.whim(others[h.next()%uint64(len(others))])
	}
}

// whim moves a round or an odd amount, sometimes twice the same within days.
func (h *Household) whim(other int) {
	from, to := 0, other
	if h.chance(40) {
		from, to = other, 0
	}
	amount := []int64{2_000, 5_000, 10_000, 10_000, 20_000, 25_000, 50_000}[h.next()%7]
	if h.chance(30) {
		amount = h.between(1_500, 60_000)
	}
	if h.balance[from]-amount < 20_000 {
		return
	}
	h.transfer(from, to, amount)
	if h.chance(12) {
		h.after(int(h.between(1, 3)), func() {
			if h.balance[from] > amount {
				h.transfer(from, to, amount)
			}
		})
	}
}

// transfer moves money between two accounts: at one bank on one day, else by ACH, which either bank began.
func (h *Household) transfer(from, to int, amount int64) {
	if amount <= 0 {
		return
	}
	h.numbers.transfer++
	leaves := Meaning{Label: "xfer.own_out", Transfer: h.numbers.transfer}
	comes := Meaning{Label: "xfer.own_in", Transfer: h.numbers.transfer}
	a, b := h.accounts[from].Style, h.accounts[to].Style
	switch way := h.next() % 100; {
	case a == b:
		h.enter(from, statement.TransferOut, -amount, h.other(to), leaves)
		h.enter(to, statement.TransferIn, amount, h.other(from), comes)
	case way < 4: // to oneself, as to another
		self := statement.Fields{Person: h.self}
		h.enter(from, statement.ZelleOut, -amount, self, leaves)
		h.enter(to, statement.ZelleIn, amount, self, comes)
	case way < 60:
		h.enter(from, statement.ExternalOut, -amount, h.other(to), leaves)
		h.after(int(h.between(1, 3)), func() { h.enter(to, statement.Credit, amount, sent(a.ACH), comes) })
	case way < 85:
		h.enter(from, statement.Debit, -amount, sent(b.ACH), leaves)
		h.after(int(h.between(1, 2)), func() { h.enter(to, statement.ExternalIn, amount, h.other(from), comes) })
	default: // the other bank shows it at once
		h.enter(to, statement.ExternalIn, amount, h.other(from), comes)
		h.after(1, func() { h.enter(from, statement.Debit, -amount, sent(b.ACH), leaves) })
	}
}

// sendElsewhere puts money into an account that is not shared.
func (h *Household) sendElsewhere(amount int64) {
	if amount <= 0 || h.balance[0]-amount < 50_000 {
		return
	}
	banks := h.set.Banks(false)
	told := statement.Fields{
		Bank: banks[h.x%uint64(len(banks))], Other: "savings",
		Other4: h.accounts[0].Last4[2:] + h.accounts[0].Last4[:2],
	}
	h.enter(0, statement.ExternalOut, -amount, told, Meaning{Label: "xfer.own_unlinked_out"})
}

const statementDay = 24

// payCards pays each card on its day: the balance, or the least that is asked for; now and then a round sum more.
func (h *Household) payCards() {
	date := h.date()
	for _, card := range h.of("credit_card") {
		owed := -h.balance[card]
		if date.Day() == statementDay && owed > 20_000 && h.tight {
			h.enter(card, statement.Interest, -owed/60, statement.Fields{}, Meaning{Label: "fee.interest"})
		}
		due := 2 + (h.person*5+card*11)%20
		switch {
		case date.Day() == due && owed > 500:
			h.payCard(card, owed)
		case !h.tight && owed > 30_000 && h.perMille(12) && h.balance[0] > 60_000:
			h.payCard(card, h.between(1, 5)*5_000)
		}
	}
}

func (h *Household) payCard(card int, amount int64) {
	if h.tight || h.balance[0]-amount < 15_000 {
		amount = min(amount, max(3_500, amount/20))
	}
	if h.chance(3) {
		h.after(int(h.between(2, 5)), func() {
			h.enter(card, statement.LateFee, -h.between(25, 40)*100, statement.Fields{}, Meaning{Label: "fee.late"})
		})
		return
	}
	if h.balance[0]-amount < -20_000 {
		return
	}
	means := Meaning{Label: "xfer.own_card_payment"}
	told := h.other(0)
	if (h.person+card)%16 == 5 { // from an account that is not shared
		h.enter(card, statement.CardPaymentIn, amount, told, means)
		return
	}
	h.numbers.payment++
	means.CardPayment = h.numbers.payment
	a, b := h.accounts[0].Style, h.accounts[card].Style
	if a == b {
		h.enter(0, statement.CardPaymentOut, -amount, h.other(card), means)
		h.enter(card, statement.CardPaymentIn, amount, told, means)
		return
	}
	pays := func() { h.enter(0, statement.Debit, -amount, sent(b.CardACH), means) }
	arrives := func() { h.enter(card, statement.CardPaymentIn, amount, told, means) }
	if h.chance(35) { // the card shows it first
		arrives()
		h.after(int(h.between(1, 2)), pays)
		return
	}
	pays()
	h.after(int(h.between(1, 3)), arrives)
}
