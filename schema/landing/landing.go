package landing

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"fcpipe/schema"
	"fcpipe/schema/duck"
	"fcpipe/schema/durable"
)

const (
	// segmentRows are of one table: DuckDB's row group. What is not less it compresses and writes at once; of less it
	// makes another copy first, and a log.
	segmentRows = 122_880
	segmentAge  = 30 * time.Second
	// Rows of a segment are numbered within its own range, so order of arrival spans segments.
	sequencesPerSegment = 1 << 40
	segmentPattern      = "[0-9]*.duckdb"
)

// Landing is where fetched rows become durable before any reader sees them: a directory of immutable DuckDB files. Rows
// given to one Land call stay together in one of them. Safe for concurrent use. Close drops what was not sealed.
type Landing struct {
	Unreadable []string // names of the segments that Open archived, newest first, for the operator

	options  Options
	mutex    sync.Mutex // guards everything below
	sealed   []string   // paths, oldest first
	sealing  *sealing   // the segment that is being sealed while others land; nil when none is
	open     *segment   // nil when nothing landed since the last seal
	openedAt time.Time
	number   int64 // of the newest segment
	failed   error // the first failure: what one account landed before it may be gone
}

// Options say where a landing lies and what it asks. Every field but Settings is needed.
type Options struct {
	Directory  string // of the segments
	Quarantine string // the directory that keeps the raw text of refused rows
	Settings   duck.Settings
	Now        func() time.Time
	Hook       func(point string)     // called at named points; tests stop there
	SpaceFor   func(rows int64) error // fails when the disk cannot hold what landed and so many rows more
}

// Open opens what earlier runs landed and never merged. A segment that cannot be read is archived as *.bad together
// with every later one, because the last rows of an account, and its completion, may lie in a later segment than its
// first rows. All of it is fetched again.
func Open(ctx context.Context, options Options) (*Landing, error) {
	l := &Landing{options: options}
	if err := Sweep(l.options.Directory, l.options.Hook); err != nil {
		return nil, fmt.Errorf("open landing: %w", err)
	}
	entries, err := os.ReadDir(l.options.Directory)
	if err != nil {
		return nil, fmt.Errorf("open landing: %w", err)
	}
	for _, entry := range entries { // sorted, so oldest first
		if err := l.find(entry.Name()); err != nil {
			return nil, err
		}
	}
	good, err := wholeSegments(ctx, l.sealed, l.options.Settings)
	if err != nil {
		return nil, err
	}
	return l, l.archive(good)
}

// ReadableSegments lists the sealed segments of a directory up to the first one that cannot be read, oldest
// first, and touches nothing.
func ReadableSegments(ctx context.Context, directory string, settings duck.Settings) ([]string, error) {
	paths, _, err := ListSegments(directory)
	if err != nil {
		return nil, err
	}
	good, err := wholeSegments(ctx, paths, settings)
	return paths[:good], err
}

// find notes one file that an earlier run left.
func (l *Landing) find(name string) error {
	path := filepath.Join(l.options.Directory, name)
	digits, kind, _ := strings.Cut(name, ".")
	number, err := strconv.ParseInt(digits, 10, 64)
	switch {
	case err == nil && kind == "duckdb":
		l.number = max(l.number, number)
		l.sealed = append(l.sealed, path)
	case err == nil && kind == "duckdb.bad": // the next one that is archived must not replace it
		l.number = max(l.number, number)
	case strings.HasPrefix(name, "building"):
		return os.Remove(path)
	}
	return nil // any other file is not ours
}

// wholeSegments counts the segments before the first one that cannot be read.
func wholeSegments(ctx context.Context, paths []string, settings duck.Settings) (int, error) {
	for i, path := range paths {
		err := CheckSegment(ctx, path, settings)
		if duck.IsEnvironmental(err) {
			return i, fmt.Errorf("landing segment %s: %w", filepath.Base(path), err)
		}
		if err != nil {
			return i, ctx.Err()
		}
	}
	return len(paths), nil
}

// archive renames the segments after the first good ones. The newest goes first: killed in between, no segment is left
// after one that is gone.
func (l *Landing) archive(good int) error {
	bad := l.sealed[good:]
	l.sealed = l.sealed[:good]
	for _, path := range slices.Backward(bad) {
		if err := os.Rename(path, path+".bad"); err != nil {
			return fmt.Errorf("rename landing segment: %w", err)
		}
		if err := durable.SyncDirectory(l.options.Directory); err != nil {
			return err
		}
		l.Unreadable = append(l.Unreadable, filepath.Base(path))
	}
	return nil
}

// CheckSegment opens a segment and reads every value of it. duck.IsEnvironmental tells whether an error says nothing
// about the segment.
func CheckSegment(ctx context.Context, path string, settings duck.Settings) (err error) {
	database, err := duck.Open(ctx, path, duck.ReadOnly, settings, filepath.Dir(path))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, database.Close()) }()
	var hashes string
	if err := database.QueryRowContext(ctx, statements.Get("landing_check")).Scan(&hashes); err != nil {
		return err
	}
	for statement, table := range map[string]string{
		"landing_check_owners": "ownerships", "landing_check_labels": "label_states", // later than the others
	} {
		has, err := duck.HasTable(ctx, database, table)
		if err == nil && has {
			err = database.QueryRowContext(ctx, statements.Get(statement)).Scan(&hashes)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// Land adds rows. They are durable after the next Seal, which happens by itself every 30 seconds or 122,880 rows, then
// while more rows land. After an error everything that was not sealed is gone, rows of other accounts too: every later
// Land and Seal returns that error, so that no completion lands without its rows. Sealed segments stay.
func (l *Landing) Land(ctx context.Context, rows schema.Landed) error {
	if rows.Empty() {
		return nil
	}
	l.mutex.Lock()
	defer l.mutex.Unlock()
	if l.failed == nil {
		l.failed = l.land(ctx, rows)
	}
	return l.failed
}

func (l *Landing) land(ctx context.Context, rows schema.Landed) error {
	if l.sealing != nil && l.sealing.hasEnded() {
		if err := l.endSeal(); err != nil {
			return err
		}
	}
	for _, refused := range rows.Quarantined {
		if err := WritePayload(l.options.Quarantine, refused.Raw); err != nil {
			return fmt.Errorf("quarantine: %w", err)
		}
	}
	if l.open == nil {
		if err := l.start(ctx); err != nil {
			return fmt.Errorf("land: %w", err)
		}
	}
	if err := l.open.appendLanded(rows); err != nil {
		return errors.Join(fmt.Errorf("land: %w", err), l.discard())
	}
	switch {
	case l.open.most >= segmentRows:
		return l.beginSeal(ctx)
	case l.options.Now().Sub(l.openedAt) >= segmentAge:
		return l.seal(ctx)
	}
	return nil
}

func (l *Landing) start(ctx context.Context) error {
	path := l.buildingPath()
	if err := duck.Remove(path); err != nil {
		return err
	}
	l.number++
	open, err := newSegment(ctx, path, l.options.Settings, l.number*sequencesPerSegment)
	if err != nil {
		return err
	}
	l.open, l.openedAt = open, l.options.Now()
	return nil
}

// Close drops what was not sealed. It may be called twice.
func (l *Landing) Close() error {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	err := l.endSeal()
	if l.open == nil {
		return err
	}
	return errors.Join(err, l.discard())
}

// Segments lists the sealed segments, oldest first.
func (l *Landing) Segments() []string {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	return slices.Clone(l.sealed)
}

// Remove deletes segments whose rows are published, or were nothing new: all there were up to the last of them.
func (l *Landing) Remove(paths []string) error {
	if len(paths) == 0 {
		return nil
	}
	l.mutex.Lock()
	defer l.mutex.Unlock()
	if err := writeMark(paths[len(paths)-1]); err != nil {
		return fmt.Errorf("remove landing segments: %w", err)
	}
	l.sealed = slices.DeleteFunc(l.sealed, func(sealed string) bool { return slices.Contains(paths, sealed) })
	l.options.Hook("landing.merged")
	return Sweep(l.options.Directory, l.options.Hook)
}
