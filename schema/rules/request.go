package rules

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"fcpipe/schema"
)

// LoanRequest is a line of loan_requests.csv: what a holder asks for, in one currency.
type LoanRequest struct {
	Line         int     `json:"-"`
	HolderID     string  `json:"holder_id"`
	Currency     string  `json:"currency"`
	Version      string  `json:"version"` // a hash of what the line says
	PaymentMinor int64   `json:"payment_minor"`
	Cadence      string  `json:"cadence"`      // weekly, biweekly or monthly
	FirstDue     *string `json:"first_due"`    // YYYY-MM-DD
	Payments     *int64  `json:"payments"`     // how many there are
	AmountMinor  *int64  `json:"amount_minor"` // what is paid out
	Refinances   *string `json:"refinances"`   // id of the obligation that it would pay off
	Purpose      *string `json:"purpose"`
}

var (
	requestColumns = []string{
		"holder", "currency", "payment", "cadence", "first_due", "payments", "amount", "refinances", "purpose",
	}
	requestCadences = []string{"weekly", "biweekly", "monthly"}
)

const (
	mostPayments  = 1200
	mostLoanMinor = 1_000_000_000_000_000 // a year of payments leaves no sum of 64 bits
)

// ReadLoanRequests reads loan_requests.csv.
func ReadLoanRequests(file string, content []byte) ([]LoanRequest, error) {
	lines, err := readLines(file, content, requestColumns)
	if err != nil {
		return nil, err
	}
	requests, before := make([]LoanRequest, 0, len(lines)), map[string]int{}
	for _, l := range lines {
		r, err := parseRequest(l)
		if err != nil {
			return nil, at(file, l.number, "%v", err)
		}
		key := r.HolderID + " in " + r.Currency
		if before[key] > 0 {
			return nil, at(file, l.number, "line %d has a request of %s; keep one of the two lines", before[key], key)
		}
		before[key] = l.number
		requests = append(requests, r)
	}
	return requests, nil
}

func parseRequest(l line) (r LoanRequest, err error) {
	r = LoanRequest{
		Line: l.number, HolderID: strings.TrimPrefix(l.cells["holder"], "customer_account:"),
		Currency: strings.ToLower(l.cells["currency"]), Cadence: strings.ToLower(l.cells["cadence"]),
		FirstDue: l.cell("first_due"), Refinances: l.cell("refinances"), Purpose: l.cell("purpose"),
	}
	if err := l.want("a request", "holder", "currency", "payment", "cadence"); err != nil {
		return r, err
	}
	if !strings.HasPrefix(r.HolderID, "cus_") && !strings.HasPrefix(r.HolderID, "acct_") {
		return r, fmt.Errorf("holder %q: write the id of a holder, cus_… or acct_…", shortened(r.HolderID))
	}
	if !schema.IsCurrency(r.Currency) {
		return r, wrongCurrency(r.Currency)
	}
	if !slices.Contains(requestCadences, r.Cadence) {
		return r, fmt.Errorf("cadence %q: write one of %s", shortened(r.Cadence), strings.Join(requestCadences, ", "))
	}
	if err := r.parseNumbers(l); err != nil {
		return r, err
	}
	r.Version = hash(r.HolderID, r.Currency, fmt.Sprint(r.PaymentMinor), r.Cadence, value(r.FirstDue),
		number(r.Payments), number(r.AmountMinor), value(r.Refinances), value(r.Purpose))[:8]
	return r, nil
}

// parseNumbers reads amounts, the first due date and how many payments there are.
func (r *LoanRequest) parseNumbers(l line) (err error) {
	if r.PaymentMinor, err = l.loanAmount("payment", r.Currency); err != nil {
		return err
	}
	if l.cells["amount"] != "" {
		minor, err := l.loanAmount("amount", r.Currency)
		if err != nil {
			return err
		}
		r.AmountMinor = &minor
	}
	if r.FirstDue != nil {
		day, err := time.Parse(time.DateOnly, *r.FirstDue)
		if err != nil || day.Year() < 1970 || day.Year() > 9999 {
			return fmt.Errorf("first_due %q: write a date such as 2026-01-31", shortened(*r.FirstDue))
		}
	}
	if written := l.cells["payments"]; written != "" {
		n, err := strconv.ParseInt(written, 10, 64)
		if err != nil || n < 1 || n > mostPayments {
			return fmt.Errorf("payments %q: write how many there are, from 1 to %d", shortened(written), mostPayments)
		}
		r.Payments = &n
	}
	return nil
}

// loanAmount reads an amount of a loan, which is more than nothing.
func (l line) loanAmount(column, currency string) (int64, error) {
	minor, err := parseAmount(l.cells[column], currency)
	switch {
	case err != nil:
		return 0, fmt.Errorf("%s: %w", column, err)
	case minor == 0 && column == "amount":
		return 0, fmt.Errorf("amount: write more than 0, or leave it empty where it is not known")
	case minor == 0:
		return 0, fmt.Errorf("%s: write more than 0; a payment of nothing asks nothing", column)
	case minor > mostLoanMinor:
		return 0, fmt.Errorf("%s: %q: write at most %s", column, shortened(l.cells[column]),
			strings.ReplaceAll(schema.Amount(mostLoanMinor, currency), ",", ""))
	}
	return minor, nil
}
