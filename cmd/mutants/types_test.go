package main

import (
	"bufio"
	"bytes"
	"errors"
	"go/ast"
	"go/build"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
)

// typeChecker checks packages of the module from their source, and takes what else they import from the export data
// of the build cache, so that nothing of the module is compiled.
type typeChecker struct {
	root    string
	set     *token.FileSet
	ours    map[string]*types.Package
	parsed  map[string]*ast.File
	foreign types.Importer
}

func newTypeChecker(t *testing.T, m *module) *typeChecker {
	t.Helper()
	c := &typeChecker{
		root: m.root, set: token.NewFileSet(), ours: map[string]*types.Package{}, parsed: map[string]*ast.File{},
	}
	exports := exportData(t, m)
	lookup := func(path string) (io.ReadCloser, error) { return os.Open(exports[path]) }
	c.foreign = importer.ForCompiler(c.set, "gc", lookup)
	return c
}

// exportData asks the go command for the export data of all that the module imports from elsewhere.
func exportData(t *testing.T, m *module) map[string]string {
	t.Helper()
	imports := map[string]bool{}
	for file, text := range m.texts {
		if filepath.Ext(file) != ".go" {
			continue
		}
		tree, err := parser.ParseFile(token.NewFileSet(), file, text, parser.ImportsOnly)
		if err != nil {
			t.Fatal(err)
		}
		for _, spec := range tree.Imports {
			if path := strings.Trim(spec.Path.Value, `"`); !strings.HasPrefix(path, modulePath) {
				imports[path] = true
			}
		}
	}
	delete(imports, "unsafe")
	delete(imports, "C")
	arguments := []string{"list", "-export", "-deps", "-f", "{{.ImportPath}} {{.Export}}"}
	list := exec.CommandContext(t.Context(), "go", append(arguments, slices.Sorted(maps.Keys(imports))...)...)
	list.Dir, list.Stderr = m.root, os.Stderr
	output, err := list.Output()
	if err != nil {
		t.Fatal(err)
	}
	exports := map[string]string{}
	for scanner := bufio.NewScanner(bytes.NewReader(output)); scanner.Scan(); {
		path, file, _ := strings.Cut(scanner.Text(), " ")
		exports[path] = file
	}
	return exports
}

// Import is for packages of the module: their functions' bodies are not looked at.
func (c *typeChecker) Import(path string) (*types.Package, error) {
	dir, ours := strings.CutPrefix(path, modulePath)
	if !ours {
		return c.foreign.Import(path)
	}
	if known := c.ours[path]; known != nil {
		return known, nil
	}
	checked, err := c.checkPackage(dir, nil)
	c.ours[path] = checked
	return checked, err
}

// check type-checks the packages of changed files.
func (c *typeChecker) check(changed map[string]string) error {
	dirs := map[string]bool{}
	for file := range changed {
		if filepath.Ext(file) == ".go" {
			dirs[filepath.Dir(file)] = true
		}
	}
	var all error
	for dir := range dirs {
		_, err := c.checkPackage(dir, changed)
		all = errors.Join(all, err)
	}
	return all
}

// checkPackage type-checks a directory's package: its declarations, and the functions of the changed files. Only errors
// in those files count, for an import that only the other functions use seems unused.
func (c *typeChecker) checkPackage(dir string, changed map[string]string) (*types.Package, error) {
	listed, err := build.Default.ImportDir(filepath.Join(c.root, dir), 0)
	if err != nil {
		return nil, err
	}
	var trees []*ast.File
	for _, name := range slices.Concat(listed.GoFiles, listed.CgoFiles) {
		tree, err := c.parse(filepath.Join(dir, name), changed)
		if err != nil {
			return nil, err
		}
		trees = append(trees, tree)
	}
	var found error
	config := types.Config{
		Importer: c, FakeImportC: true, Sizes: types.SizesFor("gc", runtime.GOARCH),
		Error: func(err error) {
			var wrong types.Error
			if !errors.As(err, &wrong) {
				return
			}
			file, _ := filepath.Rel(c.root, c.set.Position(wrong.Pos).Filename)
			if _, counts := changed[file]; counts {
				found = errors.Join(found, err)
			}
		},
	}
	checked, _ := config.Check(modulePath+dir, c.set, trees, nil)
	return checked, found
}

// parse parses a file. One that is not changed is parsed once, and loses the bodies of its functions.
func (c *typeChecker) parse(file string, changed map[string]string) (*ast.File, error) {
	path := filepath.Join(c.root, file)
	if text, is := changed[file]; is {
		return parser.ParseFile(c.set, path, text, parser.SkipObjectResolution)
	}
	if known := c.parsed[file]; known != nil {
		return known, nil
	}
	tree, err := parser.ParseFile(c.set, path, nil, parser.SkipObjectResolution)
	if err != nil {
		return nil, err
	}
	for _, decl := range tree.Decls {
		if f, is := decl.(*ast.FuncDecl); is {
			f.Body = nil
		}
	}
	c.parsed[file] = tree
	return tree, nil
}

func TestTypeCheckerNoticesWhatDoesNotCompile(t *testing.T) {
	m := moduleOf(t, map[string]string{
		"go.mod": "module fcpipe\n\ngo 1.26\n",
		"a/a.go": "package a\n\nimport (\n\t\"strings\"\n\n\t\"fcpipe/b\"\n)\n\n" +
			"func A() string { return strings.ToUpper(b.B()) }\n",
		"b/b.go": "package b\n\nimport \"fmt\"\n\nfunc B() string { return fmt.Sprint() }\n",
	})
	c := newTypeChecker(t, m)
	text := m.texts["a/a.go"]
	for from, to := range map[string]string{
		"b.B()": "b.B()", "strings.ToUpper(b.B())": "b.B()", "b.B())": "b.C())", "{ return": "{ x := 1; return",
	} {
		err := c.check(map[string]string{"a/a.go": strings.Replace(text, from, to, 1)})
		if (err == nil) != (from == to) {
			t.Errorf("%s -> %s: %v", from, to, err)
		}
	}
}
