package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func thisModule(t *testing.T) *module {
	t.Helper()
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	m, err := readModule(root)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// TestEveryMutantApplies finds every mutant's place and tests, and type-checks what a mutant makes of a package.
func TestEveryMutantApplies(t *testing.T) {
	all, err := readMutants()
	if err != nil || len(all) < 30 {
		t.Fatalf("%d mutants, want 30 at least: %v", len(all), err)
	}
	m := thisModule(t)
	types := newTypeChecker(t, m)
	changes := map[string]string{}
	for _, mutation := range all {
		t.Run(mutation.name, func(t *testing.T) {
			changed, err := m.mutated(mutation.edits)
			if err != nil {
				t.Fatalf("the code has changed: cmd/mutants/mutants/%s.txtar must break the same promise in it: %v",
					mutation.name, err)
			}
			for file, text := range changed {
				if other, taken := changes[file+text]; taken {
					t.Errorf("the same as %s", other)
				}
				changes[file+text] = mutation.name
			}
			if err := types.check(changed); err != nil {
				t.Errorf("it does not compile: %v", err)
			}
			if len(mutation.check.crash) > 0 {
				wantCrashFlags(t, mutation.check.crash)
			} else if _, err := m.packagesOf(mutation.check.tests); err != nil {
				t.Error(err)
			}
		})
	}
}

func wantCrashFlags(t *testing.T, arguments []string) {
	t.Helper()
	source, err := os.ReadFile("../crash/main.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, argument := range arguments {
		name, _, _ := strings.Cut(strings.TrimPrefix(argument, "-"), "=")
		if !strings.HasPrefix(argument, "-") || !strings.Contains(string(source), `, "`+name+`", `) {
			t.Errorf("cmd/crash has no flag %s", argument)
		}
	}
}

// TestREADMEListsEveryMutant keeps the table beside the code complete.
func TestREADMEListsEveryMutant(t *testing.T) {
	all, err := readMutants()
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	listed := strings.Count(string(text), "| `")
	for _, m := range all {
		if !strings.Contains(string(text), "| `"+m.name+"` | "+m.promise+" |\n") {
			t.Errorf("README.md lacks the line: | `%s` | %s |", m.name, m.promise)
		}
	}
	if listed != len(all) {
		t.Errorf("README.md lists %d mutants, there are %d", listed, len(all))
	}
}
