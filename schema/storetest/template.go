package storetest

import (
	"context"
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

// templates are published files without a row, made once for all tests. They say that another program derived them.
type templates struct {
	whole  []byte // every table
	stored []byte // only the tables that are not derived
}

var template = sync.OnceValues(func() (files templates, err error) {
	dir, err := os.MkdirTemp("", "template-*")
	if err != nil {
		return files, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	path := filepath.Join(dir, "template.duckdb")
	if err := writeTemplate(context.Background(), path); err != nil {
		return files, err
	}
	if files.whole, err = os.ReadFile(path); err != nil {
		return files, err
	}
	if err := alter(context.Background(), path, WithoutDerived); err != nil {
		return files, err
	}
	files.stored, err = os.ReadFile(path)
	return files, err
})

// WithoutDerived removes the derived tables of a file, for tests that look at none: every question to it costs a tenth
// less.
const WithoutDerived = `DROP SCHEMA ledger CASCADE; DROP SCHEMA quality CASCADE; DROP SCHEMA underwriting CASCADE;
	DROP SCHEMA expenses CASCADE;
	DELETE FROM meta.dictionary WHERE schema_name IN ('ledger', 'quality', 'underwriting', 'expenses')`

// WriteTemplate publishes a file that has no row and no derived table in a data directory that has none.
func WriteTemplate(layout schema.Layout) error {
	files, err := template()
	if err != nil {
		return err
	}
	return os.WriteFile(layout.Database(), files.stored, 0o600)
}

// alter runs statements on a file.
func alter(ctx context.Context, path, statements string) error {
	database, err := duck.Open(ctx, path, duck.ReadWrite, duck.Settings{Threads: 1}, filepath.Dir(path))
	if err != nil {
		return err
	}
	_, err = database.ExecContext(ctx, statements+"; CHECKPOINT")
	return errors.Join(err, database.Close())
}

// writeTemplate writes what a merge of nothing would publish.
func writeTemplate(ctx context.Context, path string) (err error) {
	database, err := duck.Open(ctx, path, duck.ReadWrite, duck.Settings{Threads: 1}, filepath.Dir(path))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, database.Close()) }()
	if _, err := duck.Migrate(ctx, database, time.Date(2026, 6, 1, 0, 0, 0, 0, time.UTC)); err != nil {
		return err
	}
	if _, err := database.ExecContext(
		ctx, "INSERT INTO meta.store (storage_version, created_by_version) VALUES (?, 'test')", duck.StorageVersion,
	); err != nil {
		return err
	}
	if err := models.Derive(ctx, database, models.Parameters{ReportZone: testZone}); err != nil {
		return err
	}
	_, err = database.ExecContext(ctx,
		"UPDATE meta.parameters SET value = 'another program' WHERE name = 'models'; CHECKPOINT")
	return err
}
