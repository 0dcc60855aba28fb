package page

import (
	"embed"
	"fmt"
	"html/template"
	"io"
	"slices"
	"strings"
)

//go:embed report.html
var templateFiles embed.FS

var reportPage = template.Must(template.New("report.html").Funcs(template.FuncMap{
	"money": money, "optional": optional, "shown": Value.Shown, "state": stateWords, "span": spanWords,
	"words": func(code string) string { return strings.ReplaceAll(code, "_", " ") },
	"chart": balanceChart, "share": share, "count": count, "upper": strings.ToUpper,
}).ParseFS(templateFiles, "report.html"))

// headlines are the attributes that stand first, with the span they are shown for.
var headlines = []struct{ attribute, window string }{
	{"balance_current_minor", "now"},
	{"balance_daily_avg_minor", "90d"},
	{"balance_negative_days", "90d"},
	{"balance_days_since_negative", "now"},
	{"income_all_minor", "90d"},
	{"income_month_avg_minor", "3m"},
	{"income_month_cv", "6m"},
	{"flow_net_minor", "90d"},
	{"obligation_debt_service_minor", "90d"},
	{"obligation_debt_service_ratio", "90d"},
	{"distress_fee_count", "180d"},
	{"flow_unknown_share", "90d"},
}

// HTML writes the report as one file.
func (r *Report) HTML(out io.Writer) error {
	if err := reportPage.Execute(out, r); err != nil {
		return fmt.Errorf("write the report: %w", err)
	}
	return nil
}

// Currencies are those of the values, in alphabetical order.
func (r *Report) Currencies() []string {
	var found []string
	for _, v := range r.Values {
		if !slices.Contains(found, v.Currency) {
			found = append(found, v.Currency)
		}
	}
	return found
}

// Headlines are the first numbers of a currency.
func (r *Report) Headlines(currency string) (found []Value) {
	for _, h := range headlines {
		for _, v := range r.Values {
			if v.Currency == currency && v.Attribute == h.attribute && v.Window == h.window {
				found = append(found, v)
			}
		}
	}
	return found
}

// ValuesOf are all numbers of a currency.
func (r *Report) ValuesOf(currency string) (found []Value) {
	for _, v := range r.Values {
		if v.Currency == currency {
			found = append(found, v)
		}
	}
	return found
}

// MonthsOf are the months of a currency, oldest first.
func (r *Report) MonthsOf(currency string) (found []Month) {
	for _, m := range r.Months {
		if m.Currency == currency {
			found = append(found, m)
		}
	}
	slices.Reverse(found)
	return found
}

// StreamsOf are what recurs in a direction, in or out.
func (r *Report) StreamsOf(direction string) (found []Stream) {
	for _, s := range r.Streams {
		if s.Direction == direction {
			found = append(found, s)
		}
	}
	return found
}

// direction is a heading of what recurs.
type direction struct{ Code, Title string }

// Directions are the two ways in which money moves.
func (*Report) Directions() []direction {
	return []direction{{"in", "Income and other money in that recurs"}, {"out", "Payments that recur"}}
}

// Shown is the value as people write it; a dash where there is none.
func (v Value) Shown() string {
	switch {
	case v.Integer != nil && v.Unit == "minor":
		return money(*v.Integer, v.Currency)
	case v.Integer != nil:
		return fmt.Sprint(*v.Integer)
	case v.Double != nil && v.Unit == "minor_per_day":
		return money(int64(*v.Double), v.Currency) + " a day"
	case v.Double != nil && strings.HasSuffix(v.Attribute, "_sd"):
		return money(int64(*v.Double), v.Currency)
	case v.Double != nil:
		return strings.ReplaceAll(fmt.Sprintf("%.2f", *v.Double), "-", "−")
	case v.Date != "":
		return v.Date
	case v.LowerBound != nil:
		return fmt.Sprintf("not in %d days", *v.LowerBound)
	}
	return "–"
}

// stateWords say of a state how far its number may be relied on.
func stateWords(state string) string {
	words := map[string]string{
		"OK": "reliable", "PARTIAL": "partial", "NOT_COVERED": "not covered", "NO_DATA": "undefined",
		"NOT_APPLICABLE": "does not apply", "STALE": "out of date", "UNRECONCILED": "do not rely on it",
	}[state]
	if words == "" {
		return state
	}
	return words
}

// spanWords are a span as people say it.
func spanWords(window string) string {
	switch {
	case window == "now":
		return "now"
	case strings.Contains(window, "_"):
		return "days " + strings.TrimSuffix(strings.ReplaceAll(window, "_", " to "), "d") + " ago"
	case strings.HasSuffix(window, "m"):
		return strings.TrimSuffix(window, "m") + " months"
	}
	return strings.TrimSuffix(window, "d") + " days"
}

func optional(minor *int64, currency string) string {
	if minor == nil {
		return "–"
	}
	return amount(*minor, currency)
}

func count(n *int64) string {
	if n == nil {
		return "–"
	}
	return fmt.Sprint(*n)
}

// share is a width in percent of the largest of the months' flows.
func share(minor *int64, months []Month) string {
	if minor == nil {
		return "0"
	}
	largest := int64(1)
	for _, m := range months {
		for _, flow := range []*int64{m.In, m.Out} {
			if flow != nil {
				largest = max(largest, *flow)
			}
		}
	}
	return fmt.Sprintf("%.1f", 100*float64(*minor)/float64(largest))
}
