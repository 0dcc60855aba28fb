package schema

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"time"
)

// Reader is a read-only view of the published file. It keeps seeing the generation it
// opened, whatever is published later. Close it.
type Reader struct {
	path     string
	settings Settings
	database *sql.DB
}

// StoreInfo says what a published file is.
type StoreInfo struct {
	StorageVersion   string
	Livemode         *bool
	StripeAccountID  *string
	CreatedByVersion string
	Watermark        *time.Time // instant of the newest merge
}

// OpenReader opens the published file. ErrNoDatabase means that nothing was published yet;
// ErrForeignFile and ErrNewerSchema that the file is not one this program may read; ErrHeldOpen
// that it may be read later.
func OpenReader(ctx context.Context, layout Layout, settings Settings) (*Reader, error) {
	return openReader(ctx, layout.Database(), layout, settings)
}

// openReader opens the published file, or an earlier generation.
func openReader(ctx context.Context, path string, layout Layout, settings Settings) (*Reader, error) {
	info, err := os.Stat(path)
	if errors.Is(err, os.ErrNotExist) {
		return nil, fmt.Errorf("%s: %w", path, ErrNoDatabase)
	}
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() || info.Size() == 0 {
		return nil, fmt.Errorf("%s: %w", path, ErrForeignFile)
	}
	settings.Spill = layout.Spill()
	database, err := openDatabase(ctx, path, readOnly, settings)
	if err != nil {
		if ctx.Err() != nil || machineFailed(err) {
			return nil, err
		}
		return nil, fmt.Errorf("%s: %w", path, errors.Join(ErrForeignFile, err))
	}
	if err := checkOurs(ctx, database, path); err != nil {
		return nil, errors.Join(err, database.Close())
	}
	return &Reader{path: path, settings: settings, database: database}, nil
}

// Database is the open file, for questions.
func (r *Reader) Database() *sql.DB { return r.database }

// Path is the file's.
func (r *Reader) Path() string { return r.path }

// Info says what the file is.
func (r *Reader) Info(ctx context.Context) (StoreInfo, error) {
	var i StoreInfo
	err := r.database.QueryRowContext(ctx, statement("store_info")).
		Scan(&i.StorageVersion, &i.Livemode, &i.StripeAccountID, &i.CreatedByVersion, &i.Watermark)
	if err != nil {
		return i, fmt.Errorf("read meta.store: %w", err)
	}
	return i, nil
}

// Close closes the file.
func (r *Reader) Close() error { return r.database.Close() }
