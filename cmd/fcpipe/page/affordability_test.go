package page

import (
	"regexp"
	"strings"
	"testing"

	"fcpipe/schema"
)

// TestPaymentsOfASpanWithoutANumberAreOneLine, with the reason; those with numbers have a line each.
func TestPaymentsOfASpanWithoutANumberAreOneLine(t *testing.T) {
	minor, days := int64(12_300), int64(longestRunway)
	of := func(cadence, window string, minor *int64) Projection {
		return Projection{
			Currency: "usd", Measure: "payment_max", Cadence: cadence, Buffer: 50_000, Window: window, Minor: minor,
			State: map[bool]string{true: "OK", false: "PARTIAL"}[minor != nil],
		}
	}
	r := &Report{Affordability: []Projection{
		of("weekly", "90d", &minor), of("monthly", "90d", &minor),
		of("weekly", "180d", nil), of("monthly", "180d", nil),
		{Currency: "usd", Measure: "runway_base", Window: "now", Days: &days, State: "OK"},
		{Currency: "eur"},
	}}
	var shown []string
	for _, p := range r.AffordabilityOf("usd") {
		shown = append(shown, p.Title()+": "+p.Shown())
	}
	want := `Largest payment that balances would have borne every week, leaving 500.00 USD: 123.00 USD
Largest payment that balances would have borne every month, leaving 500.00 USD: 123.00 USD
Largest payment that balances would have borne: –
Time until a balance below zero, if everything goes on: at least 365 days`
	if got := strings.ReplaceAll(strings.Join(shown, "\n"), "\u00a0", " "); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// TestABusinessHasItsMonthsOnThePage in each form, and other holders have none.
func TestABusinessHasItsMonthsOnThePage(t *testing.T) {
	t.Parallel()
	revenue := int64(1_234_500)
	r := emptyReport()
	r.Values = []Value{{Currency: "usd", Attribute: "business_revenue_avg_minor", Window: "3m", State: "NO_DATA"}}
	for _, hasBusiness := range []bool{false, true} {
		if hasBusiness {
			r.Business = []BusinessMonth{{Currency: "usd", Month: "2026-05", Revenue: &revenue, State: "PARTIAL"}}
		}
		var text strings.Builder
		if err := r.Markdown(&text); err != nil {
			t.Fatal(err)
		}
		for _, shown := range []string{text.String(), pageOf(t, &r)} {
			if strings.Contains(shown, "12,345.00") != hasBusiness ||
				strings.Contains(shown, "Business") != hasBusiness {
				t.Errorf("a business is on the page: %t", !hasBusiness)
			}
		}
	}
}

// TestEveryNumberOfAListHasAStateAndAReason where it is not OK.
func TestEveryNumberOfAListHasAStateAndAReason(t *testing.T) {
	t.Parallel()
	for id, r := range sharedReports(t) {
		for _, c := range r.Characteristics {
			if c.State == "" || c.State != "OK" && c.Reason == "" && c.LowerBound == nil {
				t.Errorf("%s: %s %s has the state %q and the reason %q", id, c.AccountKey, c.Name, c.State, c.Reason)
			}
			if (c.State == "OK" || c.State == "PARTIAL") && c.Shown() == "–" {
				t.Errorf("%s: %s %s is %s and shows no number", id, c.AccountKey, c.Name, c.State)
			}
		}
		for _, p := range r.Affordability {
			hasValue := p.Minor != nil || p.Days != nil
			if p.State == "" || p.State != "OK" && p.Reason == "" || p.State == "OK" && !hasValue {
				t.Errorf("%s: %+v", id, p)
			}
		}
	}
}

// TestMoneyOfAListIsShownAsMoney: every name in the lists that stands for an attribute in minor units.
func TestMoneyOfAListIsShownAsMoney(t *testing.T) {
	text, err := schema.ModelFiles.ReadFile("underwriting/deposit_characteristics.sql")
	if err != nil {
		t.Fatal(err)
	}
	minor := int64(248_225)
	named := regexp.MustCompile(`\('[a-z_]+', '([a-z0-9_]+)', '([a-z0-9_]+)',`).FindAllStringSubmatch(string(text), -1)
	if len(named) < 30 {
		t.Fatalf("%d names are found", len(named))
	}
	for _, name := range named {
		c := Characteristic{Name: name[1], Currency: "usd", Integer: &minor}
		if isMoney := strings.HasSuffix(name[2], "_minor"); isMoney != strings.HasSuffix(c.Shown(), "USD") {
			t.Errorf("%s is %s and is shown as %s", name[1], name[2], c.Shown())
		}
	}
}
