package page

import (
	"cmp"
	"context"
	"fmt"
	"strings"
)

// LoanRequest is a loan that the holder asks for, as the file of loan requests has it, see meta.loan_requests.
type LoanRequest struct {
	Currency   string `json:"currency"`
	Payment    int64  `json:"payment_minor"`
	Cadence    string `json:"cadence"`      // weekly, biweekly or monthly
	FirstDue   string `json:"first_due"`    // empty when it is not said
	Payments   *int64 `json:"payments"`     // how many there are
	Amount     *int64 `json:"amount_minor"` // what is paid out
	Refinances string `json:"refinances"`   // id of the obligation that it would pay off; empty of a loan of its own
	PaysOff    string `json:"pays_off"`     // whom that is paid to; empty where it is not found or must not be named
	IsFound    bool   `json:"is_obligation_found"`
	Purpose    string `json:"purpose"`
	ReadOn     string `json:"read_on"` // date on which a round read it, in the report zone
}

func (q LoanRequest) currency() string { return q.Currency }

func readRequests(ctx context.Context, b batch) error {
	return each(ctx, b, "loan_requests", func(q *LoanRequest) []any {
		return []any{
			&q.Currency, &q.Payment, &q.Cadence, &q.FirstDue, &q.Payments, &q.Amount, &q.Refinances, &q.PaysOff,
			&q.IsFound, &q.Purpose, &q.ReadOn,
		}
	}, func(r *Report, q LoanRequest) { r.Requests = append(r.Requests, q) })
}

// RequestsOf are the loans that the holder asks for in a currency: one, or none.
func (r *Report) RequestsOf(currency string) []LoanRequest { return inCurrency(r.Requests, currency) }

// LoanValues are the numbers that are computed of the loan that is asked for.
func (r *Report) LoanValues(currency string) (found []Value) {
	for _, a := range r.ValuesOf(currency) {
		if strings.HasPrefix(a.Attribute, "affordability_") {
			found = append(found, a.Values...)
		}
	}
	return found
}

// fact is a line about something: what it is called, and what it is.
type fact struct{ Label, Text string }

// Facts are what the line of the file says. What it leaves out is said too, since numbers depend on it.
func (q LoanRequest) Facts() []fact {
	facts := []fact{
		{"Payment", money(q.Payment, q.Currency) + " " + everyWords[q.Cadence]},
		{"First due date", cmp.Or(q.FirstDue, "not said, so the first day of each span")},
		{"Number of payments", "not said"},
		{"Paid out", "not said"},
		{"Pays off", cmp.Or(q.paysOff(), "nothing")},
		{"Purpose", cmp.Or(q.Purpose, "not said")},
		{"Read on", q.ReadOn},
	}
	if q.Payments != nil {
		facts[2].Text = fmt.Sprint(*q.Payments)
	}
	if q.Amount != nil {
		facts[3].Text = money(*q.Amount, q.Currency)
	}
	return facts
}

// everyWords say how often a payment is due.
var everyWords = map[string]string{"weekly": "every week", "biweekly": "every two weeks", "monthly": "every month"}

func (q LoanRequest) paysOff() string {
	switch {
	case q.Refinances == "":
		return ""
	case !q.IsFound:
		return q.Refinances + ", and the holder has no obligation with this id"
	case q.PaysOff == "":
		return "name not shown (" + q.Refinances + ")"
	}
	return q.PaysOff + " (" + q.Refinances + ")"
}
