package simulator

import (
	"slices"
	"strconv"
	"strings"

	"fcpipe/sync/simulator/answer"
	"fcpipe/sync/simulator/world"
)

// listTransactions lists what refreshes have revealed of one account, newest first.
func (s *Server) listTransactions(c *call) (any, *answer.Error) {
	a, e := s.readable(c.params.Get("account"))
	if e != nil {
		return nil, e
	}
	v := s.world.Visible(a, s.now)
	if v.RefreshCount == 0 {
		return nil, answer.Invalid("financial_connections_no_successful_transaction_refresh", "account",
			"The account has no successful transaction refresh yet.")
	}
	after := -1
	if c.params.Has("transaction_refresh[after]") {
		id := c.params.Get("transaction_refresh[after]")
		ordinal, known := v.Ordinals[id]
		if !known {
			return nil, answer.Invalid("resource_missing", "transaction_refresh[after]",
				"No such transaction refresh: '"+id+"'")
		}
		after = ordinal
	}
	inRange, e := transactedRange(c)
	if e != nil {
		return nil, e
	}
	if after < 0 && inRange == nil {
		return s.pageOfTransactions(c, a, v.Every())
	}
	return s.pageOfTransactions(c, a, v.Those(func(row *world.VisibleRow) bool {
		return row.Refresh > after && (inRange == nil || inRange(row.Version.At.Unix()))
	}))
}

// pageOfTransactions cuts a page out of the rows that are shown, by their numbers in the view.
func (s *Server) pageOfTransactions(c *call, a *world.Account, shown []int) (any, *answer.Error) {
	v := s.world.Visible(a, s.now)
	shownPage, e := answer.CutPage(c.params, len(shown), func(id string) int {
		at, known := v.Position[id]
		if !known {
			return -1
		}
		i, isShown := slices.BinarySearch(shown, at)
		if !isShown { // the row may have left the filtered list: go on where it would stand
			return i - 1
		}
		return i
	})
	if e != nil {
		return nil, e
	}
	items := make([][]byte, 0, 100)
	for _, index := range shown[max(shownPage.From, 0):max(shownPage.To, 0)] {
		items = append(items, s.rowFor(c, a, &v.Rows[index]))
	}
	return answer.List("/v1/financial_connections/transactions", shownPage.More, items), nil
}

// readable finds an account whose transactions may be listed.
func (s *Server) readable(id string) (*world.Account, *answer.Error) {
	if id == "" {
		return nil, answer.Invalid("parameter_missing", "account", "Missing required param: account.")
	}
	a := s.account(id)
	switch {
	case a == nil:
		return nil, answer.Missing("financial_connections.account", id)
	case !a.Permits("transactions"):
		return nil, answer.Forbidden("The account holder did not grant the permission transactions.")
	case a.Status(s.now) == "disconnected":
		return nil, answer.Forbidden("The account is disconnected.")
	}
	return a, nil
}

// transactedRange reads transacted_at as an instant or as bounds; nil when neither is asked for.
func transactedRange(c *call) (func(int64) bool, *answer.Error) {
	var checks []func(int64) bool
	for name, values := range c.params {
		operator, isRange := strings.CutPrefix(name, "transacted_at")
		if !isRange {
			continue
		}
		bound, err := strconv.ParseInt(values[0], 10, 64)
		if err != nil {
			return nil, answer.Invalid("parameter_invalid_integer", name, "Invalid integer: "+values[0])
		}
		checks = append(checks, map[string]func(int64) bool{
			"":      func(at int64) bool { return at == bound },
			"[gt]":  func(at int64) bool { return at > bound },
			"[gte]": func(at int64) bool { return at >= bound },
			"[lt]":  func(at int64) bool { return at < bound },
			"[lte]": func(at int64) bool { return at <= bound },
		}[operator])
	}
	if len(checks) == 0 {
		return nil, nil
	}
	return func(at int64) bool {
		for _, check := range checks {
			if !check(at) {
				return false
			}
		}
		return true
	}, nil
}

func (s *Server) retrieveTransaction(c *call) (any, *answer.Error) {
	id := c.path[2]
	for _, a := range s.world.Accounts {
		if !a.Permits("transactions") || a.Status(s.now) == "disconnected" {
			continue
		}
		s.world.CatchUp(a, s.now)
		v := s.world.Visible(a, s.now)
		if at, known := v.Position[id]; known {
			return answer.Raw(s.rowFor(c, a, &v.Rows[at])), nil
		}
	}
	return nil, answer.Missing("financial_connections.transaction", id)
}
