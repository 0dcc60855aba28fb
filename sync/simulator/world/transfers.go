package world

import (
	"time"

	"fcpipe/sync/simulator/draw"
)

// partners are the holder's other accounts of a kind that are open on a day.
func (w *World) partners(a *Account, subcategory string, date time.Time) (found []*Account) {
	if a.number >= w.Config.Accounts {
		return nil // linked later: its holder is another
	}
	for n := w.person(a); n < w.Config.Accounts; n += w.Config.Holders {
		other := w.Accounts[n]
		isOpen := !date.Before(other.historyStart()) && !Reached(other.ClosedAt, date)
		if n != a.number && other.Subcategory == subcategory && !other.main && isOpen {
			found = append(found, other)
		}
	}
	return found
}

// successor is the account at another bank its holder opened before closing this one.
func (w *World) successor(a *Account) *Account {
	if a.ClosedAt.IsZero() || a.number+w.Config.Holders >= w.Config.Accounts {
		return nil
	}
	return w.Accounts[a.number+w.Config.Holders]
}

// payer is the account wages come to and bills are paid from on a day.
func (w *World) payer(a *Account, date time.Time) *Account {
	if a.number >= w.Config.Accounts {
		return a
	}
	first := w.Accounts[w.person(a)]
	if successor := w.successor(first); successor != nil && Reached(first.ClosedAt, date) {
		first = successor
	}
	if first.number == a.number {
		return a // linked again, it draws the same
	}
	return first
}

// send moves money to another account of the holder, where the same day shows it.
func (w *World) send(from, to *Account, date time.Time, amount int64, text string, enter func(purchase)) {
	if amount <= 0 {
		return
	}
	from.book.sent[sentKey(to, date)] += amount
	enter(purchase{text, -amount, true})
}

// receive shows what came from the holder's main accounts on a day.
func (w *World) receive(a *Account, date time.Time, text string, enter func(purchase)) {
	if a.number >= w.Config.Accounts {
		return
	}
	first := w.Accounts[w.person(a)]
	for _, from := range []*Account{first, w.successor(first)} {
		if from == nil || from.number == a.number || date.Before(from.historyStart()) {
			continue
		}
		w.Extend(from, date)
		if amount := from.book.sent[sentKey(a, date)]; amount > 0 {
			enter(purchase{text, amount, true})
		}
	}
}

// payCards pays what the last statements said, or the least a card asks for.
func (w *World) payCards(a *Account, date time.Time, enter func(purchase)) {
	if date.Day() != dueDay {
		return
	}
	statement := time.Date(date.Year(), date.Month()-1, statementDay, 0, 0, 0, 0, time.UTC)
	for _, card := range w.partners(a, "credit_card", statement) {
		w.Extend(card, statement)
		due := card.book.statements[dayKey(statement)]
		if a.book.balance-due < 5_000 {
			due = min(due, max(2500, due/20))
		}
		if a.book.balance-due > -overdraft {
			text := []string{"CREDIT CARD AUTOPAY PAYMENT", "CARD SERVICES EPAY"}[card.number%2]
			w.send(a, card, date, due, text, enter)
		}
	}
}

// fillOthers fills the holder's other accounts from what is left.
func (w *World) fillOthers(a *Account, date time.Time, enter func(purchase)) {
	x := draw.Of(w.Config.Seed, a.number, "aside", date.Unix())
	if next := w.successor(a); next != nil && date.Equal(next.historyStart()) {
		w.send(a, next, date, min(50_000, a.book.balance), "TRANSFER TO OTHER BANK", enter)
	}
	switch date.Day() {
	case savingDay:
		for _, savings := range w.partners(a, "savings", date) {
			amount := draw.Between(x>>8, 20, 400)*100 + max(a.book.balance-700_000, 0)/20_000*10_000
			if a.book.balance-amount > 60_000 {
				w.send(a, savings, date, amount, "ONLINE TRANSFER TO SAVINGS", enter)
			}
		}
	case spareDay:
		for _, spare := range w.partners(a, "checking", date) {
			if amount := draw.Between(x>>16, 50, 300) * 100; a.book.balance-amount > 60_000 {
				w.send(a, spare, date, amount, "ONLINE TRANSFER TO CHECKING", enter)
			}
		}
	}
}

// savingsDay: money comes from the main account, and interest.
func (w *World) savingsDay(a *Account, date time.Time, enter func(purchase)) {
	w.receive(a, date, "ONLINE TRANSFER FROM CHECKING", enter)
	if date.AddDate(0, 0, 1).Day() == 1 && a.book.balance > 10_000 {
		enter(purchase{"INTEREST PAYMENT", a.book.balance / 1200, true})
	}
}

// spareDay: what comes from the main account is spent.
func (w *World) spareDay(a *Account, date time.Time, enter func(purchase)) {
	w.receive(a, date, "ONLINE TRANSFER FROM CHECKING", enter)
	w.spend(a, date, 2, enter)
}

// cardDay: purchases go to its balance; the main account pays it, on its own due day.
func (w *World) cardDay(a *Account, date time.Time, enter func(purchase)) {
	w.receive(a, date, []string{"AUTOPAY PAYMENT THANK YOU", "PAYMENT THANK YOU - WEB"}[a.number%2], enter)
	if main := w.payer(a, date); date.Day() == dueDay && (main == a || date.Before(main.historyStart())) {
		if due := -a.book.balance; due > 0 { // from an account that is not shared
			enter(purchase{"PAYMENT THANK YOU - WEB", due, true})
		}
	}
	w.subscribed(a, date, enter)
	w.spend(a, date, 3, enter)
	if date.Day() == statementDay {
		a.book.statements[dayKey(date)] = max(-a.book.balance, 0)
	}
}
