package storetest

import (
	"context"
	"database/sql"
	"errors"
	"os"
	"path/filepath"
	"sync"
	"time"

	"fcpipe/schema"
	"fcpipe/schema/duck"
	"fcpipe/schema/models"
)

// testZone is the zone of civil dates in test stores, and in their template.
const testZone = "America/New_York"

// storedTemplate and wholeTemplate are published files without a row, made once for all tests: without the derived
// tables, and with all of them. They say that another program derived them.
var (
	storedTemplate = sync.OnceValues(func() ([]byte, error) { return makeTemplate(migrate, deriveNone) })
	wholeTemplate  = sync.OnceValues(func() ([]byte, error) { return makeTemplate(migrate, deriveAll) })
)

// makeTemplate is what steps make of a file that is not there.
func makeTemplate(steps ...func(context.Context, *sql.DB) error) (content []byte, err error) {
	dir, err := os.MkdirTemp("", "template-*")
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	path, ctx := filepath.Join(dir, "template.duckdb"), context.Background()
	database, err := duck.Open(ctx, path, duck.ReadWrite, duck.Settings{Threads: 1}, dir)
	if err != nil {
		return nil, err
	}
	for _, step := range steps {
		err = errors.Join(err, step(ctx, database))
	}
	_, named := database.ExecContext(ctx,
		"UPDATE meta.parameters SET value = 'another program' WHERE name = 'models'; CHECKPOINT")
	if err := errors.Join(err, named, database.Close()); err != nil {
		return nil, err
	}
	return os.ReadFile(path)
}

// WithoutDerived removes the derived tables of a file, for tests that look at none: every question to it costs a tenth
// less.
const WithoutDerived = `DROP SCHEMA ledger CASCADE; DROP SCHEMA quality CASCADE; DROP SCHEMA underwriting CASCADE;
	DROP SCHEMA expenses CASCADE;
	DELETE FROM meta.dictionary WHERE schema_name IN ('ledger', 'quality', 'underwriting', 'expenses')`

// WriteTemplate publishes a file that has no row and no derived table in a data directory that has none.
func WriteTemplate(layout schema.Layout) error {
	file, err := storedTemplate()
	if err != nil {
		return err
	}
	return os.WriteFile(layout.Database(), file, 0o600)
}

// migrate writes what a merge of nothing stores.
func migrate(ctx context.Context, database *sql.DB) error {
	if _, err := duck.Migrate(ctx, database, time.Date(2026, 6, 1, 0, 0, 0, 0, time.UTC)); err != nil {
		return err
	}
	_, err := database.ExecContext(
		ctx, "INSERT INTO meta.store (storage_version, created_by_version) VALUES (?, 'test')", duck.StorageVersion,
	)
	return err
}

// deriveNone writes what a derivation writes beside its tables.
func deriveNone(ctx context.Context, database *sql.DB) error {
	if err := models.DeriveTables(ctx, database, models.Parameters{ReportZone: testZone}); err != nil {
		return err
	}
	_, err := database.ExecContext(ctx, WithoutDerived)
	return err
}

// deriveAll makes the derived tables of the test program.
func deriveAll(ctx context.Context, database *sql.DB) error {
	return models.Derive(ctx, database, models.Parameters{ReportZone: testZone})
}
