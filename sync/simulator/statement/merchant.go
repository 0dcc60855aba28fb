package statement

import (
	"encoding/csv"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Way is how a merchant or company is paid, or pays.
type Way string

// The ways of the lists of merchants.
const (
	Street        Way = "street" // a card, in a shop
	Online        Way = "online" // a card, at a distance
	Subscription  Way = "sub"
	Bill          Way = "bill"
	Rent          Way = "rent"
	Mortgage      Way = "mortgage"
	Loan          Way = "loan"
	Wages         Way = "employer"
	Gig           Way = "gig"
	Benefit       Way = "benefit"
	TaxRefund     Way = "tax_refund"
	TaxPayment    Way = "tax_payment"
	Advance       Way = "ewa" // of wages, and back
	Instalments   Way = "bnpl"
	Gamble        Way = "gamble"
	Invest        Way = "invest"
	App           Way = "app" // from person to person
	AppIn         Way = "app_in"
	CardElsewhere Way = "card" // a card that is not shared
)

var ways = []Way{
	Street, Online, Subscription, Bill, Rent, Mortgage, Loan, Wages, Gig, Benefit, TaxRefund, TaxPayment, Advance,
	Instalments, Gamble, Invest, App, AppIn, CardElsewhere,
}

// Merchant is who is paid or pays.
type Merchant struct {
	Name      string // its identity; what stands before a slash is the family it belongs to
	Label     string // of what is paid to it
	Way       Way
	Weight    int64
	Low, High int64   // cents
	Prices    []int64 // of a subscription, cents
	Forms     []Form
	Town      int // of a shop there is one of: its place among the cities of the set; -1: everywhere
}

// readMerchants reads a list of merchants: name, label, way, weight, low, high, forms.
func readMerchants(text string) (merchants []*Merchant, err error) {
	rows, err := csv.NewReader(strings.NewReader(text)).ReadAll()
	if err != nil {
		return nil, err
	}
	for n, row := range rows[1:] {
		m, err := readMerchant(row)
		if err != nil {
			return nil, fmt.Errorf("line %d, %s: %w", n+2, row[0], err)
		}
		merchants = append(merchants, m)
	}
	return merchants, nil
}

func readMerchant(row []string) (m *Merchant, err error) {
	m = &Merchant{Name: row[0], Label: row[1], Way: Way(row[2]), Town: -1}
	if !slices.Contains(ways, m.Way) {
		return nil, fmt.Errorf("%q is no way", m.Way)
	}
	if m.Weight, err = strconv.ParseInt(row[3], 10, 64); err != nil {
		return nil, err
	}
	if m.Way == Subscription {
		for price := range strings.SplitSeq(row[4], ";") {
			cents, err := readCents(price)
			if err != nil {
				return nil, err
			}
			m.Prices = append(m.Prices, cents)
		}
	} else if m.Low, err = readCents(row[4]); err != nil {
		return nil, err
	}
	if m.High, err = readCents(row[5]); err != nil {
		return nil, err
	}
	for form := range strings.SplitSeq(row[6], "|") {
		f, err := readForm(form)
		if err != nil {
			return nil, err
		}
		m.Forms = append(m.Forms, f)
	}
	return m, nil
}

// readCents reads dollars, with or without cents.
func readCents(text string) (int64, error) {
	dollars, cents, hasCents := strings.Cut(text, ".")
	whole, err := strconv.ParseInt(dollars, 10, 64)
	if err != nil || !hasCents {
		return 100 * whole, err
	}
	part, err := strconv.ParseInt(cents, 10, 64)
	if err == nil && len(cents) != 2 {
		err = fmt.Errorf("%q has not two digits of cents", text)
	}
	return 100*whole + part, err
}
