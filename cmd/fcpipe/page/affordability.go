package page

import (
	"cmp"
	"context"
	"fmt"
	"strings"
)

// Projection is a payment that balances would have borne, or where they are heading, see underwriting.affordability.
type Projection struct {
	Currency string `json:"currency"`
	Measure  string `json:"measure"`
	Cadence  string `json:"cadence,omitempty"` // of payment_max alone, as the next
	Buffer   int64  `json:"buffer_minor"`
	Window   string `json:"window"`
	Minor    *int64 `json:"value_minor"`
	Days     *int64 `json:"value_days"`
	Date     string `json:"value_date,omitempty"` // the day that binds, of the lowest balance, or first below zero
	State    string `json:"value_state"`
	Reason   string `json:"state_reason,omitempty"`
}

// longestRunway is the number of days beyond which a runway is not computed.
const longestRunway = 365

func readAffordability(ctx context.Context, b batch) error {
	return each(ctx, b, "affordability", func(p *Projection) []any {
		return []any{
			&p.Currency, &p.Measure, &p.Cadence, &p.Buffer, &p.Window, &p.Minor, &p.Days, &p.Date, &p.State, &p.Reason,
		}
	}, func(r *Report, p Projection) { r.Affordability = append(r.Affordability, p) })
}

// AffordabilityOf are the projections in a currency. Payments of a span without any number are one line: they are
// missing for one reason.
func (r *Report) AffordabilityOf(currency string) (found []Projection) {
	for _, p := range inCurrency(r.Affordability, currency) {
		n := len(found)
		if n > 0 && p.Measure == "payment_max" && p.Minor == nil && found[n-1].sharesReason(p) {
			found[n-1].Cadence, found[n-1].Buffer = "", 0
			continue
		}
		found = append(found, p)
	}
	return found
}

func (p Projection) sharesReason(q Projection) bool {
	return p.Measure == q.Measure && p.Window == q.Window && p.Minor == nil && p.State == q.State &&
		p.Reason == q.Reason
}

// Title says what the number is.
func (p Projection) Title() string {
	switch p.Measure {
	case "payment_max":
		return p.paymentTitle()
	case "next30_low":
		return "Lowest balance of the next 30 days, by what recurs alone"
	case "runway_base":
		return "Time until a balance below zero, if everything goes on"
	case "runway_income_minus_25":
		return "… with a quarter less income"
	case "runway_income_minus_50":
		return "… with half the income"
	case "runway_lose_primary":
		return "… without the largest payer"
	}
	return words(p.Measure)
}

func (p Projection) paymentTitle() string {
	title := "Largest payment that balances would have borne"
	if p.Cadence == "" {
		return title
	}
	title += " " + everyWords[p.Cadence]
	if p.Buffer > 0 {
		title += ", leaving " + money(p.Buffer, p.Currency)
	}
	return title
}

// Shown is the number as people write it; a dash where it is missing.
func (p Projection) Shown() string {
	switch {
	case p.Minor != nil:
		return money(*p.Minor, p.Currency)
	case p.Days != nil && *p.Days >= longestRunway:
		return "at least " + plural(longestRunway, "day")
	case p.Days != nil:
		return plural(*p.Days, "day")
	}
	return "–"
}

// DateWords say what the date is.
func (p Projection) DateWords() string {
	switch {
	case p.Date == "":
		return ""
	case p.Measure == "payment_max":
		return p.Date + " binds"
	case strings.HasPrefix(p.Measure, "runway"):
		return "below zero on " + p.Date
	}
	return "on " + p.Date
}

// StateWords are its state in words.
func (p Projection) StateWords() state { return stateOf(p.State) }

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
