package world

import (
	"slices"
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

// Share is what a holder shares of an account from an instant on.
type Share struct {
	At          time.Time `json:"at"`
	Permissions []string  `json:"permissions"` // sorted
}

// SharedAt are the permissions that its holder had granted at an instant.
func (a *Account) SharedAt(now time.Time) []string {
	for _, share := range slices.Backward(a.State.Shares) {
		if !share.At.After(now) {
			return share.Permissions
		}
	}
	return a.Permissions
}

// Permits reports whether its holder grants a permission, by the last that was said.
func (a *Account) Permits(permission string) bool {
	permissions := a.Permissions
	if n := len(a.State.Shares); n > 0 {
		permissions = a.State.Shares[n-1].Permissions
	}
	return slices.Contains(permissions, permission)
}

// ShowsAt reports whether what a permission gives is shown at an instant: what was read before the permission was
// taken back is not.
func (a *Account) ShowsAt(permission string, now time.Time) bool {
	return len(a.State.Shares) == 0 || slices.Contains(a.SharedAt(now), permission)
}

// Share has its holder share other things from an instant on, more, less or nothing. A subscription ends with the
// permission transactions.
func (a *Account) Share(permissions []string, at time.Time) {
	permissions = slices.Compact(slices.Sorted(slices.Values(permissions)))
	if permissions == nil {
		permissions = []string{}
	}
	a.State.Shares = append(a.State.Shares, Share{at, permissions})
	if !a.Permits("transactions") {
		a.State.SubscribedAt = time.Time{}
	}
}

// Break makes a connection inactive until it is repaired or linked again.
func (a *Account) Break(at time.Time) {
	a.State.BrokenAt = at
	if !a.State.ReactivatedAt.Before(at) {
		a.State.ReactivatedAt = time.Time{} // it was repaired in this very second
	}
}

// Reactivate repairs a connection that broke; one that was ended stays so.
func (a *Account) Reactivate(at time.Time) { a.State.ReactivatedAt = at }
