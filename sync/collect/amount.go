package collect

import (
	"strings"

	"fcpipe/schema"
)

// Amount is an amount as people read it: -1,234.50 USD.
func Amount(minor int64, currency string) string {
	return schema.Amount(minor, currency) + " " + strings.ToUpper(currency)
}
