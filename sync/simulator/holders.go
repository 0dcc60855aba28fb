package simulator

import (
	"slices"
	"strings"
)

// holder is the id of person number n. In a world that is not calm every ninth is an account
// configured as a customer (Accounts v2), the others are customers.
func (c Config) holder(n int) string {
	if !c.Calm && n%9 == 5 {
		return identifier("acct_", c.Seed, n, "holder", 0)[:21]
	}
	return identifier("cus_", c.Seed, n, "holder", 0)
}

func isCustomerAccount(holder string) bool { return strings.HasPrefix(holder, "acct_") }

// holderObject is a holder as accounts and sessions show it: both kinds are of type customer.
func holderObject(holder string) object {
	if isCustomerAccount(holder) {
		return object{"type": "customer", "customer_account": holder}
	}
	return object{"type": "customer", "customer": holder}
}

// knowsHolder reports whether accounts can be linked for a holder.
func (s *Server) knowsHolder(id string) bool {
	for n := range s.config.Holders {
		if s.config.holder(n) == id {
			return true
		}
	}
	return slices.ContainsFunc(s.customers, func(made customer) bool { return made.ID == id })
}
