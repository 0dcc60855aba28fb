package store

import (
	"context"
	"database/sql"
	"testing"
)

// What the tests of this directory know of the inside.
var ReplacedAt = replacedAt

// ReadInPlace makes merges of a test read transactions where they lie, however few.
func ReadInPlace(t *testing.T) {
	rows := copiedRows
	copiedRows = 0
	t.Cleanup(func() { copiedRows = rows })
}

// ReadFiles makes statements of a test read so many segments at most.
func ReadFiles(t *testing.T, most int) {
	files := filesAtOnce
	filesAtOnce = most
	t.Cleanup(func() { filesAtOnce = files })
}

// Compact rewrites the next generation without its free blocks.
func (s *Store) Compact(ctx context.Context) error { return s.compact(ctx) }

// NewGeneration begins the next generation, and says whether it was migrated.
func (s *Store) NewGeneration(ctx context.Context) (*Generation, bool, error) {
	return s.newGeneration(ctx)
}

// SpaceNeeded is what a round writes at most, in bytes.
func (s *Store) SpaceNeeded() (int64, error) { return s.spaceNeeded() }

// SwapNext puts the next generation in place, whatever is in it.
func (s *Store) SwapNext() error { return (&Generation{store: s}).swap() }

// Database is the generation's, open for writing.
func (g *Generation) Database() *sql.DB { return g.database }

// Report is what its merge did.
func (g *Generation) Report() MergeReport { return g.report }

// Finish closes the generation's file, checkpointed.
func (g *Generation) Finish(ctx context.Context) error { return g.finish(ctx) }

// Check reads the finished generation back.
func (g *Generation) Check(ctx context.Context) error { return g.check(ctx) }

// AwaitFirst waits until the first file is begun, or cannot be.
func (s *Store) AwaitFirst() { <-s.begun.ended }
