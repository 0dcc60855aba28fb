package schema

import "testing"

// TestAmountsAreWrittenAsPeopleDo: by the decimals of their currency.
func TestAmountsAreWrittenAsPeopleDo(t *testing.T) {
	for _, c := range []struct {
		minor    int64
		currency string
		want     string
	}{
		{-123456789, "usd", "-1,234,567.89"},
		{5, "usd", "0.05"},
		{0, "eur", "0.00"},
		{1234, "jpy", "1,234"},
		{-1 << 63, "usd", "-92,233,720,368,547,758.08"},
		{1234567, "kwd", "1,234.567"},
		{-7, "bhd", "-0.007"},
		{500, "ugx", "5.00"},
		{500, "MGA", "500"},
	} {
		if got := Amount(c.minor, c.currency); got != c.want {
			t.Errorf("%d %s is written %s, want %s", c.minor, c.currency, got, c.want)
		}
	}
}

// TestCurrenciesAreThoseOfTheStandard: money without a currency (xxx) is none, and every odd exponent is of one.
func TestCurrenciesAreThoseOfTheStandard(t *testing.T) {
	for _, code := range append(append([]string{"usd", "EUR", "xcg", "zwl"}, wholeUnits...), thousandths...) {
		if !IsCurrency(code) {
			t.Errorf("%q is no currency", code)
		}
	}
	for _, code := range []string{"", "us", "zzz", "xxx", "xau", "usd ", "d a", "dollar"} {
		if IsCurrency(code) {
			t.Errorf("%q is a currency", code)
		}
	}
}
