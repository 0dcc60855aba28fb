package page

import (
	"fmt"
	"html/template"
	"slices"
	"strings"
	"time"
)

// The income calendar, in units of its view box: a row a month, a column a day of the month.
const (
	calendarLeft = 72.0
	cellWidth    = 19.0
	cellHeight   = 24.0
	calendarTop  = 20.0
	totalWidth   = 100.0
)

// IncomeCalendar draws the due dates of income in a currency, month by month: what was paid when, what was not, and
// what is expected. Nothing without due dates.
func (r *Report) IncomeCalendar(currency string) template.HTML {
	days := r.PaydaysOf(currency)
	if len(days) == 0 {
		return ""
	}
	var months []string
	for _, p := range days {
		months = append(months, p.Day[:7])
	}
	slices.Sort(months)
	months = slices.Compact(months)
	width, height := calendarLeft+31*cellWidth+totalWidth, calendarTop+float64(len(months))*cellHeight
	var b strings.Builder
	fmt.Fprintf(&b, `<svg viewBox="0 0 %.0f %.0f" role="img" aria-label="Calendar of income in %s: %s">`, width, height,
		strings.ToUpper(currency), calendarWords(days))
	for day := 1; day <= 31; day++ {
		fmt.Fprintf(&b, `<text x="%.1f" y="13" class="axis" text-anchor="middle">%d</text>`, cellX(day), day)
	}
	fmt.Fprintf(&b, `<text x="%.1f" y="13" class="axis" text-anchor="end">paid</text>`, width-4)
	for i, month := range months {
		writeMonth(&b, calendarTop+float64(i)*cellHeight, width, month, r.AsOfDate, days)
	}
	b.WriteString(`</svg>`)
	return template.HTML(b.String()) //nolint:gosec // numbers and dates
}

func cellX(day int) float64 { return calendarLeft + (float64(day)-0.5)*cellWidth }

// calendarWords say in numbers what the calendar shows.
func calendarWords(days []Payday) string {
	var parts []string
	for _, state := range []string{"on_time", "early", "late", "missed", "due"} {
		n := 0
		for _, p := range days {
			if p.State == state {
				n++
			}
		}
		if n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, words(state)))
		}
	}
	return strings.Join(parts, ", ")
}

// writeMonth writes a row: its ground, its weekends, its due dates, and the sum of what was paid.
func writeMonth(b *strings.Builder, top, width float64, month, today string, days []Payday) {
	first, _ := time.Parse("2006-01", month)
	fmt.Fprintf(b, `<text x="0" y="%.1f" class="axis">%s</text>`, top+16, first.Format("Jan 2006"))
	for at := first; at.Month() == first.Month(); at = at.AddDate(0, 0, 1) {
		class := "cell"
		switch {
		case at.Format(time.DateOnly) == today:
			class += " today"
		case at.Weekday() == time.Saturday || at.Weekday() == time.Sunday:
			class += " weekend"
		}
		fmt.Fprintf(b, `<rect x="%.1f" y="%.1f" width="%.1f" height="%.1f" class="%s"/>`, cellX(at.Day())-cellWidth/2,
			top, cellWidth-1, cellHeight-2, class)
	}
	var paid []*int64
	currency := ""
	for _, p := range days {
		if p.Day[:7] == month {
			writePayday(b, top+cellHeight/2-1, p)
			if p.Row != "" {
				paid, currency = append(paid, &p.Minor), p.Currency
			}
		}
	}
	if len(paid) > 0 {
		fmt.Fprintf(b, `<text x="%.1f" y="%.1f" class="axis" text-anchor="end">%s</text>`, width-4, top+16,
			optional(sum(paid), currency))
	}
}

// writePayday writes a due date: a full circle on time, a diamond early or late, a cross where it was missed, and an
// empty circle where it is expected.
func writePayday(b *strings.Builder, y float64, p Payday) {
	x := cellX(dateOf(p.Day).Day())
	fmt.Fprintf(b, `<g class="due-%s"><title>%s, %s: %s</title>%s</g>`, p.State, p.Day, words(p.State),
		money(p.Minor, p.Currency), dueForm(p.State, x, y))
}

func dueForm(state string, x, y float64) string {
	switch state {
	case "on_time":
		return fmt.Sprintf(`<circle cx="%.1f" cy="%.1f" r="6"/>`, x, y)
	case "early", "late":
		return fmt.Sprintf(`<path d="M%.1f %.1fl7 7 -7 7 -7 -7z"/>`, x, y-7)
	case "missed":
		return fmt.Sprintf(`<path d="M%.1f %.1fl10 10m0 -10l-10 10"/>`, x-5, y-5)
	}
	return fmt.Sprintf(`<circle cx="%.1f" cy="%.1f" r="5.5"/>`, x, y)
}

// sample is a form of the calendar or the chart as the legend shows it.
func sample(form string) template.HTML {
	width, drawn := 18, map[string]string{
		"on_time": `<g class="due-on_time">` + dueForm("on_time", 9, 9) + `</g>`,
		"late":    `<g class="due-late">` + dueForm("late", 9, 9) + `</g>`,
		"missed":  `<g class="due-missed">` + dueForm("missed", 9, 9) + `</g>`,
		"due":     `<g class="due-due">` + dueForm("due", 9, 9) + `</g>`,
		"event":   `<g class="event"><path d="M9 4l-6 -1 6 12 6 -12z"/></g>`,
		"payday":  `<circle class="payday" cx="9" cy="9" r="3.5"/>`,
	}[form]
	if drawn == "" {
		drawn = `<path d="M1 3H25V17H1Z" class="ground ` + form + `"/><path d="M1 3H25" class="line ` + form + `"/>`
		width = 26
	}
	return template.HTML(fmt.Sprintf( //nolint:gosec // constants
		`<svg class="sample" viewBox="0 0 %d 18" aria-hidden="true">%s</svg>`, width, drawn,
	))
}
