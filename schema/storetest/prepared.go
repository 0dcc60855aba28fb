package storetest

import (
	"database/sql"
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

	attaching sync.Once
	attached  string // the name of the published file, once a test asked for it alone
}

type preparedFile struct {
	content []byte // nil for a directory
	mode    fs.FileMode
}

// Prepared is a store that begins with the files and the clock that prepare left. The first test that asks for the name
// prepares it, and its store is verified; every test gets a copy of its own, whose rounds do not derive.
func Prepared(t *testing.T, name string, prepare func() *Store) *Store {
	t.Helper()
	made := preparedOnce(t, name, prepare)
	dir := t.TempDir()
	writeTree(t, dir, made.files)
	s := openMade(t, dir)
	s.Derives, s.Clock = false, made.clock
	s.begun = made.published()
	return s
}

// preparedOnce is what prepare left when it was first asked for the name.
func preparedOnce(t *testing.T, name string, prepare func() *Store) *preparation {
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
	return made
}

// published is the content of the published file.
func (p *preparation) published() []byte {
	return p.files[filepath.Base(schema.Layout{}.Database())].content
}

// Asked is the published file of a store that Prepared would give, for tests that only ask it. All of them ask one file
// that stays attached: a store for each test, and a file attached for each question, cost more than the questions.
// Other files are attached beside it: a question of duckdb_columns() names current_database().
type Asked struct {
	t    *testing.T
	name string // that it is attached by
}

// PreparedFile is Prepared for tests that only ask the published file.
func PreparedFile(t *testing.T, name string, prepare func() *Store) Asked {
	t.Helper()
	made := preparedOnce(t, name, prepare)
	made.attaching.Do(func() { made.attached = attachContent(t, made.published()) })
	if made.attached == "" {
		t.Fatalf("the file of %q could not be attached", name)
	}
	return Asked{t, made.attached}
}

// attachContent attaches a file of some content that no directory names any more: the asker alone has it.
func attachContent(t *testing.T, content []byte) (name string) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "asked.duckdb")
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := onAsker(t.Context(), func(connection *sql.Conn) (err error) {
		name, err = attach(t.Context(), connection, path)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	return name
}

// Query returns the first column of the first row, as text.
func (a Asked) Query(question string) (answer string) {
	a.t.Helper()
	if err := onAsker(a.t.Context(), func(connection *sql.Conn) (err error) {
		answer, err = askAttached(a.t.Context(), connection, a.name, "SELECT CAST(("+question+") AS VARCHAR)")
		return err
	}); err != nil {
		a.t.Fatalf("%s: %v", question, err)
	}
	return answer
}

// Want fails the test unless Query answers so.
func (a Asked) Want(question, want string) {
	a.t.Helper()
	if got := a.Query(question); got != want {
		a.t.Errorf("%s\n got %s\nwant %s", question, got, want)
	}
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
	return Prepared(t, "versions", func() *Store { return withVersions(t) })
}

func withVersions(t *testing.T) *Store {
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
