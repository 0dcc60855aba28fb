package storetest

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"testing/fstest"

	"fcpipe/schema"
)

// streamsBegin is the model from which all that is said of payments that recur is made.
const streamsBegin = "ledger.stream_schedules"

// TablesOfStreams are the derived tables of payments that recur: streamsBegin, what reads it, and what reads that. They
// are a third of what a small round costs, so tests of commands go without them; see Without. A table that a statement
// of the program names, such as a rule of verify, is not among them, and neither is what it is made from. Where the
// sources are not at hand there are none.
func TablesOfStreams() (gone []string) {
	reads := map[string][]string{}
	for path, file := range modelFiles() {
		reads[tableOf(path)] = tablesNamed(string(file.Data))
	}
	needed := namedByStatements()
	if len(needed) == 0 {
		return nil
	}
	for i := 0; i < len(needed); i++ {
		for _, table := range reads[needed[i]] {
			if !slices.Contains(needed, table) {
				needed = append(needed, table)
			}
		}
	}
	found := []string{streamsBegin}
	for i := 0; i < len(found); i++ {
		for table, tables := range reads {
			if slices.Contains(tables, found[i]) && !slices.Contains(found, table) {
				found = append(found, table)
			}
		}
	}
	return slices.DeleteFunc(found, func(table string) bool { return slices.Contains(needed, table) })
}

// Without are the models of this program less those of some tables.
func Without(tables []string) fs.FS {
	left := modelFiles()
	for path := range left {
		if slices.Contains(tables, tableOf(path)) {
			delete(left, path)
		}
	}
	return left
}

func modelFiles() fstest.MapFS {
	files := fstest.MapFS{}
	if err := fs.WalkDir(schema.ModelFiles, ".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		text, err := fs.ReadFile(schema.ModelFiles, path)
		files[path] = &fstest.MapFile{Data: text}
		return err
	}); err != nil {
		panic(err) // what is embedded can be read
	}
	return files
}

func tableOf(path string) string {
	return strings.ReplaceAll(strings.TrimSuffix(path, ".sql"), "/", ".")
}

var (
	comments  = regexp.MustCompile(`(?m)^\s*--.*$`) // headers of models among them
	tableName = regexp.MustCompile(`\b(?:ledger|quality|underwriting|expenses)\.[a-z_0-9]+`)
)

// tablesNamed are the derived tables, and macros beside them, that SQL names.
func tablesNamed(sql string) []string {
	return tableName.FindAllString(comments.ReplaceAllString(sql, ""), -1)
}

// namedByStatements are the derived tables that statements and code of the program name, those of models left aside.
func namedByStatements() (named []string) {
	_, here, _, _ := runtime.Caller(0)
	for _, pattern := range []string{
		"*/*.sql", "access/*.go", "check/*.go", "reader/*.go", "../export/*.go", "../cmd/fcpipe/*.sql",
		"../cmd/fcpipe/*.go",
	} {
		files, _ := filepath.Glob(filepath.Join(filepath.Dir(here), "..", pattern)) // the pattern is a good one
		for _, file := range files {
			_, err := fs.Stat(schema.ModelFiles, filepath.Base(filepath.Dir(file)))
			if err == nil || strings.HasSuffix(file, "_test.go") {
				continue
			}
			if text, err := os.ReadFile(file); err == nil {
				named = append(named, tablesNamed(string(text))...)
			}
		}
	}
	return named
}
