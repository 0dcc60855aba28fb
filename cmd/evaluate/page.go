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
	var b strings.Builder
	for i, lines := range [][][]string{t.lines(), t.styleLines(), t.groupLines()} {
		if len(lines) < 2 {
			continue
		}
		if i > 0 {
			b.WriteString("\n")
		}
		for n, line := range lines {
			for len(line) < len(lines[0]) {
				line = append(line, "")
			}
			b.WriteString("| " + strings.Join(line, " | ") + " |\n")
			if n == 0 {
				b.WriteString("|---|" + strings.Repeat("---:|", len(line)-1) + "\n")
			}
		}
	}
	tables := strings.TrimSuffix(b.String(), "\n")
	text := strings.NewReplacer("{{head}}", t.head(), "{{tables}}", tables).Replace(pageText)
	return os.WriteFile(path, []byte(text), 0o644) //nolint:gosec // a page of the repository, as others are
}
