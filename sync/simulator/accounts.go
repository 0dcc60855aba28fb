package simulator

import (
	"encoding/json"
	"slices"
	"strings"
	"time"

	"fcpipe/sync/simulator/answer"
	"fcpipe/sync/simulator/draw"
	"fcpipe/sync/simulator/world"
)

func (s *Server) platformID() string {
	return draw.ID("acct_", s.world.Config.Seed, 0, "platform", 0)[:21]
}

func (s *Server) platformAccount(*call) (any, *answer.Error) {
	return object{
		"id": s.platformID(), "object": "account", "country": "US", "default_currency": "usd", "type": "standard",
	}, nil
}

// listAccounts lists newest first; only the accounts of the page are brought up to date.
func (s *Server) listAccounts(c *call) (any, *answer.Error) {
	filters := 0
	exclusive := append(slices.Clone(holderParams), "session")
	for _, name := range exclusive {
		if c.params.Has(name) {
			filters++
		}
	}
	if filters > 1 {
		return nil, answer.Invalid("", "account_holder",
			"You may only specify one of these parameters: "+strings.Join(exclusive, ", ")+".")
	}
	var shown []*world.Account
	for _, a := range slices.Backward(s.world.Accounts) {
		if s.matches(c, a) {
			shown = append(shown, a)
		}
	}
	shownPage, e := answer.CutPage(c.params, len(shown), func(id string) int {
		return slices.IndexFunc(shown, func(a *world.Account) bool { return a.ID == id })
	})
	if e != nil {
		return nil, e
	}
	items := make([][]byte, 0, shownPage.To-shownPage.From)
	for _, a := range shown[shownPage.From:shownPage.To] {
		s.world.CatchUp(a, s.now)
		item, _ := json.Marshal(s.accountFor(c, a))
		items = append(items, item)
	}
	return answer.List("/v1/financial_connections/accounts", shownPage.More, items), nil
}

func (s *Server) matches(c *call, a *world.Account) bool {
	if s.isUnlisted(a.ID) || a.CreatedAt.After(s.now) {
		return false
	}
	for _, holder := range holderParams {
		isConnected := holder == "account_holder[account]"
		if c.params.Has(holder) && (c.params.Get(holder) != a.Holder || isConnected != a.Connected) {
			return false
		}
	}
	if c.params.Has("session") {
		session := s.desk.Session(c.params.Get("session"))
		return session != nil && slices.Contains(s.desk.Linked(session), a)
	}
	return true
}

func (s *Server) retrieveAccount(c *call) (any, *answer.Error) {
	a := s.account(c.path[2])
	if a == nil {
		return nil, answer.Missing("financial_connections.account", c.path[2])
	}
	return s.accountFor(c, a), nil
}

// features reads and checks features[].
func features(c *call, allowed ...string) ([]string, *answer.Error) {
	var wanted []string
	for name, values := range c.params {
		if len(name) > 9 && name[:9] == "features[" {
			wanted = append(wanted, values...)
		}
	}
	if len(wanted) == 0 {
		return nil, answer.Invalid("parameter_missing", "features", "Missing required param: features.")
	}
	for _, feature := range wanted {
		if !slices.Contains(allowed, feature) {
			return nil, answer.Invalid("", "features[0]",
				"Invalid features[0]: must be one of the features of this endpoint")
		}
	}
	return wanted, nil
}

// changeable finds an account that may be refreshed or subscribed.
func (s *Server) changeable(c *call, wanted []string) (*world.Account, *answer.Error) {
	a := s.account(c.path[2])
	if a == nil {
		return nil, answer.Missing("financial_connections.account", c.path[2])
	}
	if a.Status(s.now) != "active" {
		return nil, answer.Invalid("financial_connections_account_inactive", "", "This account is not active.")
	}
	for _, feature := range wanted {
		if permission := world.PermissionFor[feature]; !a.Permits(permission) {
			return nil, answer.Invalid("", "features",
				"The account holder did not grant the permission "+permission+".")
		}
	}
	return a, nil
}

// refreshAccount starts refreshes. One that is pending, or not yet available, is left as it is.
func (s *Server) refreshAccount(c *call) (any, *answer.Error) {
	wanted, e := features(c, "balance", "ownership", "transactions")
	if e != nil {
		return nil, e
	}
	a, e := s.changeable(c, wanted)
	if e != nil {
		return nil, e
	}
	for _, feature := range wanted {
		_, any := a.Latest(feature)
		next := a.NextAvailable(feature, s.now)
		if isAvailable := !next.IsZero() && !next.After(s.now); !any || isAvailable {
			s.world.BeginRefresh(a, feature, "request", s.whole())
		}
	}
	return s.accountFor(c, a), nil
}

// subscribeAccount subscribes, which starts a refresh at once.
func (s *Server) subscribeAccount(c *call) (any, *answer.Error) {
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
		last, any := a.Latest("transactions")
		if isOver := last.Status(s.now) != "pending" && s.whole().After(last.AttemptedAt); !any || isOver {
			s.world.BeginRefresh(a, "transactions", "subscription", s.whole())
		}
	}
	return s.accountFor(c, a), nil
}

func (s *Server) unsubscribeAccount(c *call) (any, *answer.Error) {
	if _, e := features(c, "transactions"); e != nil {
		return nil, e
	}
	a := s.account(c.path[2])
	if a == nil {
		return nil, answer.Missing("financial_connections.account", c.path[2])
	}
	a.State.SubscribedAt = time.Time{}
	return s.accountFor(c, a), nil
}

func (s *Server) disconnectAccount(c *call) (any, *answer.Error) {
	a := s.account(c.path[2])
	if a == nil {
		return nil, answer.Missing("financial_connections.account", c.path[2])
	}
	s.disconnect(a)
	return s.accountFor(c, a), nil
}

func (s *Server) disconnect(a *world.Account) {
	if a.State.DisconnectedAt.IsZero() {
		a.State.DisconnectedAt = s.whole()
		a.State.SubscribedAt = time.Time{}
	}
}

// listOwners lists the owners of an account's newest ownership snapshot.
func (s *Server) listOwners(c *call) (any, *answer.Error) {
	a := s.account(c.path[2])
	if a == nil {
		return nil, answer.Missing("financial_connections.account", c.path[2])
	}
	wanted := c.params.Get("ownership")
	switch {
	case wanted == "":
		return nil, answer.Invalid("parameter_missing", "ownership", "Missing required param: ownership.")
	case !a.Permits("ownership"):
		return nil, answer.Forbidden("The account holder did not grant the permission ownership.")
	case a.Status(s.now) == "disconnected":
		return nil, answer.Forbidden("The account is disconnected.")
	case s.world.OwnershipID(a, s.now) != wanted:
		return nil, answer.MissingParam("ownership", "financial_connections.account_ownership", wanted)
	}
	return answer.ListObjects(c.params, "/v1/financial_connections/accounts/"+a.ID+"/owners",
		ownerObjects(s.world.Owners(a, s.now)))
}
