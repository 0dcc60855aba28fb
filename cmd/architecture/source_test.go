package architecture

import (
	"bytes"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

const root = "../.."

// source is a Go file of the repository.
type source struct {
	path    string // from the root
	pkg     string // the folder, from the root
	isTest  bool   // by its name
	tree    *ast.File
	text    []byte
	imports []string // of ours, from the root
	modules []string // of others, but for the standard library
}

var files token.FileSet

// line is where a node of a source begins.
func line(n ast.Node) int { return files.Position(n.Pos()).Line }

var parsed = sync.OnceValues(func() (all []source, err error) {
	module, err := moduleName()
	if err != nil {
		return nil, err
	}
	err = filepath.WalkDir(root, func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() && name != root && (strings.HasPrefix(entry.Name(), ".") || isSkipped(entry.Name())) {
			return filepath.SkipDir
		}
		if !strings.HasSuffix(name, ".go") {
			return nil
		}
		f, err := parse(module, name)
		all = append(all, f)
		return err
	})
	return all, err
})

func isSkipped(folder string) bool {
	return folder == "testdata" || folder == "bin" || folder == "demo"
}

func moduleName() (string, error) {
	text, err := os.ReadFile(filepath.Join(root, "go.mod"))
	first, _, _ := bytes.Cut(text, []byte("\n"))
	return strings.TrimSpace(strings.TrimPrefix(string(first), "module")), err
}

func parse(module, name string) (f source, err error) {
	if f.text, err = os.ReadFile(name); err != nil {
		return f, err
	}
	relative, err := filepath.Rel(root, name)
	if err != nil {
		return f, err
	}
	f.path = filepath.ToSlash(relative)
	f.pkg = path.Dir(f.path)
	f.isTest = strings.HasSuffix(f.path, "_test.go")
	if f.tree, err = parser.ParseFile(
		&files,
		f.path,
		f.text,
		parser.ParseComments|parser.SkipObjectResolution,
	); err != nil {
		return f, err
	}
	for _, spec := range f.tree.Imports {
		imported := strings.Trim(spec.Path.Value, `"`)
		if ours, is := strings.CutPrefix(imported, module+"/"); is {
			f.imports = append(f.imports, ours)
		} else if host, _, _ := strings.Cut(imported, "/"); strings.Contains(host, ".") {
			f.modules = append(f.modules, imported)
		}
	}
	return f, nil
}

// sources are the Go files of the repository.
func sources(t *testing.T) []source {
	t.Helper()
	all, err := parsed()
	if err != nil {
		t.Fatal(err)
	}
	if len(all) < 100 {
		t.Fatalf("only %d Go files were found", len(all))
	}
	return all
}
