package page

import (
	"math"
	"strings"

	"fcpipe/schema"
)

// minus writes a number with the sign that is as wide as a digit.
func minus(text string) string { return strings.Replace(text, "-", "−", 1) }

// amount writes minor units as people write money, with a minus sign and without the currency: −1,234.56.
func amount(minor int64, currency string) string { return minus(schema.Amount(minor, currency)) }

// money is amount with the currency behind it: −1,234.56 USD.
func money(minor int64, currency string) string {
	return amount(minor, currency) + "\u00a0" + strings.ToUpper(currency)
}

// optional is an amount, or a dash where it is missing.
func optional(minor *int64, currency string) string {
	if minor == nil {
		return "–"
	}
	return amount(*minor, currency)
}

// rounded is a number of minor units; what leaves 64 bits ends at their ends.
func rounded(minor float64) int64 {
	switch {
	case minor >= math.MaxInt64:
		return math.MaxInt64
	case minor <= math.MinInt64:
		return math.MinInt64
	}
	return int64(math.Round(minor))
}

// sum adds amounts; nil where one is not known, or the sum leaves 64 bits.
func sum(amounts []*int64) *int64 {
	var total int64
	for _, minor := range amounts {
		if minor == nil || (*minor > 0) == (total > 0) && magnitude(total) > math.MaxInt64-magnitude(*minor) {
			return nil
		}
		total += *minor
	}
	return &total
}

// magnitude is a number without its sign.
func magnitude(n int64) int64 {
	if n == math.MinInt64 {
		return math.MaxInt64
	}
	return max(n, -n)
}

// mean is the mean of amounts, rounded half away from zero; nil where their sum is.
func mean(amounts []*int64) *int64 {
	total := sum(amounts)
	if total == nil || len(amounts) == 0 {
		return nil
	}
	n := int64(len(amounts))
	result, rest := *total/n, *total%n
	if 2*magnitude(rest) >= n {
		if *total < 0 {
			result--
		} else {
			result++
		}
	}
	return &result
}
