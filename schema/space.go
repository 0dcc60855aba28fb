package schema

import (
	"fmt"
	"os"

	"golang.org/x/sys/unix"
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

// checkSpace refuses to go on with what the disk cannot hold; rows are expected to land yet.
func (s *Store) checkSpace(rows int64) error {
	need, err := s.spaceNeeded()
	if err != nil {
		return err
	}
	return checkFree(s.freeSpace, s.layout.State(), need+rows*landedRowBytes*perLanded)
}

// checkFree compares the bytes a round needs with those that are free.
func checkFree(freeSpace func(directory string) (int64, error), directory string, need int64) error {
	free, err := freeSpace(directory)
	if err != nil {
		return fmt.Errorf("free space of %s: %w", directory, err)
	}
	if free < need {
		return fmt.Errorf("%s has %d bytes free (%d MiB), the round needs %d bytes (%d MiB): %w",
			directory, free, free>>20, need, need>>20, unix.ENOSPC)
	}
	return nil
}

// spaceNeeded is an upper bound of what a round writes: the copy of the published file (which costs
// nothing where the file system clones), its compaction, and the lake's new files; and what becomes
// of what has landed.
func (s *Store) spaceNeeded() (int64, error) {
	need := int64(spaceAtLeast)
	if info, err := os.Stat(s.layout.Database()); err == nil {
		need += 3 * info.Size()
	}
	segments, _, err := landedSegments(s.layout.Landing())
	for _, segment := range segments {
		if info, err := os.Stat(segment); err == nil {
			need += perLanded * info.Size()
		}
	}
	return need, err
}

// CheckSpace refuses a round whose file, lake and landing the disk cannot hold, where so many rows
// are expected. It is asked before anything is bought, and by itself whenever rows have landed.
func (l *Landing) CheckSpace(rows int64) error { return l.checkSpace(rows) }
