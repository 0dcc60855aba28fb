package schema

import (
	"slices"
	"strconv"
	"strings"
)

// Currencies whose minor units are not hundredths: ISO 4217, but what Stripe counts in hundredths (isk, ugx) or in
// whole units (mga). The macro meta.exponent has the same; a test compares them. Source:
// https://docs.stripe.com/currencies
var (
	wholeUnits = []string{
		"bif", "clp", "djf", "gnf", "jpy", "kmf", "krw", "mga", "pyg", "rwf", "vnd", "vuv", "xaf", "xof", "xpf",
	}
	thousandths = []string{"bhd", "iqd", "jod", "kwd", "lyd", "omr", "tnd"}
)

// Exponent is how many digits of a currency's amounts stand behind the point.
func Exponent(currency string) int {
	currency = strings.ToLower(currency)
	switch {
	case slices.Contains(wholeUnits, currency):
		return 0
	case slices.Contains(thousandths, currency):
		return 3
	}
	return 2
}

// Amount is a number of minor units as people write it, with a sign where it is negative: -1,234.50.
func Amount(minor int64, currency string) string {
	text, isNegative := strings.CutPrefix(strconv.FormatInt(minor, 10), "-")
	digits := Exponent(currency)
	if missing := digits + 1 - len(text); missing > 0 {
		text = strings.Repeat("0", missing) + text
	}
	whole, part := text[:len(text)-digits], text[len(text)-digits:]
	for i := len(whole) - 3; i > 0; i -= 3 {
		whole = whole[:i] + "," + whole[i:]
	}
	if part != "" {
		whole += "." + part
	}
	if isNegative {
		whole = "-" + whole
	}
	return whole
}
