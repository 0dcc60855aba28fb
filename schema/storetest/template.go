package storetest

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"sync"
	"time"

	"fcpipe/schema/duck"
	"fcpipe/schema/models"
)

// testZone is the zone of civil dates in test stores, and in their template.
const testZone = "America/New_York"

// template is a published file with every table and model and no row, made once for all tests. It says
// that another program derived it.
var template = sync.OnceValues(func() (file []byte, err error) {
	dir, err := os.MkdirTemp("", "template-*")
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	path := filepath.Join(dir, "template.duckdb")
	if err := writeTemplate(context.Background(), path); err != nil {
		return nil, err
	}
	return os.ReadFile(path)
})

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
		ctx, "INSERT INTO meta.store VALUES (?, NULL, NULL, 'test', NULL)", duck.StorageVersion,
	); err != nil {
		return err
	}
	if err := models.Derive(ctx, database, models.Parameters{ReportZone: testZone}); err != nil {
		return err
	}
	for _, step := range []string{
		"UPDATE meta.parameters SET value = 'another program' WHERE name = 'models'", "CHECKPOINT",
	} {
		if _, err := database.ExecContext(ctx, step); err != nil {
			return err
		}
	}
	return nil
}
