package architecture

import (
	"os"
	"slices"
	"strings"
	"testing"
)

// arrows reads arrows.txt: package → what it may import of ours, in the order of the file.
func arrows(t *testing.T) (order []string, allowed map[string][]string) {
	t.Helper()
	text, err := os.ReadFile("arrows.txt")
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
	_, allowed := arrows(t)
	seen := map[string]bool{}
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
			if listed && !slices.Contains(imports, imported) {
				t.Errorf("%s imports %s: no arrow of arrows.txt allows it", f.path, imported)
			}
			if strings.HasSuffix(imported, "test") && !strings.HasSuffix(f.pkg, "test") {
				t.Errorf("%s imports %s, which serves tests alone", f.path, imported)
			}
		}
	}
	for name := range allowed {
		if !seen[name] {
			t.Errorf("arrows.txt lists %s, which is no package", name)
		}
	}
}

// TestArrowsGoDown: no circle is possible where each package names only those above it in the file.
func TestArrowsGoDown(t *testing.T) {
	order, allowed := arrows(t)
	for i, name := range order {
		for _, imported := range allowed[name] {
			if !slices.Contains(order[:i], imported) {
				t.Errorf("%s may import %s, which is not above it in arrows.txt", name, imported)
			}
		}
	}
}
