package main

import (
	"bytes"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// TestOrdinaryBuildsHaveNoSwitchesOfTests: the program that people get does not contain the package that reads
// FCPIPE_TEST_*; a build with the tag "failpoints" does.
func TestOrdinaryBuildsHaveNoSwitchesOfTests(t *testing.T) {
	t.Parallel()
	const switches = "fcpipe/cmd/crash/failpoint"
	for tags, want := range map[string]bool{"": false, "failpoints": true} {
		said, err := exec.CommandContext(t.Context(), "go", "list", "-deps", "-tags", tags, ".").Output()
		if err != nil {
			t.Fatal(err)
		}
		packages := strings.Fields(string(said))
		if !slices.Contains(packages, "fcpipe/schema") {
			t.Fatalf("these are not the packages of fcpipe: %q", packages)
		}
		if got := slices.Contains(packages, switches); got != want {
			t.Errorf("built with tags %q it has the switches of tests: %v", tags, got)
		}
	}
}

// TestOnlyTheCrashHarnessNamesSwitchesOfTests: no other code reads an environment variable of tests.
func TestOnlyTheCrashHarnessNamesSwitchesOfTests(t *testing.T) {
	root := filepath.Join("..", "..")
	looked := 0
	err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() && path != root && strings.HasPrefix(entry.Name(), ".") {
			return fs.SkipDir
		}
		isCrash := strings.HasPrefix(path, filepath.Join(root, "cmd", "crash")+string(filepath.Separator))
		servesTests := strings.HasSuffix(filepath.Dir(path), "test")
		if isCrash || servesTests || filepath.Ext(path) != ".go" || strings.HasSuffix(path, "_test.go") {
			return nil
		}
		looked++
		text, err := os.ReadFile(path)
		if bytes.Contains(text, []byte("FCPIPE_TEST_")) {
			t.Errorf("%s names a switch of tests", path)
		}
		return err
	})
	if err != nil || looked < 100 {
		t.Errorf("%d files: %v", looked, err)
	}
}
