package duck

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strconv"
	"strings"
	"time"

	"fcpipe/schema"
)

// MigrationFiles are the steps of this program; a test puts a broken one behind them.
var MigrationFiles fs.FS = schema.Migrations

// migrationsTable is the one table that cannot come from a migration.
const migrationsTable = `CREATE SCHEMA IF NOT EXISTS meta;
CREATE TABLE IF NOT EXISTS meta.migrations (
    number     INTEGER NOT NULL,
    name       VARCHAR NOT NULL,
    checksum   VARCHAR NOT NULL,
    applied_at TIMESTAMPTZ NOT NULL
);
COMMENT ON TABLE meta.migrations IS 'Steps that made the tables of this file';
COMMENT ON COLUMN meta.migrations.number IS 'Order of the step, from 1';
COMMENT ON COLUMN meta.migrations.name IS 'Name of its file';
COMMENT ON COLUMN meta.migrations.checksum IS 'SHA-256 of its text';
COMMENT ON COLUMN meta.migrations.applied_at IS 'When it was applied';`

// Migration is one numbered step. Released ones are never edited.
type Migration struct {
	Number   int    // from 1
	Name     string // of its file
	Text     string // statements
	Checksum string // SHA-256 of Text, in hexadecimal
}

// LoadMigrations reads the steps below migrations/ in their order. The error is for a file that cannot be read, and for
// a name that does not begin with the next number.
func LoadMigrations(files fs.FS) ([]Migration, error) {
	names, err := fs.Glob(files, "migrations/*.sql") // sorted
	if err != nil {
		return nil, err
	}
	steps := make([]Migration, 0, len(names))
	for i, path := range names {
		name := strings.TrimPrefix(path, "migrations/")
		digits, _, _ := strings.Cut(name, "_")
		number, err := strconv.Atoi(digits)
		if err != nil || number != i+1 {
			return nil, fmt.Errorf("migration %s: want number %04d", name, i+1)
		}
		text, err := fs.ReadFile(files, path)
		if err != nil {
			return nil, err
		}
		sum := sha256.Sum256(text)
		steps = append(steps, Migration{number, name, string(text), hex.EncodeToString(sum[:])})
	}
	return steps, nil
}

// Migrate brings a database up to this program's schema, each step in a transaction.
// It returns how many steps it applied; errors are those of AppliedMigrations and DuckDB's.
func Migrate(ctx context.Context, database *sql.DB, now time.Time) (int, error) {
	steps, err := LoadMigrations(MigrationFiles)
	if err != nil {
		return 0, err
	}
	begun, err := HasTable(ctx, database, "meta.migrations")
	if err != nil {
		return 0, fmt.Errorf("find meta.migrations: %w", err)
	}
	applied := 0
	if begun {
		if applied, err = AppliedMigrations(ctx, database, steps); err != nil || applied == len(steps) {
			return 0, err
		}
	}
	if _, err := database.ExecContext(ctx, migrationsTable); err != nil {
		return 0, fmt.Errorf("create meta.migrations: %w", err)
	}
	for _, step := range steps[applied:] {
		if err := applyMigration(ctx, database, step, now); err != nil {
			return 0, fmt.Errorf("migration %s: %w", step.Name, err)
		}
	}
	return len(steps) - applied, nil
}

// MakeTables makes the tables of Migrate in an empty database that is not kept: without comments, which are most of
// what the steps cost, and without noting the steps.
func MakeTables(ctx context.Context, database *sql.DB) error {
	steps, err := LoadMigrations(MigrationFiles)
	if err != nil {
		return err
	}
	steps = slices.Insert(steps, 0, Migration{Name: "table of migrations", Text: migrationsTable})
	texts := make([]string, len(steps))
	for i, step := range steps {
		if texts[i], err = withoutComments(step.Text); err != nil {
			return fmt.Errorf("migration %s: %w", step.Name, err)
		}
	}
	_, err = database.ExecContext(ctx, strings.Join(texts, "\n"))
	return err
}

// withoutComments is a step without its statements COMMENT ON, each of which begins a line. What follows one in its
// last line is kept. The error is for one without an end, which could have swallowed others.
func withoutComments(text string) (string, error) {
	var kept strings.Builder
	for text != "" {
		length := strings.IndexByte(text, '\n') + 1
		isComment := strings.HasPrefix(text, "COMMENT ON ")
		if isComment {
			length = statementLength(text)
		}
		switch {
		case length == 0 && isComment:
			line, _, _ := strings.Cut(text, "\n")
			return "", fmt.Errorf("no semicolon ends %q", line)
		case length == 0: // the last line ends with the text
			length = len(text)
		}
		if !isComment {
			kept.WriteString(text[:length])
		}
		text = text[length:]
	}
	return kept.String(), nil
}

// statementLength is how long the statement is with which a text begins, its semicolon included; zero is without end. A
// semicolon in a literal ends nothing; a quote within one is written twice, as the end of one and the beginning of the
// next.
func statementLength(text string) int {
	isLiteral := false
	for i := range len(text) {
		switch {
		case text[i] == '\'':
			isLiteral = !isLiteral
		case text[i] == ';' && !isLiteral:
			return i + 1
		}
	}
	return 0
}

// AppliedMigrations counts the steps that a file has. It fails with schema.ErrNewerSchema when the file has steps that
// are not among these, and with schema.ErrForeignFile when one of its steps differs.
func AppliedMigrations(ctx context.Context, database Queryer, steps []Migration) (int, error) {
	rows, err := database.QueryContext(ctx, "SELECT number, name, checksum FROM meta.migrations ORDER BY number")
	if hasNoTable(err) { // the file is whole, so the error is not one of DuckDB's
		return 0, fmt.Errorf("%w: it has no meta.migrations", schema.ErrForeignFile)
	}
	if err != nil {
		return 0, fmt.Errorf("read meta.migrations: %w", AsForeignFile(ctx, err))
	}
	defer func() { _ = rows.Close() }()
	applied := 0
	for rows.Next() {
		var number int
		var name, checksum string
		if err := rows.Scan(&number, &name, &checksum); err != nil {
			return 0, fmt.Errorf("read meta.migrations: %w", AsForeignFile(ctx, err))
		}
		if number > len(steps) {
			return 0, fmt.Errorf(
				"%w: it has migration %s, this program knows %d", schema.ErrNewerSchema, name, len(steps),
			)
		}
		if number != applied+1 || steps[applied].Checksum != checksum {
			return 0, fmt.Errorf("%w: migration %s differs from the one this program has", schema.ErrForeignFile, name)
		}
		applied++
	}
	if err := rows.Err(); err != nil {
		return 0, fmt.Errorf("read meta.migrations: %w", AsForeignFile(ctx, err))
	}
	return applied, nil
}

// AsForeignFile turns the error of a query that succeeds in every file of fcpipe into schema.ErrForeignFile. It returns
// the error unchanged where the query was interrupted or the machine failed: then nothing is known about the file.
func AsForeignFile(ctx context.Context, err error) error {
	if ctx.Err() != nil || IsEnvironmental(err) || errors.Is(err, schema.ErrForeignFile) {
		return err
	}
	return fmt.Errorf("%w: %w", schema.ErrForeignFile, err)
}

func applyMigration(ctx context.Context, database *sql.DB, step Migration, now time.Time) (err error) {
	transaction, err := database.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, transaction.Rollback())
		}
	}()
	if _, err := transaction.ExecContext(ctx, step.Text); err != nil {
		return err
	}
	if _, err := transaction.ExecContext(ctx, "INSERT INTO meta.migrations VALUES (?, ?, ?, ?)",
		step.Number, step.Name, step.Checksum, now); err != nil {
		return err
	}
	return transaction.Commit()
}
