package truth

import (
	"time"

	"fcpipe/sync/simulator/world"
)

// Entry is something that stands in an account's book.
type Entry struct {
	world.Movement

	Day Day
}

// Account is an account with its book by days.
type Account struct {
	world.Book

	First   Day     // of its history
	Entries []Entry // what stands
	changes map[Day]int64
}

// Holder is a person or business with accounts.
type Holder struct {
	Mess     string // of one of the accounts; "" where it has none
	Accounts []*Account
}

// World is what truly happened, through a day.
type World struct {
	Today    Day
	Accounts map[string]*Account
	Holders  map[string]*Holder
}

// Of reads books as of an instant.
func Of(books []world.Book, now time.Time) *World {
	w := &World{Today: DayOf(now, Zone), Accounts: map[string]*Account{}, Holders: map[string]*Holder{}}
	for _, b := range books {
		a := &Account{Book: b, First: DayOf(b.From, time.UTC), changes: map[Day]int64{}}
		zone := Zone
		if b.DatesOnly {
			zone = time.UTC
		}
		for _, m := range b.Movements {
			e := Entry{m, DayOf(m.At, zone)}
			a.changes[e.Day] += m.Minor
			if m.TakenBackAt.IsZero() {
				a.Entries = append(a.Entries, e)
			} else {
				a.changes[DayOf(m.TakenBackAt, zone)] -= m.Minor
			}
		}
		w.Accounts[b.Account] = a
		if w.Holders[b.Holder] == nil {
			w.Holders[b.Holder] = &Holder{}
		}
		h := w.Holders[b.Holder]
		h.Accounts = append(h.Accounts, a)
		if b.Mess != "" {
			h.Mess = b.Mess
		}
	}
	return w
}

// Balances are the balances at the end of days, from the day before a span to its last day.
func (a *Account) Balances(from, to Day) (ends []int64) {
	total := a.Opening
	for day, change := range a.changes {
		if day < from-1 {
			total += change
		}
	}
	for day := from - 1; day <= to; day++ {
		total += a.changes[day]
		ends = append(ends, total)
	}
	return ends
}

// IsCash reports whether money can be paid from it.
func (a *Account) IsCash() bool { return a.Category == "cash" }

// out is what left it on a day.
func (a *Account) out(day Day) (minor int64) {
	for _, e := range a.Entries {
		if e.Day == day && e.Minor < 0 {
			minor -= e.Minor
		}
	}
	return minor
}

// cash are the accounts whose balances add up to the holder's.
func (h *Holder) cash() (accounts []*Account) {
	for _, a := range h.Accounts {
		if a.IsCash() {
			accounts = append(accounts, a)
		}
	}
	return accounts
}

// First is the first day of which the bank tells something of each of the holder's cash accounts.
func (h *Holder) First() (first Day) {
	for _, a := range h.cash() {
		first = max(first, a.First)
	}
	return first
}
