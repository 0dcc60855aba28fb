package simulator

import (
	"strconv"
	"strings"
)

// listTransactions lists what refreshes have revealed of one account, newest first.
func (s *Server) listTransactions(c *call) (any, *apiError) {
	a, e := s.readable(c.params.Get("account"))
	if e != nil {
		return nil, e
	}
	v := s.visible(a, s.now)
	if v.refreshes == 0 {
		return nil, invalid("financial_connections_no_successful_transaction_refresh", "account", "The account has no successful transaction refresh yet.")
	}
	after := -1
	if c.params.Has("transaction_refresh[after]") {
		id := c.params.Get("transaction_refresh[after]")
		ordinal, known := v.ids[id]
		if !known {
			return nil, invalid("resource_missing", "transaction_refresh[after]", "No such transaction refresh: '"+id+"'")
		}
		after = ordinal
	}
	inRange, e := transactedRange(c)
	if e != nil {
		return nil, e
	}
	return s.pageOfTransactions(c, v, func(row *visibleRow) bool { return row.refresh > after && inRange(row.version.at.Unix()) })
}

func (s *Server) pageOfTransactions(c *call, v *view, wanted func(*visibleRow) bool) (any, *apiError) {
	var shown []int
	for i := range v.rows {
		if wanted(&v.rows[i]) {
			shown = append(shown, i)
		}
	}
	cut, e := c.cut(len(shown), func(id string) int {
		at, known := v.at[id]
		if !known {
			return -1
		}
		// the row may have left the filtered list: go on where it would stand
		for i, index := range shown {
			if index == at {
				return i
			}
			if index > at {
				return i - 1
			}
		}
		return len(shown) - 1
	})
	if e != nil {
		return nil, e
	}
	items := make([][]byte, 0, 100)
	for _, index := range shown[max(cut.from, 0):max(cut.to, 0)] {
		items = append(items, v.rows[index].rendered)
	}
	return list("/v1/financial_connections/transactions", cut.more, items), nil
}

// readable finds an account whose transactions may be listed.
func (s *Server) readable(id string) (*account, *apiError) {
	if id == "" {
		return nil, invalid("parameter_missing", "account", "Missing required param: account.")
	}
	a := s.account(id)
	switch {
	case a == nil:
		return nil, missing("financial_connections.account", id)
	case !a.permits("transactions"):
		return nil, forbidden("The account holder did not grant the permission transactions.")
	case a.status(s.now) == "disconnected":
		return nil, forbidden("The account is disconnected.")
	}
	return a, nil
}

// transactedRange reads transacted_at as an instant or as bounds.
func transactedRange(c *call) (func(int64) bool, *apiError) {
	var checks []func(int64) bool
	for name, values := range c.params {
		operator, isRange := strings.CutPrefix(name, "transacted_at")
		if !isRange {
			continue
		}
		bound, err := strconv.ParseInt(values[0], 10, 64)
		if err != nil {
			return nil, invalid("parameter_invalid_integer", name, "Invalid integer: "+values[0])
		}
		checks = append(checks, map[string]func(int64) bool{
			"":      func(at int64) bool { return at == bound },
			"[gt]":  func(at int64) bool { return at > bound },
			"[gte]": func(at int64) bool { return at >= bound },
			"[lt]":  func(at int64) bool { return at < bound },
			"[lte]": func(at int64) bool { return at <= bound },
		}[operator])
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

func (s *Server) retrieveTransaction(c *call) (any, *apiError) {
	id := c.path[2]
	for _, a := range s.accounts {
		if !a.permits("transactions") || a.status(s.now) == "disconnected" {
			continue
		}
		s.catchUp(a, s.now)
		v := s.visible(a, s.now)
		if at, known := v.at[id]; known {
			return rawJSON(v.rows[at].rendered), nil
		}
	}
	return nil, missing("financial_connections.transaction", id)
}
