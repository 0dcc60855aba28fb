package models

import (
	"fmt"
	"io/fs"
	"iter"
	"path"
	"slices"
	"strings"
	"sync"

	"fcpipe/schema"
	"fcpipe/schema/models/text"
)

// Files are the models of this program. A test that is not about them has Replace put fewer in their place.
var Files fs.FS = schema.ModelFiles

// ordered keeps the models of this program in their order, and their fingerprint: both are found once for a process.
var ordered struct {
	sync.Mutex
	models      []Header
	fingerprint string
}

// Replace puts other models in the place of those in Files, until restore puts these back. Nothing derives meanwhile.
func Replace(files fs.FS) (restore func()) {
	ordered.Lock()
	defer ordered.Unlock()
	before, models, fingerprint := Files, ordered.models, ordered.fingerprint
	Files, ordered.models, ordered.fingerprint = files, nil, ""
	return func() {
		ordered.Lock()
		defer ordered.Unlock()
		Files, ordered.models, ordered.fingerprint = before, models, fingerprint
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

// pieces divides a query into comments and texts, and what lies between them, which alone names tables. A regular
// expression finds the same in a hundred times the time, which small rounds felt.
func pieces(query string) iter.Seq2[string, bool] {
	return func(yield func(piece string, isCode bool) bool) {
		for query != "" {
			code := len(query)
			if at := strings.IndexByte(query, '\''); at >= 0 {
				code = at
			}
			if at := strings.Index(query[:code], "--"); at >= 0 {
				code = at
			}
			if code > 0 && !yield(query[:code], true) {
				return
			}
			other := otherThanCode(query[code:])
			if other > 0 && !yield(query[code:code+other], false) {
				return
			}
			query = query[code+other:]
		}
	}
}

// otherThanCode is how long the comment or text is with which a part of a query begins. A quote within a text is
// written twice: as the end of one text and the beginning of the next.
func otherThanCode(rest string) int {
	if rest == "" {
		return 0
	}
	end, begun := "'", 1
	if rest[0] == '-' {
		end, begun = "\n", 2
	}
	if at := strings.Index(rest[begun:], end); at >= 0 {
		return begun + at + len(end)
	}
	return len(rest)
}

// over is a query with another table, or view, in the place of one that it reads. Texts and comments that name the
// table stay as they are: a value must not depend on what it was computed from.
func over(query, table, other string) string {
	var written strings.Builder
	for piece, isCode := range pieces(query) {
		for isCode {
			at := strings.Index(piece, table)
			if at < 0 {
				break
			}
			end := at + len(table)
			written.WriteString(piece[:at])
			if at > 0 && isOfName(piece[at-1]) || end < len(piece) && isOfName(piece[end]) { // of a longer name
				written.WriteString(table)
			} else {
				written.WriteString(other)
			}
			piece = piece[end:]
		}
		written.WriteString(piece)
	}
	return written.String()
}

// isOfName reports whether a byte of a query is a part of a name.
func isOfName(b byte) bool {
	return b == '_' || b >= '0' && b <= '9' || b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z'
}

// schemasRead are the schemas whose tables models read.
var schemasRead = []string{"main", "meta", "pii", "ledger", "quality", "underwriting", "expenses"}

// tablesRead lists the tables a query names, as schema.table, in the order of their names: names before a parenthesis
// are macros, those behind two colons types. DuckDB's own parser finds the same, as a test knows, in thousands of times
// the time.
func tablesRead(query string) (tables []string) {
	for piece, isCode := range pieces(query) {
		for isCode {
			dot := strings.IndexByte(piece, '.')
			if dot < 0 {
				break
			}
			from, end := dot, dot+1
			for from > 0 && isOfName(piece[from-1]) {
				from--
			}
			for end < len(piece) && isOfName(piece[end]) {
				end++
			}
			isMacro := end < len(piece) && piece[end] == '('
			isType := strings.HasSuffix(piece[:from], "::")
			if end > dot+1 && !isMacro && !isType && slices.Contains(schemasRead, piece[from:dot]) {
				tables = append(tables, piece[from:end])
			}
			piece = piece[end:]
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
