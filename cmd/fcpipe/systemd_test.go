package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestUnitsAreThoseOfThePage keeps the printed units and those of OPERATIONS.md the same.
func TestUnitsAreThoseOfThePage(t *testing.T) {
	page, err := os.ReadFile("OPERATIONS.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, kind := range []string{"service", "timer"} {
		var out bytes.Buffer
		a := &app{environment: environment{stdout: &out}}
		if err := a.printUnit(kind); err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(string(page), "```ini\n"+out.String()+"```") {
			t.Errorf("OPERATIONS.md shows another fcpipe.%s than is printed", kind)
		}
	}
	if err := (&app{}).printUnit("socket"); exitCode(err) != exitUsage {
		t.Error(err)
	}
}

// TestUnitsAreAcceptedBySystemd asks systemd where there is one.
func TestUnitsAreAcceptedBySystemd(t *testing.T) {
	analyze, err := exec.LookPath("systemd-analyze")
	if err != nil {
		t.Skip("no systemd here")
	}
	program, err := exec.LookPath("fcpipe")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	var paths []string
	for _, name := range []string{"fcpipe.service", "fcpipe.timer"} {
		text, err := units.ReadFile("units/" + name)
		if err != nil {
			t.Fatal(err)
		}
		there := strings.ReplaceAll(string(text), "/usr/local/bin/fcpipe", program) // it must exist
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(there), 0o600); err != nil {
			t.Fatal(err)
		}
		paths = append(paths, path)
	}
	if out, err := exec.CommandContext(t.Context(), analyze,
		append([]string{"verify"}, paths...)...).CombinedOutput(); err != nil || len(out) > 0 {
		t.Errorf("%v\n%s", err, out)
	}
}
