package main

import (
	_ "embed"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

//go:embed INVARIANTS.md
var legend string

const root = "../.."

var (
	explained  = regexp.MustCompile(`(?m)^- \*\*([A-Z]\d+)\*\* `)
	cited      = regexp.MustCompile("`((?:Test|Fuzz)\\w+)(\\*?)`")
	script     = regexp.MustCompile(`scripts?: ([\w, ]+)`)
	number     = regexp.MustCompile(`\b[INA]\d{1,2}\b`)
	anyNumber  = regexp.MustCompile(`\b[INAPSCOX]\d{1,2}\b`)
	testNumber = regexp.MustCompile(`\bTest([INAPSCOX]\d{1,2})_`)
	testNames  = regexp.MustCompile(`(?m)^func ((?:Test|Fuzz)\w+)\(`)
)

// sourceFiles calls look with the text of every file of the repository that has one of these endings.
func sourceFiles(t *testing.T, endings string, look func(path, text string)) {
	t.Helper()
	err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() && path != root && strings.HasPrefix(entry.Name(), ".") {
			return fs.SkipDir
		}
		ending := filepath.Ext(path)
		if entry.IsDir() || ending == "" || !strings.Contains(endings, ending+" ") {
			return nil
		}
		text, err := os.ReadFile(path)
		look(path, string(text))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// TestTheLegendExplainsEveryNumber: whoever reads "I14: …" finds out what it is.
func TestTheLegendExplainsEveryNumber(t *testing.T) {
	known := map[string]bool{}
	for _, entry := range explained.FindAllStringSubmatch(legend, -1) {
		if known[entry[1]] {
			t.Errorf("%s is explained twice", entry[1])
		}
		known[entry[1]] = true
	}
	named := map[string]bool{}
	name := func(path, id string) {
		if named[id] = true; !known[id] {
			t.Errorf("%s names %s, which INVARIANTS.md does not explain", path, id)
		}
	}
	sourceFiles(t, ".go .sql .tmpl ", func(path, text string) {
		for _, id := range number.FindAllString(text, -1) {
			name(path, id)
		}
		for _, test := range testNumber.FindAllStringSubmatch(text, -1) {
			name(path, test[1])
		}
	})
	sourceFiles(t, ".txtar ", func(path, text string) { // a mutant says in its first line which promise it breaks
		promise, _, _ := strings.Cut(text, "\n")
		for _, id := range anyNumber.FindAllString(promise, -1) {
			name(path, id)
		}
	})
	for _, id := range []string{"I1", "I14", "N17", "A21"} {
		if !named[id] {
			t.Errorf("no code names %s: this test does not find what it looks for", id)
		}
	}
}

// TestTheLegendCitesTestsThatExist: a proof that was renamed or removed is noticed.
func TestTheLegendCitesTestsThatExist(t *testing.T) {
	tests := map[string]bool{}
	sourceFiles(t, ".go ", func(_, text string) {
		for _, test := range testNames.FindAllStringSubmatch(text, -1) {
			tests[test[1]] = true
		}
	})
	exists := func(name string, isPrefix bool) bool {
		if !isPrefix {
			return tests[name]
		}
		for test := range tests {
			if strings.HasPrefix(test, name) {
				return true
			}
		}
		return false
	}
	for _, test := range cited.FindAllStringSubmatch(legend, -1) {
		if !exists(test[1], test[2] != "") {
			t.Errorf("INVARIANTS.md cites %s%s, which is no test", test[1], test[2])
		}
	}
	for _, scripts := range script.FindAllStringSubmatch(legend, -1) {
		for name := range strings.SplitSeq(scripts[1], ", ") {
			path := filepath.Join(root, "cmd", "fcpipe", "testdata", "script", strings.TrimSpace(name)+".txtar")
			if _, err := os.Stat(path); err != nil {
				t.Errorf("INVARIANTS.md cites a script: %v", err)
			}
		}
	}
}

// functionNames finds the name of a function, or of a method.
var functionNames = regexp.MustCompile(`^(?:\([^)]*\) )?(\w+)`)

// TestTheLegendNamesWhatIsLeftToProof: whoever reads the page knows what make test did not run.
func TestTheLegendNamesWhatIsLeftToProof(t *testing.T) {
	_, left, _ := strings.Cut(legend, "\n## Left to make proof\n")
	left, _, _ = strings.Cut(left, "\n## ")
	found := 0
	sourceFiles(t, ".go ", func(path, text string) {
		for _, function := range strings.Split(text, "\nfunc ")[1:] {
			name := functionNames.FindStringSubmatch(function)
			if !strings.HasSuffix(path, "_test.go") || !strings.Contains(function, "storetest."+"ForProof(") {
				continue
			}
			if found++; !strings.Contains(left, "`"+name[1]+"`") {
				t.Errorf("%s: %s is left to make proof, which INVARIANTS.md does not say", path, name[1])
			}
		}
	})
	sourceFiles(t, ".txtar ", func(path, text string) {
		name := strings.TrimSuffix(filepath.Base(path), ".txtar")
		if strings.Contains(text, "\n[!proof] s") { // skip, or stop
			if found++; !regexp.MustCompile(`scripts?: [\w, ]*\b` + name + `\b`).MatchString(left) {
				t.Errorf("%s is left to make proof, which INVARIANTS.md does not say", path)
			}
		}
	})
	if found < 20 {
		t.Errorf("%d tests and scripts: this test does not find what it looks for", found)
	}
}
