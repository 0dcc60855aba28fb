package duck

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestEveryStatementIsAskedAndNamedOnce: SQL that no code of its package names is dead, and a name that two packages
// give says nothing of which one is meant. Rules, what a dataset of the lake has touched, and what a table has added
// and removed are found by how their names begin; so is what is put together, as what state.go reads of a file and of
// landing.
func TestEveryStatementIsAskedAndNamedOnce(t *testing.T) {
	named := map[string]string{} // package by statement
	for _, name := range packages(t) {
		code := codeOf(t, name)
		for statement := range Load(os.DirFS(filepath.Join("..", name))) {
			if other, twice := named[statement]; twice {
				t.Errorf("%s and %s both name a statement %s", other, name, statement)
			}
			named[statement] = name
			if !isAsked(statement, code) {
				t.Errorf("nothing in %s asks %s", name, statement)
			}
		}
	}
	if len(named) < 250 {
		t.Errorf("found %d statements", len(named))
	}
}

// packages lists the folders beside this one whose Go loads statements.
func packages(t *testing.T) (names []string) {
	t.Helper()
	folders, err := os.ReadDir("..")
	if err != nil {
		t.Fatal(err)
	}
	for _, folder := range folders {
		if folder.IsDir() && strings.Contains(codeOf(t, folder.Name()), "= duck.Load(files)") {
			names = append(names, folder.Name())
		}
	}
	return names
}

// codeOf is the code of a package without its tests.
func codeOf(t *testing.T, name string) string {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join("..", name, "*.go"))
	if err != nil {
		t.Fatal(err)
	}
	var code strings.Builder
	for _, path := range paths {
		if strings.HasSuffix(path, "_test.go") {
			continue
		}
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		code.Write(text)
	}
	return code.String()
}

func isAsked(statement, code string) bool {
	for _, prefix := range []string{
		"rule_", "deep_rule_", "owners_rule_", "derived_rule_", "marked_rule_", "unmarked_rule_", "lake_touched_",
		"kept_rule_", "labels_rule_", "history_rule_", "added_", "removed_", "gone_",
	} {
		if strings.HasPrefix(statement, prefix) {
			return strings.Contains(code, `"`+prefix)
		}
	}
	for at := range statement {
		if statement[at] == '_' && strings.Contains(code, `"`+statement[:at+1]+`"`) { // put together
			return true
		}
	}
	return strings.Contains(code, `"`+statement+`"`)
}
