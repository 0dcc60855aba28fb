package page

import (
	"fmt"
	"html/template"
	"math"
	"strings"
	"time"
)

// The chart of daily balances, in units of its view box.
const (
	chartWidth  = 760.0
	chartHeight = 260.0
	chartLeft   = 104.0 // room for the amounts
	chartBottom = 40.0  // room for paydays and months
	chartTop    = 26.0  // room for events
)

// chart is the daily balances of a currency as an SVG. Runs of days are told apart by form as well as by colour: proved
// days are full below a firm line, unproved ones empty below a dashed line, broken ones hatched; what is negative lies
// below the line of zero with a frame. Events are triangles above, paydays circles below.
type chart struct {
	strings.Builder
	days      []Day
	low, high int64
	first     time.Time
	dayWidth  float64
	perMinor  float64
	currency  string
}

// BalanceChart draws the days of a currency; nothing where fewer than two are known.
func (r *Report) BalanceChart(currency string) template.HTML {
	c := chart{currency: currency, days: inCurrency(r.Days, currency)}
	for _, d := range c.days {
		c.low, c.high = min(c.low, d.Minor), max(c.high, d.Minor)
	}
	if len(c.days) < 2 {
		return ""
	}
	span := float64(c.high) - float64(c.low)
	if span == 0 {
		span = 1
	}
	c.first = dateOf(c.days[0].Day)
	last := dateOf(c.days[len(c.days)-1].Day)
	c.dayWidth = (chartWidth - chartLeft - 8) / (last.Sub(c.first).Hours()/24 + 1)
	c.perMinor = (chartHeight - chartTop - chartBottom) / span
	fmt.Fprintf(&c, `<svg viewBox="0 0 %.0f %.0f" role="img" aria-label="Balance at the end of each day in %s, `+
		`%s to %s, from %s to %s">`, chartWidth, chartHeight, strings.ToUpper(currency), c.days[0].Day,
		c.days[len(c.days)-1].Day, amount(c.low, currency), amount(c.high, currency))
	c.writeAxes(last)
	for from := 0; from < len(c.days); {
		to := c.runEnd(from)
		c.writeRun(c.days[from:to])
		from = to
	}
	fmt.Fprintf(&c, `<line x1="%.1f" x2="%.1f" y1="%.1f" y2="%.1f" class="zero"/>`, chartLeft, chartWidth-8, c.y(0),
		c.y(0))
	c.writeMarks(r)
	fmt.Fprint(&c, `</svg>`)
	return template.HTML(c.String()) //nolint:gosec // numbers, dates and a currency that is three letters
}

func dateOf(day string) time.Time {
	at, _ := time.Parse(time.DateOnly, day)
	return at
}

func (c *chart) x(day string) float64 {
	return chartLeft + dateOf(day).Sub(c.first).Hours()/24*c.dayWidth
}

func (c *chart) y(minor int64) float64 {
	return chartTop + (float64(c.high)-float64(minor))*c.perMinor
}

func (d Day) form() string {
	switch {
	case d.Broken:
		return "broken"
	case d.Proved:
		return "proved"
	}
	return "unproved"
}

// runEnd is where the days that follow each other, are alike and are on one side of zero end.
func (c *chart) runEnd(from int) int {
	to := from + 1
	for ; to < len(c.days); to++ {
		before, day := c.days[to-1], c.days[to]
		if day.form() != before.form() || (day.Minor < 0) != (before.Minor < 0) ||
			dateOf(day.Day).Sub(dateOf(before.Day)) != 24*time.Hour {
			break
		}
	}
	return to
}

// writeRun writes days as steps: the ground between them and zero, and the line above.
func (c *chart) writeRun(days []Day) {
	class := days[0].form()
	if days[0].Minor < 0 {
		class += " negative"
	}
	var line strings.Builder
	for i, d := range days {
		if i == 0 {
			fmt.Fprintf(&line, "M%.1f %.1f", c.x(d.Day), c.y(d.Minor))
		} else {
			fmt.Fprintf(&line, "V%.1f", c.y(d.Minor))
		}
		fmt.Fprintf(&line, "H%.1f", c.x(d.Day)+c.dayWidth)
	}
	title := fmt.Sprintf("<title>%s to %s: %s</title>", days[0].Day, days[len(days)-1].Day, class)
	ground := fmt.Sprintf("%sV%.1fH%.1fZ", line.String(), c.y(0), c.x(days[0].Day))
	fmt.Fprintf(c, `<path d="%s" class="ground %s">%s</path><path d="%s" class="line %s"/>`, ground, class, title,
		line.String(), class)
}

// writeAxes writes some round amounts, and the first day of each month.
func (c *chart) writeAxes(last time.Time) {
	for _, minor := range ticks(c.low, c.high) {
		fmt.Fprintf(c, `<line x1="%.1f" x2="%.1f" y1="%.1f" y2="%.1f" class="month"/><text x="%.1f" y="%.1f" `+
			`class="axis" text-anchor="end">%s</text>`, chartLeft, chartWidth-8, c.y(minor), c.y(minor), chartLeft-6,
			c.y(minor)+4, amount(minor, c.currency))
	}
	for at := c.first.AddDate(0, 0, 1-c.first.Day()); !at.After(last); at = at.AddDate(0, 1, 0) {
		x := c.x(at.Format(time.DateOnly))
		if x < chartLeft {
			continue
		}
		fmt.Fprintf(c, `<line x1="%.1f" x2="%.1f" y1="%.1f" y2="%.1f" class="month"/>`, x, x, chartTop,
			chartHeight-chartBottom+6)
		if x < chartWidth-60 {
			fmt.Fprintf(c, `<text x="%.1f" y="%.1f" class="axis">%s</text>`, x+3, chartHeight-6, at.Format("Jan 2006"))
		}
	}
}

// ticks are some round amounts from the lowest to the highest, zero among them.
func ticks(low, high int64) (found []int64) {
	span, step := float64(high)-float64(low), int64(1)
	for i := 0; span/float64(step) > 5 && step < math.MaxInt64/10; i++ { // 1, 2, 5, 10, 20, …
		if i%3 == 1 {
			step = step / 2 * 5
		} else {
			step *= 2
		}
	}
	for minor := low / step * step; ; minor += step {
		found = append(found, minor)
		if minor > high-step {
			return found
		}
	}
}

// writeMarks writes events of distress above the days and paydays below them.
func (c *chart) writeMarks(r *Report) {
	inside := func(day string) bool { return day >= c.days[0].Day && day <= c.days[len(c.days)-1].Day }
	for _, e := range r.Distress {
		if e.Currency != c.currency || !inside(e.First) {
			continue
		}
		x := c.x(e.First) + c.dayWidth/2
		fmt.Fprintf(c, `<g class="event"><title>%s: %s</title><path d="M%.1f 8l-6 -1 6 12 6 -12z"/>`+
			`<line x1="%.1f" x2="%.1f" y1="19" y2="%.1f"/></g>`, e.First, e.What(), x, x, x, chartHeight-chartBottom)
	}
	for _, p := range r.Paydays {
		if p.Currency == c.currency && p.Row != "" && inside(p.Day) {
			fmt.Fprintf(c, `<circle class="payday" cx="%.1f" cy="%.1f" r="3.5"><title>%s: %s</title></circle>`,
				c.x(p.Day)+c.dayWidth/2, chartHeight-chartBottom+12, p.Day, money(p.Minor, p.Currency))
		}
	}
}
