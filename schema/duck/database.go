package duck

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"

	duckdb "github.com/duckdb/duckdb-go/v2"

	"fcpipe/schema"
)

// StorageVersion is the DuckDB storage version of every file fcpipe makes.
// Every DuckDB client since 1.2 opens it.
const StorageVersion = "v1.2.0"

// DefaultMemoryLimit is the memory limit of an instance for which none is set, in bytes.
const DefaultMemoryLimit int64 = 1 << 30

// spillFactor bounds what an instance may spill to disk, in multiples of its memory limit: a question that gets out of
// hand fails before it fills the disk.
const spillFactor = 16

// Settings bound what one DuckDB instance may use.
type Settings struct {
	MemoryLimit int64  // bytes; zero means DefaultMemoryLimit
	Threads     int    // zero means as many as the machine has; see For
	Spill       string // directory for what does not fit in memory, up to 16 times as much; "" spills nothing
	// Uncompressed writes values as they are: tests that search the bytes of a file would find none of them otherwise
	Uncompressed bool
}

// smallData is how many bytes of a file one thread is enough for, about 100,000 transactions: DuckDB hands out tables
// in groups of 122,880 rows, and a thread without one asks for work all the time.
const smallData = 64 << 20

// For are the settings for a file that holds so many bytes: of little data one thread reads as fast as two, in two
// thirds of the CPU seconds. What Threads asks for stands.
func (s Settings) For(bytes int64) Settings {
	if s.Threads == 0 && bytes < smallData {
		s.Threads = 1
	}
	return s
}

// Mode says what a database file is opened for.
type Mode int

// The modes there are; the zero value is ReadOnly.
const (
	ReadOnly  Mode = iota // any number of processes may have the file open so
	ReadWrite             // the file is made when there is none; no other process may have it open
)

// opening is held from an instance's first connection until it is confined: another Open of the same file in this
// process gets the same instance.
var opening sync.Mutex

// Open opens one DuckDB file, or an in-memory database when path is "". It may touch nothing outside directories,
// installs and loads no extension, and its configuration is locked: what is to be set is set here. schema.ErrHeldOpen
// means that another program has it open. The caller closes it.
func Open(ctx context.Context, path string, mode Mode, settings Settings, directories ...string) (*sql.DB, error) {
	options := InstanceOptions(path, mode, settings)
	connector, err := duckdb.NewConnector(path+"?"+options.Encode(), nil)
	if err != nil {
		return nil, lockedError(path, err)
	}
	return confined(ctx, sql.OpenDB(connector), directories)
}

// lockedError is an error of opening a file, which is schema.ErrHeldOpen too where another program holds its lock.
func lockedError(path string, err error) error {
	if isLockConflict(err) {
		err = fmt.Errorf("%s: %w: %w", path, schema.ErrHeldOpen, err)
	}
	return err
}

// confined is a database whose instance is confined, but for some settings; it is closed when that fails.
func confined(ctx context.Context, database *sql.DB, directories []string, but ...string) (*sql.DB, error) {
	opening.Lock()
	defer opening.Unlock()
	if err := confine(ctx, database, directories, but); err != nil {
		return nil, errors.Join(err, database.Close())
	}
	return database, nil
}

// OpenUnlogged opens one DuckDB file for reading and writing as Open does, for work that is thrown away unless it is
// finished: no commit writes a log beside the file or waits for the disk, so the file is as of the last CHECKPOINT, and
// what was committed since is lost where the process is killed. Such a file opens without an error: the caller removes
// it. The file is made when there is none. What works on it may set its threads (SetThreads).
func OpenUnlogged(ctx context.Context, path string, settings Settings, directories ...string) (*sql.DB, error) {
	options := InstanceOptions("", ReadWrite, settings)
	options.Set("temp_directory", settings.spill(path))
	options.Set("checkpoint_threshold", "1TB") // else every commit is one
	ctx = context.WithoutCancel(ctx)           // later connections begin with it, too
	connector, err := duckdb.NewConnector("?"+options.Encode(), func(connection driver.ExecerContext) error {
		_, err := connection.ExecContext(ctx, fmt.Sprintf(
			"ATTACH IF NOT EXISTS %s AS unlogged (RECOVERY_MODE no_wal_writes); USE unlogged", Quote(path),
		), nil)
		return lockedError(path, err)
	})
	if err != nil {
		return nil, err
	}
	return confined(ctx, sql.OpenDB(connector), directories, "threads")
}

// InstanceOptions is the configuration of one instance, by the names that DuckDB gives its settings. All that open the
// same file in this process must give the same one.
func InstanceOptions(path string, mode Mode, settings Settings) url.Values {
	waitInSleep()
	options := url.Values{}
	options.Set("autoinstall_known_extensions", "false")
	options.Set("autoload_known_extensions", "false")
	options.Set("allow_community_extensions", "false")
	options.Set("allow_persistent_secrets", "false")
	options.Set("memory_limit", strconv.FormatInt(settings.Limit(), 10)+"B")
	options.Set("temp_directory", settings.spill(path)) // without one DuckDB would spill beside the file
	options.Set("max_temp_directory_size", strconv.FormatInt(spillFactor*settings.Limit(), 10)+"B")
	if settings.Uncompressed {
		options.Set("force_compression", "uncompressed")
	}
	if settings.Threads > 0 {
		options.Set("threads", strconv.Itoa(settings.Threads))
	}
	if mode == ReadOnly {
		options.Set("access_mode", "READ_ONLY")
	} else {
		options.Set("storage_compatibility_version", StorageVersion)
		if hasSmallBlocks.Load() {
			options.Set("default_block_size", "16384")
		}
	}
	return options
}

// confine closes the sandbox: directories first, then no other file, then no change of settings but some.
// An instance this process has open already is confined.
func confine(ctx context.Context, database *sql.DB, directories, but []string) error {
	var locked bool
	if err := database.QueryRowContext(ctx, "SELECT current_setting('lock_configuration')").Scan(&locked); err != nil ||
		locked {
		return err
	}
	settings := []string{
		"SET GLOBAL TimeZone = 'UTC'",
		fmt.Sprintf("SET GLOBAL allowed_directories = [%s]", quotedList(directories)),
		"SET GLOBAL enable_external_access = false",
		fmt.Sprintf("SET GLOBAL allowed_configs = [%s]", quotedList(but)),
		"SET GLOBAL lock_configuration = true",
	}
	if _, err := database.ExecContext(ctx, strings.Join(settings, "; ")); err != nil {
		return fmt.Errorf("confine database: %w", err)
	}
	return nil
}

func quotedList(texts []string) string {
	quoted := make([]string, len(texts))
	for i, text := range texts {
		quoted[i] = Quote(text)
	}
	return strings.Join(quoted, ", ")
}

// spill is an instance's own directory: two that shared one would write into each other's files.
// DuckDB makes it when it is needed and removes it in the end.
func (s Settings) spill(path string) string {
	if s.Spill == "" {
		return ""
	}
	name := "memory"
	if path != "" {
		name = filepath.Base(path)
	}
	return filepath.Join(s.Spill, fmt.Sprintf("%d-%s", os.Getpid(), name))
}

// Limit is the memory limit of an instance, in bytes.
func (s Settings) Limit() int64 {
	if s.MemoryLimit == 0 {
		return DefaultMemoryLimit
	}
	return s.MemoryLimit
}

// Quote makes a SQL string literal of a value DuckDB takes no parameter for, such as a path.
func Quote(value string) string {
	return "'" + strings.ReplaceAll(value, "'", "''") + "'"
}

// Remove removes a database file and what DuckDB may have left beside it.
func Remove(path string) error {
	var problems []error
	for _, leftover := range []string{path, path + ".wal"} {
		if err := os.Remove(leftover); err != nil && !errors.Is(err, os.ErrNotExist) {
			problems = append(problems, err)
		}
	}
	return errors.Join(problems...)
}
