package models

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"

	duckdb "github.com/duckdb/duckdb-go/v2"

	"fcpipe/schema/duck"
)

// TestAModelAwaitsWhatItsRulesRead: a table that a rule of the header reads is up to date before, and one that comes
// later, which reads this one, is not waited for.
func TestAModelAwaitsWhatItsRulesRead(t *testing.T) {
	got := awaited([]Header{
		{Name: "ledger.first", Query: "FROM main.transactions"},
		{Name: "ledger.second", Query: "FROM main.accounts"},
		{
			Name: "ledger.third", Query: "FROM ledger.first",
			Widened: "FROM touched SEMI JOIN ledger.third USING (day)",
			Touches: map[string]TouchRule{"ledger.first": {Query: "FROM changed SEMI JOIN ledger.second USING (day)"}},
			Inputs:  map[string]string{"ledger.first": "FROM ledger.first SEMI JOIN ledger.fourth USING (day)"},
		},
		{Name: "ledger.fourth", Query: "FROM ledger.third"},
	})
	if want := []string{"ledger.first", "ledger.second"}; !slices.Equal(got["ledger.third"], want) {
		t.Errorf("the third awaits %v, want %v", got["ledger.third"], want)
	}
	if want := []string{"ledger.third"}; !slices.Equal(got["ledger.fourth"], want) {
		t.Errorf("the fourth awaits %v, want %v", got["ledger.fourth"], want)
	}
}

// TestWhatMostWorkAwaitsComesFirst: along the longest way, and otherwise in the order that there is.
func TestWhatMostWorkAwaitsComesFirst(t *testing.T) {
	long := "FROM ledger.first" + strings.Repeat(" ", 3*workBesideQuery)
	models := []Header{
		{Name: "ledger.alone"},
		{Name: "ledger.early"},
		{Name: "ledger.first"},
		{Name: "ledger.of_early", Query: "FROM ledger.early"},
		{Name: "ledger.of_first", Query: long},
	}
	var got []string
	for _, model := range mostAwaited(models, awaited(models)) {
		got = append(got, strings.TrimPrefix(model.Name, "ledger."))
	}
	if want := []string{"first", "of_first", "early", "of_early", "alone"}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

// TestLanesShareThreads: one less of DuckDB's own while lanes work, and all of them afterwards.
func TestLanesShareThreads(t *testing.T) {
	dir := t.TempDir()
	database, err := duck.OpenUnlogged(t.Context(), filepath.Join(dir, "next.duckdb"), duck.Settings{Threads: 3}, dir)
	if err != nil {
		t.Fatal(err)
	}
	d := &derivation{Conn: connectionTo(t, database, "SELECT 1")}
	expect := func(want int) {
		t.Helper()
		if got, err := duck.Threads(t.Context(), database); err != nil || got != want {
			t.Errorf("%d threads, %v, want %d", got, err, want)
		}
	}
	if err := d.shareThreads(t.Context()); err != nil {
		t.Fatal(err)
	}
	expect(2)
	if err := d.end(t.Context()); err != nil {
		t.Fatal(err)
	}
	expect(3)
}

// TestARebuildWithoutMemoryBesideAnotherIsMadeAlone: the table that a lane could not make is there, rebuilt whole.
func TestARebuildWithoutMemoryBesideAnotherIsMadeAlone(t *testing.T) {
	d, _ := unlogged(t)
	d.whole = map[string]bool{}
	model := numbers("ledger.a", 10)
	s := &schedule{derivation: d, running: 1, done: make(chan *lane, 1), behind: map[string]bool{model.Name: true}}
	s.done <- &lane{
		model: model, rebuilt: true, err: &duckdb.Error{Type: duckdb.ErrorTypeOutOfMemory, Msg: "Out of Memory Error"},
	}
	if err := s.await(t.Context()); err != nil {
		t.Fatal(err)
	}
	var rows int
	if err := d.QueryRowContext(t.Context(), "SELECT count(*) FROM ledger.a").Scan(&rows); err != nil || rows != 10 {
		t.Errorf("%d rows, want 10: %v", rows, err)
	}
	if !d.whole[model.Name] || s.behind[model.Name] {
		t.Error("what reads the table does not know that it was rebuilt")
	}
}

// TestWhatALaneFoundToBeRebuiltIsKnown: what reads the table is rebuilt as well, and the table is not made again.
func TestWhatALaneFoundToBeRebuiltIsKnown(t *testing.T) {
	model := numbers("ledger.a", 10)
	s := &schedule{
		derivation: &derivation{whole: map[string]bool{}, tables: map[string]tableInFile{}},
		running:    2, done: make(chan *lane, 2), behind: map[string]bool{model.Name: true},
	}
	s.done <- &lane{model: model, rebuilt: true}
	s.done <- &lane{model: numbers("ledger.b", 10)}
	if err := s.awaitAll(t.Context()); err != nil {
		t.Fatal(err)
	}
	if !s.whole[model.Name] || len(s.whole) != 1 || s.behind[model.Name] {
		t.Errorf("%v were rebuilt, %v are behind", s.whole, s.behind)
	}
}

// TestTablesAreMadeAtOnceWhereThatPays: not where many rows are, or the pool has no connection for it.
func TestTablesAreMadeAtOnceWhereThatPays(t *testing.T) {
	database, err := duck.Open(t.Context(), "", duck.ReadWrite, duck.Settings{Threads: 1})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = database.Close() })
	few := map[string]tableInFile{"ledger.labels": {rows: 40}}
	many := map[string]tableInFile{"ledger.labels": {rows: 41}}
	for name, c := range map[string]struct {
		tables   map[string]tableInFile
		versions int64
		open     int
		want     bool
	}{
		"few rows": {tables: few, want: true}, "many rows": {tables: many}, "many versions": {versions: 41},
		"a pool of one": {tables: few, open: 1}, "a pool of three": {tables: few, open: 3, want: true},
	} {
		database.SetMaxOpenConns(c.open)
		d := &derivation{parameters: Parameters{PartRows: 10}, tables: c.tables, versions: c.versions}
		if got := d.hasLanes(database); got != c.want {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
}
