package schema

import (
	"context"
	"fmt"
	"path/filepath"
)

// checkOurs tells whether an open database was made by fcpipe, and by one this program can follow.
func checkOurs(ctx context.Context, database queryer, path string) error {
	var found int
	err := database.QueryRowContext(ctx, statement("is_ours")).Scan(&found)
	if err == nil && found == 0 {
		err = ErrForeignFile
	}
	if err != nil {
		return fmt.Errorf("%s: %w", filepath.Base(path), foreign(ctx, err))
	}
	steps, err := loadMigrations(migrationFiles)
	if err != nil {
		return err
	}
	applied, err := appliedMigrations(ctx, database, steps)
	if err == nil && applied == 0 {
		err = ErrForeignFile
	}
	if err != nil {
		return fmt.Errorf("%s: %w", filepath.Base(path), err)
	}
	return nil
}
