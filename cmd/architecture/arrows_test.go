package architecture

import (
	"os"
	"slices"
	"strings"
	"testing"
)

// arrows reads a file of lines "name: names", in their order. arrows.txt: package → what it may import of ours;
// modules.txt: module → who may import it.
func arrows(t *testing.T, file string) (order []string, allowed map[string][]string) {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	allowed = map[string][]string{}
	for line := range strings.Lines(string(text)) {
		name, imports, found := strings.Cut(line, ":")
		if strings.HasPrefix(line, "#") || !found {
			continue
		}
		order = append(order, name)
		allowed[name] = strings.Fields(imports)
	}
	return order, allowed
}

// TestPackagesImportOnlyWhatTheirArrowsAllow holds every import of code that is not test to arrows.txt.
func TestPackagesImportOnlyWhatTheirArrowsAllow(t *testing.T) {
	_, allowed := arrows(t, "arrows.txt")
	seen, used := map[string]bool{}, map[string]bool{}
	for _, f := range sources(t) {
		if f.isTest {
			continue
		}
		imports, listed := allowed[f.pkg]
		if !listed && !seen[f.pkg] {
			t.Errorf("%s is not in arrows.txt", f.pkg)
		}
		seen[f.pkg] = true
		for _, imported := range f.imports {
			used[f.pkg+" "+imported] = true
			if listed && !slices.Contains(imports, imported) {
				t.Errorf("%s imports %s: no arrow of arrows.txt allows it", f.path, imported)
			}
			if strings.HasSuffix(imported, "test") && !strings.HasSuffix(f.pkg, "test") {
				t.Errorf("%s imports %s, which serves tests alone", f.path, imported)
			}
		}
	}
	for name, imports := range allowed {
		if !seen[name] {
			t.Errorf("arrows.txt lists %s, which is no package", name)
		}
		for _, imported := range imports {
			if !used[name+" "+imported] {
				t.Errorf("arrows.txt says that %s imports %s, which it does not", name, imported)
			}
		}
	}
}

// TestArrowsGoDown: no circle is possible where each package names only those above it in the file.
func TestArrowsGoDown(t *testing.T) {
	order, allowed := arrows(t, "arrows.txt")
	for i, name := range order {
		for _, imported := range allowed[name] {
			if !slices.Contains(order[:i], imported) {
				t.Errorf("%s may import %s, which is not above it in arrows.txt", name, imported)
			}
		}
	}
}

// TestModulesAreImportedByFewPackages holds imports of what is not ours to modules.txt, and that to them: DuckDB's
// client is imported by two packages, Stripe's by one that is in the program.
func TestModulesAreImportedByFewPackages(t *testing.T) {
	order, allowed := arrows(t, "modules.txt")
	seen := map[string]bool{}
	for _, f := range sources(t) {
		for _, imported := range f.modules {
			i := slices.IndexFunc(order, func(m string) bool { return strings.HasPrefix(imported+"/", m+"/") })
			switch {
			case f.isTest:
			case i < 0:
				t.Errorf("%s imports %s, a module that modules.txt does not list", f.path, imported)
			case !slices.Contains(allowed[order[i]], f.pkg):
				t.Errorf("%s imports %s: modules.txt does not allow it", f.path, imported)
			default:
				seen[order[i]+" "+f.pkg] = true
			}
		}
	}
	for module, packages := range allowed {
		for _, name := range packages {
			if !seen[module+" "+name] {
				t.Errorf("modules.txt says that %s imports %s, which it does not", name, module)
			}
		}
	}
}
