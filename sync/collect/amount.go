package collect

import (
	"slices"
	"strconv"
	"strings"
)

// Currencies whose minor units are not hundredths. Source: https://docs.stripe.com/currencies
var (
	noDecimals = []string{
		"bif", "clp", "djf", "gnf", "jpy", "kmf", "krw", "mga", "pyg", "rwf", "ugx", "vnd", "vuv", "xaf", "xof", "xpf",
	}
	threeDecimals = []string{"bhd", "jod", "kwd", "omr", "tnd"}
)

// Amount is an amount as people read it: -1,234.50 USD.
func Amount(minor int64, currency string) string {
	decimals := 2
	switch {
	case slices.Contains(noDecimals, currency):
		decimals = 0
	case slices.Contains(threeDecimals, currency):
		decimals = 3
	}
	digits, sign := strconv.FormatInt(minor, 10), ""
	if minor < 0 {
		digits, sign = digits[1:], "-"
	}
	if short := decimals + 1 - len(digits); short > 0 {
		digits = strings.Repeat("0", short) + digits
	}
	whole, rest := digits[:len(digits)-decimals], digits[len(digits)-decimals:]
	for at := len(whole) - 3; at > 0; at -= 3 {
		whole = whole[:at] + "," + whole[at:]
	}
	if rest != "" {
		rest = "." + rest
	}
	return sign + whole + rest + " " + strings.ToUpper(currency)
}
