package simulator

import "encoding/json"

// Truth is what a client that has read everything refreshes have revealed must hold.
type Truth struct {
	Now          int64             `json:"now"`
	Accounts     []json.RawMessage `json:"accounts"`     // every account, in order of creation
	Transactions []json.RawMessage `json:"transactions"` // current states, by account, newest first
	Owners       []json.RawMessage `json:"owners"`       // of the newest ownership snapshot of each account
	Removed      []string          `json:"removed"`      // transactions that are not listed any more: a client that has seen one keeps it
}

// Truth is the ground truth now. Rows that were never readable, for want of permission or
// because the account was disconnected before any refresh, are not part of it.
func (s *Server) Truth() Truth {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	return s.truth()
}

func (s *Server) truth() Truth {
	now := s.tick()
	truth := Truth{Now: now.Unix(), Accounts: []json.RawMessage{}, Transactions: []json.RawMessage{}, Owners: []json.RawMessage{}, Removed: []string{}}
	for _, a := range s.accounts {
		if s.isGone(a.id) {
			continue
		}
		s.catchUp(a, now)
		shown, _ := json.Marshal(s.accountObject(a, now))
		truth.Accounts = append(truth.Accounts, shown)
		if a.permits("ownership") && a.status(now) != "disconnected" {
			for _, o := range s.owners(a, now) {
				shown, _ := json.Marshal(o)
				truth.Owners = append(truth.Owners, shown)
			}
		}
		if !a.permits("transactions") || a.status(now) == "disconnected" {
			continue
		}
		v := s.visible(a, now)
		for _, row := range v.rows {
			truth.Transactions = append(truth.Transactions, row.rendered)
		}
		truth.Removed = append(truth.Removed, v.removed...)
	}
	return truth
}
