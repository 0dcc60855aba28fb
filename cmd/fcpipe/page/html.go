package page

import (
	"embed"
	"fmt"
	"html/template"
	"io"
	"math"
	"slices"
	"strings"

	"fcpipe/schema"
)

//go:embed *.html markdown.tmpl
var templateFiles embed.FS

// functions are those of the templates of both HTML and Markdown.
var functions = map[string]any{
	"money": money, "amount": amount, "optional": optional, "state": stateOf, "span": spanWords, "words": words,
	"upper": strings.ToUpper, "count": count, "states": func() []state { return states }, "month": monthName,
	"plural": plural, "mean": mean,
}

var pages = template.Must(template.New("").Funcs(functions).Funcs(template.FuncMap{
	"shown": schema.Shown, "sample": sample, "width": width,
	"widthOf": func(n, all int64) string { return width(&n, all) }, "int64": func(n int) int64 { return int64(n) },
	"thousands": func(n int64) string { return schema.Amount(n, "jpy") },
}).ParseFS(templateFiles, "*.html"))

// headline is a number that stands first, and its span; of several, the first that the file has.
type headline []struct{ attribute, window string }

var headlines = []headline{
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

// IsVast reports whether an amount is so long that columns have to break it to fit on paper.
func (r *Report) IsVast() bool {
	const longest = 10_000_000_00
	return slices.ContainsFunc(r.Values, func(v Value) bool {
		return v.Integer != nil && v.Unit == "minor" && magnitude(*v.Integer) >= longest
	})
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
func (r *Report) Headlines(currency string) []Value { return r.headlinesOf(headlines, currency) }

func (r *Report) headlinesOf(wanted []headline, currency string) (found []Value) {
	for _, one := range wanted {
		for _, h := range one {
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

// StatedOf are the balances of an account that is not cash, by currency.
func (r *Report) StatedOf(a Account) (found []Stated) {
	for _, s := range r.Stated {
		if s.AccountKey == a.Key {
			found = append(found, s)
		}
	}
	return found
}

// Shown is the balance as people write it: what is owed without a sign.
func (s Stated) Shown() string {
	if s.Minor < 0 && s.Minor != math.MinInt64 {
		return money(-s.Minor, s.Currency) + " owed"
	}
	return money(s.Minor, s.Currency)
}

// AttributeValues are the numbers of an attribute over its spans.
type AttributeValues struct {
	Label, Attribute, Definition, Gate string
	Values                             []Value
}

// ValuesOf are the numbers of a currency that apply, by attribute.
func (r *Report) ValuesOf(currency string) []AttributeValues {
	return slices.DeleteFunc(r.allValuesOf(currency), func(a AttributeValues) bool { return !a.applies() })
}

// NotApplicable are those that do not apply.
func (r *Report) NotApplicable(currency string) []AttributeValues {
	return slices.DeleteFunc(r.allValuesOf(currency), AttributeValues.applies)
}

func (a AttributeValues) applies() bool {
	return slices.ContainsFunc(a.Values, func(v Value) bool { return v.State != "NOT_APPLICABLE" })
}

func (r *Report) allValuesOf(currency string) (found []AttributeValues) {
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

// Anchor is where the number stands in the page.
func (v Value) Anchor() string { return v.Currency + "-" + v.Attribute + "-" + v.Window }

// count is a number, or a dash where it is missing.
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
