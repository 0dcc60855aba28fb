package storetest

import (
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"fcpipe/schema"
)

// prepared are data directories that stores begin with, by name.
var prepared sync.Map

// preparation is a data directory that was made once, with the clock of its store.
type preparation struct {
	sync.Once
	files map[string]preparedFile // by path in the directory
	clock time.Time
}

type preparedFile struct {
	content []byte // nil for a directory
	mode    fs.FileMode
}

// Prepared is a store that begins with the files and the clock that prepare left. The first test that asks for the name
// prepares it, and its store is verified; every test gets a copy of its own, whose rounds do not derive.
func Prepared(t *testing.T, name string, prepare func() *Store) *Store {
	t.Helper()
	found, _ := prepared.LoadOrStore(name, new(preparation))
	made := found.(*preparation)
	made.Do(func() {
		s := prepare()
		made.files, made.clock = readTree(t, s.Layout().Dir), s.Clock
	})
	if made.files == nil {
		t.Fatalf("the test that prepared %q failed", name)
	}
	dir := t.TempDir()
	writeTree(t, dir, made.files)
	s := Open(t, dir)
	s.Derives, s.Clock = false, made.clock
	s.begun = made.files[filepath.Base(s.Layout().Database())].content
	return s
}

// WithAccount is a store that has published account fca_1 and nothing else.
func WithAccount(t *testing.T) *Store {
	t.Helper()
	return Prepared(t, "one account", func() *Store {
		s := New(t)
		s.Round(schema.Landed{Accounts: []schema.Account{Account("fca_1")}})
		return s
	})
}

// PublishedTimes is a store on which Published ran for each number from 1 to last.
func PublishedTimes(t *testing.T, last int) *Store {
	t.Helper()
	if last == 0 {
		return New(t)
	}
	return Prepared(t, fmt.Sprint("published ", last), func() *Store {
		s := PublishedTimes(t, last-1)
		s.Published(last)
		return s
	})
}

// CompletedTimes is a store whose rounds landed Completed from each number up to last to the next.
func CompletedTimes(t *testing.T, last int) *Store {
	t.Helper()
	if last == 0 {
		return New(t)
	}
	return Prepared(t, fmt.Sprint("completed ", last), func() *Store {
		s := CompletedTimes(t, last-1)
		s.Round(Completed(last-1, last))
		return s
	})
}

func readTree(t *testing.T, dir string) map[string]preparedFile {
	t.Helper()
	files := map[string]preparedFile{}
	err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || path == dir {
			return err
		}
		info, err := entry.Info()
		if err != nil {
			return err
		}
		file := preparedFile{mode: info.Mode()}
		if !entry.IsDir() {
			file.content = ReadFile(t, path)
		}
		name, err := filepath.Rel(dir, path)
		files[name] = file
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

func writeTree(t *testing.T, dir string, files map[string]preparedFile) {
	t.Helper()
	for _, name := range slices.Sorted(maps.Keys(files)) {
		path, file := filepath.Join(dir, name), files[name]
		var err error
		if file.mode.IsDir() {
			err = os.Mkdir(path, file.mode.Perm())
		} else {
			err = os.WriteFile(path, file.content, file.mode.Perm())
		}
		if err != nil {
			t.Fatal(err)
		}
	}
}

// WithVersions is a store whose transaction fctxn_1 has two versions, and whose fctxn_2 has a second one that was
// superseded on arrival.
func WithVersions(t *testing.T) *Store {
	t.Helper()
	s := New(t)
	s.Round(schema.Landed{
		Accounts: []schema.Account{Account("fca_1")},
		Transactions: []schema.Transaction{
			Transaction("fctxn_1", "fca_1", -1, 1), Transaction("fctxn_2", "fca_1", -2, 5),
		},
	})
	s.Round(schema.Landed{Transactions: []schema.Transaction{
		Transaction("fctxn_1", "fca_1", -10, 2), Transaction("fctxn_2", "fca_1", -20, 4),
	}})
	s.Want("SELECT list(transaction_id || version ORDER BY transaction_id)::VARCHAR FROM main.transactions",
		"[fctxn_12, fctxn_21]")
	return s
}
