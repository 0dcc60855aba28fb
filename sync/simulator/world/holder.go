package world

import (
	"strings"

	"fcpipe/sync/simulator/draw"
)

// Holder is the id of person number n. In a world that is not calm every ninth is an account
// configured as a customer (Accounts v2), the others are customers.
func (c Config) Holder(n int) string {
	if !c.Calm && n%9 == 5 {
		return draw.ID("acct_", c.Seed, n, "holder", 0)[:21]
	}
	return draw.ID("cus_", c.Seed, n, "holder", 0)
}

// IsCustomerAccount reports whether a holder is an account configured as a customer.
func IsCustomerAccount(holder string) bool { return strings.HasPrefix(holder, "acct_") }
