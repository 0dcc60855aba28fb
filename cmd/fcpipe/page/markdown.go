package page

import (
	"fmt"
	"io"
	"strings"
	"text/template"

	"fcpipe/schema"
)

var markdown = template.Must(template.New("markdown.tmpl").Funcs(functions).
	Funcs(template.FuncMap{"text": plainText}).ParseFS(templateFiles, "markdown.tmpl"))

// Markdown writes the report as one text. Charts are left out: their numbers are in the JSON.
func (r *Report) Markdown(out io.Writer) error {
	if err := markdown.Execute(out, r); err != nil {
		return fmt.Errorf("write the report: %w", err)
	}
	return nil
}

// plainText is a text of a bank as a cell of a table: nothing in it is Markdown or HTML.
func plainText(text string) string {
	var b strings.Builder
	for _, r := range schema.Shown(text) {
		switch {
		case strings.ContainsRune("\\`*_{}[]()#+!|~$", r):
			b.WriteRune('\\')
			b.WriteRune(r)
		case r == '<':
			b.WriteString("&lt;")
		case r == '>':
			b.WriteString("&gt;")
		case r == '&':
			b.WriteString("&amp;")
		case r == ':':
			b.WriteString("&#58;") // a renderer makes no link of an address
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}
