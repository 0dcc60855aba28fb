package page

import (
	"fmt"
	"html/template"
	"slices"
	"strings"
	"time"
)

// The chart of daily balances, in units of its view box.
const (
	chartWidth  = 720.0
	chartHeight = 220.0
	chartLeft   = 92.0 // room for the amounts
	chartBottom = 24.0 // room for the months
	chartTop    = 10.0
)

// chart is the daily balances of a currency as an SVG: a column a day, told apart by form as well as by colour: proved
// days are full, unproved ones hollow, broken ones hatched, and negative ones lie below the line of zero.
type chart struct {
	days          []Day
	low, high     int64
	first         time.Time
	columnWidth   float64
	valueToHeight float64
}

// balanceChart draws the days of a currency; nothing without days.
func balanceChart(all []Day, currency string) template.HTML {
	c := chart{}
	for _, d := range all {
		if d.Currency == currency {
			c.days = append(c.days, d)
			c.low, c.high = min(c.low, d.Minor), max(c.high, d.Minor)
		}
	}
	if len(c.days) == 0 {
		return ""
	}
	if c.high == c.low {
		c.high = c.low + 1
	}
	first, _ := time.Parse(time.DateOnly, c.days[0].Day)
	last, _ := time.Parse(time.DateOnly, c.days[len(c.days)-1].Day)
	c.first = first
	c.columnWidth = (chartWidth - chartLeft) / (last.Sub(first).Hours()/24 + 1)
	c.valueToHeight = (chartHeight - chartTop - chartBottom) / (float64(c.high) - float64(c.low))
	var b strings.Builder
	fmt.Fprintf(&b, `<svg viewBox="0 0 %.0f %.0f" role="img" aria-label="Balance at the end of each day, %s to %s, `+
		`from %s to %s">`, chartWidth, chartHeight, c.days[0].Day, c.days[len(c.days)-1].Day, money(c.low, currency),
		money(c.high, currency))
	b.WriteString(`<defs><pattern id="hatch-` + currency + `" width="4" height="4" patternUnits="userSpaceOnUse" ` +
		`patternTransform="rotate(45)"><rect width="2" height="4" class="broken"/></pattern></defs>`)
	c.writeAxes(&b, currency)
	for _, d := range c.days {
		c.writeDay(&b, d)
	}
	b.WriteString(`</svg>`)
	return template.HTML(b.String()) //nolint:gosec // numbers, dates and a currency that Stripe lists
}

func (c *chart) x(day string) float64 {
	at, _ := time.Parse(time.DateOnly, day)
	return chartLeft + at.Sub(c.first).Hours()/24*c.columnWidth
}

func (c *chart) y(minor int64) float64 {
	return chartTop + (float64(c.high)-float64(minor))*c.valueToHeight
}

// writeAxes writes the lowest and highest amount, the line of zero, and the first day of each month.
func (c *chart) writeAxes(b *strings.Builder, currency string) {
	marks := []int64{c.high, 0, c.low} // zero is always within them
	slices.Sort(marks)
	for _, minor := range slices.Compact(marks) {
		fmt.Fprintf(b, `<text x="%.1f" y="%.1f" class="axis" text-anchor="end">%s</text>`, chartLeft-6, c.y(minor)+4,
			amount(minor, currency))
	}
	fmt.Fprintf(b, `<line x1="%.1f" x2="%.1f" y1="%.1f" y2="%.1f" class="zero"/>`, chartLeft, chartWidth, c.y(0),
		c.y(0))
	for _, d := range c.days {
		if strings.HasSuffix(d.Day, "-01") {
			fmt.Fprintf(b, `<line x1="%.1f" x2="%.1f" y1="%.1f" y2="%.1f" class="month"/>`, c.x(d.Day), c.x(d.Day),
				chartTop, chartHeight-chartBottom)
			fmt.Fprintf(b, `<text x="%.1f" y="%.1f" class="axis">%s</text>`, c.x(d.Day)+2, chartHeight-8, d.Day[:7])
		}
	}
}

func (c *chart) writeDay(b *strings.Builder, d Day) {
	top, bottom := c.y(max(d.Minor, 0)), c.y(min(d.Minor, 0))
	class := "unproved"
	switch {
	case d.Broken:
		class = "hatched"
	case d.Proved:
		class = "proved"
	}
	if d.Minor < 0 {
		class += " negative"
	}
	fill := ""
	if d.Broken {
		fill = fmt.Sprintf(` fill="url(#hatch-%s)"`, d.Currency)
	}
	fmt.Fprintf(b, `<rect x="%.2f" y="%.2f" width="%.2f" height="%.2f" class="%s"%s/>`, c.x(d.Day), top,
		c.columnWidth*0.85, max(bottom-top, 0.6), class, fill)
}
