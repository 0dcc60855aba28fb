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

// currencies are the codes of ISO 4217 that money is held in, also those that a country left in the last years.
const currencies = `
	aed afn all amd ang aoa ars aud awg azn bam bbd bdt bgn bhd bif bmd bnd bob brl bsd btn bwp byn bzd cad cdf
	chf clf clp cny cop crc cuc cup cve czk djf dkk dop dzd egp ern etb eur fjd fkp gbp gel ghs gip gmd gnf gtq
	gyd hkd hnl hrk htg huf idr ils inr iqd irr isk jmd jod jpy kes kgs khr kmf kpw krw kwd kyd kzt lak lbp lkr
	lrd lsl lyd mad mdl mga mkd mmk mnt mop mru mur mvr mwk mxn myr mzn nad ngn nio nok npr nzd omr pab pen pgk
	php pkr pln pyg qar ron rsd rub rwf sar sbd scr sdg sek sgd shp sle sll sos srd ssp stn svc syp szl thb tjs
	tmt tnd top try ttd twd tzs uah ugx usd uyu uzs ved ves vnd vuv wst xaf xcd xcg xof xpf yer zar zmw zwg zwl`

// IsCurrency reports whether a text is the code of a currency, in whatever case. What Stripe sends is not held to it.
func IsCurrency(code string) bool {
	return slices.Contains(strings.Fields(currencies), strings.ToLower(code))
}

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
