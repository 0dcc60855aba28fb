package store

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"time"

	"fcpipe/schema"
	"fcpipe/schema/durable"
)

// generationName is when a generation was replaced, as the name of its file: names are sorted.
const generationName = "20060102T150405.000000000Z.duckdb"

// KeptGenerations lists the paths of the generations that were replaced, oldest first. Files of other names are the
// user's own: they are neither counted nor removed.
func KeptGenerations(l schema.Layout) ([]string, error) {
	found, err := durable.FilesMatching(l.Previous(), "*.duckdb")
	kept := slices.DeleteFunc(found, func(path string) bool { return replacedAt(path).IsZero() })
	slices.Sort(kept)
	return kept, err
}

// replacedAt reads the name of a generation; zero for any other name.
func replacedAt(path string) time.Time {
	at, _ := time.Parse(generationName, filepath.Base(path))
	return at
}

// nextGeneration names the generation that is replaced now, behind every one that is kept: a
// clock that was ahead, or stands still, must not make it the oldest, or one of them.
func nextGeneration(l schema.Layout, now time.Time) (string, error) {
	kept, err := KeptGenerations(l)
	if err != nil {
		return "", err
	}
	if len(kept) > 0 {
		if newest := replacedAt(kept[len(kept)-1]); !now.After(newest) {
			now = newest.Add(time.Nanosecond)
		}
	}
	return filepath.Join(l.Previous(), now.UTC().Format(generationName)), nil
}

// keepPrevious keeps the file that is about to be replaced, by link: until the rename both names
// show one file, and nothing is copied. One that a publish before kept, which did not come to its
// rename, is not kept twice. Older ones stay until the new file is durable.
func (s *Store) keepPrevious() error {
	if s.options.KeepGenerations == 0 {
		return nil
	}
	published, err := os.Stat(s.layout.Database())
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	kept, keptErr := KeptGenerations(s.layout)
	if err := errors.Join(err, keptErr); err != nil {
		return err
	}
	if len(kept) > 0 {
		if same, err := sameContent(kept[len(kept)-1], published, s.layout.Database()); err != nil || same {
			return err
		}
	}
	name, err := nextGeneration(s.layout, s.now())
	if err != nil {
		return err
	}
	if err := durable.LinkOrCopy(s.layout.Database(), name); err != nil {
		return err
	}
	return durable.SyncDirectory(s.layout.Previous())
}

// sameContent reports whether a kept generation is the published file: by link, or, in a data directory
// that was copied, byte for byte. Two generations differ in their first blocks.
func sameContent(kept string, published os.FileInfo, path string) (same bool, err error) {
	info, err := os.Stat(kept)
	if err != nil || os.SameFile(info, published) || info.Size() != published.Size() {
		return err == nil && os.SameFile(info, published), err
	}
	a, err := os.Open(kept)
	if err != nil {
		return false, err
	}
	defer func() { err = errors.Join(err, a.Close()) }()
	b, err := os.Open(path)
	if err != nil {
		return false, err
	}
	defer func() { err = errors.Join(err, b.Close()) }()
	return durable.EqualBytes(bufio.NewReader(a), bufio.NewReader(b))
}

// CheckPublishedMissing fails with schema.ErrPublishedMissing when earlier generations are kept. It is asked where
// there is no published file: then they are all that is left of what it held.
func CheckPublishedMissing(l schema.Layout) error {
	kept, err := KeptGenerations(l)
	if err != nil || len(kept) == 0 {
		return err
	}
	return fmt.Errorf("%w: %s; its last generation is %s", schema.ErrPublishedMissing, l.Database(), kept[len(kept)-1])
}

// RemovePrevious removes every earlier generation: what an erasure removed is in them.
func (s *Store) RemovePrevious() error { return s.keepOnly(0) }

// prunePrevious removes the oldest generations, so that as many stay as are configured.
func (s *Store) prunePrevious() error { return s.keepOnly(s.options.KeepGenerations) }

func (s *Store) keepOnly(newest int) error {
	kept, err := KeptGenerations(s.layout)
	if err != nil || len(kept) <= newest {
		return err
	}
	for _, path := range kept[:len(kept)-newest] {
		if err := os.Remove(path); err != nil {
			return err
		}
	}
	return durable.SyncDirectory(s.layout.Previous())
}
