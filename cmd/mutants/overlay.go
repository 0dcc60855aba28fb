package main

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"go/parser"
	"go/token"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// splice replaces the bytes of a file from start to end.
type splice struct {
	file, text string
	start, end int
	spelling   spelling // of the snippet's identifiers in the file
}

// locate finds the one place that an edit changes. A name may be declared several times, as long as the snippet is
// in one of these declarations, once.
func (m *module) locate(e edit) (splice, error) {
	candidates := m.candidates(e)
	if len(candidates) == 0 {
		return splice{}, fmt.Errorf("nothing is called %s %s: "+
			"where the code has another name for it, the mutant needs that", e.kind, e.name)
	}
	snippet := m.words(e, e.find)
	if len(snippet) == 0 {
		return splice{}, errors.New("the snippet to find is empty")
	}
	var found []splice
	for _, c := range candidates {
		source := m.texts[c.file][c.start:c.end]
		words := m.words(e, source)
		for _, at := range occurrences(words, snippet) {
			matched := words[at : at+len(snippet)]
			found = append(found, splice{
				file: c.file, text: strings.TrimRight(e.replacement, "\n"),
				start: c.start + matched[0].start, end: c.start + matched[len(matched)-1].end,
				spelling: spellingOf(source, snippet, matched),
			})
		}
	}
	if len(found) != 1 {
		return splice{}, fmt.Errorf("%s %s holds the snippet %d times, want once (declarations of that name: %s):\n%s",
			e.kind, e.name, len(found), files(candidates), e.find)
	}
	return found[0], nil
}

func (m *module) words(e edit, text string) []word {
	if e.kind == kindSQL {
		return sqlWords(text)
	}
	return goWords(text, m.packages)
}

func files(of []extent) string {
	names := make([]string, len(of))
	for i, e := range of {
		names[i] = e.file
	}
	return strings.Join(names, ", ")
}

// splices locates all edits of a mutant. Each replacement is spelled as the snippets of all of them are.
func (m *module) splices(edits []edit) ([]splice, error) {
	var all []splice
	known := spelling{}
	for _, e := range edits {
		s, err := m.locate(e)
		if err != nil {
			return nil, err
		}
		all = append(all, s)
		maps.Copy(known, s.spelling)
	}
	for i, s := range all {
		if edits[i].kind != kindSQL {
			all[i].text = known.apply(s.text, m.packages)
		}
		if m.texts[s.file][s.start:s.end] == all[i].text {
			return nil, errors.New("the mutant changes nothing")
		}
	}
	return all, nil
}

// mutated returns every file that a mutant changes, by its path below the module's root, with the change. A Go file
// still parses.
func (m *module) mutated(edits []edit) (map[string]string, error) {
	all, err := m.splices(edits)
	if err != nil {
		return nil, err
	}
	// the last first: offsets before it stay
	slices.SortFunc(all, func(a, b splice) int { return cmp.Compare(b.start, a.start) })
	changed, least := map[string]string{}, map[string]int{}
	for _, s := range all {
		text, again := changed[s.file]
		if !again {
			text = m.texts[s.file]
		} else if s.end > least[s.file] {
			return nil, fmt.Errorf("%s: two edits overlap", s.file)
		}
		changed[s.file], least[s.file] = text[:s.start]+s.text+text[s.end:], s.start
	}
	for file, text := range changed {
		if filepath.Ext(file) != ".go" {
			continue
		}
		if _, err := parser.ParseFile(token.NewFileSet(), file, text, parser.SkipObjectResolution); err != nil {
			return nil, err
		}
	}
	return changed, nil
}

// overlay writes the changed files into dir and returns the file that go's -overlay flag takes.
func (m *module) overlay(edits []edit, dir string) (string, error) {
	changed, err := m.mutated(edits)
	if err != nil {
		return "", err
	}
	replace := map[string]string{}
	for file, text := range changed {
		copied := filepath.Join(dir, strconv.Itoa(len(replace))+filepath.Ext(file))
		if err := os.WriteFile(copied, []byte(text), 0o600); err != nil {
			return "", err
		}
		replace[filepath.Join(m.root, file)] = copied
	}
	list, err := json.Marshal(map[string]any{"Replace": replace})
	if err != nil {
		return "", err
	}
	path := filepath.Join(dir, "overlay.json")
	return path, os.WriteFile(path, list, 0o600)
}
