package page

import (
	"math"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"fcpipe/schema"
	"fcpipe/schema/models"
)

func TestMoneyIsWrittenAsPeopleWriteIt(t *testing.T) {
	for want, of := range map[string]struct {
		minor    int64
		currency string
	}{
		"1,234.56\u00a0USD": {123456, "usd"}, "−0.05\u00a0USD": {-5, "usd"}, "−1,234,567\u00a0JPY": {-1234567, "jpy"},
		"1.005\u00a0KWD": {1005, "kwd"}, "0.00\u00a0EUR": {0, "eur"},
		"−92,233,720,368,547,758.08\u00a0USD": {math.MinInt64, "usd"},
	} {
		if got := money(of.minor, of.currency); got != want {
			t.Errorf("%d %s is written %q, want %q", of.minor, of.currency, got, want)
		}
	}
}

// TestANumberThatIsMissingIsNeverShownAsZero: it is a dash, or says for how long something has not happened.
func TestANumberThatIsMissingIsNeverShownAsZero(t *testing.T) {
	zero, days := int64(0), int64(174)
	for want, v := range map[string]Value{
		"0 days":          {Unit: "days", Integer: &zero},
		"0.00\u00a0USD":   {Unit: "minor", Currency: "usd", Integer: &zero},
		"–":               {Unit: "minor", Currency: "usd", State: "NOT_COVERED"},
		"not in 174 days": {LowerBound: &days},
	} {
		if got := v.Shown(); got != want {
			t.Errorf("%+v is shown as %q, want %q", v, got, want)
		}
	}
}

// TestTheChartTellsDaysApartWithoutColour: proved, unproved and broken days have forms of their own, and what is below
// zero lies below the line of zero.
func TestTheChartTellsDaysApartWithoutColour(t *testing.T) {
	r := &Report{Days: []Day{
		{Currency: "usd", Day: "2026-01-31", Minor: 5000, Proved: true},
		{Currency: "usd", Day: "2026-02-01", Minor: 2500},
		{Currency: "usd", Day: "2026-02-02", Minor: -2500, Broken: true},
		{Currency: "usd", Day: "2026-02-04", Minor: -2500, Broken: true},
		{Currency: "eur", Day: "2026-02-02", Minor: 1},
	}, Distress: []Event{{Currency: "usd", First: "2026-02-01", FeeCount: 1}}}
	drawn := string(r.BalanceChart("usd"))
	for _, want := range []string{
		`class="ground proved"`, `class="ground unproved"`, `class="ground broken negative"`, ">40.00<", ">−20.00<",
		">Feb 2026<", "Balance at the end of each day in USD, 2026-01-31 to 2026-02-04", `class="event"`, "1 fee",
	} {
		if !strings.Contains(drawn, want) {
			t.Errorf("%s is not in the chart:\n%s", want, drawn)
		}
	}
	if n := strings.Count(drawn, `class="ground`); n != 4 { // a day that is not known ends a run
		t.Errorf("%d runs, want four", n)
	}
	if (&Report{}).BalanceChart("usd") != "" {
		t.Error("a chart of no days is drawn")
	}
}

// TestReportsReadViewsNotTheTablesBehindThem: a file of an earlier version has the name of the view alone, and a report
// must not fail on it until a round has derived it.
func TestReportsReadViewsNotTheTablesBehindThem(t *testing.T) {
	headers, err := models.LoadHeaders(schema.ModelFiles)
	if err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob("../[pef]*/*.sql") // page, explain, features; userfiles refuses files of other models
	if err != nil || len(files) < 8 {
		t.Fatal(files, err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, h := range headers {
			// labels are older than the view of them
			if h.IsView && h.Shows != "ledger.labels" && regexp.MustCompile(`\b`+h.Shows+`\b`).Match(text) {
				t.Errorf("%s reads %s, not %s", file, h.Shows, h.Name)
			}
		}
	}
}
