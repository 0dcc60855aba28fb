package schema

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"time"

	"golang.org/x/sys/unix"
)

// generationName names a generation by when it was replaced.
func generationName(at time.Time) string {
	return at.UTC().Format("20060102T150405.000000000Z") + ".duckdb"
}

// keptGenerations lists the generations that were replaced, oldest first.
func (l Layout) keptGenerations() ([]string, error) {
	kept, err := filepath.Glob(filepath.Join(l.Previous(), "*.duckdb"))
	slices.Sort(kept)
	return kept, err
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
	kept, keptErr := s.layout.keptGenerations()
	if err := errors.Join(err, keptErr); err != nil {
		return err
	}
	if len(kept) > 0 {
		if newest, err := os.Stat(kept[len(kept)-1]); err != nil || os.SameFile(newest, published) {
			return err
		}
	}
	if err := linkOrCopy(s.layout.Database(), filepath.Join(s.layout.Previous(), generationName(s.now()))); err != nil && !errors.Is(err, os.ErrExist) {
		return err
	}
	return syncDirectory(s.layout.Previous())
}

// prunePrevious removes the oldest generations, so that as many stay as are configured.
func (s *Store) prunePrevious() error {
	kept, err := s.layout.keptGenerations()
	if err != nil || len(kept) <= s.options.KeepGenerations {
		return err
	}
	for _, path := range kept[:len(kept)-s.options.KeepGenerations] {
		if err := os.Remove(path); err != nil {
			return err
		}
	}
	return syncDirectory(s.layout.Previous())
}

// linkOrCopy gives a file a second name, or copies it where the file system has no links.
func linkOrCopy(from, to string) error { return linkOrCopyBy(os.Link, from, to) }

func linkOrCopyBy(link func(from, to string) error, from, to string) error {
	err := link(from, to)
	if !errors.Is(err, unix.EPERM) && !errors.Is(err, unix.ENOTSUP) && !errors.Is(err, unix.EMLINK) {
		return err
	}
	if _, err := copyDatabase(from, to); err != nil {
		return errors.Join(err, os.Remove(to))
	}
	return syncFile(to)
}
