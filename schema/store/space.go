package store

import (
	"os"

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
	need := int64(spaceAtLeast)
	if info, err := os.Stat(s.layout.Database()); err == nil {
		need += 3 * info.Size()
	}
	segments, _, err := landing.ListSegments(s.layout.Landing())
	for _, segment := range segments {
		if info, err := os.Stat(segment); err == nil {
			need += perLanded * info.Size()
		}
	}
	return need, err
}
