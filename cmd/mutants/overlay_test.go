package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// moduleOf reads a module of the given files.
func moduleOf(t *testing.T, texts map[string]string) *module {
	t.Helper()
	root := t.TempDir()
	for file, text := range texts {
		path := filepath.Join(root, file)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	m, err := readModule(root)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func TestAMutantSurvivesAMove(t *testing.T) {
	e := edit{
		kindFunc, "file.seal", "if err := syncDirectory(f.path); err != nil { return err }\nreturn f.end()",
		"return errors.Join(f.end(), syncDirectory(f.path))\n",
	}
	for name, c := range map[string]struct{ file, text, want string }{
		"as it was": {
			"a.go",
			"package a\nfunc (f *file) seal() error {\n\tif err := syncDirectory(f.path); err != nil {\n" +
				"\t\treturn err\n\t}\n\treturn f.end()\n}\n",
			"package a\nfunc (f *file) seal() error {\n\treturn errors.Join(f.end(), syncDirectory(f.path))\n}\n",
		},
		"moved, exported and qualified": {
			"b/c/b.go",
			"package c\nimport \"fcpipe/durable\"\nfunc (f File) Seal() error {\n\tlog()\n" +
				"\tif err := durable.SyncDirectory(f.Path); // why\n\terr != nil {\n\t\treturn err\n\t}\n" +
				"\treturn f.end()\n}\n",
			"package c\nimport \"fcpipe/durable\"\nfunc (f File) Seal() error {\n\tlog()\n" +
				"\treturn errors.Join(f.end(), durable.SyncDirectory(f.Path))\n}\n",
		},
	} {
		t.Run(name, func(t *testing.T) {
			m := moduleOf(t, map[string]string{
				c.file: c.text, "durable/d.go": "package durable\n",
				"other/o.go": "package other\nfunc (o *other) seal() error { return nil }\n",
			})
			changed, err := m.mutated([]edit{e})
			if err != nil || changed[c.file] != c.want {
				t.Errorf("%v\n%s\nwant\n%s", err, changed[c.file], c.want)
			}
		})
	}
}

func TestDeclarationsAndStatementsAreFoundByName(t *testing.T) {
	m := moduleOf(t, map[string]string{
		"a.go":              "package a\n\nconst (\n\tmode  = 0o600\n\tother = 0o600\n)\n",
		"schema/x/m.sql":    "-- head\n\n-- name: one\nSELECT 1\n  FROM a; -- why\n\n-- name: two\nSELECT 1 FROM a;\n",
		"schema/x/view.sql": "SELECT\n  sum( x )\n",
	})
	for _, c := range []struct {
		edit       edit
		file, want string
	}{
		{
			edit{kindDecl, "mode", "0o600", "0o644"},
			"a.go",
			"package a\n\nconst (\n\tmode  = 0o644\n\tother = 0o600\n)\n",
		},
		{
			edit{kindSQL, "one", "SELECT 1 FROM a", "SELECT 2"},
			"schema/x/m.sql",
			"-- head\n\n-- name: one\nSELECT 2; -- why\n\n-- name: two\nSELECT 1 FROM a;\n",
		},
		{edit{kindSQL, "view.sql", "sum(x)", "max(x)\n"}, "schema/x/view.sql", "SELECT\n  max(x)\n"},
	} {
		if changed, err := m.mutated([]edit{c.edit}); err != nil || changed[c.file] != c.want {
			t.Errorf("%s: %v\n%s", c.edit.name, err, changed[c.file])
		}
	}
}

func TestEditsWithoutOnePlaceAreRefused(t *testing.T) {
	m := moduleOf(t, map[string]string{
		"a.go": "package a\nfunc one() { f(1) }\nfunc twice() { f(1); f(1) }\n" +
			"func (a) both() { f(2) }\nfunc (b) both() { f(2) }\n",
	})
	for name, c := range map[string]struct {
		edits []edit
		says  string
	}{
		"no such function": {[]edit{{kindFunc, "three", "f(1)", ""}}, "nothing is called func three"},
		"no such method":   {[]edit{{kindFunc, "a.one", "f(1)", ""}}, "nothing is called func a.one"},
		"not in it":        {[]edit{{kindFunc, "one", "f(2)", ""}}, "0 times"},
		"twice":            {[]edit{{kindFunc, "twice", "f(1)", ""}}, "2 times"},
		"ambiguous":        {[]edit{{kindFunc, "both", "f(2)", ""}}, "2 times"},
		"no change":        {[]edit{{kindFunc, "one", "f( 1 )", "f(1)"}}, "changes nothing"},
		"empty":            {[]edit{{kindFunc, "one", "\n", "f(1)"}}, "is empty"},
		"no Go":            {[]edit{{kindFunc, "one", "f(1)", "f("}}, "a.go:2"},
		"overlap":          {[]edit{{kindFunc, "one", "f(1)", ""}, {kindFunc, "one", "(1)", "(2)"}}, "overlap"},
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := m.mutated(c.edits); err == nil || !strings.Contains(err.Error(), c.says) {
				t.Errorf("%v, want %q", err, c.says)
			}
		})
	}
}
