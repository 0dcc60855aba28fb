package store

import (
	"context"
	"errors"
	"fmt"
	"os"

	"fcpipe/schema/duck"
	"fcpipe/schema/durable"
	"fcpipe/schema/landing"
)

const (
	// spaceAtLeast is for what does not grow with the data: journal, manifests, a file that is new.
	spaceAtLeast = 64 << 20
	// landedRowBytes is more than a row takes in landing, with what DuckDB rounds it up to.
	landedRowBytes = 512
	// perLanded is what becomes of a landed byte at most: itself, its versions and current rows, derived
	// tables, the same once more when compacted, what a large sort spills, and the lake.
	perLanded = 6
)

// CheckSpace refuses to go on with what the disk cannot hold: a round's file, lake and landing, when so many
// more rows are expected. It is asked before anything is bought, and by a Landing whenever rows have landed.
func (s *Store) CheckSpace(rows int64) error {
	need, err := s.spaceNeeded()
	if err != nil {
		return err
	}
	return durable.CheckFreeSpace(s.freeSpace, s.layout.State(), need+rows*landedRowBytes*perLanded)
}

// spaceNeeded is an upper bound of what a round writes: the copy of the published file (which costs
// nothing where the file system clones), its compaction, and the lake's new files; and what becomes
// of what has landed.
func (s *Store) spaceNeeded() (int64, error) {
	published, landed, err := s.bytesHeld()
	return spaceAtLeast + 3*published + perLanded*landed, err
}

// bytesHeld is the size of the published file and of what has landed.
func (s *Store) bytesHeld() (published, landed int64, err error) {
	if info, err := os.Stat(s.layout.Database()); err == nil {
		published = info.Size()
	}
	segments, _, err := landing.ListSegments(s.layout.Landing())
	for _, segment := range segments {
		if info, err := os.Stat(segment); err == nil {
			landed += info.Size()
		}
	}
	return published, landed, err
}

// dataBytes is about how large a file becomes that holds what is published and what has landed.
func (s *Store) dataBytes() (int64, error) {
	published, landed, err := s.bytesHeld()
	return published + perLanded*landed, err
}

// compactionFloor is the size, in blocks of 256 KiB, below which free blocks do not matter.
const compactionFloor = 64

// compact copies the next generation into a fresh file, which leaves free blocks and
// old bytes behind. Tables, macros and comments are kept.
func (s *Store) compact(ctx context.Context) (err error) {
	next := s.layout.Next()
	fresh := s.layout.Compacted()
	if err := duck.Remove(fresh); err != nil {
		return err
	}
	database, err := duck.Open(ctx, "", duck.ReadWrite, s.Settings(), s.layout.State())
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, database.Close()) }()
	database.SetMaxOpenConns(1)
	for _, step := range []string{
		fmt.Sprintf("ATTACH %s AS sparse (READ_ONLY)", duck.Quote(next)),
		fmt.Sprintf("ATTACH %s AS fresh (STORAGE_VERSION %s)", duck.Quote(fresh), duck.Quote(duck.StorageVersion)),
		"COPY FROM DATABASE sparse TO fresh",
		"CHECKPOINT fresh",
		"DETACH fresh",
		"DETACH sparse",
	} {
		if _, err := database.ExecContext(ctx, step); err != nil {
			return errors.Join(fmt.Errorf("compact: %w", err), duck.Remove(fresh))
		}
	}
	if err := os.Rename(fresh, next); err != nil {
		return err
	}
	// swap makes its bytes durable; its name has to be first, because swap gives it another one
	return durable.SyncDirectory(s.layout.State())
}
