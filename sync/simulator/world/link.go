package world

import (
	"time"

	"fcpipe/sync/simulator/draw"
)

// Link says how an account came to be after the world began.
type Link struct {
	Session     string    `json:"session"`
	Relinks     string    `json:"relinks,omitempty"` // the account of the same bank account before
	Holder      string    `json:"holder"`
	Permissions []string  `json:"permissions"`
	At          time.Time `json:"at"`
	Otherwise   bool      `json:"otherwise,omitempty"` // its bank tells other texts and days
	// what its holder chose at the bank; nil: what is drawn
	Bank *BankAccount `json:"bank,omitempty"`
	// true: the holder is a connected account, not a customer or an account configured as one
	Connected bool `json:"connected,omitempty"`
}

// relinked is an account for a bank account that had one before.
func (w *World) relinked(by Link) *Account {
	old := w.ByID[by.Relinks]
	old.State.ReplacedAt = by.At
	a := newAccount(w.Config, old.number)
	if first := old.State.LinkedBy; first != nil && by.Bank == nil {
		by.Bank = first.Bank
	}
	a.choose(w.Config, by)
	a.ID = draw.ID("fca_", w.Config.Seed, len(w.Accounts), "relinked", 0)
	a.Holder, a.Permissions, a.CreatedAt, a.generation = by.Holder, by.Permissions, by.At, len(w.Accounts)
	a.InactiveAt, a.State = unset, AccountState{Refreshes: map[string][]Refresh{}, LinkedBy: &by}
	// the bank's books go on: the same rows on the same days, as far back as the bank tells
	a.historyFrom, a.otherwise = old.historyStart(), by.Otherwise
	return w.add(a)
}

// Link adds an account that a session connects, or one of a bank account that had one before.
func (w *World) Link(by Link) *Account {
	if by.Relinks != "" {
		return w.relinked(by)
	}
	a := newAccount(w.Config, len(w.Accounts))
	a.choose(w.Config, by)
	a.Holder, a.Permissions, a.CreatedAt = by.Holder, by.Permissions, by.At
	a.InactiveAt, a.State = unset, AccountState{Refreshes: map[string][]Refresh{}, LinkedBy: &by}
	return w.add(a)
}

func (a *Account) choose(c Config, by Link) {
	a.Connected = by.Connected
	if by.Bank != nil {
		a.become(c, *by.Bank)
	}
}
