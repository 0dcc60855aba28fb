package duck_test

import (
	"context"
	"database/sql"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"fcpipe/schema/duck"
)

// written is a table of every type that a VectorAppender writes.
const written = `CREATE TABLE written (
	n BIGINT NOT NULL, text VARCHAR NOT NULL, maybe VARCHAR, is_odd BOOLEAN NOT NULL, since TIMESTAMPTZ NOT NULL,
	maybe_since TIMESTAMPTZ)`

// makeFile makes a file with that table, and an appender for it.
func makeFile(t *testing.T) (*sql.DB, *duck.VectorAppender) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "file.duckdb")
	settings := duck.Settings{Threads: 1, MemoryLimit: 128 << 20}
	database, err := duck.Open(t.Context(), path, duck.ReadWrite, settings, filepath.Dir(path))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = database.Close() })
	if _, err := database.ExecContext(t.Context(), written); err != nil {
		t.Fatal(err)
	}
	appender, err := duck.NewVectorAppender(path, duck.ReadWrite, settings, "written")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(appender.Discard)
	return database, appender
}

// textOf is a text around every length that matters: inlined or not, and now and then more than a block of the arena.
func textOf(n int64) string {
	if n%2999 == 7 {
		return strings.Repeat("ü", 1<<20)
	}
	return strings.Repeat("é", int(n)%3) + strings.Repeat("x", int(n)%29) + fmt.Sprint(n)
}

// valuesOf are those of a row; nulls come and go around words of 64 rows and whole vectors.
func valuesOf(n int64) (text string, maybe *string, isOdd bool, at time.Time, maybeAt *time.Time) {
	text = textOf(n)
	at = time.UnixMicro(n*1_000_003 - 7_000_000_000).UTC()
	if n%64 > 1 && n/2048 != 1 {
		maybe = &text
	}
	if n%5 != 0 {
		maybeAt = &at
	}
	return text, maybe, n%2 == 1, at, maybeAt
}

func appendRow(appender *duck.VectorAppender, n int64) error {
	text, maybe, isOdd, at, maybeAt := valuesOf(n)
	appender.Int64(n)
	appender.Text(text)
	appender.NullText(maybe)
	appender.Bool(isOdd)
	appender.Time(at)
	appender.NullTime(maybeAt)
	return appender.EndRow()
}

func TestVectorsAreWhatWasAppended(t *testing.T) {
	t.Parallel()
	const rows = 3*2048 + 77
	database, appender := makeFile(t)
	for n := range int64(rows) {
		if err := appendRow(appender, n); err != nil {
			t.Fatal(err)
		}
	}
	if err := appender.Close(); err != nil {
		t.Fatal(err)
	}
	found, err := database.QueryContext(t.Context(), "SELECT * FROM written ORDER BY n")
	if err != nil {
		t.Fatal(err)
	}
	defer found.Close()
	n := int64(0)
	for ; found.Next(); n++ {
		checkRow(t, found, n)
	}
	if err := found.Err(); err != nil || n != rows {
		t.Errorf("%d of %d rows, %v", n, rows, err)
	}
}

func checkRow(t *testing.T, found *sql.Rows, n int64) {
	t.Helper()
	var number int64
	var text string
	var maybe sql.NullString
	var isOdd bool
	var at time.Time
	var maybeAt sql.NullTime
	if err := found.Scan(&number, &text, &maybe, &isOdd, &at, &maybeAt); err != nil {
		t.Fatal(err)
	}
	wantedText, wantMaybe, wantOdd, wantAt, wantMaybeAt := valuesOf(n)
	if number != n || text != wantedText || isOdd != wantOdd || !at.Equal(wantAt) {
		t.Fatalf("row %d: %d %.40q %v %v", n, number, text, isOdd, at)
	}
	if maybe.Valid != (wantMaybe != nil) || maybe.Valid && maybe.String != *wantMaybe {
		t.Fatalf("row %d: maybe %.40q", n, maybe.String)
	}
	if maybeAt.Valid != (wantMaybeAt != nil) || maybeAt.Valid && !maybeAt.Time.Equal(*wantMaybeAt) {
		t.Fatalf("row %d: maybe at %v", n, maybeAt)
	}
}

// TestWhatNoRowIsIsRefused: and nothing that is appended after it is written.
func TestWhatNoRowIsIsRefused(t *testing.T) {
	t.Parallel()
	for name, spoil := range map[string]func(*duck.VectorAppender){
		"too few values": func(a *duck.VectorAppender) { a.Int64(1) },
		"another type":   func(a *duck.VectorAppender) { a.Text("1") },
		"too many values": func(a *duck.VectorAppender) {
			_ = appendRow(a, 1)
			for range 7 {
				a.Int64(1)
			}
		},
		"no UTF-8": func(a *duck.VectorAppender) {
			a.Int64(1)
			a.Text("\xff")
		},
	} {
		database, appender := makeFile(t)
		spoil(appender)
		if appender.EndRow() == nil || appendRow(appender, 2) == nil || appender.Close() == nil {
			t.Errorf("%s: no error", name)
		}
		if n := countRows(t.Context(), database); n != 0 {
			t.Errorf("%s: %d rows", name, n)
		}
	}
}

// TestANullWhereNoneMayBeIsAnError of DuckDB, by its type.
func TestANullWhereNoneMayBeIsAnError(t *testing.T) {
	t.Parallel()
	database, appender := makeFile(t)
	appender.Int64(1)
	appender.NullText(nil)
	appender.NullText(nil)
	appender.Bool(true)
	appender.Time(time.Unix(0, 0))
	appender.NullTime(nil)
	err := appender.EndRow()
	if err == nil {
		err = appender.Close()
	}
	if err == nil || !strings.Contains(err.Error(), "NOT NULL") || duck.IsIO(err) {
		t.Errorf("%v", err)
	}
	if n := countRows(t.Context(), database); n != 0 {
		t.Errorf("%d rows", n)
	}
}

func TestDiscardWritesNothing(t *testing.T) {
	t.Parallel()
	database, appender := makeFile(t)
	for n := range int64(3000) {
		if err := appendRow(appender, n); err != nil {
			t.Fatal(err)
		}
	}
	appender.Discard()
	appender.Discard()
	if n := countRows(t.Context(), database); n != 0 {
		t.Errorf("%d rows", n)
	}
	var none *duck.VectorAppender
	none.Discard()
	settings := duck.Settings{Threads: 1, MemoryLimit: 128 << 20}
	if _, err := duck.NewVectorAppender(filepath.Join(t.TempDir(), "x"), duck.ReadWrite, settings, "x"); err == nil {
		t.Error("a table that is not there")
	}
}

func countRows(ctx context.Context, database *sql.DB) (n int) {
	if err := database.QueryRowContext(ctx, "SELECT count(*) FROM written").Scan(&n); err != nil {
		return -1
	}
	return n
}
