package main

import (
	"bytes"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"fcpipe/schema"
)

// table prints rows in columns. Columns whose every value is a number are right-aligned.
type table struct {
	head []string
	rows [][]string
}

// newTable takes the names of columns, which a question may have given.
func newTable(head ...string) *table {
	for i, name := range head {
		head[i] = schema.Shown(name)
	}
	return &table{head: head}
}

// add takes a row. What a terminal would obey is shown instead.
func (t *table) add(cells ...string) {
	for i, cell := range cells {
		cells[i] = schema.Shown(cell)
	}
	t.rows = append(t.rows, cells)
}

func (t *table) print(out io.Writer) {
	widths, numeric := make([]int, len(t.head)), make([]bool, len(t.head))
	for i, name := range t.head {
		widths[i], numeric[i] = utf8.RuneCountInString(name), len(t.rows) > 0
		for _, row := range t.rows {
			widths[i] = max(widths[i], utf8.RuneCountInString(row[i]))
			numeric[i] = numeric[i] && (row[i] == "" || row[i] == nullText ||
				strings.Trim(row[i], "-0123456789.,") == "")
		}
	}
	line := func(cells []string) {
		parts := make([]string, len(cells))
		for i, cell := range cells {
			space := strings.Repeat(" ", widths[i]-utf8.RuneCountInString(cell))
			if parts[i] = cell + space; numeric[i] {
				parts[i] = space + cell
			}
		}
		fmt.Fprintln(out, strings.TrimRight(strings.Join(parts, "  "), " "))
	}
	line(t.head)
	rules := make([]string, len(t.head))
	for i, width := range widths {
		rules[i] = strings.Repeat("─", width)
	}
	line(rules)
	for _, row := range t.rows {
		line(row)
	}
}

// shorten cuts the last column so that lines fit a terminal; 0 is none.
func (t *table) shorten(width int) {
	last := len(t.head) - 1
	for i := range last {
		widest := utf8.RuneCountInString(t.head[i])
		for _, row := range t.rows {
			widest = max(widest, utf8.RuneCountInString(row[i]))
		}
		width -= widest + 2
	}
	for _, row := range t.rows {
		if letters := []rune(row[last]); width > 1 && len(letters) > width {
			row[last] = string(letters[:width-1]) + "…"
		}
	}
}

// shownWriter lets texts of banks and of Stripe reach a terminal without what it would obey. Lines and tabs
// are ours; in JSON what is escaped stays the same value.
// A character that is cut between two writes waits for its other bytes.
type shownWriter struct {
	out io.Writer
	cut []byte
}

func (w *shownWriter) Write(text []byte) (int, error) {
	whole := append(w.cut, text...)
	end := len(whole) - cutRune(whole)
	w.cut = slices.Clone(whole[end:])
	if _, err := io.WriteString(w.out, shownLines(string(whole[:end]))); err != nil {
		return 0, err
	}
	return len(text), nil
}

// cutRune counts the bytes at the end of a text that begin a character and do not finish it.
func cutRune(text []byte) int {
	for back := 1; back < utf8.UTFMax && back <= len(text); back++ {
		if first := text[len(text)-back]; utf8.RuneStart(first) {
			if utf8.FullRune(text[len(text)-back:]) {
				return 0
			}
			return back
		}
	}
	return 0
}

// shownLines is a text of several lines as it may be shown.
func shownLines(text string) string {
	var b bytes.Buffer
	for i, line := range strings.Split(text, "\n") {
		if i > 0 {
			b.WriteByte('\n')
		}
		for j, cell := range strings.Split(line, "\t") {
			if j > 0 {
				b.WriteByte('\t')
			}
			b.WriteString(schema.Shown(cell))
		}
	}
	return b.String()
}

// fit pads a text to a width, or shortens it: the end of it, last digits, stays.
func fit(text string, width int) string {
	letters := []rune(text)
	if len(letters) <= width {
		return text + strings.Repeat(" ", width-len(letters))
	}
	tail := 0
	if at := strings.LastIndex(text, " "); at >= 0 && len(text)-at <= 5 {
		tail = len(text) - at
	}
	return string(letters[:width-1-tail]) + "…" + string(letters[len(letters)-tail:])
}

func orNothing(text *string) string {
	if text == nil {
		return ""
	}
	return *text
}

func shortTime(at *time.Time) string {
	if at == nil {
		return "never"
	}
	return at.UTC().Format("2006-01-02 15:04")
}
