package duck

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"strings"
)

//go:embed *.sql
var files embed.FS

var statements = Load(files)

// Statements are the named SQL statements of a package, by name. Each package embeds the .sql files beside its code and
// loads them once.
type Statements map[string]string

// Load reads the statements of every .sql file at the root of files: "-- name: x" stands above each, and what is above
// the first name is the file's own comment. Files that cannot be read, and a name that is given twice, are defects of
// this program, so it panics.
func Load(files fs.FS) Statements {
	loaded := Statements{}
	names, err := fs.Glob(files, "*.sql")
	if err != nil {
		panic(err)
	}
	for _, name := range names {
		text, err := fs.ReadFile(files, name)
		if err != nil {
			panic(err)
		}
		loaded.add(string(text))
	}
	return loaded
}

// add cuts a file at the lines that name its statements.
func (s Statements) add(text string) {
	for _, part := range strings.Split("\n"+text, "\n-- name: ")[1:] {
		name, body, _ := strings.Cut(part, "\n")
		name = strings.TrimSpace(name)
		if _, twice := s[name]; twice {
			panic(fmt.Sprintf("two statements are named %q", name))
		}
		s[name] = strings.TrimSpace(body)
	}
}

// Get returns the statement of a name. A missing one is a defect of this program, found by any test that reaches it, so
// it panics.
func (s Statements) Get(name string) string {
	text, ok := s[name]
	if !ok {
		panic(fmt.Sprintf("no statement is named %q", name))
	}
	return text
}

// EachRow runs the statement of a name and calls visit for each row. Errors begin with the name.
func (s Statements) EachRow(
	ctx context.Context, database Queryer, name string, visit func(Scan) error, args ...any,
) (err error) {
	rows, err := database.QueryContext(ctx, s.Get(name), args...)
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		if err := visit(rows.Scan); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	return rows.Err()
}
