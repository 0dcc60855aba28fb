package page

import (
	"bytes"
	"math"
	"strings"
	"testing"
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
		"0":               {Unit: "days", Integer: &zero},
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
	drawn := string(balanceChart([]Day{
		{Currency: "usd", Day: "2026-01-31", Minor: 5000, Proved: true},
		{Currency: "usd", Day: "2026-02-01", Minor: 2500},
		{Currency: "usd", Day: "2026-02-02", Minor: -2500, Broken: true},
		{Currency: "eur", Day: "2026-02-02", Minor: 1},
	}, "usd"))
	for _, want := range []string{
		`class="proved"`, `class="unproved"`, `class="hatched negative" fill="url(#hatch-usd)"`, ">50.00<", ">−25.00<",
		">2026-02<", "Balance at the end of each day, 2026-01-31 to 2026-02-02",
	} {
		if !strings.Contains(drawn, want) {
			t.Errorf("%s is not in the chart:\n%s", want, drawn)
		}
	}
	if n := strings.Count(drawn, "<rect"); n != 4 { // three days and the hatching
		t.Errorf("%d rectangles, want one for each day of the currency and one to hatch with", n)
	}
	if balanceChart(nil, "usd") != "" {
		t.Error("a chart of no days is drawn")
	}
}

// TestTextsOfBanksAreWrittenAsText: what a bank wrote cannot become a part of the page.
func TestTextsOfBanksAreWrittenAsText(t *testing.T) {
	r := &Report{
		HolderID: "cus_1", Accounts: []Account{{Institution: `<script>alert("x")</script>`, Status: "active"}},
		Streams: []Stream{{Direction: "out", Name: `"><img src=x>`, Currency: "usd"}}, Notice: notice,
	}
	var out bytes.Buffer
	if err := r.HTML(&out); err != nil {
		t.Fatal(err)
	}
	for _, never := range []string{"<script", "<img", "http:", "https:", "url(http"} {
		if strings.Contains(out.String(), never) {
			t.Errorf("%s is in the page", never)
		}
	}
	if !strings.Contains(out.String(), "no credit score") {
		t.Error("the page does not say what it is not")
	}
}
