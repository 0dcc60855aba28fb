package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// sources copies the tracked files of the repository into a new directory.
func sources(t *testing.T) string {
	t.Helper()
	for _, tool := range []string{"git", "make"} {
		if _, err := exec.LookPath(tool); err != nil {
			t.Skip("no " + tool + " here")
		}
	}
	top := filepath.Join("..", "..")
	listed := exec.CommandContext(t.Context(), "git", "ls-files", "-z")
	listed.Dir = top
	names, err := listed.Output()
	if err != nil {
		t.Skip("not a clone")
	}
	dir := t.TempDir()
	for name := range strings.SplitSeq(strings.Trim(string(names), "\x00"), "\x00") {
		content, err := os.ReadFile(filepath.Join(top, name))
		if os.IsNotExist(err) {
			continue // removed, not yet committed
		}
		if err != nil {
			t.Fatal(err)
		}
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, content, 0o700); err != nil { // scripts stay executable
			t.Fatal(err)
		}
	}
	return dir
}

// runIn runs a program in a directory and returns everything it printed.
func runIn(t *testing.T, dir, program string, args ...string) (string, error) {
	t.Helper()
	c := exec.CommandContext(t.Context(), program, args...)
	c.Dir = dir
	out, err := c.CombinedOutput()
	return string(out), err
}

func TestMakeModuleGivesTheModuleAnotherPath(t *testing.T) {
	t.Parallel()
	dir := sources(t)
	for _, path := range []string{
		"", "fcpipe", "github.com", "https://github.com/acme/fcpipe", "github.com/acme/", "github.com/acme/fcpipe/v1",
		"github.com/acme/f c", "github.com/.acme/x", "Github.com/acme/x",
	} {
		out, err := runIn(t, dir, "make", "module", "PATH="+path)
		if err == nil || !strings.Contains(out, `"`+path+`" is not a path`) {
			t.Errorf("%q: %v %s", path, err, out)
		}
	}
	const path = "example.com/x/fcpipe"
	if out, err := runIn(t, dir, "make", "module", "PATH="+path); err != nil {
		t.Fatalf("%v %s", err, out)
	}
	for file, want := range map[string]string{
		"go.mod": "module " + path + "\n", ".golangci.yml": "prefix(" + path + ")",
		"README.md": "go install " + path + "/cmd/fcpipe@latest",
	} {
		if text, err := os.ReadFile(filepath.Join(dir, file)); err != nil || !strings.Contains(string(text), want) {
			t.Errorf("%s does not say %s: %v", file, want, err)
		}
	}
	if out, err := runIn(t, dir, "grep", "-rnE", "--include=*.go", "--include=.golangci.yml", `("| )fcpipe/`,
		"."); err == nil {
		t.Errorf("the old path is left in\n%s", out)
	}
	// every package compiles, without linking: make proof; each import names a package that is there: always
	if *proof {
		if out, err := runIn(t, dir, "go", "list", "-trimpath", "-export", "./..."); err != nil {
			t.Errorf("%v %s", err, out)
		}
	}
	if out, err := runIn(t, dir, "go", "list", "-test", "-deps", "./..."); err != nil {
		t.Errorf("a test imports what is not there: %v %s", err, out)
	}
}

func TestMakeInstall(t *testing.T) {
	t.Parallel()
	dir := sources(t)
	program, err := exec.LookPath("fcpipe")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(filepath.Join(dir, "bin"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(program, filepath.Join(dir, "bin", "fcpipe")); err != nil {
		t.Fatal(err)
	}
	root := t.TempDir()
	// by sudo, what was built before is installed
	out, err := runIn(t, dir, "make", "install", "PREFIX=/opt/fc", "DESTDIR="+root, "SUDO_USER=ana")
	if err != nil {
		t.Fatalf("%v %s", err, out)
	}
	for path, want := range map[string]struct {
		mode os.FileMode
		text string
	}{
		"bin/fcpipe": {0o755, ""},
		"share/bash-completion/completions/fcpipe":    {0o644, "bash completion"},
		"share/zsh/site-functions/_fcpipe":            {0o644, "#compdef fcpipe"},
		"share/fish/vendor_completions.d/fcpipe.fish": {0o644, "fish completion"},
		"lib/systemd/system/fcpipe.service":           {0o644, "ExecStart=/opt/fc/bin/fcpipe --config"},
		"lib/systemd/system/fcpipe.timer":             {0o644, "OnCalendar="},
	} {
		file := filepath.Join(root, "opt/fc", path)
		text, err := os.ReadFile(file)
		if err != nil || !strings.Contains(string(text), want.text) {
			t.Errorf("%s: %v", path, err)
			continue
		}
		if info, err := os.Stat(file); err != nil || info.Mode() != want.mode {
			t.Errorf("%s: %v %v", path, info.Mode(), err)
		}
	}
}

// TestMakeHelpNamesEveryTarget holds "make help" to the Makefile.
func TestMakeHelpNamesEveryTarget(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../../Makefile")
	if err != nil {
		t.Fatal(err)
	}
	help, err := runIn(t, "../..", "make", "help")
	if err != nil {
		t.Fatalf("%v %s", err, help)
	}
	targets := regexp.MustCompile(`(?m)^\.PHONY: (.*)$`).FindAllStringSubmatch(string(text), -1)
	if len(targets) < 10 {
		t.Errorf("%d targets", len(targets))
	}
	for _, target := range targets {
		if !strings.Contains(help, "  make "+target[1]+" ") {
			t.Errorf("make help does not name %s", target[1])
		}
	}
}
