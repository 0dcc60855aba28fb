package architecture

import (
	"go/ast"
	"strings"
	"testing"
)

// TestEveryExportedNameHasAComment, and every package one that says what it is for.
func TestEveryExportedNameHasAComment(t *testing.T) {
	documented := map[string]bool{}
	for _, f := range sources(t) {
		if f.isTest {
			continue
		}
		if f.tree.Doc != nil && len(f.tree.Doc.Text()) > 100 {
			documented[f.pkg] = true
		} else if _, known := documented[f.pkg]; !known {
			documented[f.pkg] = false
		}
		for _, d := range f.tree.Decls {
			checkDeclaration(t, f, d)
		}
	}
	for name, is := range documented {
		if !is {
			t.Errorf("package %s has no comment that says what it is for, what it imports and what it promises", name)
		}
	}
}

func checkDeclaration(t *testing.T, f source, d ast.Decl) {
	t.Helper()
	switch d := d.(type) {
	case *ast.FuncDecl:
		if d.Name.IsExported() && isOfExported(d) && !begins(d.Doc, d.Name.Name) {
			t.Errorf("%s:%d: %s has no comment that begins with its name", f.path, line(d), d.Name.Name)
		}
	case *ast.GenDecl:
		for _, spec := range d.Specs {
			checkSpec(t, f, d, spec)
		}
	}
}

// isOfExported tells functions, and methods of types that others can name.
func isOfExported(d *ast.FuncDecl) bool {
	if d.Recv == nil {
		return true
	}
	is := false
	ast.Inspect(d.Recv.List[0].Type, func(n ast.Node) bool {
		if name, ok := n.(*ast.Ident); ok {
			is = is || name.IsExported()
		}
		return true
	})
	return is
}

func checkSpec(t *testing.T, f source, d *ast.GenDecl, spec ast.Spec) {
	t.Helper()
	switch spec := spec.(type) {
	case *ast.TypeSpec:
		if spec.Name.IsExported() && !begins(d.Doc, spec.Name.Name) && !begins(spec.Doc, spec.Name.Name) {
			t.Errorf("%s:%d: %s has no comment that begins with its name", f.path, line(spec), spec.Name.Name)
		}
	case *ast.ValueSpec: // one of a group may have its comment behind it, or be one of what the group's comment says
		for _, name := range spec.Names {
			if name.IsExported() && d.Doc == nil && spec.Doc == nil && spec.Comment == nil {
				t.Errorf("%s:%d: %s has no comment", f.path, line(spec), name.Name)
			}
		}
	}
}

func begins(doc *ast.CommentGroup, name string) bool {
	if doc == nil {
		return false
	}
	text := strings.TrimPrefix(strings.TrimPrefix(doc.Text(), "A "), "An ")
	return strings.HasPrefix(text, name)
}
