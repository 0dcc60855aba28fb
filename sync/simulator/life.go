package simulator

import (
	"fmt"
	"time"
)

// Days of the month on which regular things happen.
const (
	rentDay, powerDay, phoneDay, insuranceDay, dueDay, internetDay, savingDay = 1, 8, 12, 17, 20, 22, 25

	spareDay, statementDay = 3, 26

	// people pay a bill with what they have and so much of the bank's; they buy with what they have
	overdraft = 30_000

	payrollText = "ACME LOGISTICS DES:PAYROLL ID:XXXXX INDN:EMPLOYEE PPD"
)

// book is what an account's holder knows of it while its history is drawn: every decision to
// spend follows from draws and from the days before.
type book struct {
	balance    int64 // when everything drawn so far has settled
	bought     []bought
	spent      int64            // on purchases in this month
	overdrawn  bool             // and charged for it
	statements map[string]int64 // what a card owed, by day
	sent       map[string]int64 // to other accounts of the holder, by account and day
}

// bought is a purchase that may be given back.
type bought struct {
	text   string
	amount int64
	date   time.Time
}

func dayKey(date time.Time) string { return date.Format(time.DateOnly) }

func sentKey(to *account, date time.Time) string { return fmt.Sprint(to.number, " ", dayKey(date)) }

// eventsOn draws what happens on one day of an account, as people live. Each event is entered
// before the next is drawn.
func (s *Server) eventsOn(a *account, date time.Time, enter func(purchase)) {
	if a.book.sent == nil {
		a.book = book{balance: a.opening, statements: map[string]int64{}, sent: map[string]int64{}}
	}
	if reached(a.closedAt, date) {
		return
	}
	if date.Day() == 1 {
		a.book.spent = 0
	}
	switch {
	case a.subcategory == "savings":
		s.savingsDay(a, date, enter)
	case a.subcategory == "credit_card":
		s.cardDay(a, date, enter)
	case a.main:
		s.mainDay(a, date, enter)
	default:
		s.spareDay(a, date, enter)
	}
}

// mainDay: wages come, bills are paid, then the card, then oneself; the rest is spent.
func (s *Server) mainDay(a *account, date time.Time, enter func(purchase)) {
	if a.book.balance < 0 && !a.book.overdrawn {
		enter(purchase{"OVERDRAFT FEE CHARGED", -3500, true})
	}
	a.book.overdrawn = a.book.balance < 0
	if successor := s.successor(a); successor != nil && date.AddDate(0, 0, 1).Equal(a.closedAt) {
		s.send(a, successor, date, max(a.book.balance, 0), "ACCOUNT CLOSING TRANSFER", enter)
		return
	}
	if a.number != s.person(a) { // the account it succeeds sends money, and on its last day all there is
		s.receive(a, date, "TRANSFER FROM OTHER BANK", enter)
	}
	if s.payer(a, date) != a { // wages still go to the other
		s.spend(a, date, 1, enter)
		return
	}
	if s.isPayday(a, date) {
		enter(purchase{payrollText, s.wage(a), true})
	}
	for _, bill := range s.bills(a, date) {
		if a.book.balance+bill.amount > -overdraft {
			enter(bill)
		}
	}
	s.payCards(a, date, enter)
	s.putAside(a, date, enter)
	rows := int64(4)
	if len(s.partners(a, "credit_card", date)) > 0 {
		rows = 3
	} else {
		s.subscribed(a, date, enter)
	}
	s.spend(a, date, rows, enter)
}

// person is the number draws about a holder's life are made with.
func (s *Server) person(a *account) int { return a.number % s.config.Holders }

// wage is what is paid every payday.
func (s *Server) wage(a *account) int64 {
	return between(draw(s.config.Seed, s.person(a), "wage", 0), 120_000, 420_000)
}

// isPayday is every second Friday, for every third person the 15th and the last of the month.
func (s *Server) isPayday(a *account, date time.Time) bool {
	x := draw(s.config.Seed, s.person(a), "payday", 0)
	if x%3 == 0 {
		return date.Day() == 15 || date.AddDate(0, 0, 1).Day() == 1
	}
	return date.Weekday() == time.Friday && (date.Unix()/(7*86400)+int64(x>>8%2))%2 == 0
}

// bills are what falls due on a day, with words that banks use of payments too.
func (s *Server) bills(a *account, date time.Time) []purchase {
	fixed := draw(s.config.Seed, s.person(a), "bills", 0)
	varying := draw(s.config.Seed, s.person(a), "bill", date.Unix())
	bill := func(text string, amount int64) []purchase { return []purchase{{text, -amount, true}} }
	switch date.Day() {
	case rentDay:
		return bill("OAKWOOD PROPERTIES RENT WEB ID: 9000123", 2*s.wage(a)*between(fixed, 24, 31)/100)
	case powerDay:
		return bill("CITY POWER & LIGHT EPAY", between(varying, 6_000, 18_000))
	case phoneDay:
		return bill("VERIZON WIRELESS AUTOPAY 800-922-0204", between(fixed>>8, 4_500, 14_000))
	case insuranceDay:
		return bill("GEICO *AUTO E-PAYMENT", between(fixed>>16, 8_000, 17_000))
	case internetDay:
		return bill("COMCAST XFINITY AUTOPAY THANK YOU", between(fixed>>24, 4_999, 8_999))
	}
	return nil
}

// subscribed are what is paid on its day once a month.
func (s *Server) subscribed(a *account, date time.Time, enter func(purchase)) {
	for i, paid := range subscriptions {
		x := draw(s.config.Seed, s.person(a), "subscription", int64(i))
		if chance(x, paid.percent) && int64(date.Day()) == between(x>>8, 2, 28) && s.affords(a, paid.low) {
			enter(purchase{paid.text, -paid.low, false})
		}
	}
}

// affords: cash accounts are spent down to a little, cards up to their limit.
func (s *Server) affords(a *account, price int64) bool {
	if a.category == "credit" {
		return price-a.book.balance < between(draw(s.config.Seed, a.number, "limit", 0), 3000, 12_000)*100
	}
	if s.tight(a) {
		return a.book.balance-price > -12_000
	}
	return a.book.balance-price > 4_000
}

// tight is somebody who spends all there is, and now and then more.
func (s *Server) tight(a *account) bool {
	return a.main && chance(draw(s.config.Seed, s.person(a), "tight", 0), 15)
}

// most is what purchases of a month come to at most.
func (s *Server) most(a *account) int64 {
	if s.tight(a) {
		return s.wage(a) * 9 / 5
	}
	return s.wage(a) * 2 / 5
}

// spend draws purchases of a day within what a month allows, and now and then one that is given
// back.
func (s *Server) spend(a *account, date time.Time, most int64, enter func(purchase)) {
	day := date.Unix() / 86400
	rows := between(draw(s.config.Seed, a.number, "rows", day), 0, most)
	for n := range rows {
		x := draw(s.config.Seed, a.number, "purchase", day*100+n)
		if chance(x>>48, 2) && s.giveBack(a, date, x, enter) {
			continue
		}
		if p := spending(x); a.book.spent-p.amount < s.most(a) && s.affords(a, -p.amount) {
			a.book.spent -= p.amount
			a.book.bought = append(a.book.bought, bought{p.text, -p.amount, date})
			enter(p)
		}
	}
}

// giveBack refunds the whole of an earlier purchase, or a part. Each is refunded once.
func (s *Server) giveBack(a *account, date time.Time, x uint64, enter func(purchase)) bool {
	b := &a.book
	for len(b.bought) > 0 && date.Sub(b.bought[0].date) > 25*24*time.Hour {
		b.bought = b.bought[1:]
	}
	if len(b.bought) == 0 || date.Sub(b.bought[0].date) < 4*24*time.Hour { // it has posted
		return false
	}
	back := b.bought[0]
	b.bought = b.bought[1:]
	amount := back.amount
	if chance(x>>24, 40) {
		amount = amount * between(x>>32, 20, 90) / 100
	}
	enter(purchase{refundText(x>>40, back.text), amount, true})
	return true
}
