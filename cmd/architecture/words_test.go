package architecture

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// wordsMayStand where the past is spoken of: the change log, migrations, readers of old journals, and the list itself.
var wordsMayStand = []string{
	"CHANGELOG.md", "cmd/architecture/words.txt", "schema/migrations/", "schema/journal/versions.go",
	"schema/journal/versions_test.go", "schema/journal/codes.go", "schema/journal/history_test.go",
}

// TestOldWordsAreGone searches for every line of words.txt.
func TestOldWordsAreGone(t *testing.T) {
	text, err := os.ReadFile("words.txt")
	if err != nil {
		t.Fatal(err)
	}
	var words []*regexp.Regexp
	for l := range strings.Lines(string(text)) {
		if l = strings.TrimSpace(l); l != "" && !strings.HasPrefix(l, "#") {
			words = append(words, regexp.MustCompile(l))
		}
	}
	if len(words) < 30 {
		t.Fatalf("words.txt lists %d words", len(words))
	}
	err = filepath.WalkDir(root, func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() && name != root &&
			(entry.Name() == ".git" || entry.Name() == ".tools" || entry.Name() == "bin" || entry.Name() == "demo") {
			return filepath.SkipDir
		}
		path := strings.TrimPrefix(filepath.ToSlash(name), root+"/")
		isText := slices.Contains(
			[]string{".go", ".sql", ".md", ".txtar", ".yml", ".yaml", ".txt", ""},
			filepath.Ext(name),
		)
		if !entry.Type().IsRegular() || !isText ||
			slices.ContainsFunc(wordsMayStand, func(p string) bool { return strings.HasPrefix(path, p) }) {
			return nil
		}
		searchWords(t, path, words)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func searchWords(t *testing.T, path string, words []*regexp.Regexp) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(root, path))
	if err != nil {
		t.Fatal(err)
	}
	if !anyOf(words).Match(text) {
		return
	}
	for n, l := range strings.Split(string(text), "\n") {
		for _, word := range words {
			if word.MatchString(l) {
				t.Errorf("%s:%d: an old word, %s: %s", path, n+1, word, strings.TrimSpace(l))
			}
		}
	}
}

var union *regexp.Regexp

// anyOf is one expression for all of them: most files match none.
func anyOf(words []*regexp.Regexp) *regexp.Regexp {
	if union == nil {
		all := make([]string, 0, len(words))
		for _, word := range words {
			all = append(all, "(?:"+word.String()+")")
		}
		union = regexp.MustCompile("(?m)" + strings.Join(all, "|"))
	}
	return union
}
