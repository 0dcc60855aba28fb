package rules

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"fcpipe/schema"
)

// parseAmount reads an amount as people write it: 25 or 25.00, in minor units.
func parseAmount(text, currency string) (int64, error) {
	whole, part, hasPoint := strings.Cut(text, ".")
	digits := schema.Exponent(currency)
	isNumber := whole != "" && strings.Trim(whole+part, "0123456789") == "" && (!hasPoint || part != "")
	if !isNumber || len(part) > digits {
		return 0, fmt.Errorf("%q: write an amount of %s without sign and thousands, such as %s", shortened(text),
			currency, schema.Amount(25*int64(math.Pow10(digits)), currency))
	}
	minor, err := strconv.ParseInt(whole+part+strings.Repeat("0", digits-len(part)), 10, 64)
	if err != nil || minor >= 1_000_000_000_000_000_000 {
		return 0, fmt.Errorf("%q: write an amount of at most 18 digits", shortened(text))
	}
	return minor, nil
}
