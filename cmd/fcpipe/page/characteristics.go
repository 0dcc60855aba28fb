package page

import (
	"context"
	"fmt"
	"strings"
)

// Characteristic is a number of deposit accounts by its name in a published list, see
// underwriting.deposit_characteristics.
type Characteristic struct {
	AccountKey string   `json:"account_key"` // empty of the holder
	Currency   string   `json:"currency"`
	Source     string   `json:"source"`
	Name       string   `json:"characteristic"`
	Integer    *int64   `json:"value_integer"`
	Double     *float64 `json:"value_double"`
	Date       string   `json:"value_date,omitempty"`
	State      string   `json:"value_state"`
	Reason     string   `json:"state_reason,omitempty"`
	LowerBound *int64   `json:"lower_bound_days"` // it has not happened in so many days; nil for all others
}

func readCharacteristics(ctx context.Context, b batch) error {
	return each(ctx, b, "characteristics", func(c *Characteristic) []any {
		return []any{
			&c.AccountKey, &c.Currency, &c.Source, &c.Name, &c.Integer, &c.Double, &c.Date, &c.State, &c.Reason,
			&c.LowerBound,
		}
	}, func(r *Report, c Characteristic) { r.Characteristics = append(r.Characteristics, c) })
}

// List is what a published list says of a holder, or of one of the accounts.
type List struct {
	Title string
	Rows  []Characteristic
}

// ListsOf are the published lists in a currency, those of the holder first.
func (r *Report) ListsOf(currency string) (found []List) {
	var last Characteristic
	for _, c := range inCurrency(r.Characteristics, currency) {
		if len(found) == 0 || c.Source != last.Source || c.AccountKey != last.AccountKey {
			found = append(found, List{Title: r.listTitle(c)})
		}
		l := &found[len(found)-1]
		l.Rows, last = append(l.Rows, c), c
	}
	return found
}

func (r *Report) listTitle(c Characteristic) string {
	title := map[string]string{
		"ultrafico": "UltraFICO’s characteristics", "plaid_base_report": "Plaid’s base report",
	}[c.Source]
	if title == "" {
		title = words(c.Source)
	}
	if c.AccountKey != "" {
		title += ", " + r.AccountTitle(c.AccountKey)
	}
	return title
}

// Title is its name in words.
func (c Characteristic) Title() string { return words(c.Name) }

// Shown is the number as people write it; a dash where it is missing.
func (c Characteristic) Shown() string {
	switch {
	case c.Integer != nil && c.isMoney():
		return money(*c.Integer, c.Currency)
	case c.Integer != nil:
		return minus(fmt.Sprint(*c.Integer))
	case c.Double != nil:
		return minus(fmt.Sprintf("%.2f", *c.Double))
	case c.Date != "":
		return c.Date
	case c.LowerBound != nil:
		return "not in " + plural(*c.LowerBound, "day")
	}
	return "–"
}

// isMoney reports whether the number is money: the lists have money, counts, days and dates.
func (c Characteristic) isMoney() bool {
	for _, money := range []string{
		"avg_daily_balance_", "tot_current_balances", "total_", "average_inflow_", "average_outflow_",
	} {
		if strings.HasPrefix(c.Name, money) {
			return true
		}
	}
	return false
}

// Class is how the number looks, as of a Value.
func (c Characteristic) Class() string {
	return Value{State: c.State, Integer: c.Integer, Double: c.Double, Date: c.Date}.Class()
}

// Note is why the state is what it is, where the number itself does not say it.
func (c Characteristic) Note() string {
	return Value{Reason: c.Reason, LowerBound: c.LowerBound}.Note()
}

// StateWords are its state in words.
func (c Characteristic) StateWords() state { return stateOf(c.State) }
