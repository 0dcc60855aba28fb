package simulator

import "time"

// partners are the holder's other accounts of a kind that are open on a day.
func (s *Server) partners(a *account, subcategory string, date time.Time) (found []*account) {
	if a.number >= s.config.Accounts {
		return nil // linked later: its holder is another
	}
	for n := s.person(a); n < s.config.Accounts; n += s.config.Holders {
		other := s.accounts[n]
		if n != a.number && other.subcategory == subcategory && !other.main && !date.Before(other.historyStart()) && !reached(other.closedAt, date) {
			found = append(found, other)
		}
	}
	return found
}

// successor is the account at another bank its holder opened before closing this one.
func (s *Server) successor(a *account) *account {
	if a.closedAt.IsZero() || a.number+s.config.Holders >= s.config.Accounts {
		return nil
	}
	return s.accounts[a.number+s.config.Holders]
}

// payer is the account wages come to and bills are paid from on a day.
func (s *Server) payer(a *account, date time.Time) *account {
	if a.number >= s.config.Accounts {
		return a
	}
	first := s.accounts[s.person(a)]
	if successor := s.successor(first); successor != nil && reached(first.closedAt, date) {
		first = successor
	}
	if first.number == a.number {
		return a // linked again, it draws the same
	}
	return first
}

// send moves money to another account of the holder, where the same day shows it.
func (s *Server) send(from, to *account, date time.Time, amount int64, text string, enter func(purchase)) {
	if amount <= 0 {
		return
	}
	from.book.sent[sentKey(to, date)] += amount
	enter(purchase{text, -amount, true})
}

// receive shows what came from the holder's main accounts on a day.
func (s *Server) receive(a *account, date time.Time, text string, enter func(purchase)) {
	if a.number >= s.config.Accounts {
		return
	}
	first := s.accounts[s.person(a)]
	for _, from := range []*account{first, s.successor(first)} {
		if from == nil || from.number == a.number || date.Before(from.historyStart()) {
			continue
		}
		s.generate(from, date)
		if amount := from.book.sent[sentKey(a, date)]; amount > 0 {
			enter(purchase{text, amount, true})
		}
	}
}

// payCards pays what the last statements said, or the least a card asks for.
func (s *Server) payCards(a *account, date time.Time, enter func(purchase)) {
	if date.Day() != dueDay {
		return
	}
	statement := time.Date(date.Year(), date.Month()-1, statementDay, 0, 0, 0, 0, time.UTC)
	for _, card := range s.partners(a, "credit_card", statement) {
		s.generate(card, statement)
		owed := card.book.statements[dayKey(statement)]
		if a.book.balance-owed < 5_000 {
			owed = min(owed, max(2500, owed/20))
		}
		if a.book.balance-owed > -overdraft {
			text := []string{"CREDIT CARD AUTOPAY PAYMENT", "CARD SERVICES EPAY"}[card.number%2]
			s.send(a, card, date, owed, text, enter)
		}
	}
}

// putAside fills the holder's other accounts from what is left.
func (s *Server) putAside(a *account, date time.Time, enter func(purchase)) {
	x := draw(s.config.Seed, a.number, "aside", date.Unix())
	if next := s.successor(a); next != nil && date.Equal(next.historyStart()) {
		s.send(a, next, date, min(50_000, a.book.balance), "TRANSFER TO OTHER BANK", enter)
	}
	switch date.Day() {
	case savingDay:
		for _, savings := range s.partners(a, "savings", date) {
			amount := between(x>>8, 20, 400)*100 + max(a.book.balance-700_000, 0)/20_000*10_000
			if a.book.balance-amount > 60_000 {
				s.send(a, savings, date, amount, "ONLINE TRANSFER TO SAVINGS", enter)
			}
		}
	case spareDay:
		for _, spare := range s.partners(a, "checking", date) {
			if amount := between(x>>16, 50, 300) * 100; a.book.balance-amount > 60_000 {
				s.send(a, spare, date, amount, "ONLINE TRANSFER TO CHECKING", enter)
			}
		}
	}
}

// savingsDay: money comes from the main account, and interest.
func (s *Server) savingsDay(a *account, date time.Time, enter func(purchase)) {
	s.receive(a, date, "ONLINE TRANSFER FROM CHECKING", enter)
	if date.AddDate(0, 0, 1).Day() == 1 && a.book.balance > 10_000 {
		enter(purchase{"INTEREST PAYMENT", a.book.balance / 1200, true})
	}
}

// spareDay: what comes from the main account is spent.
func (s *Server) spareDay(a *account, date time.Time, enter func(purchase)) {
	s.receive(a, date, "ONLINE TRANSFER FROM CHECKING", enter)
	s.spend(a, date, 2, enter)
}

// cardDay: what is bought is owed; the main account pays it, on its own due day.
func (s *Server) cardDay(a *account, date time.Time, enter func(purchase)) {
	s.receive(a, date, []string{"AUTOPAY PAYMENT THANK YOU", "PAYMENT THANK YOU - WEB"}[a.number%2], enter)
	if main := s.payer(a, date); date.Day() == dueDay && (main == a || date.Before(main.historyStart())) {
		if owed := -a.book.balance; owed > 0 { // from an account that is not shared
			enter(purchase{"PAYMENT THANK YOU - WEB", owed, true})
		}
	}
	s.subscribed(a, date, enter)
	s.spend(a, date, 3, enter)
	if date.Day() == statementDay {
		a.book.statements[dayKey(date)] = max(-a.book.balance, 0)
	}
}
