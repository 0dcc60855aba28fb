package store_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"fcpipe/schema"
	"fcpipe/schema/duck"
	"fcpipe/schema/reader"
	"fcpipe/schema/store"
	"fcpipe/schema/storetest"
)

// TestEveryVersionIsUpgradedWithoutLosingAnything: make test upgrades the first version, by every migration there is,
// and the last one; make proof all of them.
func TestEveryVersionIsUpgradedWithoutLosingAnything(t *testing.T) {
	names := fixtures(t)
	if last := len(names) - 1; !*proof && last > 1 {
		names = slices.Delete(names, 1, last)
	}
	for _, name := range names {
		t.Run(filepath.Base(name), func(t *testing.T) {
			t.Parallel()
			s := openUpgraded(t, unpackFixture(t, name))
			old := storetest.ReadFile(t, s.Layout().Database())
			before := remember(t, s.Layout().Database(), nil)
			for what, known := range before.known {
				if strings.HasPrefix(known, "0 rows") {
					t.Errorf("the fixture has nothing in %s", what)
				}
			}
			s.Round(schema.Landed{Accounts: []schema.Account{storetest.Account("fca_new")}})
			after := remember(t, s.Layout().Database(), before)
			for what, known := range before.known {
				if after.known[what] != known {
					t.Errorf("%s was %s, is %s", what, known, after.known[what])
				}
			}
			steps, err := duck.LoadMigrations(duck.MigrationFiles)
			if err != nil {
				t.Fatal(err)
			}
			s.Want("SELECT count(*) FROM meta.migrations", fmt.Sprint(len(steps)))
			if name == names[0] {
				wantEarlierConsents(s)
			}
			kept, err := filepath.Glob(filepath.Join(s.Layout().Previous(), "*.duckdb"))
			if err != nil || len(kept) != 1 || string(storetest.ReadFile(t, kept[0])) != string(old) {
				t.Errorf("the file of the old version is not kept: %v %v", kept, err)
			}
		})
	}
}

// TestHistoryOfAnEarlierVersionHasNoWords: its snapshots are shown as they are, without words and without a fingerprint
// of loan requests, which it had none of.
func TestHistoryOfAnEarlierVersionHasNoWords(t *testing.T) {
	storetest.ForProof(t)
	t.Parallel()
	s := openUpgraded(t, unpackFixture(t, filepath.Join("testdata", "generations", "0010.tar.gz")))
	s.Round()
	s.Want("SELECT concat_ws(' ', count(*), min(attribute), count(value_text), count(loan_requests_hash)) "+
		"FROM underwriting.attribute_history", "1 balance_daily_sd 0 0")
}

// a migration fails in the middle of its round: the old file stays, byte for byte, and the next
// program finishes the upgrade, whatever the first one left behind
func TestInterruptedMigrationLeavesTheFileAlone(t *testing.T) {
	name := fixtures(t)[0]
	s := openUpgraded(t, unpackFixture(t, name))
	before := storetest.ReadFile(t, s.Layout().Database())
	was := duck.MigrationFiles
	defer func() { duck.MigrationFiles = was }()
	steps, err := duck.LoadMigrations(was)
	if err != nil {
		t.Fatal(err)
	}
	broken := fstest.MapFS{}
	for _, step := range steps {
		broken["migrations/"+step.Name] = &fstest.MapFile{Data: []byte(step.Text)}
	}
	broken[fmt.Sprintf("migrations/%04d_broken.sql", len(steps)+1)] = &fstest.MapFile{
		Data: []byte(
			"CREATE TABLE main.half (a INTEGER); ALTER TABLE main.accounts ADD COLUMN b INTEGER; SELECT " +
				"error('interrupted');",
		),
	}
	duck.MigrationFiles = broken
	landing, err := s.Landing(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(
		landing.Land(t.Context(), schema.Landed{Accounts: []schema.Account{storetest.Account("fca_new")}}),
		landing.Seal(t.Context()),
	); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Publish(landing); err == nil || !strings.Contains(err.Error(), "_broken.sql") {
		t.Fatalf("a broken migration went through: %v", err)
	}
	if string(storetest.ReadFile(t, s.Layout().Database())) != string(before) {
		t.Error("the published file changed")
	}
	if left, _ := filepath.Glob(filepath.Join(s.Layout().State(), "next.*")); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
	duck.MigrationFiles = was
	// what a killed one would have left: a next generation that is migrated in part, with its log
	if err := errors.Join(
		os.WriteFile(s.Layout().Next(), before, 0o600), os.WriteFile(s.Layout().Next()+".wal", []byte("torn"), 0o600),
	); err != nil {
		t.Fatal(err)
	}
	s.Round()
	s.Want("SELECT count(*) FROM meta.migrations", fmt.Sprint(len(steps)))
	s.Want("SELECT count(*) FROM main.accounts", "3")
}

func TestFilesThatAreNotForThisProgramAreLeftAlone(t *testing.T) {
	t.Parallel()
	made := unpackFixture(t, fixtures(t)[0])
	for name, test := range map[string]struct {
		statements []string // on a copy of a file of ours; none: content
		content    string
		want       error
	}{
		"newer": {statements: []string{"INSERT INTO meta.migrations VALUES (9999, " +
			"'9999_from_the_future.sql', 'x', now())"}, want: schema.ErrNewerSchema},
		"another history": {
			statements: []string{"UPDATE meta.migrations SET checksum = 'other' WHERE number = 1"},
			want:       schema.ErrForeignFile,
		},
		"another program": {statements: []string{"DROP TABLE meta.migrations"}, want: schema.ErrForeignFile},
		"other columns": {statements: []string{"DROP TABLE meta.migrations", "CREATE TABLE meta.migrations (id " +
			"INTEGER)"}, want: schema.ErrForeignFile},
		"no numbers": {statements: []string{"DROP TABLE meta.migrations", "CREATE TABLE meta.migrations " +
			"(number VARCHAR, name VARCHAR, checksum VARCHAR)", "INSERT INTO meta.migrations VALUES ('first', 'a', " +
			"'b')"}, want: schema.ErrForeignFile},
		"number zero": {statements: []string{"INSERT INTO meta.migrations VALUES (0, '0000_before.sql', 'x', " +
			"now())"}, want: schema.ErrForeignFile},
		"a step twice": {
			statements: []string{"INSERT INTO meta.migrations FROM meta.migrations WHERE number = 1"},
			want:       schema.ErrForeignFile,
		},
		"no step":     {statements: []string{"DELETE FROM meta.migrations"}, want: schema.ErrForeignFile},
		"no database": {content: "These are my notes.", want: schema.ErrForeignFile},
		"empty":       {want: schema.ErrForeignFile},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			layout := schema.Layout{Dir: t.TempDir()}
			content := []byte(test.content)
			if test.statements != nil {
				content = storetest.ReadFile(t, schema.Layout{Dir: made}.Database())
			}
			if err := os.WriteFile(layout.Database(), content, 0o600); err != nil {
				t.Fatal(err)
			}
			storetest.Change(t, layout.Database(), test.statements)
			before := storetest.TreeSum(t, layout.Dir)
			for way, open := range map[string]func(context.Context) error{
				"store": func(ctx context.Context) error {
					_, err := store.Open(ctx, store.Options{Layout: layout, Now: time.Now, ReadOnly: true})
					return err
				},
				"reader": func(ctx context.Context) error {
					reader, err := reader.Open(ctx, layout, duck.Settings{})
					if err == nil {
						err = reader.Close()
					}
					return err
				},
			} {
				if err := open(t.Context()); !errors.Is(err, test.want) {
					t.Errorf("%s: %v, want %v", way, err, test.want)
				}
			}
			if after := storetest.TreeSum(t, layout.Dir); after != before {
				t.Errorf("something changed:\n%s\n%s", before, after)
			}
		})
	}
}
