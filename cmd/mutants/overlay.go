package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// mutated is every file a mutant changes, by its path below root, as it is with the change.
func (m mutant) mutated(root string) (map[string]string, error) {
	files := map[string]string{}
	for _, e := range m.edits {
		text, known := files[e.file]
		if !known {
			content, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(e.file)))
			if err != nil {
				return nil, err
			}
			text = string(content)
		}
		changed, err := e.apply(text)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", e.file, err)
		}
		files[e.file] = changed
	}
	return files, nil
}

// apply changes a file's text; a Go file must still parse.
func (e edit) apply(text string) (string, error) {
	if e.find == "" || e.find == e.replacement {
		return "", errors.New("the mutant changes nothing")
	}
	var at []int
	for i := range len(text) {
		if (i == 0 || text[i-1] == '\n') && strings.HasPrefix(text[i:], e.find) {
			at = append(at, i)
		}
	}
	if len(at) != 1 {
		return "", fmt.Errorf("the lines to change are there %d times, want once:\n%s", len(at), e.find)
	}
	changed := text[:at[0]] + e.replacement + text[at[0]+len(e.find):]
	if strings.HasSuffix(e.file, ".go") {
		if _, err := parser.ParseFile(token.NewFileSet(), e.file, changed, parser.SkipObjectResolution); err != nil {
			return "", err
		}
	}
	return changed, nil
}

// overlay writes the changed files into dir and returns the file that go's -overlay flag takes.
func (m mutant) overlay(root, dir string) (string, error) {
	files, err := m.mutated(root)
	if err != nil {
		return "", err
	}
	replace := map[string]string{}
	for file, text := range files {
		copied := filepath.Join(dir, strconv.Itoa(len(replace))+filepath.Ext(file))
		if err := os.WriteFile(copied, []byte(text), 0o600); err != nil {
			return "", err
		}
		replace[filepath.Join(root, filepath.FromSlash(file))] = copied
	}
	list, err := json.Marshal(map[string]any{"Replace": replace})
	if err != nil {
		return "", err
	}
	path := filepath.Join(dir, "overlay.json")
	return path, os.WriteFile(path, list, 0o600)
}
