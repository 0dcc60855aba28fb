package page

import (
	"strings"

	"fcpipe/schema"
)

// amount writes minor units as people write money, with a minus sign and without the currency: −1,234.56.
func amount(minor int64, currency string) string {
	return strings.Replace(schema.Amount(minor, currency), "-", "−", 1)
}

// money is amount with the currency behind it: −1,234.56 USD.
func money(minor int64, currency string) string {
	return amount(minor, currency) + "\u00a0" + strings.ToUpper(currency)
}
