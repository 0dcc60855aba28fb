package page

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Currencies with other than two decimals in minor units: docs.stripe.com/currencies.
var (
	noDecimals = []string{
		"bif", "clp", "djf", "gnf", "jpy", "kmf", "krw", "mga", "pyg", "rwf", "ugx", "vnd", "vuv", "xaf", "xof", "xpf",
	}
	threeDecimals = []string{"bhd", "jod", "kwd", "omr", "tnd"}
)

func decimalsOf(currency string) int {
	switch {
	case slices.Contains(noDecimals, currency):
		return 0
	case slices.Contains(threeDecimals, currency):
		return 3
	}
	return 2
}

// amount writes minor units as people write money, without the currency: −1,234.56.
func amount(minor int64, currency string) string {
	digits := strconv.FormatInt(minor, 10)
	digits, isNegative := strings.CutPrefix(digits, "-")
	decimals, fraction := decimalsOf(currency), ""
	if decimals > 0 {
		digits = fmt.Sprintf("%0*s", decimals+1, digits)
		fraction = "." + digits[len(digits)-decimals:]
		digits = digits[:len(digits)-decimals]
	}
	for i := len(digits) - 3; i > 0; i -= 3 {
		digits = digits[:i] + "," + digits[i:]
	}
	if isNegative {
		digits = "−" + digits
	}
	return digits + fraction
}

// money is amount with the currency behind it: −1,234.56 USD.
func money(minor int64, currency string) string {
	return amount(minor, currency) + "\u00a0" + strings.ToUpper(currency)
}
