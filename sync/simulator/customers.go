package simulator

import (
	"slices"
	"time"
)

// customer is a holder made through the API; the world's own holders are customers too.
type customer struct {
	ID      string    `json:"id"`
	Email   string    `json:"email,omitempty"`
	Name    string    `json:"name,omitempty"`
	Created time.Time `json:"created"`
}

// session is a request to link accounts.
type session struct {
	ID          string    `json:"id"`
	Holder      string    `json:"holder"`
	Permissions []string  `json:"permissions"`
	Prefetch    []string  `json:"prefetch"`
	Created     time.Time `json:"created"`
}

var unset time.Time

// whole is the virtual time in whole seconds, as the API shows times.
func (s *Server) whole() time.Time { return s.now.Truncate(time.Second) }

func orNull(text string) any {
	if text == "" {
		return nil
	}
	return text
}

func (c customer) object() object {
	return object{
		"id": c.ID, "object": "customer", "created": c.Created.Unix(), "email": orNull(c.Email), "name": orNull(c.Name),
		"livemode": false, "description": nil, "shipping": nil, "default_source": nil, "metadata": object{},
	}
}

// allCustomers lists newest first: those made through the API, then the world's own.
func (s *Server) allCustomers() []customer {
	all := slices.Clone(s.customers)
	slices.Reverse(all)
	for holder := range s.config.Holders {
		if isCustomerAccount(s.config.holder(holder)) {
			continue
		}
		all = append(all, customer{ID: s.config.holder(holder), Created: s.config.Start.Add(-time.Hour)})
	}
	return all
}

func (s *Server) createCustomer(c *call) (any, *apiError) {
	made := customer{
		ID:    identifier("cus_", s.config.Seed, len(s.customers), "made customer", 0),
		Email: c.params.Get("email"), Name: c.params.Get("name"), Created: s.whole(),
	}
	s.customers = append(s.customers, made)
	return made.object(), nil
}

func (s *Server) retrieveCustomer(c *call) (any, *apiError) {
	for _, known := range s.allCustomers() {
		if known.ID == c.path[1] {
			return known.object(), nil
		}
	}
	return nil, missing("customer", c.path[1])
}

func (s *Server) listCustomers(c *call) (any, *apiError) {
	var shown []object
	for _, known := range s.allCustomers() {
		if email := c.params.Get("email"); email == "" || email == known.Email {
			shown = append(shown, known.object())
		}
	}
	return c.listObjects("/v1/customers", shown)
}

// values collects name[] and name[0], name[1], … of a form.
func (c *call) values(name string) []string {
	found := []string{}
	for key, values := range c.params {
		if len(key) > len(name) && key[:len(name)] == name && key[len(name)] == '[' {
			found = append(found, values...)
		}
	}
	slices.Sort(found)
	return found
}

func (s *Server) createSession(c *call) (any, *apiError) {
	if c.params.Get("account_holder[type]") != "customer" {
		return nil, invalid("parameter_missing", "account_holder[type]", "This simulator links accounts of customers: account_holder[type]=customer.")
	}
	holder := c.params.Get("account_holder[customer]")
	if c.params.Has("account_holder[customer_account]") {
		holder = c.params.Get("account_holder[customer_account]")
	}
	if !s.knowsHolder(holder) {
		return nil, missing("customer", holder)
	}
	permissions := c.values("permissions")
	if len(permissions) == 0 {
		return nil, invalid("parameter_missing", "permissions", "Missing required param: permissions.")
	}
	made := session{
		ID: identifier("fcsess_", s.config.Seed, len(s.sessions), "session", 0), Holder: holder,
		Permissions: permissions, Prefetch: c.values("prefetch"), Created: s.whole(),
	}
	s.sessions = append(s.sessions, made)
	return s.sessionObject(made), nil
}

func (s *Server) retrieveSession(c *call) (any, *apiError) {
	for _, known := range s.sessions {
		if known.ID == c.path[2] {
			return s.sessionObject(known), nil
		}
	}
	return nil, missing("financial_connections.session", c.path[2])
}

func (s *Server) sessionObject(known session) object {
	linked := []object{}
	for _, a := range s.accounts {
		if a.State.LinkedBy != nil && a.State.LinkedBy.Session == known.ID {
			linked = append(linked, s.accountObject(a, s.now))
		}
	}
	return object{
		"id": known.ID, "object": "financial_connections.session", "livemode": false,
		"account_holder": holderObject(known.Holder), "permissions": known.Permissions, "prefetch": known.Prefetch,
		"client_secret": known.ID + "_secret_simulated",
		"accounts":      object{"object": "list", "data": linked, "has_more": false, "url": "/v1/financial_connections/accounts"},
	}
}

// link completes a session as its holder would: it connects n new accounts.
func (s *Server) link(sessionID string, n int) ([]string, *apiError) {
	at := slices.IndexFunc(s.sessions, func(known session) bool { return known.ID == sessionID })
	if at < 0 {
		return nil, missing("financial_connections.session", sessionID)
	}
	var ids []string
	for range n {
		a := s.linkAccount(link{Session: sessionID, Holder: s.sessions[at].Holder, Permissions: s.sessions[at].Permissions, At: s.whole()})
		for _, feature := range []string{"balance", "ownership", "transactions"} {
			if slices.Contains(s.sessions[at].Prefetch, permissionFor[feature]) && a.permits(permissionFor[feature]) {
				s.begin(a, feature, "link", s.whole())
			}
		}
		ids = append(ids, a.id)
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
	return s.relink(old, otherwise).id, true
}

func (s *Server) relink(old *account, otherwise bool) *account {
	a := s.linkAccount(link{Relinks: old.id, Holder: old.holder, Permissions: old.permissions, At: s.whole(), Otherwise: otherwise})
	s.begin(a, "transactions", "link", s.whole())
	return a
}

// relinked is an account for a bank account that had one before.
func (s *Server) relinked(by link) *account {
	old := s.byID[by.Relinks]
	old.State.ReplacedAt = by.At
	a := newAccount(s.config, old.number)
	a.id = identifier("fca_", s.config.Seed, len(s.accounts), "relinked", 0)
	a.holder, a.permissions, a.createdAt, a.generation = by.Holder, by.Permissions, by.At, len(s.accounts)
	a.inactiveAt, a.State = unset, accountState{Refreshes: map[string][]refresh{}, LinkedBy: &by}
	// the bank's books go on: the same rows on the same days, as far back as the bank tells
	a.historyFrom, a.otherwise = old.historyStart(), by.Otherwise
	return s.add(a)
}

func (s *Server) linkAccount(by link) *account {
	if by.Relinks != "" {
		return s.relinked(by)
	}
	a := newAccount(s.config, len(s.accounts))
	a.holder, a.permissions, a.createdAt = by.Holder, by.Permissions, by.At
	a.inactiveAt, a.State = unset, accountState{Refreshes: map[string][]refresh{}, LinkedBy: &by}
	return s.add(a)
}
