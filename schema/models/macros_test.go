package models_test

import (
	"io/fs"
	"regexp"
	"testing"

	"fcpipe/schema"
)

// TestEveryMacroIsMadeOnce: of two with one name the later file's would be called by both, without a word.
func TestEveryMacroIsMadeOnce(t *testing.T) {
	t.Parallel()
	files, err := fs.Glob(schema.ModelFiles, "*/*.sql")
	if err != nil || len(files) == 0 {
		t.Fatal(len(files), err)
	}
	made := map[string]string{}
	name := regexp.MustCompile(`(?i)CREATE OR REPLACE MACRO ([a-z_0-9.]+)`)
	for _, file := range files {
		text, err := fs.ReadFile(schema.ModelFiles, file)
		if err != nil {
			t.Fatal(err)
		}
		for _, found := range name.FindAllStringSubmatch(string(text), -1) {
			if earlier, is := made[found[1]]; is {
				t.Errorf("%s makes %s, which %s makes too", file, found[1], earlier)
			}
			made[found[1]] = file
		}
	}
}
