package models

import (
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"
	"sync"

	"fcpipe/schema"
	"fcpipe/schema/models/text"
)

// Files are the models of this program. A test that is not about them has Replace put fewer in their place.
var Files fs.FS = schema.ModelFiles

// ordered keeps the models of this program in their order: what they read is found once for a process.
var ordered struct {
	sync.Mutex
	models []Header
}

// Replace puts other models in the place of those in Files, until restore puts these back. Nothing derives meanwhile.
func Replace(files fs.FS) (restore func()) {
	ordered.Lock()
	defer ordered.Unlock()
	before, models := Files, ordered.models
	Files, ordered.models = files, nil
	return func() {
		ordered.Lock()
		defer ordered.Unlock()
		Files, ordered.models = before, models
	}
}

// Some are the models of some tables, and of the derived tables that these read, for Replace: most of what a small
// round costs is the number of its derived tables. Others than these are not read.
func Some(tables ...string) fs.FS {
	some := someFiles{schema.ModelFiles, map[string]bool{}}
	for tables = slices.Clone(tables); len(tables) > 0; tables = tables[1:] {
		file := strings.ReplaceAll(tables[0], ".", "/") + ".sql"
		text, err := schema.ModelFiles.ReadFile(file)
		if err != nil || some.kept[file] {
			continue // a table of main or meta has no model
		}
		some.kept[file] = true
		model, err := parseHeader(file, string(text))
		if err != nil {
			panic(err) // a part of the program, which tests have read
		}
		tables = append(tables, tablesRead(model.Query)...)
	}
	return some
}

// someFiles shows some files of a file system alone.
type someFiles struct {
	fs.FS
	kept map[string]bool
}

// ReadDir is that of fs.ReadDirFS.
func (s someFiles) ReadDir(name string) ([]fs.DirEntry, error) {
	entries, err := fs.ReadDir(s.FS, name)
	return slices.DeleteFunc(entries, func(entry fs.DirEntry) bool {
		return !entry.IsDir() && !s.kept[path.Join(name, entry.Name())]
	}), err
}

// orderedModels are the models of this program, each after those it reads.
func orderedModels() ([]Header, error) {
	ordered.Lock()
	defer ordered.Unlock()
	if ordered.models == nil {
		models, err := LoadHeaders(Files)
		if err != nil {
			return nil, err
		}
		if ordered.models, err = orderModels(models); err != nil {
			return nil, err
		}
	}
	return ordered.models, nil
}

// orderModels sorts models so that each comes after the tables it reads.
func orderModels(models []Header) ([]Header, error) {
	byName := map[string]Header{}
	reads := map[string][]string{}
	for _, model := range models {
		byName[model.Name] = model
	}
	for _, model := range models {
		model.reads = tablesRead(model.Query)
		byName[model.Name] = model
		for _, table := range model.reads {
			if _, isModel := byName[table]; isModel {
				reads[model.Name] = append(reads[model.Name], table)
			}
		}
	}
	ordered := make([]Header, 0, len(models))
	state := map[string]int{} // 1 while being visited, 2 when placed
	var place func(name string, trail []string) error
	place = func(name string, trail []string) error {
		switch state[name] {
		case 1:
			return fmt.Errorf("models read each other in a circle: %s", strings.Join(append(trail, name), " → "))
		case 2:
			return nil
		}
		state[name] = 1
		for _, read := range reads[name] {
			if err := place(read, append(trail, name)); err != nil {
				return err
			}
		}
		state[name] = 2
		ordered = append(ordered, byName[name])
		return nil
	}
	for _, model := range models {
		if err := place(model.Name, nil); err != nil {
			return nil, err
		}
	}
	return ordered, nil
}

// named finds comments, texts, and names with one of our schemas, of which those before a parenthesis are macros.
var named = regexp.MustCompile(
	`--[^\n]*|'(?:[^']|'')*'|\b((?:main|meta|pii|ledger|quality|underwriting|expenses)\.[a-z0-9_]+)\b(\()?`)

// tablesRead lists the tables a query names, as schema.table, in the order of their names. DuckDB's own parser finds
// the same, as a test knows, in a hundred times the time.
func tablesRead(query string) (tables []string) {
	for _, found := range named.FindAllStringSubmatch(query, -1) {
		if found[1] != "" && found[2] == "" {
			tables = append(tables, found[1])
		}
	}
	slices.Sort(tables)
	return slices.Compact(tables)
}

// needed are the models of some tables and of the derived tables these read, in their order.
func needed(ordered []Header, tables []string) (kept []Header) {
	wanted := map[string]bool{}
	for _, table := range tables {
		wanted[table] = true
	}
	for _, model := range slices.Backward(ordered) {
		if !wanted[model.Name] {
			continue
		}
		kept = append(kept, model)
		for _, table := range model.reads {
			wanted[table] = true
		}
	}
	slices.Reverse(kept)
	return kept
}

// InputsOf are the tables of main and meta that the models of some tables, and of what these read, read.
func InputsOf(tables ...string) (inputs []string, err error) {
	models, err := orderedModels()
	if err != nil {
		return nil, err
	}
	for _, model := range needed(models, tables) {
		for _, table := range model.reads {
			if of, _, _ := strings.Cut(table, "."); of == "main" || of == "meta" {
				inputs = append(inputs, table)
			}
		}
	}
	slices.Sort(inputs)
	return slices.Compact(inputs), nil
}

// Definition changes whenever a model of some tables does, or one of those that these read, a macro, or a rule by which
// texts are read: what is computed with another one may be something else.
func Definition(tables ...string) (string, error) {
	models, err := orderedModels()
	if err != nil {
		return "", err
	}
	return sum(fmt.Sprintf("%+v", needed(models, tables)), macros(), text.Fingerprint()), nil
}
