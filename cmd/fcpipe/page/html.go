package page

import (
	"embed"
	"fmt"
	"html/template"
	"io"
	"slices"
	"strings"

	"fcpipe/schema"
)

//go:embed *.html markdown.tmpl
var templateFiles embed.FS

var pages = template.Must(template.New("").Funcs(template.FuncMap{
	"money": money, "amount": amount, "optional": optional, "state": stateOf, "span": spanWords, "words": words,
	"upper": strings.ToUpper, "shown": schema.Shown, "count": count, "states": func() []state { return states },
	"sample": sample, "month": monthName, "plural": plural, "width": width, "mean": mean,
	"widthOf": func(n, all int64) string { return width(&n, all) }, "int64": func(n int) int64 { return int64(n) },
	"thousands": func(n int64) string { return schema.Amount(n, "jpy") },
}).ParseFS(templateFiles, "*.html"))

// headlines are the attributes that stand first, with the spans they are shown for: of each line the first that the
// file has.
var headlines = [][]struct{ attribute, window string }{
	{{"balance_current_minor", "now"}},
	{{"balance_daily_avg_minor", "90d"}},
	{{"balance_daily_min_minor", "90d"}},
	{{"balance_negative_days", "90d"}},
	{{"balance_days_since_negative", "now"}},
	{{"income_monthly_minor", "90d"}, {"income_month_avg_minor", "3m"}},
	{{"income_month_cv", "6m"}},
	{{"flow_net_minor", "90d"}},
	{{"flow_out_month_avg_minor", "3m"}},
	{{"obligation_debt_service_ratio", "90d"}},
	{{"distress_event_count", "180d"}, {"distress_fee_count", "180d"}},
	{{"flow_unknown_share", "90d"}},
}

// HTML writes the report as one file.
func (r *Report) HTML(out io.Writer) error {
	if err := pages.ExecuteTemplate(out, "report.html", r); err != nil {
		return fmt.Errorf("write the report: %w", err)
	}
	return nil
}

// Currencies are those of the holder's numbers, in alphabetical order; xxx is of a holder without rows and balances.
func (r *Report) Currencies() []string {
	var found []string
	for _, v := range r.Values {
		if v.AccountKey == "" && !slices.Contains(found, v.Currency) {
			found = append(found, v.Currency)
		}
	}
	return found
}

// Headlines are the first numbers of a currency.
func (r *Report) Headlines(currency string) (found []Value) {
	for _, wanted := range headlines {
		for _, h := range wanted {
			if v := r.valueOf("", currency, h.attribute, h.window); v != nil {
				found = append(found, *v)
				break
			}
		}
	}
	return found
}

func (r *Report) valueOf(account, currency, attribute, window string) *Value {
	for i, v := range r.Values {
		if v.AccountKey == account && v.Currency == currency && v.Attribute == attribute && v.Window == window {
			return &r.Values[i]
		}
	}
	return nil
}

// AccountValue is a number of an account in one of its currencies, for the table of accounts.
type AccountValue struct{ Now, Average Value }

// BalancesOf are the balances of an account, by currency.
func (r *Report) BalancesOf(a Account) (found []AccountValue) {
	for _, v := range r.Values {
		if v.AccountKey != a.Key || v.Attribute != "balance_current_minor" {
			continue
		}
		pair := AccountValue{Now: v}
		if average := r.valueOf(a.Key, v.Currency, "balance_daily_avg_minor", "90d"); average != nil {
			pair.Average = *average
		}
		found = append(found, pair)
	}
	return found
}

// AttributeValues are the numbers of an attribute over its spans.
type AttributeValues struct {
	Label, Attribute, Definition, Gate string
	Values                             []Value
}

// ValuesOf are all numbers of a currency, by attribute.
func (r *Report) ValuesOf(currency string) (found []AttributeValues) {
	for _, v := range r.Values {
		if v.AccountKey != "" || v.Currency != currency {
			continue
		}
		if n := len(found); n == 0 || found[n-1].Attribute != v.Attribute {
			found = append(found, AttributeValues{
				Label: v.Label, Attribute: v.Attribute, Definition: v.Definition, Gate: v.Gate,
			})
		}
		last := &found[len(found)-1]
		last.Values = append(last.Values, v)
	}
	return found
}

// LargeOf are the largest rows of a currency that came in, or went out.
func (r *Report) LargeOf(currency string, in bool) (found []Row) {
	for _, t := range r.Large {
		if t.Currency == currency && (t.Minor > 0) == in {
			found = append(found, t)
		}
	}
	return found
}

// EventsOf are the events of a currency.
func (r *Report) EventsOf(currency string) (found []Event) {
	for _, e := range r.Distress {
		if e.Currency == currency {
			found = append(found, e)
		}
	}
	return found
}

// PaydaysOf are the due dates of income in a currency.
func (r *Report) PaydaysOf(currency string) (found []Payday) {
	for _, p := range r.Paydays {
		if p.Currency == currency {
			found = append(found, p)
		}
	}
	return found
}

// SpendingOf is the spending in a currency.
func (r *Report) SpendingOf(currency string) (found []Spent) {
	for _, s := range r.Spending {
		if s.Currency == currency {
			found = append(found, s)
		}
	}
	return found
}

// section is a table of what recurs.
type section struct {
	ID, Title, About, Empty string
	Streams                 []Stream
}

// Sections are the tables of what recurs in a currency.
func (r *Report) Sections(currency string) []section {
	of := func(all []Stream) (found []Stream) {
		for _, s := range all {
			if s.Currency == currency {
				found = append(found, s)
			}
		}
		return found
	}
	return []section{
		{
			"income", "Income that recurs",
			"Net deposits, after tax and deductions. Benefits, pensions and support count in full.",
			"No income that recurs was found in what is held.", of(r.Income),
		},
		{
			"obligations", "Rent, loans, cards elsewhere and bills",
			"What has to be paid regularly. Debts that are paid from accounts which are not shared cannot be seen.",
			"No payment of this kind that recurs was found in what is held.", of(r.Obligations),
		},
		{"recurring", "Other payments that recur", "", "", of(r.Recurring)},
	}
}

// In is the report in one of its currencies, for a part of the page.
func (r *Report) In(currency string) any {
	return struct {
		Report   *Report
		Currency string
		BothWays []bool
	}{r, currency, []bool{true, false}}
}

// In is the table in a currency.
func (s section) In(currency string) any {
	return struct {
		Section  section
		Currency string
	}{s, currency}
}

// Anchor is where the number stands in the page.
func (v Value) Anchor() string { return v.Currency + "-" + v.Attribute + "-" + v.Window }

// count is a number, or a dash where there is none.
func count(n *int64) string {
	if n == nil {
		return "–"
	}
	return minus(fmt.Sprint(*n))
}

// width is a length in percent of the largest amount.
func width(minor *int64, largest int64) string {
	if minor == nil || largest <= 0 {
		return "0"
	}
	return fmt.Sprintf("%.1f", max(0, 100*float64(*minor)/float64(largest)))
}
