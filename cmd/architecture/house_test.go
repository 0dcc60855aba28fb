package architecture

import (
	"bytes"
	"go/ast"
	"go/build/constraint"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

const (
	mostFiles         = 20 // of a package, neither tests nor variants of an operating system
	mostFilesCommands = 12 // of cmd/fcpipe beside one a subcommand
	mostLines         = 400
	mostFunctionLines = 60
	mostColumns       = 120
)

// TestPackagesAndFilesAreSmall counts files a package, lines a file and lines a function.
func TestPackagesAndFilesAreSmall(t *testing.T) {
	count := map[string]int{}
	for _, f := range sources(t) {
		if !f.isTest && !isVariant(f) {
			count[f.pkg]++
		}
		if lines := bytes.Count(f.text, []byte("\n")); lines > mostLines && !ast.IsGenerated(f.tree) {
			t.Errorf("%s has %d lines, more than %d", f.path, lines, mostLines)
		}
		for _, d := range f.tree.Decls {
			if function, ok := d.(*ast.FuncDecl); ok && function.Body != nil {
				if lines := linesOf(f, function); lines > mostFunctionLines {
					t.Errorf(
						"%s:%d: %s has %d lines, more than %d",
						f.path,
						line(function),
						function.Name.Name,
						lines,
						mostFunctionLines,
					)
				}
			}
		}
	}
	for name, n := range count {
		if most := mostFilesOf(t, name); n > most {
			t.Errorf("%s has %d files, more than %d", name, n, most)
		}
	}
}

// linesOf counts the lines of a function. Of a test's tables of cases, which are data, only the first line counts.
func linesOf(f source, function *ast.FuncDecl) int {
	lines := files.Position(function.End()).Line - line(function) + 1
	if !f.isTest {
		return lines
	}
	ast.Inspect(function.Body, func(n ast.Node) bool {
		table, is := n.(*ast.CompositeLit)
		if is {
			lines -= files.Position(table.End()).Line - line(table)
		}
		return !is
	})
	return lines
}

// mostFilesOf is what a package may have: that of the commands, one for each and some beside them.
func mostFilesOf(t *testing.T, name string) int {
	if name != "cmd/fcpipe" {
		return mostFiles
	}
	commands := 0
	for _, f := range sources(t) {
		if f.pkg == name && !f.isTest && bytes.Contains(f.text, []byte("&cobra.Command{")) {
			commands++
		}
	}
	return commands + mostFilesCommands
}

// isVariant tells a file that is built on some systems only.
func isVariant(f source) bool {
	for _, group := range f.tree.Comments {
		for _, comment := range group.List {
			if constraint.IsGoBuild(comment.Text) {
				return true
			}
		}
	}
	base := strings.TrimSuffix(f.path, ".go")
	return strings.HasSuffix(base, "_linux") || strings.HasSuffix(base, "_darwin") ||
		strings.HasSuffix(base, "_windows")
}

// TestLinesFitAScreen holds Go, SQL and pages to 120 columns; in pages, tables and code blocks may be wider, as may a
// line of one word: a link. Migrations are as they were: their checksums are stored in every file.
func TestLinesFitAScreen(t *testing.T) {
	err := filepath.WalkDir(root, func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		hidden := strings.HasPrefix(entry.Name(), ".") && name != root
		if entry.IsDir() && (hidden || isSkipped(entry.Name())) {
			return filepath.SkipDir
		}
		path := strings.TrimPrefix(filepath.ToSlash(name), root+"/")
		isFrozen := strings.HasPrefix(path, "schema/migrations/")
		if slices.Contains([]string{".go", ".sql", ".md"}, filepath.Ext(name)) && !isFrozen {
			checkLines(t, name)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func checkLines(t *testing.T, name string) {
	t.Helper()
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	inCode := false
	for n, l := range strings.Split(string(text), "\n") {
		if filepath.Ext(name) == ".md" {
			if strings.HasPrefix(l, "```") {
				inCode = !inCode
			}
			if inCode || strings.HasPrefix(l, "|") || !strings.Contains(strings.TrimSpace(l), " ") {
				continue
			}
		}
		if columns := utf8.RuneCountInString(l) + 3*strings.Count(l, "\t"); columns > mostColumns {
			t.Errorf(
				"%s:%d has %d columns, more than %d",
				strings.TrimPrefix(name, root+"/"),
				n+1,
				columns,
				mostColumns,
			)
		}
	}
}
