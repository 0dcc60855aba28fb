package models_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"fcpipe/schema/duck"
	"fcpipe/schema/models"
	"fcpipe/schema/storetest"
)

// shelf is a database with the first tables, filled by hand, for tests of many models' worlds at once: no rounds. It is
// in memory, unless a test names a file.
type shelf struct {
	t        *testing.T
	database *sql.DB
	prepared map[string]*sql.Stmt // statements with arguments, by their text
	suffix   string               // of the ids of a story of a shared shelf; its questions find only these
	story    *shelfStory          // of a shared shelf
}

func newShelf(t *testing.T) *shelf {
	t.Helper()
	return newShelfIn(t, "")
}

func newShelfIn(t *testing.T, path string) *shelf {
	t.Helper()
	if path != "" {
		empty, err := emptyShelf()
		if err != nil {
			t.Fatal(err)
		}
		storetest.WriteFile(t, path, string(empty))
		return openShelf(t, path)
	}
	s := newLastingShelf(t)
	t.Cleanup(func() { _ = s.database.Close() })
	return s
}

// newLastingShelf is a shelf in memory that outlives the test which asked for it first.
func newLastingShelf(t *testing.T) *shelf {
	t.Helper()
	empty, err := emptyShelf()
	if err != nil {
		t.Fatal(err)
	}
	directory := t.TempDir()
	from := filepath.Join(directory, "empty.duckdb")
	storetest.WriteFile(t, from, string(empty))
	s := openLastingShelf(t, "", directory)
	s.exec("ATTACH " + duck.Quote(from) + " AS empty (READ_ONLY); COPY FROM DATABASE empty TO memory; DETACH empty")
	return s
}

func openShelf(t *testing.T, path string) *shelf {
	t.Helper()
	s := openLastingShelf(t, path)
	t.Cleanup(func() { _ = s.database.Close() })
	return s
}

func openLastingShelf(t *testing.T, path string, directories ...string) *shelf {
	t.Helper()
	database, err := duck.Open(t.Context(), path, duck.ReadWrite, duck.Settings{Threads: 1}, directories...)
	if err != nil {
		t.Fatal(err)
	}
	database.SetMaxOpenConns(1)
	return &shelf{t: t, database: database, prepared: map[string]*sql.Stmt{}}
}

// emptyShelf is the file that every shelf begins with: the migrations and macros, made once, cost more than many tests.
var emptyShelf = sync.OnceValues(func() (content []byte, err error) {
	directory, err := os.MkdirTemp("", "shelf-*")
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(directory)) }()
	path, ctx := filepath.Join(directory, "empty.duckdb"), context.Background()
	database, err := duck.Open(ctx, path, duck.ReadWrite, duck.Settings{Threads: 1})
	if err != nil {
		return nil, err
	}
	if err := errors.Join(fillEmptyShelf(ctx, database), database.Close()); err != nil {
		return nil, err
	}
	return os.ReadFile(path)
})

// fillEmptyShelf migrates a file, and derives no table of it: that leaves the macros.
func fillEmptyShelf(ctx context.Context, database *sql.DB) error {
	if _, err := duck.Migrate(ctx, database, shelfStart); err != nil {
		return err
	}
	if err := models.DeriveModels(ctx, database, models.Parameters{ReportZone: "America/New_York"},
		func() ([]models.Header, error) { return nil, nil }); err != nil {
		return err
	}
	_, err := database.ExecContext(ctx, `DELETE FROM meta.store;
		DELETE FROM meta.parameters WHERE name = 'derived_through';
		INSERT INTO meta.store (storage_version, livemode, created_by_version, watermark) VALUES (1, false, 'test', ?)`,
		shelfStart.AddDate(0, 6, 0))
	return err
}

var shelfStart = time.Date(2026, 9, 1, 18, 14, 12, 0, time.UTC)

// exec runs a statement. One with arguments is prepared once: rows come one by one, and DuckDB takes longer to plan an
// INSERT of one than to run it.
func (s *shelf) exec(statement string, arguments ...any) {
	s.t.Helper()
	err := error(nil)
	if len(arguments) == 0 {
		_, err = s.database.ExecContext(s.t.Context(), statement)
	} else {
		err = s.execPrepared(statement, arguments)
	}
	if err != nil {
		s.t.Fatalf("%v\n%s", err, statement)
	}
}

func (s *shelf) execPrepared(statement string, arguments []any) (err error) {
	if s.prepared[statement] == nil {
		if s.prepared[statement], err = s.database.PrepareContext(s.t.Context(), statement); err != nil {
			return err
		}
	}
	_, err = s.prepared[statement].ExecContext(s.t.Context(), arguments...)
	return err
}

// account stores one; day is when it was linked, after shelfStart.
func (s *shelf) account(id, key, holder, category string, last4 *string, day int) {
	s.t.Helper()
	s.exec(
		`INSERT INTO main.accounts (account_id, account_key, holder_type, holder_id, institution_name, last4, category,
			subcategory,
		status, permissions, livemode, created_at, first_seen_at, last_seen_at)
		VALUES (?, ?, 'customer', ?, 'Case Bank', ?, ?, ?, 'active', ['transactions', 'balances'], false, ?, ?, ?)`,
		id+s.suffix,
		key+s.suffix,
		holder+s.suffix,
		last4,
		category,
		map[string]string{"cash": "checking", "credit": "credit_card"}[category],
		shelfStart.AddDate(0, 0, day),
		shelfStart.AddDate(0, 0, day),
		shelfStart.AddDate(0, 0, day),
	)
}

// shelfRow is a row of a bank, day after shelfStart.
type shelfRow struct {
	day    int
	amount int64
	text   string
	status string // posted when empty
	date   bool   // the bank knows the date only
}

func (s *shelf) rows(account string, rows []shelfRow) {
	s.t.Helper()
	account += s.suffix
	values := make([]string, len(rows))
	var arguments []any
	for i, r := range rows {
		at := shelfStart.AddDate(0, 0, r.day)
		if r.date {
			at = at.Truncate(24 * time.Hour)
		}
		status := r.status
		if status == "" {
			status = "posted"
		}
		var posted, voided *time.Time
		switch status {
		case "posted":
			posted = &at
		case "void":
			voided = &at
		}
		values[i] = "(?, ?, ?, 'usd', ?, ?, ?, ?, ?, ?, 'fctxnref_1', 1, ?, ?, 'run_1', false, false, true)"
		id := fmt.Sprintf("fctxn_%s_%04d", account, i)
		arguments = append(arguments, id, account, r.amount, r.text, status, at, posted, voided, at, at, at)
	}
	columns := `transaction_id, account_id, amount_minor, currency, description, status, transacted_at, posted_at,
		void_at,
		updated_at, transaction_refresh_id, version, first_observed_at, observed_at, run_id, livemode,
		superseded_on_arrival, is_current`
	s.exec("INSERT INTO main.transaction_versions ("+columns+") VALUES "+strings.Join(values, ", "), arguments...)
}

// derive derives some tables and what they read; all of them where none is named.
func (s *shelf) derive(tables ...string) {
	s.t.Helper()
	if err := models.DeriveModels(
		s.t.Context(), s.database,
		models.Parameters{AsOf: shelfStart.AddDate(0, 6, 0), ReportZone: "America/New_York", Rebuild: true},
		only(tables...),
	); err != nil {
		s.t.Fatal(err)
	}
}

// only finds the models of some tables and of what they read; those of all where none is named.
func only(tables ...string) findModels {
	return func() ([]models.Header, error) {
		ordered, err := models.OrderedModels()
		if err != nil || len(tables) == 0 {
			return ordered, err
		}
		kept, err := models.LoadHeaders(models.Some(tables...))
		return slices.DeleteFunc(slices.Clone(ordered), func(h models.Header) bool {
			return !slices.ContainsFunc(kept, func(k models.Header) bool { return k.Name == h.Name })
		}), err
	}
}

// Query returns the first column of the first row, which is text.
func (s *shelf) Query(question string) string {
	s.t.Helper()
	return s.strings(question)[0]
}

// Want fails the test unless Query answers so.
func (s *shelf) Want(question, want string) {
	s.t.Helper()
	s.want(question, want)
}

// strings gives each row of a question of one text column.
func (s *shelf) strings(question string) (found []string) {
	s.t.Helper()
	if s.suffix != "" {
		question = (&ownRows{asked: s.whole(), t: s.t, suffix: s.suffix}).ofStory(question)
	}
	rows, err := s.database.QueryContext(s.t.Context(), question)
	if err != nil {
		s.t.Fatalf("%v\n%s", err, question)
	}
	defer rows.Close()
	for rows.Next() {
		var text string
		if err := rows.Scan(&text); err != nil {
			s.t.Fatal(err)
		}
		found = append(found, text)
	}
	if err := rows.Err(); err != nil {
		s.t.Fatal(err)
	}
	return found
}
