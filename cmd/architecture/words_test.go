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
	"CHANGELOG.md", "cmd/architecture/words.txt", "schema/migrations/", "schema/journal/versions_test.go",
	"schema/journal/codes.go", "schema/journal/history_test.go",
}

// TestOldWordsAreGone searches for every line of words.txt.
func TestOldWordsAreGone(t *testing.T) {
	text, err := os.ReadFile("words.txt")
	if err != nil {
		t.Fatal(err)
	}
	var words []oldWord
	for l := range strings.Lines(string(text)) {
		if l = strings.TrimSpace(l); l != "" && !strings.HasPrefix(l, "#") {
			words = append(words, newOldWord(l))
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

// oldWord is a line of words.txt.
type oldWord struct {
	*regexp.Regexp
	text string // every match has it; "" where the expression does not say that simply
}

func newOldWord(expression string) oldWord {
	text := strings.NewReplacer(`\b`, "", `\.`, ".", "$", "").Replace(expression)
	if strings.ContainsAny(text, `\^*+?()[]{}|`) {
		text = ""
	}
	return oldWord{regexp.MustCompile(expression), text}
}

// searchWords looks for the words in a file, line by line for those alone whose text is in it: an expression takes a
// hundred times as long as a text.
func searchWords(t *testing.T, path string, words []oldWord) {
	t.Helper()
	content, err := os.ReadFile(filepath.Join(root, path))
	if err != nil {
		t.Fatal(err)
	}
	for _, word := range words {
		if !strings.Contains(string(content), word.text) {
			continue
		}
		for n, l := range strings.Split(string(content), "\n") {
			if word.MatchString(l) {
				t.Errorf("%s:%d: an old word, %s: %s", path, n+1, word, strings.TrimSpace(l))
			}
		}
	}
}
