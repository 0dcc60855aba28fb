package simulator

import (
	"encoding/json"

	"fcpipe/sync/simulator/world"
)

// Truth is what a client that has read everything refreshes have revealed must hold.
type Truth struct {
	Now          int64             `json:"now"`
	Accounts     []json.RawMessage `json:"accounts"`     // every account, in order of creation
	Transactions []json.RawMessage `json:"transactions"` // current states, by account, newest first
	Owners       []json.RawMessage `json:"owners"`       // of the newest ownership snapshot of each account
	// transactions that are not listed any more: a client that has seen one keeps it
	Removed  []string `json:"removed"`
	Unlisted []string `json:"unlisted"` // accounts that lists leave out
	// accounts of the same bank account as an earlier one, by id: the earlier one's
	Relinked map[string]string `json:"relinked"`
	Closed   map[string]int64  `json:"closed"` // accounts that end: the day from which on nothing happens
	// in a world with styles: what each transaction of Transactions truly is, but for those that faults made
	Meanings []world.Meaning `json:"meanings,omitempty"`
	Streams  []world.Stream  `json:"streams,omitempty"` // and the series of regular payments
}

// Truth is the ground truth now. Rows that were never readable, for want of permission or
// because the account was disconnected before any refresh, are not part of it.
func (s *Server) Truth() Truth {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	return s.truth()
}

// Revelation is what one refresh of an account's transactions revealed, on top of those before it.
type Revelation struct {
	RefreshID    string
	Transactions []json.RawMessage // as they were then, newest first
}

// Revelations are those of the succeeded refreshes of an account, oldest first, from one of them
// on: a client whose cursor is that one holds its every row, as it was then or in a later state.
// There are none where no refresh of that id succeeded.
func (s *Server) Revelations(account, from string) []Revelation {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	now := s.tick()
	a := s.account(account)
	if a == nil {
		return nil
	}
	var all []Revelation
	done := a.Succeeded(now)
	for i, r := range done {
		if len(all) == 0 && r.ID != from {
			continue
		}
		shown := Revelation{RefreshID: r.ID}
		for _, row := range s.world.RevealedBy(a, done[:i+1]).Rows {
			shown.Transactions = append(shown.Transactions, row.Rendered)
		}
		all = append(all, shown)
	}
	return all
}

// Books are what truly happened at every account by now, in order of creation, whatever feeds showed of it.
func (s *Server) Books() (books []world.Book) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	now := s.tick()
	for _, a := range s.world.Accounts {
		books = append(books, s.world.Book(a, now))
	}
	return books
}

// Succeeded are the ids of an account's refreshes of transactions that have succeeded, oldest first.
func (s *Server) Succeeded(account string) []string {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	now := s.tick()
	var ids []string
	if a := s.account(account); a != nil {
		s.world.CatchUp(a, now)
		for _, r := range a.Succeeded(now) {
			ids = append(ids, r.ID)
		}
	}
	return ids
}

func (s *Server) truth() Truth {
	now := s.tick()
	truth := Truth{
		Now: now.Unix(), Accounts: []json.RawMessage{}, Transactions: []json.RawMessage{}, Owners: []json.RawMessage{},
		Removed:  []string{},
		Unlisted: []string{}, Relinked: map[string]string{}, Closed: map[string]int64{},
	}
	for _, a := range s.world.Accounts {
		s.ofLife(a, &truth)
		if s.isGone(a.ID) {
			continue
		}
		s.world.CatchUp(a, now)
		shown, _ := json.Marshal(s.accountObject(a, now))
		truth.Accounts = append(truth.Accounts, shown)
		if a.Permits("ownership") && a.Status(now) != "disconnected" {
			for _, o := range ownerObjects(s.world.Owners(a, now)) {
				shown, _ := json.Marshal(o)
				truth.Owners = append(truth.Owners, shown)
			}
		}
		if !a.Permits("transactions") || a.Status(now) == "disconnected" {
			continue
		}
		v := s.world.Visible(a, now)
		for _, row := range v.Rows {
			truth.Transactions = append(truth.Transactions, row.Rendered)
		}
		truth.Removed = append(truth.Removed, v.Removed...)
		if s.world.HasStyles() {
			truth.Meanings = append(truth.Meanings, s.world.Meanings(a, v.Shows)...)
		}
	}
	truth.Streams = s.world.Streams()
	return truth
}

// ofLife tells what became of an account.
func (s *Server) ofLife(a *world.Account, truth *Truth) {
	if s.isUnlisted(a.ID) {
		truth.Unlisted = append(truth.Unlisted, a.ID)
	}
	if by := a.State.LinkedBy; by != nil && by.Relinks != "" {
		truth.Relinked[a.ID] = by.Relinks
	}
	if !a.ClosedAt.IsZero() {
		truth.Closed[a.ID] = a.ClosedAt.Unix()
	}
}
