package world

import (
	"fmt"
	"time"

	"fcpipe/sync/simulator/draw"
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
	statements map[string]int64 // statement balance of a card, by day
	sent       map[string]int64 // to other accounts of the holder, by account and day
}

func dayKey(date time.Time) string { return date.Format(time.DateOnly) }

func sentKey(to *Account, date time.Time) string { return fmt.Sprint(to.number, " ", dayKey(date)) }

// eventsOn draws what happens on one day of an account, as people live. Each event is entered
// before the next is drawn.
func (w *World) eventsOn(a *Account, date time.Time, enter func(purchase)) {
	if a.book.sent == nil {
		a.book = book{balance: a.opening, statements: map[string]int64{}, sent: map[string]int64{}}
	}
	if Reached(a.ClosedAt, date) {
		return
	}
	if date.Day() == 1 {
		a.book.spent = 0
	}
	switch {
	case a.Subcategory == "savings":
		w.savingsDay(a, date, enter)
	case a.Subcategory == "credit_card":
		w.cardDay(a, date, enter)
	case a.main:
		w.mainDay(a, date, enter)
	default:
		w.spareDay(a, date, enter)
	}
}

// mainDay: wages come, bills are paid, then the card, then oneself; the rest is spent.
func (w *World) mainDay(a *Account, date time.Time, enter func(purchase)) {
	if a.book.balance < 0 && !a.book.overdrawn {
		enter(purchase{"OVERDRAFT FEE CHARGED", -3500, true})
	}
	a.book.overdrawn = a.book.balance < 0
	if successor := w.successor(a); successor != nil && date.AddDate(0, 0, 1).Equal(a.ClosedAt) {
		w.send(a, successor, date, max(a.book.balance, 0), "ACCOUNT CLOSING TRANSFER", enter)
		return
	}
	if a.number != w.person(a) { // the account it succeeds sends money, and on its last day all there is
		w.receive(a, date, "TRANSFER FROM OTHER BANK", enter)
	}
	if w.payer(a, date) != a { // wages still go to the other
		w.spend(a, date, 1, enter)
		return
	}
	if w.isPayday(a, date) {
		enter(purchase{payrollText, w.wage(a), true})
	}
	for _, bill := range w.bills(a, date) {
		if a.book.balance+bill.amount > -overdraft {
			enter(bill)
		}
	}
	w.payCards(a, date, enter)
	w.fillOthers(a, date, enter)
	rows := int64(4)
	if len(w.partners(a, "credit_card", date)) > 0 {
		rows = 3
	} else {
		w.subscribed(a, date, enter)
	}
	w.spend(a, date, rows, enter)
}

// person is the number draws about a holder's life are made with.
func (w *World) person(a *Account) int { return a.number % w.Config.Holders }

// wage is what is paid every payday.
func (w *World) wage(a *Account) int64 {
	return draw.Between(draw.Of(w.Config.Seed, w.person(a), "wage", 0), 120_000, 420_000)
}

// isPayday is every second Friday, for every third person the 15th and the last of the month.
func (w *World) isPayday(a *Account, date time.Time) bool {
	x := draw.Of(w.Config.Seed, w.person(a), "payday", 0)
	if x%3 == 0 {
		return date.Day() == 15 || date.AddDate(0, 0, 1).Day() == 1
	}
	return date.Weekday() == time.Friday && (date.Unix()/(7*86400)+int64(x>>8%2))%2 == 0
}

// bills are what falls due on a day, with words that banks use of payments too.
func (w *World) bills(a *Account, date time.Time) []purchase {
	fixed := draw.Of(w.Config.Seed, w.person(a), "bills", 0)
	varying := draw.Of(w.Config.Seed, w.person(a), "bill", date.Unix())
	bill := func(text string, amount int64) []purchase { return []purchase{{text, -amount, true}} }
	switch date.Day() {
	case rentDay:
		return bill("OAKWOOD PROPERTIES RENT WEB ID: 9000123", 2*w.wage(a)*draw.Between(fixed, 24, 31)/100)
	case powerDay:
		return bill("CITY POWER & LIGHT EPAY", draw.Between(varying, 6_000, 18_000))
	case phoneDay:
		return bill("VERIZON WIRELESS AUTOPAY 800-922-0204", draw.Between(fixed>>8, 4_500, 14_000))
	case insuranceDay:
		return bill("GEICO *AUTO E-PAYMENT", draw.Between(fixed>>16, 8_000, 17_000))
	case internetDay:
		return bill("COMCAST XFINITY AUTOPAY THANK YOU", draw.Between(fixed>>24, 4_999, 8_999))
	}
	return nil
}
