package rules

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// decimals are those of currencies that have not two, by ISO 4217.
var decimals = map[string]int{
	"bif": 0, "clp": 0, "djf": 0, "gnf": 0, "isk": 0, "jpy": 0, "kmf": 0, "krw": 0, "pyg": 0, "rwf": 0, "ugx": 0,
	"uyi": 0, "vnd": 0, "vuv": 0, "xaf": 0, "xof": 0, "xpf": 0,
	"bhd": 3, "iqd": 3, "jod": 3, "kwd": 3, "lyd": 3, "omr": 3, "tnd": 3,
}

// Decimals is how many digits of an amount stand behind the point.
func Decimals(currency string) int {
	if n, known := decimals[currency]; known {
		return n
	}
	return 2
}

// parseAmount reads an amount as people write it: 25 or 25.00, in minor units.
func parseAmount(text, currency string) (int64, error) {
	whole, part, hasPoint := strings.Cut(text, ".")
	digits := Decimals(currency)
	isNumber := whole != "" && strings.Trim(whole+part, "0123456789") == "" && (!hasPoint || part != "")
	if !isNumber || len(part) > digits {
		return 0, fmt.Errorf("%q is no amount of %s: write it without sign and thousands, such as %s", shortened(text),
			currency, Amount(25*int64(math.Pow10(digits)), currency))
	}
	minor, err := strconv.ParseInt(whole+part+strings.Repeat("0", digits-len(part)), 10, 64)
	if err != nil {
		return 0, fmt.Errorf("%q is more than any amount can be", shortened(text))
	}
	return minor, nil
}

// Amount is a number of minor units as people write it, with a sign where it is negative.
func Amount(minor int64, currency string) string {
	digits := Decimals(currency)
	text := strconv.FormatUint(size(minor), 10)
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
	if minor < 0 {
		whole = "-" + whole
	}
	return whole
}

// size is an amount without its sign: that of the smallest one fits no int64.
func size(minor int64) uint64 {
	switch {
	case minor == math.MinInt64:
		return 1 << 63
	case minor < 0:
		return uint64(-minor)
	}
	return uint64(minor)
}
