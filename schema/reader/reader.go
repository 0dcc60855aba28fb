package reader

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"os"
	"time"

	"fcpipe/schema"
	"fcpipe/schema/duck"
)

//go:embed *.sql
var files embed.FS

var statements = duck.Load(files)

// Reader is a read-only view of the published file. It keeps seeing the generation it
// opened, whatever is published later. Close it.
type Reader struct {
	path     string
	settings duck.Settings
	database *sql.DB
	mostHeld int64 // bytes of rows that are sorted, see SortedBatches
}

// Info is what a published file says of itself.
type Info struct {
	StorageVersion   string
	Livemode         *bool
	StripeAccountID  *string
	CreatedByVersion string
	Watermark        *time.Time // instant of the newest merge
}

// damagedError says what is wrong with a file that does not open, in place of DuckDB's words; to programs it is these
// and a schema.ErrForeignFile.
type damagedError struct {
	path, damage string
	cause        error
}

func (e damagedError) Error() string { return e.path + " " + e.damage }

func (e damagedError) Unwrap() []error { return []error{schema.ErrForeignFile, e.cause} }

// Open opens the published file. schema.ErrNoDatabase means that nothing was published yet; schema.ErrForeignFile and
// schema.ErrNewerSchema that the file is not one this program may read; schema.ErrHeldOpen that it may be read later.
func Open(ctx context.Context, layout schema.Layout, settings duck.Settings) (*Reader, error) {
	return OpenFile(ctx, layout.Database(), layout, settings)
}

// OpenFile opens an earlier generation of a data directory, or its published file. Errors are those of Open.
func OpenFile(ctx context.Context, path string, layout schema.Layout, settings duck.Settings) (*Reader, error) {
	info, err := os.Stat(path)
	if errors.Is(err, os.ErrNotExist) {
		return nil, fmt.Errorf("%s: %w", path, schema.ErrNoDatabase)
	}
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() || info.Size() == 0 {
		return nil, fmt.Errorf("%s: %w", path, schema.ErrForeignFile)
	}
	settings.Spill = layout.Spill()
	settings = settings.For(info.Size())
	database, err := duck.Open(ctx, path, duck.ReadOnly, settings)
	if err != nil {
		if ctx.Err() != nil || duck.IsEnvironmental(err) {
			return nil, err
		}
		if damage := duck.HeaderDamage(path); damage != "" {
			return nil, damagedError{path, damage, err}
		}
		return nil, fmt.Errorf("%s: %w", path, errors.Join(schema.ErrForeignFile, err))
	}
	if err := checkFormat(ctx, database, path); err != nil {
		return nil, errors.Join(err, database.Close())
	}
	return &Reader{
		path: path, settings: settings, database: database, mostHeld: settings.Limit() / heldShare,
	}, nil
}

// Database is the open file, for questions.
func (r *Reader) Database() *sql.DB { return r.database }

// Settings are those of its instance: with one thread where the file is small.
func (r *Reader) Settings() duck.Settings { return r.settings }

// Path is the file's.
func (r *Reader) Path() string { return r.path }

// Info reads what the file says of itself.
func (r *Reader) Info(ctx context.Context) (Info, error) {
	var i Info
	err := r.database.QueryRowContext(ctx, statements.Get("store_info")).
		Scan(&i.StorageVersion, &i.Livemode, &i.StripeAccountID, &i.CreatedByVersion, &i.Watermark)
	if err != nil {
		return i, fmt.Errorf("read meta.store: %w", err)
	}
	return i, nil
}

// Close closes the file.
func (r *Reader) Close() error { return r.database.Close() }
