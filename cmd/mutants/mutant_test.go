package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

const root = "../.."

// wantedMutants is how many there are at least.
const wantedMutants = 25

func TestEveryMutantStillApplies(t *testing.T) {
	all, err := readMutants()
	if err != nil {
		t.Fatal(err)
	}
	if len(all) < wantedMutants {
		t.Errorf("%d mutants, want %d", len(all), wantedMutants)
	}
	changes := map[string]string{}
	for _, m := range all {
		t.Run(m.name, func(t *testing.T) {
			files, err := m.mutated(root)
			if err != nil {
				t.Fatalf("the code has changed: mend cmd/mutants/mutants/%s.txtar so that it breaks the same promise: %v", m.name, err)
			}
			for file, text := range files {
				if other, taken := changes[file+text]; taken {
					t.Errorf("the same as %s", other)
				}
				changes[file+text] = m.name
			}
			for _, missing := range m.kill.missing(t) {
				t.Errorf("%s: there is no %s", m.kill, missing)
			}
		})
	}
}

// missing lists what a command names that is not there.
func (k command) missing(t *testing.T) (missing []string) {
	t.Helper()
	if len(k.crash) > 0 {
		main := sources(t, "cmd/crash", "main.go")
		for _, argument := range k.crash {
			name, _, _ := strings.Cut(strings.TrimPrefix(argument, "-"), "=")
			if !strings.HasPrefix(argument, "-") || !strings.Contains(main, `, "`+name+`", `) {
				missing = append(missing, "flag "+argument)
			}
		}
		return missing
	}
	tests := sources(t, k.pkg, "*_test.go")
	for alternative := range strings.SplitSeq(k.tests, "|") {
		name, _, _ := strings.Cut(strings.TrimPrefix(alternative, "^"), "/")
		name, whole := strings.CutSuffix(name, "$")
		if !whole {
			name += `\w*`
		}
		if !regexp.MustCompile(`(?m)^func ` + name + `\(`).MatchString(tests) {
			missing = append(missing, alternative)
		}
	}
	return missing
}

// sources is the text of a package's files.
func sources(t *testing.T, pkg, pattern string) string {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(root, pkg, pattern))
	if err != nil || len(paths) == 0 {
		t.Fatalf("%s has no %s: %v", pkg, pattern, err)
	}
	var all strings.Builder
	for _, path := range paths {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		all.Write(text)
	}
	return all.String()
}

func TestEditsThatDoNotApplyAreRefused(t *testing.T) {
	for name, c := range map[string]struct {
		edit edit
		text string
		says string
	}{
		"gone":        {edit{"a.sql", "two\n", ""}, "one\n", "0 times"},
		"twice":       {edit{"a.sql", "one\n", ""}, "one\none\n", "2 times"},
		"inside line": {edit{"a.sql", "ne\n", "x\n"}, "one\n", "0 times"},
		"nothing":     {edit{"a.sql", "one\n", "one\n"}, "one\n", "changes nothing"},
		"no Go":       {edit{"a.go", "var a = 1\n", "var a = {\n"}, "package a\nvar a = 1\n", "a.go:2"},
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := c.edit.apply(c.text); err == nil || !strings.Contains(err.Error(), c.says) {
				t.Errorf("%v, want %q", err, c.says)
			}
		})
	}
	if changed, err := (edit{"a.sql", "two\n", "2\n"}).apply("one\ntwo\n"); err != nil || changed != "one\n2\n" {
		t.Errorf("%q %v", changed, err)
	}
}

func TestMutantsThatSayTooLittleAreRefused(t *testing.T) {
	for text, says := range map[string]string{
		"package: ./sync\ntests: X\n-- a --\n-- replacement --\n":   "no promise",
		"promise: 1\npackage: ./sync\n-- a --\n-- replacement --\n": "what must fail",
		"promise: 1\npackage: ./a\ntests: X\ncrash: -cuts=1\n":      "what must fail",
		"promise: 1\npackage: ./a\ntests: (\n":                      "missing closing",
		"promise: 1\ncrash: -cuts=1\n":                              "in pairs",
		"promise: 1\ncrash: -cuts=1\n-- a --\nx\n-- b --\n":         "want replacement",
		"promise: 1\nwhy: not\n":                                    "unknown key",
	} {
		if _, err := parseMutant("m", []byte(text)); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%q: %v, want %q", text, err, says)
		}
	}
}

func TestBlameTellsAKillFromAnAccident(t *testing.T) {
	for _, c := range []struct {
		kill command
		said string
		by   string
	}{
		{command{pkg: "./a", tests: "X"}, "=== RUN X\n    --- FAIL: X/y (0.1s)\n--- FAIL: X (0.1s)\n", "X"},
		{command{pkg: "./a", tests: "X"}, "panic: test timed out after 1m\n", "a test that does not end"},
		{command{pkg: "./a", tests: "X"}, "exec format error", ""},
		{command{crash: []string{"-cuts=1"}}, "crash: 3 findings; one again: …", "crash, 3 findings"},
		{command{crash: []string{"-cuts=1"}}, "crash: no such file", ""},
	} {
		if v := c.kill.blame(c.said); v.killedBy != c.by || (v.err == nil) != (c.by != "") {
			t.Errorf("%q: %+v", c.said, v)
		}
	}
}
