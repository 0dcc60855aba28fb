package reader

import (
	"context"
	"fmt"
	"path/filepath"

	"fcpipe/schema"
	"fcpipe/schema/duck"
)

// checkFormat tells whether an open database was made by fcpipe, and by one this program can follow.
func checkFormat(ctx context.Context, database duck.Queryer, path string) error {
	steps, err := duck.LoadMigrations(duck.MigrationFiles)
	if err != nil {
		return err
	}
	applied, err := duck.AppliedMigrations(ctx, database, steps)
	if err == nil && applied == 0 {
		err = schema.ErrForeignFile
	}
	if err != nil {
		return fmt.Errorf("%s: %w", filepath.Base(path), err)
	}
	return nil
}
