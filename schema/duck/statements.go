package duck

import (
	"fmt"
	"io/fs"
	"strings"

	"fcpipe/schema"
)

// Statements holds every named statement of the package's .sql files.
var Statements = mustLoadStatements(schema.StatementFiles)

// Statement returns the named statement. A missing name is a defect of this
// program, found by any test that touches it, so it panics.
func Statement(name string) string {
	text, ok := Statements[name]
	if !ok {
		panic(fmt.Sprintf("schema: no statement named %q", name))
	}
	return text
}

func mustLoadStatements(files fs.FS) map[string]string {
	loaded := map[string]string{}
	names, err := fs.Glob(files, "*.sql")
	if err != nil {
		panic(err)
	}
	for _, name := range names {
		text, err := fs.ReadFile(files, name)
		if err != nil {
			panic(err)
		}
		for statementName, body := range splitStatements(string(text)) {
			if _, twice := loaded[statementName]; twice {
				panic(fmt.Sprintf("schema: two statements named %q", statementName))
			}
			loaded[statementName] = body
		}
	}
	return loaded
}

// splitStatements cuts a file at its "-- name: x" lines. Text before the
// first name is the file's own comment.
func splitStatements(text string) map[string]string {
	parts := map[string]string{}
	for _, part := range strings.Split("\n"+text, "\n-- name: ")[1:] {
		name, body, _ := strings.Cut(part, "\n")
		parts[strings.TrimSpace(name)] = strings.TrimSpace(body)
	}
	return parts
}
