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

// mutant is a fault made on purpose.
type mutant struct {
	name    string
	promise string // what it breaks
	edits   []edit
	kill    command
}

// edit puts whole lines in the place of others, which the file has exactly once.
type edit struct{ file, find, replacement string }

// command must fail on a mutant and pass without: tests of a package, or the crash harness.
type command struct {
	pkg   string // ./sync
	tests string // regular expression, as go test -run takes it
	crash []string
}

func (c command) String() string {
	if len(c.crash) > 0 {
		return "crash " + strings.Join(c.crash, " ")
	}
	return "go test " + c.pkg + " -run " + c.tests
}

// readMutants reads every mutant, in order of their names.
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

// parseMutant reads "key: value" lines, then pairs of sections: the file with the lines to
// find in it, and "replacement".
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
	if isTest, isCrash := m.kill.pkg != "" && m.kill.tests != "", len(m.kill.crash) > 0; isTest == isCrash {
		return m, errors.New("either package and tests, or crash, say what must fail")
	}
	if len(archive.Files) == 0 || len(archive.Files)%2 != 0 {
		return m, errors.New("sections come in pairs: FILE and replacement")
	}
	for i := 0; i < len(archive.Files); i += 2 {
		found, instead := archive.Files[i], archive.Files[i+1]
		if instead.Name != "replacement" {
			return m, fmt.Errorf("section %q follows %q: want replacement", instead.Name, found.Name)
		}
		m.edits = append(m.edits, edit{found.Name, string(found.Data), string(instead.Data)})
	}
	return m, nil
}

func (m *mutant) set(line string) error {
	key, value, _ := strings.Cut(line, ":")
	value = strings.TrimSpace(value)
	switch key {
	case "":
	case "promise":
		m.promise = value
	case "package":
		m.kill.pkg = value
	case "tests":
		m.kill.tests = value
		_, err := regexp.Compile(value)
		return err
	case "crash":
		m.kill.crash = strings.Fields(value)
	default:
		return fmt.Errorf("unknown key %q: there are promise, package, tests and crash", key)
	}
	return nil
}
