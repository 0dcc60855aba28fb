package store

import (
	"context"
	"errors"
	"fmt"
	"os"

	"fcpipe/schema/duck"
)

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
	return os.Rename(fresh, next) // swap makes it durable, under this name, before any reader sees it
}
