package simulator

import (
	"encoding/json"
	"slices"
)

func (s *Server) platformID() string {
	return identifier("acct_", s.config.Seed, 0, "platform", 0)[:21]
}

func (s *Server) platformAccount(*call) (any, *apiError) {
	return object{"id": s.platformID(), "object": "account", "country": "US", "default_currency": "usd", "type": "standard"}, nil
}

// listAccounts lists newest first; only the accounts of the page are brought up to date.
func (s *Server) listAccounts(c *call) (any, *apiError) {
	filters := 0
	for _, name := range []string{"account_holder[account]", "account_holder[customer]", "account_holder[customer_account]", "session"} {
		if c.params.Has(name) {
			filters++
		}
	}
	if filters > 1 {
		return nil, invalid("", "account_holder", "You may only specify one of these parameters: account_holder[account], account_holder[customer], account_holder[customer_account], session.")
	}
	var shown []*account
	for _, a := range slices.Backward(s.accounts) {
		if s.matches(c, a) {
			shown = append(shown, a)
		}
	}
	cut, e := c.cut(len(shown), func(id string) int {
		return slices.IndexFunc(shown, func(a *account) bool { return a.id == id })
	})
	if e != nil {
		return nil, e
	}
	items := make([][]byte, 0, cut.to-cut.from)
	for _, a := range shown[cut.from:cut.to] {
		s.catchUp(a, s.now)
		item, _ := json.Marshal(s.accountObject(a, s.now))
		items = append(items, item)
	}
	return list("/v1/financial_connections/accounts", cut.more, items), nil
}

func (s *Server) matches(c *call, a *account) bool {
	if s.isUnlisted(a.id) || a.createdAt.After(s.now) {
		return false
	}
	if c.params.Has("account_holder[customer]") && c.params.Get("account_holder[customer]") != a.holder {
		return false
	}
	if c.params.Has("account_holder[customer_account]") && c.params.Get("account_holder[customer_account]") != a.holder {
		return false
	}
	if c.params.Has("account_holder[account]") {
		return false // no holder of this world is a connected account
	}
	if c.params.Has("session") {
		return a.State.LinkedBy != nil && a.State.LinkedBy.Session == c.params.Get("session")
	}
	return true
}

func (s *Server) retrieveAccount(c *call) (any, *apiError) {
	a := s.account(c.path[2])
	if a == nil {
		return nil, missing("financial_connections.account", c.path[2])
	}
	return s.accountObject(a, s.now), nil
}

// features reads and checks features[].
func features(c *call, allowed ...string) ([]string, *apiError) {
	var wanted []string
	for name, values := range c.params {
		if len(name) > 9 && name[:9] == "features[" {
			wanted = append(wanted, values...)
		}
	}
	if len(wanted) == 0 {
		return nil, invalid("parameter_missing", "features", "Missing required param: features.")
	}
	for _, feature := range wanted {
		if !slices.Contains(allowed, feature) {
			return nil, invalid("", "features[0]", "Invalid features[0]: must be one of the features of this endpoint")
		}
	}
	return wanted, nil
}

// changeable finds an account that may be refreshed or subscribed.
func (s *Server) changeable(c *call, wanted []string) (*account, *apiError) {
	a := s.account(c.path[2])
	if a == nil {
		return nil, missing("financial_connections.account", c.path[2])
	}
	if a.status(s.now) != "active" {
		return nil, invalid("financial_connections_account_inactive", "", "This account is not active.")
	}
	for _, feature := range wanted {
		if permission := permissionFor[feature]; !a.permits(permission) {
			return nil, invalid("", "features", "The account holder did not grant the permission "+permission+".")
		}
	}
	return a, nil
}

// refreshAccount starts refreshes. One that is pending, or not yet available, is left as it is.
func (s *Server) refreshAccount(c *call) (any, *apiError) {
	wanted, e := features(c, "balance", "ownership", "transactions")
	if e != nil {
		return nil, e
	}
	a, e := s.changeable(c, wanted)
	if e != nil {
		return nil, e
	}
	for _, feature := range wanted {
		if _, any := a.latest(feature); !any || (!a.nextAvailable(feature, s.now).IsZero() && !a.nextAvailable(feature, s.now).After(s.now)) {
			s.begin(a, feature, "request", s.whole())
		}
	}
	return s.accountObject(a, s.now), nil
}

// subscribeAccount subscribes, which starts a refresh at once.
func (s *Server) subscribeAccount(c *call) (any, *apiError) {
	wanted, e := features(c, "transactions")
	if e != nil {
		return nil, e
	}
	a, e := s.changeable(c, wanted)
	if e != nil {
		return nil, e
	}
	if a.State.SubscribedAt.IsZero() {
		a.State.SubscribedAt = s.whole()
		if last, any := a.latest("transactions"); !any || (last.status(s.now) != "pending" && s.whole().After(last.AttemptedAt)) {
			s.begin(a, "transactions", "subscription", s.whole())
		}
	}
	return s.accountObject(a, s.now), nil
}

func (s *Server) unsubscribeAccount(c *call) (any, *apiError) {
	if _, e := features(c, "transactions"); e != nil {
		return nil, e
	}
	a := s.account(c.path[2])
	if a == nil {
		return nil, missing("financial_connections.account", c.path[2])
	}
	a.State.SubscribedAt = unset
	return s.accountObject(a, s.now), nil
}

func (s *Server) disconnectAccount(c *call) (any, *apiError) {
	a := s.account(c.path[2])
	if a == nil {
		return nil, missing("financial_connections.account", c.path[2])
	}
	s.disconnect(a)
	return s.accountObject(a, s.now), nil
}

func (s *Server) disconnect(a *account) {
	if a.State.DisconnectedAt.IsZero() {
		a.State.DisconnectedAt = s.whole()
		a.State.SubscribedAt = unset
	}
}
