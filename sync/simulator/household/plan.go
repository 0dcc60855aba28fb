package household

import (
	"time"

	"fcpipe/sync/simulator/statement"
)

// regular is what is paid, or comes, again and again.
type regular struct {
	stream   int
	merchant *statement.Merchant
	form     int
	rail     statement.Kind // debit, recurring, billpay, check, zelle_out; credit for what comes
	label    string
	person   string // of a landlord who is paid by Zelle
	cadence  string
	anchor   int
	rolls    rolls
	amount   int64 // positive
	varies   int64 // percent
	account  int

	from, until time.Time // zero: always
	changes     time.Time // the price, zero: never
	changed     int64
	split       int64 // percent that goes to savings
}

// plan is what a household has agreed to.
type plan struct {
	income, fixed []*regular
	budget        int64 // for everything else, a month
	aside         int64 // to savings, a month
}

// isDue reports whether it is paid on a day.
func (r *regular) isDue(date time.Time) bool {
	return !date.Before(r.from) && (r.until.IsZero() || date.Before(r.until)) &&
		falls(r.cadence, r.anchor, r.rolls, date)
}

// perYear is how often it is paid.
func (r *regular) perYear() int64 {
	return map[string]int64{weekly: 52, biweekly: 26, semiMonthly: 24, monthly: 12, nthWeekday: 12}[r.cadence]
}

// priced is what is asked for on a day, before it varies.
func (r *regular) priced(date time.Time) int64 {
	if !r.changes.IsZero() && !date.Before(r.changes) {
		return r.changed
	}
	return r.amount
}

// settle agrees to everything regular: the costs first, then an income that carries them.
func (h *Household) settle() {
	h.house()
	h.bills()
	h.borrow()
	h.subscribe()
	h.invest()
	costs := int64(0)
	for _, r := range h.fixed {
		costs += r.amount * r.perYear() / 12
	}
	income := costs*h.between(140, 200)/100 + h.between(120_000, 260_000)
	if h.tight {
		income = costs*h.between(100, 110)/100 + h.between(30_000, 70_000)
	}
	h.employ(income)
	h.budget = (income - costs) * 8 / 10
	if h.tight { // and they spend more than that
		h.budget = (income-costs)*16/10 + 60_000
	}
	if !h.tight {
		h.aside = h.budget / h.between(4, 10)
	}
}

// agree adds a cost, paid with a form of the merchant: by ACH from the main account, or with a card.
func (h *Household) agree(kind string, m *statement.Merchant, amount int64) *regular {
	r := &regular{
		merchant: m, form: int(h.next() % uint64(len(m.Forms))), label: m.Label, amount: amount, cadence: monthly,
		anchor: int(h.between(1, 28)), stream: h.stream(kind, monthly, m.Name),
	}
	r.rail, r.rolls = statement.Debit, forward
	if !m.Forms[r.form].ByACH {
		r.rail, r.rolls = statement.Recurring, stays
		if cards := h.of("credit_card"); len(cards) > 0 && h.chance(70) {
			r.account = cards[h.next()%uint64(len(cards))]
		}
	}
	h.fixed = append(h.fixed, r)
	return r
}

// house is where they live: rented, by several ways of paying, or mortgaged.
func (h *Household) house() {
	at := h.next() % 100
	switch {
	case at < 60:
		m := h.set.Pick(statement.Rent, h.next())
		r := h.agree("rent", m, h.between(m.Low/100, m.High/100)*100)
		r.anchor = int(h.between(1, 5))
		switch way := h.next() % 100; {
		case way < 10:
			r.rail, r.label = statement.Check, "xfer.check_out"
		case way < 24:
			first, last := h.set.Person(h.next())
			r.rail, r.label, r.person = statement.ZelleOut, "xfer.p2p_out", first+" "+last
		case way < 36:
			r.rail = statement.BillPay
		}
		if r.rail == statement.Check || r.rail == statement.ZelleOut {
			r.merchant, h.Streams[r.stream-1].Merchant = nil, ""
		}
	case at < 95:
		m := h.set.Pick(statement.Mortgage, h.next())
		h.agree("mortgage", m, h.between(m.Low, m.High)).anchor = int(h.between(1, 16))
	}
}

// bills are what a home and a car ask for.
func (h *Household) bills() {
	for _, bill := range []struct {
		label   string
		percent uint64
		varies  int64
	}{
		{"utilities.energy", 88, 35},
		{"utilities.water", 45, 15},
		{"utilities.waste", 25, 0},
		{"utilities.phone", 92, 4},
		{"utilities.internet", 84, 0},
		{"services.insurance", 78, 0},
		{"services.insurance", 18, 0},
		{"services.childcare", 8, 0},
	} {
		if !h.chance(bill.percent) {
			continue
		}
		m := h.set.Pick(statement.Bill, h.next(), bill.label)
		r := h.agree("bill", m, h.between(m.Low, m.High))
		r.varies = bill.varies
		if r.rail == statement.Debit && h.chance(15) {
			r.rail = statement.BillPay
		}
	}
}

// borrow are loans, and a card elsewhere.
func (h *Household) borrow() {
	for _, loan := range []struct {
		label   string
		percent uint64
	}{{"fin_out.auto", 45}, {"fin_out.student", 28}, {"fin_out.personal_loan", 15}} {
		if h.chance(loan.percent) {
			m := h.set.Pick(statement.Loan, h.next(), loan.label)
			h.agree("loan", m, h.between(m.Low, m.High))
		}
	}
	percent := uint64(30)
	if len(h.of("credit_card")) == 0 {
		percent = 60
	}
	if h.chance(percent) {
		m := h.set.Pick(statement.CardElsewhere, h.next())
		h.agree("card", m, h.between(m.Low, m.High)).varies = 40
	}
}

// subscribe: some begin or end in the time that is seen, some change their price.
func (h *Household) subscribe() {
	taken := map[string]bool{}
	for range h.between(1, 8) {
		m := h.set.Pick(statement.Subscription, h.next())
		if taken[m.Name] {
			continue
		}
		taken[m.Name] = true
		price := int(h.next() % uint64(len(m.Prices)))
		kind := "subscription"
		if m.Label == "services.insurance" { // a premium is a bill, whichever way it is paid
			kind = "bill"
		}
		r := h.agree(kind, m, m.Prices[price])
		switch at := h.next() % 100; {
		case at < 18:
			r.from = h.start.AddDate(0, 0, int(h.between(20, 110)))
		case at < 32:
			r.until = h.start.AddDate(0, 0, int(h.between(70, 160)))
		case at < 52:
			r.changes = h.start.AddDate(0, 0, int(h.between(40, 150)))
			if r.changed = r.amount + h.between(1, 3)*100; price+1 < len(m.Prices) {
				r.changed = m.Prices[price+1]
			}
		}
	}
}

// invest puts money where it is not seen any more.
func (h *Household) invest() {
	if h.tight || !h.chance(28) {
		return
	}
	m := h.set.Pick(statement.Invest, h.next())
	h.agree("saving", m, h.between(m.Low/2500, m.High/2500)*2500+2500)
}

// employ finds an income of so much a month: wages of one or two, or benefits.
func (h *Household) employ(income int64) {
	if h.chance(9) {
		m := h.set.Pick(statement.Benefit, h.next(), "income.ben_social_security", "income.ben_public_assistance")
		h.earned("benefit", m, nthWeekday, income)
		return
	}
	earners := int64(1)
	if h.chance(35) {
		earners = 2
	}
	taken := ""
	for n := range earners {
		m := h.set.Pick(statement.Wages, h.next())
		for m.Name == taken {
			m = h.set.Pick(statement.Wages, h.next())
		}
		taken = m.Name
		cadence := []string{
			biweekly, biweekly, biweekly, biweekly, semiMonthly, semiMonthly, weekly, monthly,
		}[h.next()%8]
		r := h.earned("payroll", m, cadence, income/earners*h.between(90, 110)/100)
		if h.chance(35) { // by the hour
			r.varies = 12
		}
		if len(h.of("savings")) > 0 && h.chance(8) {
			r.split = h.between(1, 4) * 5
		}
		if n == 0 && h.chance(7) {
			h.changeJob(r, m)
		}
	}
	if h.chance(14) {
		m := h.set.Pick(statement.Gig, h.next())
		r := h.earned("gig", m, weekly, (m.Low+m.High)/2*52/12)
		r.varies, h.Streams[r.stream-1].Cadence = 55, weekly
	}
}

func (h *Household) earned(kind string, m *statement.Merchant, cadence string, aMonth int64) *regular {
	r := &regular{
		merchant: m, form: int(h.next() % uint64(len(m.Forms))), label: m.Label, rail: statement.Credit,
		cadence: cadence, anchor: int(h.between(0, 13)), rolls: back,
	}
	switch cadence {
	case weekly:
		r.anchor = int([]time.Weekday{time.Friday, time.Friday, time.Thursday, time.Wednesday}[h.next()%4])
	case biweekly: // day 0 of the count was a Thursday
		r.anchor = int([]int64{0, 1, 1, 1, 7, 8, 8, 8}[h.next()%8])
	case monthly:
		r.anchor = int([]int64{1, 25, 31, 31}[h.next()%4])
	}
	r.amount = aMonth * 12 / r.perYear()
	shown := cadence
	if cadence == nthWeekday {
		shown = monthly
	}
	r.stream = h.stream(kind, shown, m.Name)
	h.income = append(h.income, r)
	return r
}

// changeJob ends one wage and begins another some weeks later.
func (h *Household) changeJob(r *regular, m *statement.Merchant) {
	r.until = h.start.AddDate(0, 0, int(h.between(70, 110)))
	next := h.set.Pick(statement.Wages, h.next())
	if next.Name == m.Name {
		return
	}
	second := h.earned("payroll", next, r.cadence, r.amount*r.perYear()/12*h.between(95, 120)/100)
	second.from = r.until.AddDate(0, 0, int(h.between(3, 25)))
}
