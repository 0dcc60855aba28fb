package main

import (
	"fmt"
	"io"
	"strconv"
	"strings"
	"unicode/utf8"
)

// table is everything that was measured.
type table struct {
	Machine machine `json:"machine"`
	Rows    int     `json:"rows"`
	Runs    int     `json:"runs"`
	Memory  string  `json:"memory_limit,omitempty"` // "" is the default
	Threads int     `json:"threads,omitempty"`      // 0 is as many as there are cores
	Texts   string  `json:"texts,omitempty"`        // how many texts of the base are distinct
	Cases   []row   `json:"cases"`
	Goals   []goal  `json:"goals"`
}

const none = "–" // what does not apply

// print writes the table for people: seconds, megabytes of 10^6 bytes, peaks in MiB.
func (t table) print(out io.Writer) {
	m := t.Machine
	fmt.Fprintf(out, "%s · %s\n", m.Commit, m.At.Format("2006-01-02 15:04 UTC"))
	fmt.Fprintf(out, "%s, %d cores, %.0f GiB, %s · %s, DuckDB %s\n", m.CPU, m.Cores, float64(m.Memory)/gib, m.System,
		m.Go, m.DuckDB)
	memory := t.Memory
	if memory == "" {
		memory = "the default"
	}
	fmt.Fprintf(out, "%s rows, median of %d runs, memory_limit %s; seconds, MB of file and lake, peak in MiB\n\n",
		grouped(int64(t.Rows)), t.Runs, memory)
	if t.Texts != "" {
		fmt.Fprintf(out, "%s\n\n", t.Texts)
	}
	lines := [][]string{t.head()}
	for i := range t.Cases {
		lines = append(lines, t.Cases[i].cells())
	}
	align(out, lines, len(t.head())-1)
	fmt.Fprintln(out)
	if lines = t.schemas(); len(lines) > 1 {
		align(out, lines, len(lines[0]))
		fmt.Fprintln(out)
	}
	lines = [][]string{{"goal", "measured", "wanted", ""}}
	for _, g := range t.Goals {
		lines = append(lines, g.cells())
	}
	align(out, lines, 3)
}

// schemas are the seconds of derived tables by schema, in derive; those of reading texts are in ledger.
func (t table) schemas() [][]string {
	lines := [][]string{append(append([]string{"derive", "what"}, derivedSchemas...), "texts in ledger")}
	for i := range t.Cases {
		r := &t.Cases[i]
		if r.Schemas == nil {
			continue
		}
		line := []string{r.Case, r.What}
		for _, name := range derivedSchemas {
			line = append(line, seconds3(r.Schemas[name]))
		}
		lines = append(lines, append(line, seconds3(r.Texts)))
	}
	return lines
}

func (table) head() []string {
	head := append([]string{"case", "what", "runs"}, stageNames...)
	return append(head, "total", "CPU", "server", "peak", "requests", "file", "lake", "new", "changed", "ratio")
}

// cells are those of a row, a baseline's below its case.
func (r *row) cells() []string {
	cells := []string{r.Case, r.What, strconv.Itoa(r.Runs)}
	if r.Baseline {
		cells[0] = "  ."
	}
	for _, name := range stageNames {
		cell := none
		if seconds, measured := r.Stages[name]; measured {
			cell = seconds3(seconds)
		}
		cells = append(cells, cell)
	}
	peak := none
	if r.Peak > 0 {
		peak = fmt.Sprintf("%.0f", float64(r.Peak)/(1<<20))
	}
	cpu := none
	if r.CPU > 0 {
		cpu = seconds3(r.CPU)
	}
	cells = append(cells, seconds3(r.Total), cpu, optional(r.Server, seconds3), peak, optional(r.Requests, grouped),
		optional(r.File, megabytes), optional(r.Lake, megabytes), optional(r.New, grouped),
		optional(r.Changed, grouped))
	ratios := make([]string, len(r.Ratios))
	for i, compared := range r.Ratios {
		ratios[i] = fmt.Sprintf("%s %.2f × %s", compared.Of, compared.Value, compared.To)
	}
	return append(cells, strings.Join(ratios, ", "))
}

func (g goal) cells() []string {
	wanted, verdict := "at most ", "missed"
	if g.AtLeast {
		wanted = "at least "
	}
	if g.Met {
		verdict = "met"
	}
	if !g.Applies {
		verdict = "for " + grouped(int64(g.Rows)) + " rows"
	}
	return []string{
		g.What, fmt.Sprintf("%.2f %s", g.Value, g.Unit), fmt.Sprintf("%s%.2f", wanted, g.Limit), verdict,
	}
}

func optional[T any](value *T, format func(T) string) string {
	if value == nil {
		return none
	}
	return format(*value)
}

// seconds3 shows short times exactly, and long ones shortly.
func seconds3(seconds float64) string {
	switch {
	case seconds >= 100:
		return fmt.Sprintf("%.0f", seconds)
	case seconds >= 10:
		return fmt.Sprintf("%.1f", seconds)
	}
	return fmt.Sprintf("%.2f", seconds)
}

func megabytes(bytes int64) string { return fmt.Sprintf("%.1f", float64(bytes)/1e6) }

// grouped writes 1234567 as 1,234,567.
func grouped(n int64) string {
	text := strconv.FormatInt(n, 10)
	for i := len(text) - 3; i > 0; i -= 3 {
		text = text[:i] + "," + text[i:]
	}
	return text
}

// align prints lines in columns: numbers to the right, the first two columns and those from left on to the left.
func align(out io.Writer, lines [][]string, left int) {
	widths := make([]int, len(lines[0]))
	for _, line := range lines {
		for i, cell := range line {
			widths[i] = max(widths[i], utf8.RuneCountInString(cell))
		}
	}
	for _, line := range lines {
		var text strings.Builder
		for i, cell := range line {
			space := strings.Repeat(" ", widths[i]-utf8.RuneCountInString(cell))
			if i < 2 || i >= left {
				text.WriteString(cell + space + "  ")
			} else {
				text.WriteString(space + cell + "  ")
			}
		}
		fmt.Fprintln(out, strings.TrimRight(text.String(), " "))
	}
}
