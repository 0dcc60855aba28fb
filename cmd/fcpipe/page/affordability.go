package page

import (
	"context"
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
