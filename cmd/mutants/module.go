package main

import (
	"fmt"
	"go/ast"
	"go/build"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// module is the source that mutants change, by name.
type module struct {
	root     string
	texts    map[string]string   // of every file that holds a declaration or statement, by its path below root
	funcs    map[string][]extent // by lowerFirst of the name
	decls    map[string][]extent
	sql      map[string][]extent // by the statement's name, and by the file's base name
	tests    map[string][]string // the directories of the packages that define a test
	packages map[string]bool     // names of the module's packages, and what imports call them
}

// extent is where a declaration or statement stands.
type extent struct {
	file       string
	receiver   string // lowerFirst of a method's type
	start, end int
}

const modulePath = "fcpipe/"

// readModule reads the module below root: Go files as the build constraints of this machine choose them, and SQL files.
func readModule(root string) (*module, error) {
	m := &module{
		root: root, texts: map[string]string{}, funcs: map[string][]extent{}, decls: map[string][]extent{},
		sql: map[string][]extent{}, tests: map[string][]string{}, packages: map[string]bool{},
	}
	err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() {
			if name := entry.Name(); path != root && (strings.HasPrefix(name, ".") || name == "testdata") {
				return filepath.SkipDir
			}
			return nil
		}
		return m.read(path)
	})
	return m, err
}

func (m *module) read(path string) error {
	extension := filepath.Ext(path)
	if extension != ".go" && extension != ".sql" {
		return nil
	}
	content, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	file, err := filepath.Rel(m.root, path)
	if err != nil {
		return err
	}
	if extension == ".sql" {
		m.addSQL(file, string(content))
		return nil
	}
	if fits, err := build.Default.MatchFile(filepath.Dir(path), filepath.Base(path)); err != nil || !fits {
		return err
	}
	set := token.NewFileSet()
	tree, err := parser.ParseFile(set, file, content, parser.SkipObjectResolution)
	if err != nil {
		return err
	}
	m.addImports(tree)
	if strings.HasSuffix(file, "_test.go") {
		m.addTests(tree, filepath.Dir(file))
		return nil
	}
	m.texts[file] = string(content)
	m.addDecls(set, tree, file)
	return nil
}

func (m *module) addImports(tree *ast.File) {
	m.packages[tree.Name.Name] = true
	for _, spec := range tree.Imports {
		if spec.Name != nil && strings.HasPrefix(strings.Trim(spec.Path.Value, `"`), modulePath) {
			m.packages[spec.Name.Name] = true
		}
	}
}

func (m *module) addTests(tree *ast.File, dir string) {
	for _, decl := range tree.Decls {
		if f, is := decl.(*ast.FuncDecl); is && f.Recv == nil && strings.HasPrefix(f.Name.Name, "Test") {
			m.tests[f.Name.Name] = append(m.tests[f.Name.Name], dir)
		}
	}
}

func (m *module) addDecls(set *token.FileSet, tree *ast.File, file string) {
	at := func(node ast.Node) extent {
		return extent{file: file, start: set.Position(node.Pos()).Offset, end: set.Position(node.End()).Offset}
	}
	add := func(to map[string][]extent, name *ast.Ident, e extent) {
		to[lowerFirst(name.Name)] = append(to[lowerFirst(name.Name)], e)
	}
	for _, decl := range tree.Decls {
		switch d := decl.(type) {
		case *ast.FuncDecl:
			e := at(d)
			e.receiver = receiver(d)
			add(m.funcs, d.Name, e)
		case *ast.GenDecl:
			for _, spec := range d.Specs {
				switch s := spec.(type) {
				case *ast.TypeSpec:
					add(m.decls, s.Name, at(s))
				case *ast.ValueSpec:
					for _, name := range s.Names {
						add(m.decls, name, at(s))
					}
				}
			}
		}
	}
}

// receiver is the name of a method's type without its star and type parameters.
func receiver(f *ast.FuncDecl) string {
	if f.Recv == nil {
		return ""
	}
	kind := f.Recv.List[0].Type
	if star, is := kind.(*ast.StarExpr); is {
		kind = star.X
	}
	if generic, is := kind.(*ast.IndexExpr); is {
		kind = generic.X
	}
	name, _ := kind.(*ast.Ident)
	if name == nil {
		return ""
	}
	return lowerFirst(name.Name)
}

const statementMark = "\n-- name: "

// addSQL adds the file as a whole and each of its named statements.
func (m *module) addSQL(file, text string) {
	m.texts[file] = text
	base := filepath.Base(file)
	m.sql[base] = append(m.sql[base], extent{file: file, end: len(text)})
	parts := strings.SplitAfter(text, statementMark)
	start := len(parts[0])
	for _, part := range parts[1:] {
		name, _, _ := strings.Cut(part, "\n")
		name = strings.TrimSpace(name)
		m.sql[name] = append(m.sql[name], extent{file: file, start: start + len(name), end: start + len(part)})
		start += len(part)
	}
}

// candidates are the declarations or statements that an edit's name may mean.
func (m *module) candidates(e edit) []extent {
	switch e.kind {
	case kindSQL:
		return m.sql[e.name]
	case kindDecl:
		return m.decls[lowerFirst(e.name)]
	}
	of, name, isMethod := strings.Cut(e.name, ".")
	if !isMethod {
		return m.funcs[lowerFirst(e.name)]
	}
	return slices.DeleteFunc(slices.Clone(m.funcs[lowerFirst(name)]), func(f extent) bool {
		return f.receiver != lowerFirst(strings.Trim(of, "(*)"))
	})
}

// packagesOf groups tests by the directory of the package that defines them.
func (m *module) packagesOf(tests []string) (map[string][]string, error) {
	found := map[string][]string{}
	for _, test := range tests {
		name, _, _ := strings.Cut(test, "/")
		if len(m.tests[name]) == 0 {
			return nil, fmt.Errorf("no package has a test %s", name)
		}
		for _, dir := range m.tests[name] {
			found[dir] = append(found[dir], test)
		}
	}
	return found, nil
}
