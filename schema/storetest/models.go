package storetest

import (
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"testing"

	"fcpipe/schema/duck"
	"fcpipe/schema/models"
)

// Tables is the variable that names the derived tables of a test program, and of those that it starts: allTables, or a
// list of some that need not name what these read.
const Tables = "FCPIPE_TEST_TABLES"

const allTables = "all"

// Core are the derived tables that tests of the store and of what copies it do with: those of accounts and texts, and
// what these read. Nearly all that a small round costs is the number of its derived tables.
var Core = []string{"ledger.accounts", "ledger.descriptions", "ledger.dated_transactions", "ledger.coverage"}

// Only leaves a test program the models of some tables and of what these read, and the programs it starts as well.
// TestMain calls it. Files then have small blocks, too. At least one test of the package asks for AllTables, so that
// nothing depends on either.
func Only(tables ...string) {
	if stated := os.Getenv(Tables); stated != "" {
		tables = strings.Fields(stated)
	}
	_ = os.Setenv(Tables, strings.Join(tables, " "))
	if !slices.Contains(tables, allTables) {
		models.Replace(models.Some(tables...))
		if !measures() {
			duck.SmallBlocks()
		}
	}
}

// measures reports whether the command line asks for benchmarks: their files are as those of users.
func measures() bool {
	return slices.ContainsFunc(os.Args[1:], func(argument string) bool {
		return strings.HasPrefix(argument, "-test.bench=")
	})
}

// WithTables leaves one test the models of some tables and of what these read; the test runs beside no other. Its
// stores begin without a derived table: dropping most of those that there are costs more than making few.
func WithTables(t *testing.T, tables ...string) {
	t.Helper()
	restore := models.Replace(models.Some(tables...))
	hasFewTables = true
	t.Cleanup(func() {
		restore()
		hasFewTables = false
	})
}

// hasFewTables is true during a test with WithTables.
var hasFewTables bool

// AllTables reports whether every derived table is there. If not, the test has nothing left to do: with its group,
// other tests of the package that ask for all tables, it has run in a process where they are, which all of them share.
func AllTables(t *testing.T, group ...string) bool {
	t.Helper()
	return isWith(t, allTables, group)
}

// HasTables is AllTables for a test that does with some tables and what these read; make proof has all of them.
func HasTables(t *testing.T, tables ...string) bool {
	t.Helper()
	return GroupHasTables(t, nil, tables...)
}

// GroupHasTables is HasTables for a group of tests, which share the process.
func GroupHasTables(t *testing.T, group []string, tables ...string) bool {
	t.Helper()
	if *Proof {
		return AllTables(t, group...)
	}
	return isWith(t, strings.Join(tables, " "), group)
}

// isWith reports whether the test program has the stated tables; if not, a group of tests has run in one that does.
func isWith(t *testing.T, tables string, group []string) bool {
	t.Helper()
	if os.Getenv(Tables) == tables {
		return true
	}
	if len(group) == 0 {
		group = []string{t.Name()}
	}
	tests := strings.Join(group, "|")
	found, _ := children.LoadOrStore(tests, sync.OnceValues(func() ([]byte, error) { return runTests(tests, tables) }))
	said, err := found.(func() ([]byte, error))()
	if !strings.Contains(string(said), "--- PASS: "+t.Name()+" (") {
		t.Fatalf("with other tables: %v\n%s", err, said)
	}
	return false
}

// children are what tests with other tables said and how they ended, by their names.
var children sync.Map

// runTests runs tests in a process of its own, with the stated tables and the flags of the package. The statements they
// cover count as those of this process.
func runTests(tests, tables string) ([]byte, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	flags := slices.DeleteFunc(slices.Clone(os.Args[1:]), func(argument string) bool {
		return strings.HasPrefix(argument, "-test.") && !strings.HasPrefix(argument, "-test.gocoverdir=")
	})
	child := exec.Command(self, append([]string{"-test.run=^(" + tests + ")$", "-test.v"}, flags...)...)
	child.Env = append(os.Environ(), Tables+"="+tables)
	return child.CombinedOutput()
}
