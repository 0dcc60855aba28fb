package main

import (
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"strings"

	"github.com/rogpeppe/go-internal/txtar"
)

//go:embed mutants/*.txtar
var mutantFiles embed.FS

// mutant is a fault that is made on purpose.
type mutant struct {
	name    string
	promise string // the promises and rules that it breaks
	edits   []edit
	check   check
}

// edit replaces a snippet of one declaration or SQL statement.
type edit struct {
	kind, name        string // kindFunc, kindDecl or kindSQL; the name as the mutant writes it
	find, replacement string
}

const (
	kindFunc = "func"
	kindDecl = "decl"
	kindSQL  = "sql"
)

// check is what must pass without a mutant and fail with it: tests or trials of the crash harness. One of them is
// empty.
type check struct {
	tests []string // Test or Test/subtest; the packages are found by name
	crash []string // arguments of cmd/crash
}

func (c check) String() string {
	if len(c.crash) > 0 {
		return "crash " + strings.Join(c.crash, " ")
	}
	return strings.Join(c.tests, " ")
}

// readMutants returns every mutant in the order of their names.
func readMutants() ([]mutant, error) {
	names, err := fs.Glob(mutantFiles, "mutants/*.txtar")
	if err != nil {
		return nil, err
	}
	var all []mutant
	for _, name := range names {
		text, err := mutantFiles.ReadFile(name)
		if err != nil {
			return nil, err
		}
		m, err := parseMutant(strings.TrimSuffix(path.Base(name), ".txtar"), text)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		all = append(all, m)
	}
	return all, nil
}

// parseMutant reads "key: value" lines, then pairs of sections: "func NAME", "decl NAME" or "sql NAME" with the
// snippet to find, and "replacement".
func parseMutant(name string, text []byte) (mutant, error) {
	m := mutant{name: name}
	archive := txtar.Parse(text)
	for line := range strings.Lines(string(archive.Comment)) {
		if err := m.set(strings.TrimSpace(line)); err != nil {
			return m, err
		}
	}
	if m.promise == "" {
		return m, errors.New("no promise: say what the mutant breaks")
	}
	if (len(m.check.tests) > 0) == (len(m.check.crash) > 0) {
		return m, errors.New("either tests or crash says what must fail")
	}
	if len(archive.Files) == 0 || len(archive.Files)%2 != 0 {
		return m, errors.New("sections come in pairs: func, decl or sql NAME, and replacement")
	}
	for i := 0; i < len(archive.Files); i += 2 {
		e, err := newEdit(archive.Files[i], archive.Files[i+1])
		if err != nil {
			return m, err
		}
		m.edits = append(m.edits, e)
	}
	return m, nil
}

func newEdit(snippet, replacement txtar.File) (edit, error) {
	kind, name, _ := strings.Cut(snippet.Name, " ")
	switch {
	case kind != kindFunc && kind != kindDecl && kind != kindSQL || name == "":
		return edit{}, fmt.Errorf("section %q: want func, decl or sql and a name", snippet.Name)
	case replacement.Name != "replacement":
		return edit{}, fmt.Errorf("section %q follows %q: want replacement", replacement.Name, snippet.Name)
	}
	return edit{kind, name, string(snippet.Data), string(replacement.Data)}, nil
}

var testName = regexp.MustCompile(`^Test\w+(/[\w.-]+)?$`)

func (m *mutant) set(line string) error {
	key, value, _ := strings.Cut(line, ":")
	value = strings.TrimSpace(value)
	switch key {
	case "":
	case "promise":
		m.promise = value
	case "tests":
		m.check.tests = strings.Fields(value)
		for _, name := range m.check.tests {
			if !testName.MatchString(name) {
				return fmt.Errorf("tests: %q is no whole name of a test, Test or Test/subtest", name)
			}
		}
	case "crash":
		m.check.crash = strings.Fields(value)
	default:
		return fmt.Errorf("unknown key %q: there are promise, tests and crash", key)
	}
	return nil
}
