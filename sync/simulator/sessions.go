package simulator

import (
	"slices"
	"time"

	"fcpipe/sync/simulator/answer"
	"fcpipe/sync/simulator/draw"
	"fcpipe/sync/simulator/world"
)

// session is a request to link accounts.
type session struct {
	ID          string    `json:"id"`
	Holder      string    `json:"holder"`
	Permissions []string  `json:"permissions"`
	Prefetch    []string  `json:"prefetch"`
	Created     time.Time `json:"created"`
}

func (s *Server) createSession(c *call) (any, *answer.Error) {
	if c.params.Get("account_holder[type]") != "customer" {
		return nil, answer.Invalid("parameter_missing", "account_holder[type]",
			"This simulator links accounts of customers: account_holder[type]=customer.")
	}
	holder := c.params.Get("account_holder[customer]")
	if c.params.Has("account_holder[customer_account]") {
		holder = c.params.Get("account_holder[customer_account]")
	}
	if !s.knowsHolder(holder) {
		return nil, answer.Missing("customer", holder)
	}
	permissions := c.values("permissions")
	if len(permissions) == 0 {
		return nil, answer.Invalid("parameter_missing", "permissions", "Missing required param: permissions.")
	}
	made := session{
		ID: draw.ID("fcsess_", s.world.Config.Seed, len(s.sessions), "session", 0), Holder: holder,
		Permissions: permissions, Prefetch: c.values("prefetch"), Created: s.whole(),
	}
	s.sessions = append(s.sessions, made)
	return s.sessionObject(made), nil
}

func (s *Server) retrieveSession(c *call) (any, *answer.Error) {
	for _, known := range s.sessions {
		if known.ID == c.path[2] {
			return s.sessionObject(known), nil
		}
	}
	return nil, answer.Missing("financial_connections.session", c.path[2])
}

func (s *Server) sessionObject(known session) object {
	linked := []object{}
	for _, a := range s.world.Accounts {
		if a.State.LinkedBy != nil && a.State.LinkedBy.Session == known.ID {
			linked = append(linked, s.accountObject(a, s.now))
		}
	}
	return object{
		"id": known.ID, "object": "financial_connections.session", "livemode": false,
		"account_holder": holderObject(known.Holder), "permissions": known.Permissions, "prefetch": known.Prefetch,
		"client_secret": known.ID + "_secret_simulated",
		"accounts": object{
			"object": "list", "data": linked, "has_more": false, "url": "/v1/financial_connections/accounts",
		},
	}
}

// link completes a session as its holder would: it connects n new accounts.
func (s *Server) link(sessionID string, n int) ([]string, *answer.Error) {
	at := slices.IndexFunc(s.sessions, func(known session) bool { return known.ID == sessionID })
	if at < 0 {
		return nil, answer.Missing("financial_connections.session", sessionID)
	}
	var ids []string
	for range n {
		a := s.world.Link(world.Link{
			Session: sessionID, Holder: s.sessions[at].Holder, Permissions: s.sessions[at].Permissions, At: s.whole(),
		})
		for _, feature := range []string{"balance", "ownership", "transactions"} {
			if slices.Contains(s.sessions[at].Prefetch, world.PermissionFor[feature]) &&
				a.Permits(world.PermissionFor[feature]) {
				s.world.BeginRefresh(a, feature, "link", s.whole())
			}
		}
		ids = append(ids, a.ID)
	}
	return ids, nil
}

// Relink links a bank account again, as a holder does after its connection broke: a new
// account with the same bank's rows under new ids; the old one goes inactive.
func (s *Server) Relink(id string) (newID string, known bool) { return s.linkAgain(id, false) }

// RelinkOtherwise links a bank account again through another connection, which tells other texts
// and, of some rows, another day.
func (s *Server) RelinkOtherwise(id string) (newID string, known bool) {
	return s.linkAgain(id, true)
}

func (s *Server) linkAgain(id string, otherwise bool) (newID string, known bool) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	s.tick()
	old := s.account(id)
	if old == nil {
		return "", false
	}
	return s.relink(old, otherwise).ID, true
}

func (s *Server) relink(old *world.Account, otherwise bool) *world.Account {
	a := s.world.Link(world.Link{
		Relinks: old.ID, Holder: old.Holder, Permissions: old.Permissions, At: s.whole(), Otherwise: otherwise,
	})
	s.world.BeginRefresh(a, "transactions", "link", s.whole())
	return a
}
