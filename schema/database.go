package schema

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"net/url"
	"os"
	"strconv"
	"strings"

	duckdb "github.com/duckdb/duckdb-go/v2"
)

// StorageVersion is the DuckDB storage version of every file fcpipe makes.
// Every DuckDB client since 1.2 opens it.
const StorageVersion = "v1.2.0"

// Settings bound what one DuckDB instance may use.
type Settings struct {
	MemoryLimit int64  // bytes; zero means 1 GiB
	Threads     int    // zero means as many as the machine has
	Spill       string // directory for what does not fit in memory; "" means none
}

// openMode says what a database file is opened for.
type openMode int

const (
	readOnly openMode = iota
	readWrite
)

// openDatabase opens one DuckDB file, or an in-memory database when path is "".
// It may touch nothing outside directories, installs and loads no extension, and
// its configuration is locked. The caller closes it.
func openDatabase(ctx context.Context, path string, mode openMode, settings Settings, directories ...string) (*sql.DB, error) {
	options := databaseOptions(mode, settings)
	connector, err := duckdb.NewConnector(path+"?"+options.Encode(), func(exec driver.ExecerContext) error {
		_, err := exec.ExecContext(ctx, "SET TimeZone = 'UTC'", nil)
		return err
	})
	if err != nil {
		return nil, err
	}
	database := sql.OpenDB(connector)
	if err := confine(ctx, database, directories); err != nil {
		return nil, errors.Join(err, database.Close())
	}
	return database, nil
}

// databaseOptions is the configuration of one instance. Everybody who opens the same file
// in this process must give the same one.
func databaseOptions(mode openMode, settings Settings) url.Values {
	options := url.Values{}
	options.Set("autoinstall_known_extensions", "false")
	options.Set("autoload_known_extensions", "false")
	options.Set("memory_limit", strconv.FormatInt(settings.memoryLimit(), 10)+"B")
	if settings.Spill != "" {
		options.Set("temp_directory", settings.Spill)
	}
	if settings.Threads > 0 {
		options.Set("threads", strconv.Itoa(settings.Threads))
	}
	if mode == readOnly {
		options.Set("access_mode", "READ_ONLY")
	} else {
		options.Set("storage_compatibility_version", StorageVersion)
	}
	return options
}

// confine closes the sandbox: directories first, then no other file, then no change of settings.
// An instance this process has open already is confined.
func confine(ctx context.Context, database *sql.DB, directories []string) error {
	var open bool
	if err := database.QueryRowContext(ctx, "SELECT current_setting('enable_external_access')").Scan(&open); err != nil || !open {
		return err
	}
	quoted := make([]string, len(directories))
	for i, directory := range directories {
		quoted[i] = quote(directory)
	}
	for _, setting := range []string{
		fmt.Sprintf("SET GLOBAL allowed_directories = [%s]", strings.Join(quoted, ", ")),
		"SET GLOBAL enable_external_access = false",
	} {
		if _, err := database.ExecContext(ctx, setting); err != nil {
			return fmt.Errorf("confine database: %w", err)
		}
	}
	return nil
}

func (s Settings) memoryLimit() int64 {
	if s.MemoryLimit == 0 {
		return 1 << 30
	}
	return s.MemoryLimit
}

// quote makes a SQL string literal of a value DuckDB takes no parameter for, such as a path.
func quote(value string) string {
	return "'" + strings.ReplaceAll(value, "'", "''") + "'"
}

// fileExists reports whether something is at path. Any other trouble is an error.
func fileExists(path string) (bool, error) {
	_, err := os.Lstat(path)
	if errors.Is(err, os.ErrNotExist) {
		return false, nil
	}
	return err == nil, err
}
