package schema

import (
	"context"
	"errors"
	"fmt"
	"os"
)

// compactionFloor is the size, in blocks of 256 KiB, below which free blocks do not matter.
const compactionFloor = 64

// compact copies the next generation into a fresh file, which leaves free blocks and
// old bytes behind. Tables, macros and comments are kept.
func (s *Store) compact(ctx context.Context) (err error) {
	next := s.layout.Next()
	fresh := s.layout.compacted()
	if err := removeDatabase(fresh); err != nil {
		return err
	}
	database, err := openDatabase(ctx, "", readWrite, s.Settings(), s.layout.State())
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, database.Close()) }()
	database.SetMaxOpenConns(1)
	for _, step := range []string{
		fmt.Sprintf("ATTACH %s AS sparse (READ_ONLY)", quote(next)),
		fmt.Sprintf("ATTACH %s AS fresh (STORAGE_VERSION %s)", quote(fresh), quote(StorageVersion)),
		"COPY FROM DATABASE sparse TO fresh",
		"CHECKPOINT fresh",
		"DETACH fresh",
		"DETACH sparse",
	} {
		if _, err := database.ExecContext(ctx, step); err != nil {
			return errors.Join(fmt.Errorf("compact: %w", err), removeDatabase(fresh))
		}
	}
	return os.Rename(fresh, next) // swap makes it durable, under this name, before anybody sees it
}
