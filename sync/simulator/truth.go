package simulator

import "encoding/json"

// Truth is what a client that has read everything refreshes have revealed must hold.
type Truth struct {
	Now          int64             `json:"now"`
	Accounts     []json.RawMessage `json:"accounts"`     // every account, in order of creation
	Transactions []json.RawMessage `json:"transactions"` // current states, by account, newest first
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
	truth := Truth{Now: now.Unix(), Accounts: []json.RawMessage{}, Transactions: []json.RawMessage{}}
	for _, a := range s.accounts {
		s.catchUp(a, now)
		shown, _ := json.Marshal(s.accountObject(a, now))
		truth.Accounts = append(truth.Accounts, shown)
		if !a.permits("transactions") || a.status(now) == "disconnected" {
			continue
		}
		for _, row := range s.visible(a, now).rows {
			truth.Transactions = append(truth.Transactions, row.rendered)
		}
	}
	return truth
}
