package main

import (
	_ "embed" // the page's text
	"os"
	"strings"
)

//go:embed page.md
var pageText string

// writePage writes the table as a page, with what it says and does not say.
func (t *table) writePage(path string) error {
	states := "It was not measured."
	if t.States != nil {
		states = t.States.head(t) + "\n\n" + markdown(t.States.lines())
	}
	tables := markdown(t.lines(), t.styleLines(), t.groupLines(), t.intervalLines())
	text := strings.NewReplacer("{{head}}", t.head(), "{{tables}}", tables, "{{states}}", states).Replace(pageText)
	return os.WriteFile(path, []byte(text), 0o644) //nolint:gosec // a page of the repository, as others are
}

// markdown writes tables that have lines.
func markdown(tables ...[][]string) string {
	var written []string
	for _, lines := range tables {
		if len(lines) < 2 {
			continue
		}
		var b strings.Builder
		for n, line := range lines {
			for len(line) < len(lines[0]) {
				line = append(line, "")
			}
			b.WriteString("| " + strings.Join(line, " | ") + " |\n")
			if n == 0 {
				b.WriteString("|---|" + strings.Repeat("---:|", len(line)-1) + "\n")
			}
		}
		written = append(written, b.String())
	}
	return strings.TrimSuffix(strings.Join(written, "\n"), "\n")
}
