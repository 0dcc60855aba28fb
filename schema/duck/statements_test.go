package duck

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// TestEveryStatementIsAsked: SQL that no code names is dead. Rules, and what a dataset of the lake
// has touched, are found by how their names begin; what state.go reads of a file and of landing
// differs in the first word alone.
func TestEveryStatementIsAsked(t *testing.T) {
	paths, err := filepath.Glob("../*/*.go")
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
	for name := range Statements {
		first, rest, _ := strings.Cut(name, "_")
		isFound := slices.ContainsFunc([]string{"rule_", "deep_rule_", "owners_rule_", "derived_rule_", "lake_touched_"}, func(prefix string) bool { return strings.HasPrefix(name, prefix) })
		isRead := (first == "state" || first == "landed") && strings.Contains(code.String(), `"_`+rest+`"`)
		if !isFound && !isRead && !strings.Contains(code.String(), `"`+name+`"`) {
			t.Errorf("nothing asks %s", name)
		}
	}
}
