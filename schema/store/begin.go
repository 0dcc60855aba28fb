package store

import (
	"context"
	"database/sql"
	"errors"

	"fcpipe/schema/duck"
	"fcpipe/schema/models"
)

// begun is the next file of a store that has published none, which is made while rows are still being read: its tables
// with their comments, and what models share, are a thousand statements that hold no row and keep one core busy.
type begun struct {
	ended chan struct{} // closed when err is set
	err   error
}

// BeginFirst makes the first file in the background, up to where a merge goes on with it. The caller holds the lock, and
// calls DropFirst before it gives that back. A file that could not be begun the merge makes, and says why it cannot.
func (s *Store) BeginFirst(ctx context.Context) {
	b := &begun{ended: make(chan struct{})}
	s.begun = b
	go func() {
		defer close(b.ended)
		b.err = s.makeFirst(ctx)
	}()
}

// DropFirst removes what BeginFirst made, unless a merge went on with it or nothing was begun.
func (s *Store) DropFirst() error {
	if s.begun == nil {
		return nil
	}
	s.takeBegun()
	return duck.Remove(s.layout.Next())
}

// takeBegun reports whether the next file is begun; it is the caller's then.
func (s *Store) takeBegun() bool {
	b := s.begun
	if b == nil {
		return false
	}
	<-b.ended
	s.begun = nil
	return b.err == nil
}

// makeFirst makes the file. It is thrown away unless it is finished, so that no step has to wait for the disk.
func (s *Store) makeFirst(ctx context.Context) (err error) {
	if err := s.CheckSpace(0); err != nil {
		return err
	}
	settings := s.Settings()
	settings.Threads = 1
	database, err := duck.OpenUnlogged(ctx, s.layout.Next(), settings, s.layout.State())
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, database.Close()) }()
	if err := s.makeTables(ctx, database); err != nil {
		return err
	}
	if err := models.ShareMacros(ctx, database); err != nil {
		return err
	}
	return checkpoint(ctx, database)
}

func checkpoint(ctx context.Context, database *sql.DB) error {
	_, err := database.ExecContext(ctx, "CHECKPOINT")
	return err
}
